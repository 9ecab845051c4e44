import { MysqlEngineVersion, PostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  type HardenedMysqlProps, type HardenedPostgresProps, type InstanceCapacityProps, MysqlCapacity,
  type MysqlInstanceProps, PostgresCapacity, type PostgresInstanceProps,
} from '../../../../src';
import { changesOf, type Row } from '../../rows';
import { databaseChanges, INSTANCE_CAPACITY } from './common-changes';
import { REPLICAS_FIRST, RESTART, RESTORE, UPGRADE } from './procedures';
import { INSTANCE, MYSQL_INSTANCE } from './subjects';

const LIBRARY = 'The server restarts, because it loads the library at start: choose a quiet hour.';
const MAJOR_AFTER_MINOR =
  'RDS refuses a major version alone where its default minor version is before the one that runs. '
  + 'Change it with the next major version.';

export const INSTANCE_ROWS: readonly Row[] = [
  ...changesOf<HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'HardenedPostgresProps',
    changes: {
      ...databaseChanges('work_mem', { procedure: RESTART }),
      capacity: [undefined, () => PostgresCapacity.serverless(), { procedure: RESTORE }],
      schemas: [undefined, ['billing']],
      extensions: { several: [[undefined, ['pgcrypto']], [undefined, ['pg_cron'], { procedure: LIBRARY }]] },
    },
  }),
  ...changesOf<InstanceCapacityProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'InstanceCapacityProps',
    at: 'PostgresCapacity.instance',
    within: (props) => ({ capacity: PostgresCapacity.instance(props) }),
    changes: INSTANCE_CAPACITY,
  }),
  ...changesOf<PostgresInstanceProps, HardenedPostgresProps>({
    subject: INSTANCE,
    struct: 'PostgresInstanceProps',
    at: 'PostgresCapacity.instance',
    within: (props) => ({ capacity: PostgresCapacity.instance(props) }),
    changes: {
      version: {
        several: [
          [() => PostgresEngineVersion.VER_16, () => PostgresEngineVersion.VER_17, { procedure: UPGRADE }],
          [() => PostgresEngineVersion.VER_16_11, () => PostgresEngineVersion.VER_16_12, { procedure: UPGRADE }],
          [
            () => PostgresEngineVersion.VER_16_12, () => PostgresEngineVersion.VER_16_13,
            { procedure: REPLICAS_FIRST, with: { readReplicas: 1 } },
          ],
          [() => PostgresEngineVersion.VER_16_12, () => PostgresEngineVersion.VER_16, { note: MAJOR_AFTER_MINOR }],
        ],
      },
      replicaVersion: [
        undefined, () => PostgresEngineVersion.VER_16_13,
        { procedure: REPLICAS_FIRST, with: { readReplicas: 1, version: PostgresEngineVersion.VER_16_12 } },
      ],
    },
  }),
];

export const MYSQL_INSTANCE_ROWS: readonly Row[] = [
  ...changesOf<HardenedMysqlProps>({
    subject: MYSQL_INSTANCE, struct: 'HardenedMysqlProps', changes: databaseChanges('max_allowed_packet'),
  }),
  ...changesOf<MysqlInstanceProps, HardenedMysqlProps>({
    subject: MYSQL_INSTANCE,
    struct: 'MysqlInstanceProps',
    at: 'MysqlCapacity.instance',
    within: (props) => ({ capacity: MysqlCapacity.instance(props) }),
    changes: {
      ...INSTANCE_CAPACITY,
      version: [() => MysqlEngineVersion.VER_8_4_9, () => MysqlEngineVersion.VER_8_4_10, { procedure: UPGRADE }],
      replicaVersion: [
        undefined, () => MysqlEngineVersion.VER_8_4_10,
        { procedure: REPLICAS_FIRST, with: { readReplicas: 1, version: MysqlEngineVersion.VER_8_4_9 } },
      ],
    },
  }),
];
