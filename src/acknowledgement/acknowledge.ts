import { Validations } from 'aws-cdk-lib';
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
