import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import { type DatabaseConnectionOptions, type IHardenedDatabase } from '../../database';
import { variableNames } from '../../database/credentials/database-variables';
import { ProductionWebService } from '../../service';
import type { OneOffTask } from '../../service/task/one-off-task';
import { checkInReach } from '../../validation/objects-in-reach';
import { PropError } from '../../validation/prop-error';
import { asOwner, databasesOf } from './database-sign-in';
import type { Migration } from './migration';

/** Service of a migration, with the family, the roles and the groups of each of its tasks. */
interface MigrationTargets {
  readonly target: ReleaseTarget;
  /**
   * Target of the dry run.
   * @default - no dry run
   */
  readonly plan?: ReleaseTarget;
}

/** Creates the task definitions of a migration with its service. A service from elsewhere brings its own. */
export function migrationTargets(scope: IConstruct, migration: Migration, prop: string): MigrationTargets {
  const { _service: service } = migration;
  return service instanceof ProductionWebService
    ? createTasks(scope, service, migration, prop)
    : { target: givenTask(scope, migration, prop) };
}

function createTasks(
  scope: IConstruct,
  service: ProductionWebService,
  { _options: options }: Migration,
  prop: string,
): MigrationTargets {
  const { connection, secrets = [], plan } = options;
  const { releaseTarget } = service;
  const database = options.database ?? databasesOf(releaseTarget)[0];
  checkVariables(scope, service, { database, connection, prop });
  const { id, suffix } = unusedName(service);
  const task = service._oneOffTask(id, { suffix, database: asOwner(database, connection), secrets });
  const planTask = plan && createPlan(scope, service, { migration: { database, connection, id, suffix }, options, prop });
  return { target: targetOf(releaseTarget, task), plan: planTask && targetOf(releaseTarget, planTask) };
}

/** What the dry run has in common with its migration. */
interface PlanOf {
  readonly migration: {
    readonly database: IHardenedDatabase;
    readonly connection?: DatabaseConnectionOptions;
    readonly id: string;
    readonly suffix: string;
  };
  readonly options: Migration['_options'];
  readonly prop: string;
}

/** Nobody has approved the code of a dry run, so it gets the rows of one database to read, and nothing else. */
function createPlan(
  scope: IConstruct,
  service: ProductionWebService,
  { migration: { database, connection, id, suffix }, options, prop }: PlanOf,
): OneOffTask {
  const task = service._oneOffTask(`${id}Plan`, {
    suffix: `${suffix}-plan`,
    database: database.withUser(database._planUser(), connection),
    secrets: [],
    isolated: true,
  });
  if (task.reachesInternet && !options.planInternetAccess) {
    throw new PropError(scope, {
      prop: `${prop}.plan`,
      problem:
        'would reach the internet before anybody has approved its code: in a network with NAT, its image comes ' +
        'through port 443 to everywhere',
      fix: 'use Egress.endpointsOnly() for the network, give planInternetAccess with a reason, or remove plan',
    });
  }
  return task;
}

function targetOf(service: ReleaseTarget, { family, roleArns, connections }: OneOffTask): ReleaseTarget {
  return {
    ...service,
    family,
    taskRoleArns: roleArns,
    securityGroupIds: connections.securityGroups.map(({ securityGroupId }) => securityGroupId),
  };
}

function givenTask(scope: IConstruct, { _service: { releaseTarget }, _options: options }: Migration, prop: string): ReleaseTarget {
  const { family, defaultContainer, taskRole, executionRole } = options.taskDefinition!;
  checkInReach(scope, `${prop}.taskDefinition`, options.taskDefinition, 'task definition');
  return {
    ...releaseTarget,
    family,
    containerName: defaultContainer!.containerName,
    taskRoleArns: [taskRole.roleArn, ...(executionRole ? [executionRole.roleArn] : [])],
  };
}

/** Names of the first migration of a service, of its second one, and so on. */
function unusedName(service: ProductionWebService, number = 1): { readonly id: string; readonly suffix: string } {
  const [id, suffix] = number === 1 ? ['Migration', '-migration'] : [`Migration${number}`, `-migration-${number}`];
  return service.node.tryFindChild(id) ? unusedName(service, number + 1) : { id, suffix };
}

/** Sign-in of a migration. */
interface SignIn {
  readonly database: IHardenedDatabase;
  readonly connection?: DatabaseConnectionOptions;
  readonly prop: string;
}

/** A service that reads a database by other variables has a migration that does, too. */
function checkVariables(scope: IConstruct, service: ProductionWebService, { database, connection, prop }: SignIn): void {
  const { host } = variableNames({});
  const own = service._bindings.filter(({ store }) => store === database);
  if (connection?.variables === undefined && !own.some(({ environment }) => environment[host] !== undefined)) {
    throw new PropError(scope, {
      prop: `${prop}.connection`,
      problem:
        `names the host of ${database.node.path} ${host}, but ${service.node.path} reads it by ` +
        own.flatMap(({ environment }) => Object.keys(environment)).join(', '),
      fix: 'give the names of withVariables() in backingServices, too: connection: { variables }',
    });
  }
}
