import { Token } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { knownToDiffer } from '../../validation/checks';
import type { Rule } from '../../validation/rules';
import { CLUSTER_RESOURCE_ID } from './point-in-time';
import type { RestoreContext } from './restore-settings';

/** Options of a restore, beside the source. */
interface Options {
  readonly storageEncryptionKey?: IKey;
  readonly masterUserName?: string;
}

const MASTER_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,15}$/;
const SNAPSHOT = /^arn:[^:]+:rds:([^:]+):([^:]+):(cluster-snapshot|snapshot):.+$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Requires a name of its own, and the key of an instance. */
export function optionRules(context: RestoreContext, { storageEncryptionKey, masterUserName }: Options): Rule[] {
  const { identifier, defaultIdentifier, cluster } = context;
  return [
    {
      condition: identifier === undefined || identifier === defaultIdentifier,
      prop: 'restoreFrom',
      problem:
        'needs an identifier of its own: CloudFormation restores into a new server, and only a named server ' +
        'can never be replaced by an empty one',
      fix:
        'Leave the running database as it is, add a second one under another construct id with a new identifier ' +
        'and restoreFrom, and then move the services to it (docs/recovery.md)',
    },
    {
      condition: !cluster && storageEncryptionKey === undefined,
      prop: 'restoreFrom',
      problem: 'needs storageEncryptionKey on an instance, which keeps the key of its snapshot or source',
      fix:
        'Give the key, for example Key.fromKeyArn(...): describe-db-snapshots and describe-db-instances show it ' +
        'as KmsKeyId. Copy a snapshot without one with a key first',
    },
    {
      condition: cluster && storageEncryptionKey !== undefined,
      prop: 'restoreFrom.storageEncryptionKey',
      problem: 'has no effect on a cluster, which is encrypted with the key of the database',
      fix: 'remove storageEncryptionKey',
    },
    {
      condition: known(masterUserName) && !MASTER_NAME.test(masterUserName!),
      prop: 'restoreFrom.masterUserName',
      value: masterUserName,
      expected: 'a letter, then letters, digits and _, at most 16 characters',
      fix: 'give the name that describe-db-snapshots shows as MasterUsername',
    },
  ];
}

/** Requires a snapshot that RDS can restore here into this kind of server. */
export function snapshotRules(context: RestoreContext, snapshotArn: string): Rule[] {
  const prop = 'restoreFrom';
  const found = known(snapshotArn) ? SNAPSHOT.exec(snapshotArn) : null;
  return [
    {
      condition: known(snapshotArn) && found === null,
      prop,
      value: snapshotArn,
      expected: 'the ARN of a snapshot',
      fix: 'write it as arn:aws:rds:eu-central-1:111122223333:snapshot:NAME',
    },
    {
      condition: !context.cluster && found?.[3] === 'cluster-snapshot',
      prop,
      problem: 'is a snapshot of a cluster, which no instance can be restored from',
      fix: 'set capacity to a serverless one, or give the snapshot of an instance',
    },
    ...placeRules(context, found ?? undefined, 'the snapshot', 'Copy it there with a key of this account'),
  ];
}

/** Requires a source and a time that RDS can restore here into this kind of server. */
export function pointInTimeRules(context: RestoreContext, { source, time }: { source: string; time?: string }): Rule[] {
  const fits = context.cluster
    ? CLUSTER_RESOURCE_ID.test(source) || /^(arn:.+:cluster:)?[a-z][a-z0-9-]*$/.test(source)
    : /^(db-[A-Z0-9]+|arn:.+:auto-backup:ab-.+)$/.test(source);
  const expected = context.cluster
    ? 'the identifier, ARN or resource id of a cluster'
    : 'the resource id of an instance (db-ABC...) or the ARN of automated backups';
  const command = context.cluster
    ? 'describe-db-clusters --query "DBClusters[].[DBClusterIdentifier,DbClusterResourceId]"'
    : 'describe-db-instances --query "DBInstances[].[DBInstanceIdentifier,DbiResourceId]"';
  const found = known(source) ? /^arn:[^:]+:rds:([^:]+):([^:]+):/.exec(source) : null;
  return [
    {
      condition: known(source) && !fits,
      prop: 'restoreFrom.source',
      value: source,
      expected,
      fix: `look it up with aws rds ${command}`,
    },
    {
      condition: known(time) && !isTime(time!),
      prop: 'restoreFrom.time',
      value: time,
      expected: 'a time in UTC',
      fix: 'write it as 2026-11-20T10:00:00Z',
    },
    ...placeRules(context, found ?? undefined, 'the source', 'Restore a copy or replicated backups that lie there'),
  ];
}

function placeRules(context: RestoreContext, found: RegExpExecArray | undefined, what: string, fix: string): Rule[] {
  const [, region, account] = found ?? [];
  return [
    {
      condition: region !== undefined && knownToDiffer(region, context.region),
      prop: 'restoreFrom',
      problem: `has ${what} in ${region}, and the database is in ${context.region}`,
      fix,
    },
    {
      condition: account !== undefined && knownToDiffer(account, context.account),
      prop: 'restoreFrom',
      problem: `has ${what} in account ${account}, and the database is in ${context.account}`,
      fix,
    },
  ];
}

function isTime(time: string): boolean {
  return TIME.test(time) && !Number.isNaN(Date.parse(time));
}

function known(value: string | undefined): boolean {
  return value !== undefined && !Token.isUnresolved(value);
}
