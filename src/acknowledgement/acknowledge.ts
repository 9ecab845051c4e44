import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The packs in which a NIST, HIPAA and PCI rule of one name is known. */
const COMPLIANCE_PACKS = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'];

/** Acknowledges exact findings on the construct that has them, never on a stack. */
export function acknowledge(construct: IConstruct, id: string, reason: string): void {
  Validations.of(construct).acknowledge({ id, reason });
}

/** Acknowledges a rule that the NIST, HIPAA and PCI packs share. */
export function acknowledgeInCompliancePacks(construct: IConstruct, rule: string, reason: string): void {
  COMPLIANCE_PACKS.forEach((pack) => acknowledge(construct, `${pack}-${rule}`, reason));
}

/** Acknowledges that a policy reaches a whole family of resources, which the finding names with references as `<Name>`. */
export function acknowledgeWildcard(policy: IConstruct, arn: string, reason: string): void {
  acknowledge(policy, `AwsSolutions-IAM5[Resource::${flattened(Stack.of(policy).resolve(arn))}]`, reason);
}

interface Intrinsic { readonly Ref?: string; readonly 'Fn::GetAtt'?: string[]; readonly 'Fn::Join'?: [string, unknown[]] }

function flattened(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Intrinsic;
  return ref ? `<${ref}>` : attribute ? `<${attribute.join('.')}>` : join![1].map(flattened).join(join![0]);
}
