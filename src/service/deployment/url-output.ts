import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Route } from '../load-balancer/route';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';

/** Output with the URL of a service. It has no export name, so two services and two stacks never collide. */
export function createUrlOutput(scope: Construct, loadBalancer: SecureLoadBalancer, route: Route): void {
  const host = route._urlHost();
  const url = host === undefined ? loadBalancer.url : loadBalancer._urlOf(host);
  new CfnOutput(scope, 'Url', { value: `${url}${route._urlPath()}`, description: 'Requests to the service' });
}
