import { Reference, Stack, Tokenization, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The three packs whose rules share their names, and the rules that a pack lacks. */
const COMPLIANCE_PACKS = [
  { prefix: 'NIST.800.53.R5', lacks: ['CodeBuildProjectSourceRepoUrl'] },
  { prefix: 'HIPAA.Security', lacks: ['ALBWAFEnabled'] },
  {
    prefix: 'PCI.DSS.321',
    lacks: [
      'CloudWatchAlarmAction',
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

/** Acknowledges an exact finding on the construct that has it, never on a stack. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Acknowledges a rule in each of the NIST, HIPAA and PCI packs that knows it. */
export function acknowledgeInCompliancePacks(construct: IConstruct, rule: string, reason: string): void {
  COMPLIANCE_PACKS.filter(({ lacks }) => !lacks.includes(rule)).forEach(({ prefix }) =>
    acknowledge(construct, `${prefix}-${rule}`, reason),
  );
}

/**
 * Acknowledges that a policy reaches a whole family of resources, which the finding names with references as `<Name>`. How a reference to
 * another stack is written is decided when the app is synthesized, just before it is validated.
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

function namesAnotherStack(policy: IConstruct, arn: string): boolean {
  return Tokenization.reverseString(arn).tokens.some(
    (token) => Reference.isReference(token) && Stack.of(token.target) !== Stack.of(policy),
  );
}

interface Intrinsic {
  readonly 'Ref'?: string;
  readonly 'Fn::GetAtt'?: string[];
  readonly 'Fn::Join'?: [string, unknown[]];
  readonly 'Fn::ImportValue'?: string;
}

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
