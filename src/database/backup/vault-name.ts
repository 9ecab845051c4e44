import { Token } from 'aws-cdk-lib';
import type { Rule } from '../../validation/rules';

/** Requires a name that AWS Backup takes. Source: API reference of AWS Backup, "CreateBackupVault". */
export function vaultNameRule(prop: string, name: string | undefined): Rule {
  return {
    condition: name !== undefined && !Token.isUnresolved(name) && !/^[a-zA-Z0-9_-]{2,50}$/.test(name),
    prop,
    value: name,
    expected: '2 to 50 letters, digits, hyphens and underscores',
    fix: 'choose a name like shop-backups-2',
  };
}
