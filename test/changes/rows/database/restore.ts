import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import {
  type HardenedPostgresProps, type PointInTimeRestoreProps, RestoreSource, type SnapshotRestoreProps,
} from '../../../../src';
import { ENV } from '../../../fixtures/test-stack';
import type { Subject } from '../../row';
import { changesOf, choicesOf, type Row } from '../../rows';
import type { Site } from '../../site';
import { CLUSTER, INSTANCE } from './subjects';

/** A database whose identifier comes and goes with the restore. */
const RESTORED: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, an instance whose identifier comes and goes with restoreFrom',
  make: (site, id, props) => INSTANCE.make(site, id, { ...props, identifier: props.restoreFrom && IDENTIFIER }),
};
const RESTORED_CLUSTER: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, serverless, whose identifier comes and goes with restoreFrom',
  make: (site, id, props) => CLUSTER.make(site, id, { ...props, identifier: props.restoreFrom && IDENTIFIER }),
};

const IDENTIFIER = 'shop-restored';
const ONCE =
  'RDS restores into a new server alone: follow [the restore](recovery.md#restore-into-a-new-database), '
  + 'and leave `restoreFrom` and `identifier` in place.';
const KEY_OF_THE_DATA =
  'The server keeps the key that the data came with. Name the right one, so that backups can use it.';
const NAME_OF_THE_DATA = 'The name comes with the data: set it at the restore, and leave it.';
const named = { with: { identifier: IDENTIFIER }, procedure: ONCE };

export const RESTORED_INSTANCE_ROWS: readonly Row[] = [
  ...changesOf<HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'HardenedPostgresProps',
    changes: {
      restoreFrom: {
        several: [
          [undefined, (site: Site) => snapshotOf(site, 'monday'), named],
          [(site: Site) => snapshotOf(site, 'monday'), (site: Site) => snapshotOf(site, 'tuesday'), named],
        ],
      },
    },
  }),
  ...changesOf<SnapshotRestoreProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'SnapshotRestoreProps',
    at: 'RestoreSource.snapshot',
    required: (site) => ({ storageEncryptionKey: keyOf(site, 'Former') }),
    within: (props) => ({
      identifier: IDENTIFIER, restoreFrom: RestoreSource.snapshot(`${SNAPSHOTS}:snapshot:monday`, props),
    }),
    changes: {
      storageEncryptionKey: [
        (site) => keyOf(site, 'Former'), (site) => keyOf(site, 'Other'), { note: KEY_OF_THE_DATA },
      ],
      masterUserName: [undefined, 'postgres', { procedure: NAME_OF_THE_DATA }],
    },
  }),
  ...changesOf<PointInTimeRestoreProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'PointInTimeRestoreProps',
    at: 'RestoreSource.pointInTime',
    required: (site) => ({ source: 'db-ABCDEF', storageEncryptionKey: keyOf(site, 'Former') }),
    within: (props) => ({ identifier: IDENTIFIER, restoreFrom: RestoreSource.pointInTime(props) }),
    changes: {
      source: ['db-ABCDEF', 'db-GHIJKL', { procedure: ONCE }],
      time: [undefined, '2026-11-20T10:00:00Z', { procedure: ONCE }],
    },
  }),
  ...changesOf<HardenedPostgresProps>({
    subject: RESTORED,
    struct: 'HardenedPostgresProps',
    changes: { restoreFrom: [undefined, (site: Site) => snapshotOf(site, 'monday'), { procedure: ONCE }] },
  }),
];

export const RESTORED_CLUSTER_ROWS: readonly Row[] = [
  ...changesOf<HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'HardenedPostgresProps',
    changes: {
      restoreFrom: {
        several: [
          [undefined, () => clusterSnapshot('monday'), named],
          [() => clusterSnapshot('monday'), () => clusterSnapshot('tuesday'), named],
        ],
      },
    },
  }),
  ...choicesOf<RestoreSource, HardenedPostgresProps>({
    subject: CLUSTER,
    class: 'RestoreSource',
    prop: 'restoreFrom',
    within: (restoreFrom) => ({ identifier: IDENTIFIER, restoreFrom }),
    remarks: { '*': { procedure: ONCE } },
    values: {
      snapshot: () => clusterSnapshot('monday'),
      pointInTime: () => RestoreSource.pointInTime({ source: 'shop' }),
    },
  }),
  ...changesOf<HardenedPostgresProps>({
    subject: RESTORED_CLUSTER,
    struct: 'HardenedPostgresProps',
    changes: { restoreFrom: [undefined, () => clusterSnapshot('monday'), { procedure: ONCE }] },
  }),
];

const SNAPSHOTS = `arn:aws:rds:${ENV.region}:${ENV.account}`;

/** Snapshot of an instance, by its name. */
function snapshotOf(site: Site, name: string): RestoreSource {
  return RestoreSource.snapshot(`${SNAPSHOTS}:snapshot:${name}`, { storageEncryptionKey: keyOf(site, 'Former') });
}

function clusterSnapshot(name: string): RestoreSource {
  return RestoreSource.snapshot(`${SNAPSHOTS}:cluster-snapshot:${name}`);
}

function keyOf(site: Site, name: string): IKey {
  const arn = `arn:aws:kms:${ENV.region}:${ENV.account}:key/${name}`;
  return site.part(`${name}Key`, (scope, id) => Key.fromKeyArn(scope, id, arn));
}
