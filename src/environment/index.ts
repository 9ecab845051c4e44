export * from './environment-profile';
export * from './log-keys';
