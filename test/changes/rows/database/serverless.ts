import { Duration, TimeZone } from 'aws-cdk-lib';
import { AuroraMysqlEngineVersion, AuroraPostgresEngineVersion } from 'aws-cdk-lib/aws-rds';
import {
  CapacitySchedule, type HardenedMysqlProps, type HardenedPostgresProps, MysqlCapacity, type MysqlServerlessProps,
  type OfficeHoursProps, PostgresCapacity, type PostgresServerlessProps, type ServerlessCapacityProps,
} from '../../../../src';
import { changesOf, type Row } from '../../rows';
import { databaseChanges, SERVERLESS_CAPACITY } from './common-changes';
import { PORT, RESTART, RESTORE, UPGRADE } from './procedures';
import { CLUSTER, MYSQL } from './subjects';

export const CLUSTER_ROWS: readonly Row[] = [
  ...changesOf<HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'HardenedPostgresProps',
    changes: {
      ...databaseChanges('work_mem', { procedure: RESTART }),
      port: [undefined, 6379, { procedure: PORT }],
      capacity: [
        () => PostgresCapacity.serverless(), () => PostgresCapacity.serverless({ minAcu: 0, autoPauseAfter: Duration.minutes(10) }),
      ],
    },
  }),
  ...changesOf<ServerlessCapacityProps, HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'ServerlessCapacityProps',
    at: 'PostgresCapacity.serverless',
    within: (props) => ({ capacity: PostgresCapacity.serverless(props) }),
    changes: SERVERLESS_CAPACITY,
  }),
  ...changesOf<PostgresServerlessProps, HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'PostgresServerlessProps',
    at: 'PostgresCapacity.serverless',
    within: (props) => ({ capacity: PostgresCapacity.serverless(props) }),
    changes: {
      version: [
        () => AuroraPostgresEngineVersion.VER_15_17, () => AuroraPostgresEngineVersion.VER_16_13,
        { procedure: UPGRADE },
      ],
    },
  }),
  ...changesOf<OfficeHoursProps, HardenedPostgresProps>({
    subject: CLUSTER,
    struct: 'OfficeHoursProps',
    at: 'CapacitySchedule.officeHours',
    required: () => ({ timeZone: TimeZone.EUROPE_BERLIN }),
    within: (props) => ({
      capacity: PostgresCapacity.serverless({ readers: 2, schedule: CapacitySchedule.officeHours(props) }),
    }),
    changes: {
      timeZone: [() => TimeZone.EUROPE_BERLIN, () => TimeZone.AMERICA_NEW_YORK],
      fromHour: [undefined, 6],
      toHour: [undefined, 20],
      nightMaxAcu: [undefined, 4],
      nightReaders: [undefined, 1],
      weekendsOff: [undefined, false],
    },
  }),
];

export const MYSQL_ROWS: readonly Row[] = [
  ...changesOf<HardenedMysqlProps>({
    subject: MYSQL,
    struct: 'HardenedMysqlProps',
    changes: {
      ...databaseChanges('max_allowed_packet'),
      port: [undefined, 6379, { procedure: PORT }],
      capacity: [undefined, () => MysqlCapacity.instance(), { procedure: RESTORE }],
    },
  }),
  ...changesOf<MysqlServerlessProps, HardenedMysqlProps>({
    subject: MYSQL,
    struct: 'MysqlServerlessProps',
    at: 'MysqlCapacity.serverless',
    within: (props) => ({ capacity: MysqlCapacity.serverless(props) }),
    changes: {
      ...SERVERLESS_CAPACITY,
      version: [
        () => AuroraMysqlEngineVersion.VER_3_11_1, () => AuroraMysqlEngineVersion.VER_3_12_0, { procedure: UPGRADE },
      ],
    },
  }),
];
