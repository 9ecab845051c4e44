export * from './acknowledgement';
export * from './binding';
export * from './environment';
export * from './firewall';
export * from './network';
export * from './registry';
export * from './service';
export * from './storage';
