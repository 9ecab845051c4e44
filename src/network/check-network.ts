import type { IConstruct } from 'constructs';
import { checkRules } from '../validation/rules';
import type { ISecureVpc } from './secure-vpc-interface';

/**
 * Refuses a missing network, and a VPC of CDK, which knows no tiers.
 *
 * Languages without types let both pass, and Python checks no interface.
 */
export function checkNetwork(scope: IConstruct, network: Partial<ISecureVpc> | undefined): void {
  checkRules(scope, [
    {
      condition: !network,
      prop: 'network',
      value: network,
      expected: 'a network',
      fix: "give new SecureVpc(this, 'Network')",
    },
    {
      condition: typeof network?.subnets !== 'function' || typeof network.allowToAwsServices !== 'function',
      prop: 'network',
      problem: 'is no SecureVpc',
      fix:
        "give new SecureVpc(this, 'Network'), or adopt a VPC: " +
        "SecureVpc.fromVpc(this, 'Network', { vpc, publicSubnets, applicationSubnets })",
    },
  ]);
}
