export * from './bucket-access';
export * from './bucket-purpose';
export * from './secure-bucket';
