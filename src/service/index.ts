export * from './ingress';
export * from './production-web-service';
export * from './rollout';
export * from './route';
export * from './secure-load-balancer';
export * from './service-image';
export * from './service-scaling';
export * from './web-health-check';
