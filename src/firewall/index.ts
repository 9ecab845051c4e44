export * from './origin-secret';
export * from './path-limit';
export * from './rule-override';
export * from './web-firewall';
export * from './web-firewall-props';
