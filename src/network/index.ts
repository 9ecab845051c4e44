export * from './addresses/subnet-plan';
export * from './addresses/subnet-plan-props';
export * from './addresses/subnet-tier';
export * from './adopted-vpc-props';
export { Egress } from './egress';
export type { EndpointsOnlyProps } from './egress';
export * from './secure-vpc';
export * from './secure-vpc-interface';
export * from './secure-vpc-props';
