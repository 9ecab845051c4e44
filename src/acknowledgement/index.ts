export * from './weakening';
