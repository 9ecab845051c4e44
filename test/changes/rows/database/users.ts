import {
  DatabaseAccess, type DatabaseConnectionOptions, type DatabaseUserOptions, HardenedPostgres,
} from '../../../../src';
import type { Subject } from '../../row';
import { changesOf, parametersOf, type Row } from '../../rows';
import { WEB } from '../service';
import { CREDENTIALS } from './procedures';

/** Arguments of `addUser`. */
interface UserProps extends DatabaseUserOptions {
  readonly access: DatabaseAccess;
}

const USER: Subject<UserProps> = {
  name: 'HardenedPostgres, a user of it',
  make: (site, id, { access = DatabaseAccess.READ_ONLY, ...options }) =>
    void new HardenedPostgres(site.scope, id, { network: site.network }).addUser('reporting', access, options),
};

const CONNECTION: Subject<DatabaseConnectionOptions> = {
  name: 'HardenedPostgres, a service that signs in as a user of it',
  make: (site, id, options) => {
    const database = new HardenedPostgres(site.scope, `${id}Database`, {
      network: site.network, additionalDatabases: ['archive'],
    });
    const user = database.addUser('reporting', DatabaseAccess.READ_ONLY);
    WEB.make(site, id, { backingServices: [database.withUser(user, options)] });
  },
};

/** A service, and which of two users with tokens it signs in as. */
const SIGNED_IN: Subject<{ readonly user?: 'first' | 'second' }> = {
  name: 'HardenedPostgres, a service that signs in by IAM',
  make: (site, id, { user = 'first' }) => {
    const database = new HardenedPostgres(site.scope, `${id}Database`, { network: site.network });
    const users = {
      first: database.addUser('first', DatabaseAccess.READ_WRITE, { iamAuthentication: true }),
      second: database.addUser('second', DatabaseAccess.READ_WRITE, { iamAuthentication: true }),
    };
    WEB.make(site, id, { backingServices: [database.withUser(users[user])] });
  },
};

export const USER_ROWS: readonly Row[] = [
  ...changesOf<UserProps>({
    subject: USER,
    struct: 'DatabaseUserOptions',
    changes: { iamAuthentication: [undefined, true, { procedure: CREDENTIALS }] },
  }),
  ...parametersOf<DatabaseAccess, UserProps>({
    subject: USER,
    prop: 'addUser',
    within: (access) => ({ access }),
    changes: { 'HardenedDatabase.addUser': [() => DatabaseAccess.READ_ONLY, () => DatabaseAccess.READ_WRITE] },
  }),
  ...parametersOf<'first' | 'second', { readonly user?: 'first' | 'second' }>({
    subject: SIGNED_IN,
    prop: 'withUser',
    within: (user) => ({ user }),
    changes: {
      'HardenedDatabase.withUser': [
        'first', 'second', {
          procedure:
            'Deploy `database.grantConnect(service.taskRole, FORMER)` with it, and remove the line when the rollout has '
            + 'ended ([another user](database-users.md#sign-in-as-another-user)). A rollback needs it, too.',
        },
      ],
    },
  }),
  ...changesOf<DatabaseConnectionOptions>({
    subject: CONNECTION,
    struct: 'DatabaseConnectionOptions',
    changes: {
      databaseName: [undefined, 'archive'],
      poolSize: { several: [[undefined, 10], [10, 20]] },
      variables: [undefined, { host: 'REPORTS_HOST' }],
    },
  }),
];
