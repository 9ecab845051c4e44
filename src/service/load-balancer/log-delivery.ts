import { Stack, Token } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AccountPrincipal, type IPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { PropError } from '../../validation/prop-error';

/** Kinds of logs of a load balancer, as in the names of its attributes, and their folders in the bucket. */
const FOLDERS = { access_logs: 'access', connection_logs: 'connections', health_check_logs: 'health' };

/**
 * Enables all logs of a load balancer.
 *
 * CDK has no method for health check logs. Its methods for the others admit another service for every account.
 *
 * The logs are delivered by an account of AWS in older regions and by a service principal in newer ones. The bucket
 * policy allows both to write, below the id of this account only. AWS documents no further condition.
 */
export function deliverLogs(loadBalancer: ApplicationLoadBalancer, bucket: IBucket): void {
  const { account, region } = Stack.of(loadBalancer);
  if (Token.isUnresolved(region)) {
    throw new PropError(loadBalancer, {
      prop: 'env',
      problem: 'has no region, which decides who delivers the logs of a load balancer',
      fix: 'give the stack its env with account and region',
    });
  }
  const ofRegion = RegionInfo.get(region).elbv2Account;
  const writers: IPrincipal[] = [
    new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com'),
    ...(ofRegion ? [new AccountPrincipal(ofRegion)] : []),
  ];
  Object.entries(FOLDERS).forEach(([kind, prefix]) => {
    bucket.addToResourcePolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        principals: writers,
        resources: [bucket.arnForObjects(`${prefix}/AWSLogs/${account}/*`)],
      }),
    );
    loadBalancer.setAttribute(`${kind}.s3.enabled`, 'true');
    loadBalancer.setAttribute(`${kind}.s3.bucket`, bucket.bucketName);
    loadBalancer.setAttribute(`${kind}.s3.prefix`, prefix);
  });
  // The load balancer tries to write when its logs are enabled.
  if (bucket.policy) {
    loadBalancer.node.defaultChild!.node.addDependency(bucket.policy.node.defaultChild!);
  }
}
