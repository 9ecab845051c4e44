export * from './image-repository';
export * from './image-repository-interface';
export * from './image-repository-props';
