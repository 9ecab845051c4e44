export * from './backing-service';
export * from './monitoring';
export * from './release';
