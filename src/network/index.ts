export type { AdoptedVpcProps } from './adopted-vpc';
export * from './egress';
export * from './secure-vpc';
export * from './secure-vpc-interface';
export { SubnetPlan, type SubnetPlanBlocks, type SubnetPlanSizes } from './subnet-plan';
export * from './subnet-tier';
