import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  type AdoptedDatabaseProps, HardenedPostgres, type IAdoptedDatabase, type IBackingService, Migration, ProductionWebService, Release, Route, ServiceImage,
} from '../../../../src';
import { ENV } from '../../../fixtures/test-stack';
import type { Subject } from '../../row';
import { changesOf, parametersOf, type Row } from '../../rows';
import type { Site } from '../../site';

/** An existing database, and the choices of the service that uses it. */
interface MigratedProps extends AdoptedDatabaseProps {
  readonly poolSize?: number;
  readonly otherSecret?: ISecret;
}

/** A service whose release migrates the database, with a dry run. */
const MIGRATED: Subject<MigratedProps> = {
  name: 'HardenedPostgres.fromExisting, with a release that migrates it',
  make: (site, id, { poolSize, otherSecret, ...props }) => {
    const database = HardenedPostgres.fromExisting(site.scope, id, {
      identifier: 'shop',
      endpoint: 'shop.abc.eu-central-1.rds.amazonaws.com',
      databaseName: 'shop',
      securityGroup: SecurityGroup.fromSecurityGroupId(site.scope, `${id}Group`, 'sg-0123456789abcdef0'),
      secret: secretOf(site, 'shop'),
      ownerSecret: secretOf(site, 'owner'),
      readOnlySecret: secretOf(site, 'reader'),
      ...props,
    });
    const service = new ProductionWebService(site.scope, `${id}Web`, {
      network: site.network,
      loadBalancer: site.loadBalancer,
      image: ServiceImage.released(site.images),
      backingServices: [boundBy(database, { poolSize, otherSecret })],
      ...(id === 'Subject' ? {} : { route: Route.path(`/${id}/*`) }),
    });
    const plan = { plan: ['npm', 'run', 'plan'], planInternetAccess: { reason: 'The image comes through NAT.' } };
    const migrations = [Migration.command(service, ['npm', 'run', 'migrate'], plan)];
    new Release(site.scope, `${id}Release`, { stageName: 'production', services: [service], migrations });
  },
};

const NEXT_RELEASE = { note: 'The next release takes the new revision of the family.' };

export const ADOPTED_SIGN_IN_ROWS: readonly Row[] = [
  ...changesOf<AdoptedDatabaseProps, MigratedProps>({
    subject: MIGRATED,
    struct: 'AdoptedDatabaseProps',
    changes: {
      ownerSecret: [(site) => secretOf(site, 'owner'), (site) => secretOf(site, 'boss'), NEXT_RELEASE],
      ownerSecretKey: [undefined, (site: Site) => keyOf(site), NEXT_RELEASE],
      readOnlySecret: [(site) => secretOf(site, 'reader'), (site) => secretOf(site, 'auditor'), NEXT_RELEASE],
      readOnlySecretKey: [undefined, (site: Site) => keyOf(site), NEXT_RELEASE],
    },
  }),
  ...parametersOf<number | undefined, MigratedProps>({
    subject: MIGRATED,
    prop: 'withPoolSize',
    within: (poolSize) => ({ poolSize }),
    changes: { 'IAdoptedDatabase.withPoolSize': [undefined, 10, NEXT_RELEASE] },
  }),
  ...parametersOf<ISecret | undefined, MigratedProps>({
    subject: MIGRATED,
    prop: 'withSecret',
    within: (otherSecret) => ({ otherSecret }),
    changes: { 'IAdoptedDatabase.withSecret': [undefined, (site) => secretOf(site, 'reports'), NEXT_RELEASE] },
  }),
];

function boundBy(database: IAdoptedDatabase, { poolSize, otherSecret }: Pick<MigratedProps, 'poolSize' | 'otherSecret'>): IBackingService {
  if (otherSecret) {
    return database.withSecret(otherSecret);
  }
  return poolSize === undefined ? database : database.withPoolSize(poolSize);
}

function secretOf(site: Site, name: string): ISecret {
  const arn = `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:${name}-AbCdEf`;
  return site.part(`${name}Secret`, (scope, id) => Secret.fromSecretCompleteArn(scope, id, arn));
}

function keyOf(site: Site): IKey {
  return site.part('SignInKey', (scope, id) => Key.fromKeyArn(scope, id, `arn:aws:kms:${ENV.region}:${ENV.account}:key/sign-in`));
}
