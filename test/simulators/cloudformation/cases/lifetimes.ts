import type { Properties } from '../template';
import { type Case, changed, resource } from './case';

const bucket = (ExpirationInDays: number) =>
  resource('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays }] } });
const repository = (...selections: Properties[]) =>
  resource('AWS::ECR::Repository', {
    LifecyclePolicy: { LifecyclePolicyText: JSON.stringify({ rules: selections.map((selection) => ({ selection })) }) },
  });
const newest = (countNumber: number, pattern = '*') => ({
  tagStatus: 'tagged', tagPatternList: [pattern], countType: 'imageCountMoreThan', countNumber,
});
const vault = (LockConfiguration?: Properties) =>
  resource('AWS::Backup::BackupVault', { BackupVaultName: 'orders', LockConfiguration });

/** Documented behaviour of lifecycle rules and locks. */
export const LIFETIME_CASES: readonly Case[] = [
  changed('lifetime-shortened', 'data at risk', 'objects expire that were to stay longer', bucket(400), bucket(90)),
  changed('store-settings', 'in place', 'objects stay longer than before', bucket(90), bucket(400)),
  changed(
    'lifetime-shortened',
    'data at risk',
    'fewer images are kept',
    repository(newest(50)),
    repository(newest(10)),
  ),
  changed(
    'lifetime-shortened',
    'data at risk',
    'untagged images expire that were kept for ever',
    repository(newest(50)),
    repository(newest(50), { tagStatus: 'untagged', countType: 'sinceImagePushed', countNumber: 30 }),
  ),
  changed(
    'immutable-lock-of-a-vault',
    'refused by AWS',
    'nobody changes a lock in compliance mode after its date',
    vault({ MinRetentionDays: 7, ChangeableForDays: 3 }),
    vault({ MinRetentionDays: 7 }),
  ),
  changed('store-settings', 'in place', 'a lock in governance mode can go', vault({ MinRetentionDays: 7 }), vault()),
];
