export * from './backing-service';
