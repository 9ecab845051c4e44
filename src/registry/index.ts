export { ImageReplication } from './image-replication';
export * from './image-replication-props';
export * from './image-repository';
export * from './image-repository-interface';
export * from './image-repository-props';
export * from './replica-location';
export * from './replication-permission';
