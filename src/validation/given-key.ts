import { Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IConstruct } from 'constructs';
import { knownToDiffer } from './checks';
import { checkRules } from './rules';

const FIX = "give new Key(this, 'Key'), or import one by Key.fromKeyArn()";

/**
 * Refuses what is no key, a key of another region, and an alias.
 *
 * An alias passes as a key in CDK, but a policy that names its ARN allows nothing.
 */
export function checkGivenKey(scope: IConstruct, prop: string, key: IKey | undefined): void {
  if (key === undefined) {
    return;
  }
  const isKey = key !== null && typeof key === 'object' && 'keyArn' in key;
  const { region } = Stack.of(scope);
  checkRules(scope, [
    { condition: !isKey, prop, value: key, expected: 'a KMS key', fix: FIX },
    {
      condition: isKey && ('aliasName' in key || isAliasArn(key.keyArn)),
      prop,
      problem: 'is an alias, which IAM policies can not name: a role that may use it could decrypt nothing',
      fix: 'give the key itself, or import it by Key.fromKeyArn()',
    },
    {
      condition: isKey && knownToDiffer(key.env.region, region),
      prop,
      problem: `is in ${isKey ? key.env.region : ''}, and what it encrypts is in ${region}`,
      fix: 'give a key of that region',
    },
  ]);
}

/** True for the ARN of an alias of a KMS key. */
export function isAliasArn(keyArn: string): boolean {
  return keyArn.includes(':alias/');
}
