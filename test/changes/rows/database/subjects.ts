import {
  HardenedMysql, type HardenedMysqlProps, HardenedPostgres, type HardenedPostgresProps, MysqlCapacity, PostgresCapacity,
} from '../../../../src';
import type { Subject } from '../../row';

export const INSTANCE: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, an instance',
  make: (site, id, props) => new HardenedPostgres(site.scope, id, { network: site.network, ...props }),
};

export const CLUSTER: Subject<HardenedPostgresProps> = {
  name: 'HardenedPostgres, serverless',
  make: (site, id, props) =>
    new HardenedPostgres(site.scope, id, { network: site.network, capacity: PostgresCapacity.serverless(), ...props }),
};

export const MYSQL: Subject<HardenedMysqlProps> = {
  name: 'HardenedMysql, serverless',
  make: (site, id, props) => new HardenedMysql(site.scope, id, { network: site.network, ...props }),
};

export const MYSQL_INSTANCE: Subject<HardenedMysqlProps> = {
  name: 'HardenedMysql, an instance',
  make: (site, id, props) =>
    new HardenedMysql(site.scope, id, { network: site.network, capacity: MysqlCapacity.instance(), ...props }),
};
