export * from './adopted-vpc-props';
export * from './egress';
export * from './secure-vpc';
export * from './secure-vpc-interface';
export * from './subnet-plan';
export * from './subnet-tier';
