export * from './path-limit';
export * from './web-firewall';
export * from './web-firewall-props';
