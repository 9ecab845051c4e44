import { Token } from 'aws-cdk-lib';
import type { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { AaaaRecord, ARecord, type IHostedZone, type RecordSet, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Construct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** A name, and what it leads to. */
interface AliasProps {
  /** The whole name, without the dot at the end. */
  readonly domainName: string;
  /** May be known by its id alone: then the name can't be checked against it. */
  readonly hostedZone: IHostedZone;
  /** Adds an AAAA record beside the A record. */
  readonly dualStack: boolean;
  readonly loadBalancer: ApplicationLoadBalancer;
}

const NAME = /^(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** Refuses a name without a zone, a zone without a name, and a name of another zone. */
export function checkDomainName(scope: Construct, props: Partial<AliasProps>): void {
  const { domainName, hostedZone } = props;
  const refuse = (prop: string, value: unknown, expected: string, fix: string): never => {
    throw new PropError(scope, { prop, value, expected, fix });
  };
  if (domainName === undefined && hostedZone !== undefined) {
    refuse(
      'domainName',
      domainName,
      'a name together with hostedZone',
      "give domainName: 'api.example.com', or leave out hostedZone",
    );
  }
  if (domainName !== undefined && hostedZone === undefined) {
    refuse(
      'hostedZone',
      hostedZone,
      'a zone together with domainName',
      'import one with HostedZone.fromHostedZoneAttributes, or leave out domainName',
    );
  }
  if (domainName === undefined || hostedZone === undefined || Token.isUnresolved(domainName)) {
    return;
  }
  if (!NAME.test(domainName)) {
    refuse(
      'domainName',
      domainName,
      'a whole name in lower case, as api.example.com',
      'leave out protocol, port, path and the dot at the end',
    );
  }
  const zone = zoneName(hostedZone);
  if (zone !== undefined && domainName !== zone && !domainName.endsWith(`.${zone}`)) {
    refuse(
      'domainName',
      domainName,
      `${zone} or a name below it, as the zone has it`,
      'give the zone that the name belongs to',
    );
  }
}

/** Whole names, ended by a dot, so that a zone known by its id alone will do. */
export function aliasRecords(scope: Construct, props: AliasProps): RecordSet[] {
  const record = {
    zone: props.hostedZone,
    recordName: `${props.domainName}.`,
    target: RecordTarget.fromAlias(new LoadBalancerTarget(props.loadBalancer)),
    comment: `Load balancer ${scope.node.path}`,
  };
  return [
    new ARecord(scope, 'AliasA', record),
    ...(props.dualStack ? [new AaaaRecord(scope, 'AliasAaaa', record)] : []),
  ];
}

/** A zone that was imported by its id alone throws when it is asked for its name. */
function zoneName(zone: IHostedZone): string | undefined {
  try {
    return Token.isUnresolved(zone.zoneName) ? undefined : zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}
