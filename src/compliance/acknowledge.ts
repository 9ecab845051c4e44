import { Reference, Stack, Tokenization, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Compliance packs of cdk-nag whose rules share their names, and the rules that each lacks. */
const COMPLIANCE_PACKS = [
  { prefix: 'NIST.800.53.R5', lacks: ['CodeBuildProjectSourceRepoUrl'] },
  { prefix: 'HIPAA.Security', lacks: ['ALBWAFEnabled'] },
  {
    prefix: 'PCI.DSS.321',
    lacks: [
      'CloudWatchAlarmAction',
      'ElastiCacheRedisClusterAutomaticBackup',
      'LambdaConcurrency',
      'LambdaDLQ',
      'RDSInBackupPlan',
      'RDSInstanceBackupEnabled',
      'RDSInstanceDeletionProtectionEnabled',
      'RDSMultiAZSupport',
      'SecretsManagerRotationEnabled',
    ],
  },
];

/** Acknowledges one exact finding on the construct that has it. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Acknowledges a rule in each of the NIST, HIPAA and PCI packs that has it. */
export function acknowledgeInCompliancePacks(construct: IConstruct, rule: string, reason: string): void {
  COMPLIANCE_PACKS.filter(({ lacks }) => !lacks.includes(rule)).forEach(({ prefix }) =>
    acknowledge(construct, `${prefix}-${rule}`, reason),
  );
}

/**
 * Acknowledges a wildcard in the resources of a policy. The finding names references as `<LogicalId>`.
 *
 * A reference to another stack gets its final form at synthesis, just before validation. Until then its finding has no
 * id to acknowledge.
 */
export function acknowledgeWildcard(policy: IConstruct, arn: string, reason: string): void {
  const acknowledgeNow = () =>
    acknowledge(policy, `AwsSolutions-IAM5[Resource::${flattened(Stack.of(policy).resolve(arn))}]`, reason);
  if (namesAnotherStack(policy, arn)) {
    policy.node.addValidation({
      validate: () => {
        acknowledgeNow();
        return [];
      },
    });
  } else {
    acknowledgeNow();
  }
}

/** True where the ARN contains a reference to a resource of another stack. */
function namesAnotherStack(policy: IConstruct, arn: string): boolean {
  return Tokenization.reverseString(arn).tokens.some(
    (token) => Reference.isReference(token) && Stack.of(token.target) !== Stack.of(policy),
  );
}

/** Intrinsic function of CloudFormation that a resolved ARN may contain. */
interface Intrinsic {
  readonly 'Ref'?: string;
  readonly 'Fn::GetAtt'?: string[];
  readonly 'Fn::Join'?: [string, unknown[]];
  readonly 'Fn::ImportValue'?: string;
}

/** Text of a resolved ARN as cdk-nag writes it in a finding. */
function flattened(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { 'Ref': ref, 'Fn::GetAtt': attribute, 'Fn::Join': join, 'Fn::ImportValue': exported } = value as Intrinsic;
  if (join) {
    return join[1].map(flattened).join(join[0]);
  }
  return ref ? `<${ref}>` : attribute ? `<${attribute.join('.')}>` : (exported ?? JSON.stringify(value));
}
