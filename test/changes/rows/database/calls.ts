import { AnyPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { DatabaseAccess, type HardenedPostgres, type HardenedPostgresProps } from '../../../../src';
import { callsOf } from '../../calls';
import type { Subject } from '../../row';
import type { Row } from '../../rows';
import type { Site } from '../../site';

/** Rows of the methods that every database has. Those for clients are rows of a service. */
export function databaseCalls(subject: Subject<HardenedPostgresProps>): Row[] {
  return callsOf<HardenedPostgres, HardenedPostgresProps>({
    subject,
    class: 'HardenedDatabase',
    calls: {
      addUser: [
        (database) => database.addUser('reporting', DatabaseAccess.READ_ONLY),
        { note: 'The way back leaves the user in the server.' },
      ],
      grantConnect: [(database, site) => database.grantConnect(roleOf(site), 'reports'), {
        with: (site) => {
          roleOf(site);
          return {};
        },
      }],
    },
  });
}

function roleOf(site: Site): Role {
  return site.part('Reports', (scope, id) => new Role(scope, id, { assumedBy: new AnyPrincipal() }));
}
