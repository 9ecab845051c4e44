import {
  CredentialRotation,
  DatabaseAccess,
  GoldenSignalAlarms,
  HardenedPostgres,
  type IBackingService,
  PostgresCapacity,
  ProductionWebService,
  Release,
  ServiceImage,
} from '../../../src';
import { Cloud } from '../../changes/play';
import { type Deployable, Site } from '../../changes/site';
import { described } from '../../simulators/cloudformation/outcome';

/** What a service has of the databases in another stack, and what that stack keeps exported. */
interface Landscape {
  readonly bound?: 'database' | 'user' | 'restored';
  readonly kept?: boolean;
  readonly userName?: string;
  readonly readReplicas?: number;
}

const REFUSED = /Export .* as it is in use by Test/;

describe.each(['strong', 'weak'] as const)('A database in a stack of its own, with references %s', (references) => {
  const app = (landscape: Landscape) => templates(references, landscape);

  test.each<[string, Landscape]>([
    ['another database, as after a restore', { bound: 'restored' }],
    ['another user', { bound: 'user' }],
  ])('keeps what a service imports while the service moves to %s', (_, moved) => {
    const cloud = Cloud.with(app({}));
    const refused = cloud.copy().deploy(app(moved));
    expect(refused.flatMap(described)).toContainEqual(expect.stringMatching(REFUSED));
    expect(statuses(cloud, [app({ ...moved, kept: true }), app(moved)])).toEqual(['UPDATE_COMPLETE']);
  });

  test('lets the application have another name, once no service imports the former secret', () => {
    const steps = [
      app({ bound: 'user', kept: true }),
      app({ bound: 'user' }),
      app({ bound: 'user', userName: 'shop' }),
      app({ userName: 'shop', kept: true }),
      app({ userName: 'shop' }),
    ];
    const cloud = Cloud.with(app({}));
    expect(cloud.copy().deploy(app({ userName: 'shop' })).flatMap(described)).toContainEqual(expect.stringMatching(REFUSED));
    expect(statuses(cloud, steps)).toEqual(['UPDATE_COMPLETE']);
  });

  test('loses its last replica once its services are deployed, which then import it no longer', () => {
    const cloud = Cloud.with(app({ readReplicas: 1 }));
    const without = app({});
    expect(cloud.copy().deploy(without).flatMap(described)).toContainEqual(expect.stringMatching(REFUSED));
    expect(statuses(cloud, [without.filter(({ stack }) => stack === 'Test'), without])).toEqual(['UPDATE_COMPLETE']);
  });
});

test.each<[string, PostgresCapacity, CredentialRotation]>([
  ['an instance', PostgresCapacity.instance({ readReplicas: 1 }), CredentialRotation.alternatingUsers()],
  ['a cluster with IAM authentication', PostgresCapacity.serverless(), CredentialRotation.iamAuthentication()],
])('Alarms and releases of another stack find the exports of %s kept, too', (_, capacity, credentials) => {
  const exportsOf = (used: boolean) => {
    const site = new Site({ networkApart: 'strong' });
    const { network, loadBalancer, images, alertRouting } = site;
    const database = new HardenedPostgres(site.otherStack('Data'), 'Database', {
      network,
      capacity,
      credentials,
    });
    if (used) {
      const web = new ProductionWebService(site.scope, 'Web', {
        network,
        loadBalancer,
        image: ServiceImage.released(images),
        backingServices: [database],
      });
      new GoldenSignalAlarms(site.scope, 'Signals', { services: [web], alertRouting, databases: [database] });
      new Release(site.scope, 'Release', { stageName: 'production', services: [web], snapshot: database });
    } else {
      database.keepExports();
    }
    const { Outputs = {} } = site.synthesized().find(({ stack }) => stack === 'Data')!.template;
    return Object.keys(Outputs);
  };
  const before = exportsOf(true);
  expect(before.length).toBeGreaterThan(8);
  expect(exportsOf(false)).toEqual(expect.arrayContaining(before));
});

function templates(networkApart: 'strong' | 'weak', landscape: Landscape): Deployable[] {
  const { bound = 'database', kept, userName, readReplicas } = landscape;
  const site = new Site({ networkApart });
  const data = site.otherStack('Data');
  const { network, loadBalancer } = site;
  const database = new HardenedPostgres(data, 'Database', {
    network,
    userName,
    capacity: PostgresCapacity.instance({ readReplicas }),
  });
  const restored = new HardenedPostgres(data, 'Restored', { network });
  if (kept) {
    database.keepExports();
  }
  const services: { readonly [of in NonNullable<Landscape['bound']>]: IBackingService } = {
    database,
    user: database.withUser(database.addUser('next', DatabaseAccess.READ_WRITE)),
    restored,
  };
  const image = ServiceImage.fromRepository(site.images, { tag: '1.4.2' });
  new ProductionWebService(site.scope, 'Web', { network, loadBalancer, image, backingServices: [services[bound]] });
  return site.synthesized();
}

function statuses(cloud: Cloud, steps: readonly Deployable[][]): string[] {
  return [...new Set(steps.flatMap((step) => cloud.deploy(step).map(({ state }) => state.status)))];
}
