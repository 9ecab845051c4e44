import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The three packs whose rules share their names, and the rules that a pack lacks. */
const COMPLIANCE_PACKS = [
  { prefix: 'NIST.800.53.R5', lacks: [] as string[] },
  { prefix: 'HIPAA.Security', lacks: ['ALBWAFEnabled'] },
  {
    prefix: 'PCI.DSS.321',
    lacks: [
      'CloudWatchAlarmAction', 'LambdaConcurrency', 'LambdaDLQ', 'RDSInBackupPlan', 'RDSInstanceBackupEnabled', 'RDSInstanceDeletionProtectionEnabled', 'RDSMultiAZSupport',
      'SecretsManagerRotationEnabled',
    ],
  },
];

/** Acknowledges an exact finding on the construct that has it, never on a stack. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Acknowledges a rule in each of the NIST, HIPAA and PCI packs that knows it. */
export function acknowledgeInCompliancePacks(construct: IConstruct, rule: string, reason: string): void {
  COMPLIANCE_PACKS.filter(({ lacks }) => !lacks.includes(rule)).forEach(({ prefix }) => acknowledge(construct, `${prefix}-${rule}`, reason));
}

/** Acknowledges that a policy reaches a whole family of resources, which the finding names with references as `<Name>`. */
export function acknowledgeWildcard(policy: IConstruct, arn: string, reason: string): void {
  acknowledge(policy, `AwsSolutions-IAM5[Resource::${flattened(Stack.of(policy).resolve(arn))}]`, reason);
}

interface Intrinsic { readonly 'Ref'?: string; readonly 'Fn::GetAtt'?: string[]; readonly 'Fn::Join'?: [string, unknown[]] }

function flattened(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Intrinsic;
  return ref ? `<${ref}>` : attribute ? `<${attribute.join('.')}>` : join![1].map(flattened).join(join![0]);
}
