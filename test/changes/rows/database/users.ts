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
