import type { Existing, Resource } from '../resource';
import type { Properties } from '../template';
import type { Rules } from './rule';

const SETUP = 'Custom::DatabaseSetup';

interface User {
  readonly name: string;
  readonly access?: string;
  readonly secretArn?: string;
}

/** Users of a setup. */
function usersOf({ users = [] }: Properties): User[] {
  return users as User[];
}

/** Server at a host, which is an attribute of it. */
function serverAt({ properties: { host } }: Resource, existing: Existing): Resource | undefined {
  const [id] = String(host).split('#');
  return existing.named(id, 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster');
}

/** Setup of a database: a function of the library that runs statements. */
export const SETUP_RULES: Rules = {
  refusals: [
    {
      id: 'users-keep-their-sign-in',
      source: 'Amazon RDS User Guide, "IAM database authentication": with rds_iam, a password opens no session',
      types: [SETUP],
      refuses: ({ resource, before }) => {
        const former = before ? usersOf(before.properties) : [];
        const switched = usersOf(resource.properties).find(({ name, secretArn }) =>
          former.some((user) => user.name === name && (user.secretArn === undefined) !== (secretArn === undefined)),
        );
        return switched && `user ${switched.name} signs in another way on this server`;
      },
    },
    {
      id: 'server-stays',
      source: 'Amazon RDS User Guide, "Creating an Amazon RDS DB instance": a new server has the master user alone',
      types: [SETUP],
      refuses: ({ resource, before }, existing) => {
        const server = serverAt(resource, existing);
        return before && before.properties.host !== resource.properties.host && server && !existing.holdsData(server)
          ? 'the deployment would replace the server by an empty one, or by one with other data'
          : undefined;
      },
    },
  ],
  effects: [
    {
      id: 'setup-runs-again',
      source: 'PostgreSQL documentation, "GRANT", "CREATE ROLE": open sessions go on',
      on: ['update'],
      types: [SETUP],
      effect: () => ({ verdict: 'in place', says: 'the setup creates what is missing, and drops no user and no data' }),
    },
    {
      id: 'user-reads-only',
      source: 'PostgreSQL documentation, "REVOKE"; MySQL Reference Manual, "When Privilege Changes Take Effect"',
      on: ['update'],
      types: [SETUP],
      properties: ['users'],
      effect: ({ before, after }) => {
        const narrowed = usersOf(after!.properties).filter(({ name, access }) =>
          access === 'READ_ONLY' &&
          usersOf(before!.properties).some((user) => user.name === name && user.access !== 'READ_ONLY'));
        return narrowed.length > 0
          ? {
            verdict: 'interruption',
            says: `whoever is signed in as \`${narrowed.map(({ name }) => name).join('`, `')}\` can no longer write, at once`,
          }
          : undefined;
      },
    },
    {
      id: 'setup-removed',
      source: 'AWS CloudFormation User Guide, "Custom resources": the function decides what a deletion does',
      on: ['delete', 'replace'],
      types: [SETUP],
      effect: () => ({ verdict: 'in place', says: 'what the setup has created stays in the server' }),
    },
  ],
};
