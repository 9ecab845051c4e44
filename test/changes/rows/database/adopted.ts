import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type AdoptedDatabaseProps, type DatabaseVariables, HardenedPostgres } from '../../../../src';
import { ENV } from '../../../fixtures/test-stack';
import type { Subject } from '../../row';
import { changesOf, parametersOf, type Row } from '../../rows';
import { WEB } from '../service';

const SECRET = `arn:aws:secretsmanager:${ENV.region}:${ENV.account}:secret:shop-AbCdEf`;

/** An adopted database, and the variables of the service that uses it. */
interface AdoptedProps extends AdoptedDatabaseProps {
  readonly variables?: DatabaseVariables;
}

const ADOPTED: Subject<AdoptedProps> = {
  name: 'HardenedPostgres.fromExisting',
  make: (site, id, { variables, ...props }) => {
    const database = HardenedPostgres.fromExisting(site.scope, id, {
      identifier: 'shop',
      endpoint: 'shop.abc.eu-central-1.rds.amazonaws.com',
      databaseName: 'shop',
      securityGroup: SecurityGroup.fromSecurityGroupId(site.scope, `${id}Group`, 'sg-0123456789abcdef0'),
      secret: Secret.fromSecretCompleteArn(site.scope, `${id}Secret`, SECRET),
      ...props,
    });
    WEB.make(site, `${id}Web`, { backingServices: [variables ? database.withVariables(variables) : database] });
  },
};

export const ADOPTED_ROWS: readonly Row[] = [
  ...changesOf<AdoptedDatabaseProps, AdoptedProps>({
    subject: ADOPTED,
    struct: 'AdoptedDatabaseProps',
    changes: {
      identifier: { exempt: 'it names the server in alarms; another server is another endpoint' },
      endpoint: [undefined, 'other.abc.eu-central-1.rds.amazonaws.com'],
      readEndpoint: [undefined, 'shop-replica1.abc.eu-central-1.rds.amazonaws.com'],
      port: [undefined, 6432],
      databaseName: [undefined, 'sales'],
      securityGroup: { exempt: 'another group is another server: rules to it come before those to the former one go' },
      secret: { exempt: 'tasks read another secret with their next start, as with another endpoint' },
      secretKey: { exempt: 'a role may use another key' },
      replaceTasksEvery: { exempt: 'a schedule comes, goes or gets another interval' },
      userName: { exempt: 'tasks sign in as another user with their next start' },
      resourceId: { exempt: 'a role may sign in to another server' },
      readResourceId: { exempt: 'a role may sign in to another replica' },
      cluster: { exempt: 'it names the server in alarms' },
      instanceIdentifiers: { exempt: 'it names members in alarms' },
      instanceType: { exempt: 'it is a threshold of alarms' },
      maxAcu: { exempt: 'it is a threshold of alarms' },
      maxConnections: { exempt: 'it is a threshold of alarms' },
      performanceInsights: { exempt: 'it decides on alarms' },
      logGroups: { exempt: 'it decides on alarms' },
      events: { exempt: 'it decides on alarms' },
      caBundlePath: [undefined, '/app/rds.pem'],
    },
  }),
  ...parametersOf<DatabaseVariables | undefined, AdoptedProps>({
    subject: ADOPTED,
    prop: 'withVariables',
    within: (variables) => ({ variables }),
    changes: {
      'IAdoptedDatabase.withVariables': [
        undefined, { host: 'PGHOST' }, { note: 'The application must know the new names.' },
      ],
    },
  }),
];
