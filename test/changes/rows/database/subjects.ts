import {
  HardenedMysql, type HardenedMysqlProps, HardenedPostgres, type HardenedPostgresProps,
  type IBackingService, MysqlCapacity, PostgresCapacity, ProductionWebService, ServiceImage,
} from '../../../../src';
import type { Subject } from '../../row';
import type { Row } from '../../rows';

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

/** The same with a service that uses the database, for changes that its clients notice. */
export function served<Props>(subject: Subject<Props>): Subject<Props> {
  return {
    ...subject,
    make: (site, id, props) => {
      subject.make(site, id, props);
      new ProductionWebService(site.scope, `${id}Web`, {
        network: site.network,
        loadBalancer: site.loadBalancer,
        image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
        backingServices: [site.scope.node.findChild(id) as unknown as IBackingService],
      });
    },
  };
}

/** Rows that stand alone: random changes know the subject without its service. */
export function alone(rows: readonly Row[]): Row[] {
  return rows.map(({ part, ...row }) => row);
}
