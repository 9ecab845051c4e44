import { isIP } from 'net';
import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';

/** An invalid network fails the deployment, or is accepted by IAM and never matches. */
export function checkCidrs(role: IConstruct, cidrs: string[] | undefined): void {
  const invalid = cidrs?.find((cidr) => !Token.isUnresolved(cidr) && !isCidr(cidr));
  checkRules(role, [
    {
      condition: cidrs?.length === 0,
      prop: 'allowedCidrs',
      value: cidrs,
      expected: 'at least one network: with an empty list nobody can assume the role',
      fix: 'add a network, or remove allowedCidrs to accept all',
    },
    {
      condition: invalid !== undefined,
      prop: 'allowedCidrs',
      value: invalid,
      expected: 'networks in CIDR notation, smaller than the whole internet',
      fix: "write it as '203.0.113.0/24' or '2001:db8::/32'",
    },
  ]);
}

function isCidr(value: string): boolean {
  const [address, bits, ...rest] = value.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    rest.length === 0 &&
    /^\d+$/.test(bits ?? '') &&
    Number(bits) >= 1 &&
    Number(bits) <= (version === 4 ? 32 : 128)
  );
}
