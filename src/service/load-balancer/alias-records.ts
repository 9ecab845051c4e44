import { Token } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, type IHostedZone, type RecordSet, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkRules } from '../../validation/rules';

/** Properties of the alias records of a load balancer. All are required. */
interface AliasProps {
  /** Fully qualified domain name, without the trailing dot. */
  readonly domainName: string;
  /** Hosted zone. The name of a zone that is imported by its id alone is unknown and not checked. */
  readonly hostedZone: IHostedZone;
  /** Adds an AAAA record. */
  readonly dualStack: boolean;
  /** Target of the records. */
  readonly loadBalancer: ApplicationLoadBalancer;
}

const NAME = /^(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Refuses a name without a zone, a zone without a name, and a name of another zone. */
export function checkDomainName(scope: Construct, props: Partial<AliasProps>): void {
  const { domainName, hostedZone } = props;
  const known = domainName !== undefined && !Token.isUnresolved(domainName) ? domainName : undefined;
  const zone = hostedZone && zoneName(hostedZone);
  checkRules(scope, [
    {
      condition: domainName === undefined && hostedZone !== undefined,
      prop: 'domainName',
      value: domainName,
      expected: 'a name together with hostedZone',
      fix: "set domainName: 'api.example.com', or remove hostedZone",
    },
    {
      condition: domainName !== undefined && hostedZone === undefined,
      prop: 'hostedZone',
      value: hostedZone,
      expected: 'a zone together with domainName',
      fix: 'import one with HostedZone.fromHostedZoneAttributes, or remove domainName',
    },
    {
      condition: known !== undefined && !NAME.test(known),
      prop: 'domainName',
      value: domainName,
      expected: 'a fully qualified name in lower case, for example api.example.com',
      fix: 'remove protocol, port, path and trailing dot',
    },
    {
      condition: known !== undefined && zone !== undefined && known !== zone && !known.endsWith(`.${zone}`),
      prop: 'domainName',
      value: domainName,
      expected: `${zone} or a name below it`,
      fix: 'pass the hosted zone of the name',
    },
  ]);
}

/** The trailing dot marks a fully qualified name, so CDK needs no zone name. */
export function aliasRecords(scope: Construct, props: AliasProps): RecordSet[] {
  const record = {
    zone: props.hostedZone,
    recordName: `${props.domainName}.`,
    target: RecordTarget.fromAlias(new LoadBalancerTarget(props.loadBalancer)),
    comment: textFor('hosted zone record', `Load balancer ${stackPath(scope)}`),
  };
  return [
    new ARecord(scope, 'AliasA', record),
    ...(props.dualStack ? [new AaaaRecord(scope, 'AliasAaaa', record)] : []),
  ];
}

/** The getter throws for a zone that is imported by its id alone. */
function zoneName(zone: IHostedZone): string | undefined {
  try {
    return Token.isUnresolved(zone.zoneName) ? undefined : zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}
