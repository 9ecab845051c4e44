export * from './bucket-purpose';
export * from './secure-bucket';
