import { Stack } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AccountPrincipal, type IPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';

/**
 * Enables health check logs, which record why a target failed. CDK has no method for them yet.
 *
 * Like access logs, they are delivered by an account of AWS in older regions and by a service principal in newer ones.
 * The bucket policy allows both to write, to this prefix only.
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
