import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, type IHostedZone, type RecordSet, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';

/** Properties of the alias records of a load balancer. All are required. */
interface AliasProps {
  /** Fully qualified domain name, without the trailing dot. */
  readonly domainName: string;
  /** Hosted zone. The name of a zone that is imported by its id alone is unknown. */
  readonly hostedZone: IHostedZone;
  /** Adds an AAAA record. */
  readonly dualStack: boolean;
  /** Target of the records. */
  readonly loadBalancer: ApplicationLoadBalancer;
}

/**
 * Alias records of one name.
 *
 * Their ids contain the name, because a record whose name changes is replaced, and Route 53 has each name once. The
 * trailing dot marks a fully qualified name, so CDK needs no zone name.
 */
export function aliasRecords(scope: Construct, props: AliasProps): RecordSet[] {
  const domain = new Construct(scope, `Domain-${props.domainName}`);
  const record = {
    zone: props.hostedZone,
    recordName: `${props.domainName}.`,
    target: RecordTarget.fromAlias(new LoadBalancerTarget(props.loadBalancer)),
    comment: textFor('hosted zone record', `Load balancer ${stackPath(scope)}`),
  };
  return [
    new ARecord(domain, 'AliasA', record),
    ...(props.dualStack ? [new AaaaRecord(domain, 'AliasAaaa', record)] : []),
  ];
}
