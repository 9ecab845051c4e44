export * from './environment-profile';
export * from './environment-profile-adjustments';
export * from './log-keys';
