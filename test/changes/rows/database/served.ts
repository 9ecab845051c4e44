import {
  type HardenedMysqlProps, type HardenedPostgresProps, type InstanceCapacityProps, MysqlCapacity, PostgresCapacity,
  type ServerlessCapacityProps,
} from '../../../../src';
import { changesOf, type Row } from '../../rows';
import { CLIENT_CHANGES } from './common-changes';
import { alone, CLUSTER, INSTANCE, MYSQL, MYSQL_INSTANCE, served } from './subjects';

const READER = 'Services get the address of the reader by this deployment.';

/** Changes of an instance that the services of it notice. */
export const SERVED_INSTANCE_ROWS: readonly Row[] = alone([
  ...changesOf<HardenedPostgresProps>({ subject: served(INSTANCE), struct: 'HardenedPostgresProps', changes: CLIENT_CHANGES }),
  ...changesOf<InstanceCapacityProps, HardenedPostgresProps>({
    subject: served(INSTANCE),
    struct: 'InstanceCapacityProps',
    at: 'PostgresCapacity.instance',
    within: (props) => ({ capacity: PostgresCapacity.instance(props) }),
    changes: { readReplicas: [0, 1, { note: READER }] },
  }),
]);

/** The same of a cluster. */
export const SERVED_CLUSTER_ROWS: readonly Row[] = alone([
  ...changesOf<HardenedPostgresProps>({ subject: served(CLUSTER), struct: 'HardenedPostgresProps', changes: CLIENT_CHANGES }),
  ...changesOf<ServerlessCapacityProps, HardenedPostgresProps>({
    subject: served(CLUSTER),
    struct: 'ServerlessCapacityProps',
    at: 'PostgresCapacity.serverless',
    within: (props) => ({ capacity: PostgresCapacity.serverless(props) }),
    changes: { readers: [0, 1, { note: READER }] },
  }),
]);

/** The same of a cluster of MySQL. */
export const SERVED_MYSQL_ROWS: readonly Row[] = alone([
  ...changesOf<HardenedMysqlProps>({ subject: served(MYSQL), struct: 'HardenedMysqlProps', changes: CLIENT_CHANGES }),
  ...changesOf<ServerlessCapacityProps, HardenedMysqlProps>({
    subject: served(MYSQL),
    struct: 'ServerlessCapacityProps',
    at: 'MysqlCapacity.serverless',
    within: (props) => ({ capacity: MysqlCapacity.serverless(props) }),
    changes: { readers: [0, 1, { note: READER }] },
  }),
]);

/** The same of an instance of MySQL. */
export const SERVED_MYSQL_INSTANCE_ROWS: readonly Row[] = alone([
  ...changesOf<HardenedMysqlProps>({ subject: served(MYSQL_INSTANCE), struct: 'HardenedMysqlProps', changes: CLIENT_CHANGES }),
  ...changesOf<InstanceCapacityProps, HardenedMysqlProps>({
    subject: served(MYSQL_INSTANCE),
    struct: 'InstanceCapacityProps',
    at: 'MysqlCapacity.instance',
    within: (props) => ({ capacity: MysqlCapacity.instance(props) }),
    changes: { readReplicas: [0, 1, { note: READER }] },
  }),
]);
