import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  BucketPurpose, CachePurpose, DatabaseAccess, EnvironmentProfile, HardenedCache, HardenedPostgres, type HardenedPostgresProps,
  type IBackingService, Ingress, PostgresCapacity, ProductionWebService, SecureBucket, SecureLoadBalancer, type SecureLoadBalancerProps, ServiceImage,
} from '../../../src';
import { Cloud, judgementOf } from '../play';
import type { Remarks } from '../row';
import { once, type Row } from '../rows';
import { type Deployable, Site, type Surroundings } from '../site';

type References = NonNullable<Surroundings['networkApart']>;

const SERVICE_FIRST = 'Deploy the stack of the service first (`cdk deploy SERVICE --exclusively`), and then all.';
const EXPORTS = '([exports](database.md#a-database-in-a-stack-of-its-own))';
const LOAD_BALANCER = 'Follow the [three deployments](service.md#ingress) with a second load balancer. '
  + `In the last one the first service goes before its load balancer. ${SERVICE_FIRST}`;

const MOVED = 'Make a second store in the other stack, restored from a snapshot or with the files copied, move the services to it, '
  + 'and then remove the former one ([databases](recovery.md#restore-into-a-new-database), [caches](cache.md#move-to-a-second-cache)).';

/** App whose service uses a database in another stack. */
export interface AppOverDatabase {
  readonly database?: () => Partial<HardenedPostgresProps>;
  /** What the service uses of it. @default - the database as its own user */
  readonly use?: (database: HardenedPostgres) => IBackingService | undefined;
  readonly references?: References;
  readonly keepExports?: boolean;
}

/** Templates of a database, and of a service in another stack. */
export function appOverDatabase({ database, use = (one) => one, references = 'weak', keepExports }: AppOverDatabase): Deployable[] {
  const site = new Site({ networkApart: references });
  const stack = site.otherStack('Data');
  const orders = new HardenedPostgres(stack, 'Orders', { network: site.network, ...database?.() });
  const used = use(orders);
  new ProductionWebService(site.scope, 'Web', {
    network: site.network,
    loadBalancer: site.loadBalancer,
    image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
    backingServices: used ? [used] : [],
  });
  if (keepExports) {
    Stack.of(orders).exportValue(orders.secret!.secretArn);
  }
  return site.synthesized();
}

/** The same app with a user of its own for the service, beside the one that comes with the database. */
export const ANOTHER_USER = (one: HardenedPostgres): IBackingService => one.withUser(one.addUser('shop', DatabaseAccess.READ_WRITE));

/** Templates of a load balancer, and of a service in another stack. */
export function appOverLoadBalancer(references: References, props: () => Partial<SecureLoadBalancerProps>): Deployable[] {
  const site = new Site({ networkApart: references });
  const loadBalancer = new SecureLoadBalancer(site.otherStack('Edge'), 'Edge', {
    network: site.network, certificate: site.certificate, ...props(),
  });
  new ProductionWebService(site.scope, 'Web', {
    network: site.network, loadBalancer, image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
  });
  return site.synthesized();
}

/** Rows of changes that cross from the stack of a database or a load balancer to that of a service. */
export const STACKS_BELOW_ROWS: readonly Row[] = [
  ofDatabase('`ProductionWebService.backingServices`', '`[ database ]` → unset', {}, { use: () => undefined }, {
    procedure: `${SERVICE_FIRST} Grant what running tasks need in that deployment ([a change of what tasks may do](service.md#change-what-tasks-may-do)).`,
  }),
  ofDatabase('`HardenedPostgres.userName`', 'unset → `\'shop\'`', {}, { database: () => ({ userName: 'shop' }) }, {
    procedure: `Leave \`userName\`, and add a user for the service in two deployments ${EXPORTS}.`,
  }),
  ofDatabase(
    '`PostgresCapacity.instance.readReplicas`', '`1` → `0`',
    { database: () => ({ capacity: PostgresCapacity.instance({ readReplicas: 1 }) }) },
    { database: () => ({ capacity: PostgresCapacity.instance({ readReplicas: 0 }) }) },
    { procedure: `${SERVICE_FIRST} Clients of the reader connect anew: choose a quiet hour.` },
  ),
  ...(['strong', 'weak'] as const).map((references) => ofLoadBalancer(references)),
  ...moved('HardenedPostgres', (scope, { network }) => new HardenedPostgres(scope, 'Orders', { network })),
  ...moved('HardenedCache', (scope, { network }) => new HardenedCache(scope, 'Sessions', { network, purpose: CachePurpose.SESSIONS })),
  ...moved('SecureBucket', (scope) => new SecureBucket(scope, 'Files', { purpose: BucketPurpose.files() })),
];

/** Row of a store that moves to a stack which is deployed after its own. */
function moved(name: string, make: (scope: Construct, site: Site) => unknown): Row[] {
  const app = (apart: boolean) => {
    const site = new Site({ profile: () => EnvironmentProfile.production() });
    const { network } = site;
    const stores = site.otherStack('Stores');
    stores.addStackDependency(Stack.of(network));
    make(apart ? stores : Stack.of(network), site);
    return site.synthesized();
  };
  const subject = 'A store that moves to another stack';
  return [{
    id: `${subject}, ${name}`,
    subject,
    what: `\`${name}\``,
    example: 'from the stack of the network → to one that is deployed after it',
    covers: [],
    remarks: { procedure: MOVED },
    judge: once(() => ({ there: judgementOf(Cloud.with(app(false)).deploy(app(true))) })),
  }];
}

function ofDatabase(what: string, example: string, was: AppOverDatabase, is: AppOverDatabase, remarks: Remarks): Row {
  const subject = 'A database in a stack of its own';
  return {
    id: `${subject}, ${what}: ${example}`.replace(/`/g, ''),
    subject,
    what,
    example,
    covers: [],
    remarks,
    judge: once(() => between(appOverDatabase(was), appOverDatabase(is))),
  };
}

function ofLoadBalancer(references: 'strong' | 'weak'): Row {
  const subject = `A load balancer in a stack of its own, with ${references === 'strong' ? 'exports' : 'weak references'}`;
  const [what, example] = ['`SecureLoadBalancer.ingress`', '`Ingress.internet()` → `Ingress.internalOnly([ \'10.0.0.0/16\' ])`'];
  const [was, is] = [() => Ingress.internet(), () => Ingress.internalOnly(['10.0.0.0/16'])].map((ingress) =>
    () => appOverLoadBalancer(references, () => ({ ingress: ingress() })));
  return {
    id: `${subject}, ${what}`.replace(/`/g, ''),
    subject,
    what,
    example,
    covers: [],
    remarks: { procedure: LOAD_BALANCER },
    judge: once(() => between(was(), is())),
  };
}

function between(before: readonly Deployable[], after: readonly Deployable[]) {
  const change = (from: readonly Deployable[], to: readonly Deployable[]) => judgementOf(Cloud.with(from).deploy(to));
  return { there: change(before, after), back: change(after, before) };
}
