export * from './environment-profile';
