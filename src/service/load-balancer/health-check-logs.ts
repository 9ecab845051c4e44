import { Stack } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AccountPrincipal, type IPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/**
 * Logs why a target failed its health checks. CDK has no method for it yet. Like access logs they are delivered by an account of the
 * region where there is one, and by the service itself in newer regions; both are admitted, to this prefix alone.
 */
export function logHealthChecks(loadBalancer: ApplicationLoadBalancer, bucket: IBucket, prefix: string): void {
  const { account, region } = Stack.of(loadBalancer);
  const ofRegion = RegionInfo.get(region).elbv2Account;
  const writers: IPrincipal[] = [
    new ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com'),
    ...(ofRegion ? [new AccountPrincipal(ofRegion)] : []),
  ];
  bucket.addToResourcePolicy(
    new PolicyStatement({
      actions: ['s3:PutObject'],
      principals: writers,
      resources: [bucket.arnForObjects(`${prefix}/AWSLogs/${account}/*`)],
    }),
  );
  loadBalancer.setAttribute('health_check_logs.s3.enabled', 'true');
  loadBalancer.setAttribute('health_check_logs.s3.bucket', bucket.bucketName);
  loadBalancer.setAttribute('health_check_logs.s3.prefix', prefix);
}
