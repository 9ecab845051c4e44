import type { IConstruct } from 'constructs';
import type { ReleaseTarget } from '../../contracts';
import type { IMigratableDatabase } from '../../database';
import { ProductionWebService } from '../../service';
import type { OneOffTask } from '../../service/task/one-off-task';
import { checkInReach } from '../../validation/objects-in-reach';
import { PropError } from '../../validation/prop-error';
import { checkRules } from '../../validation/rules';
import { databasesOf } from './database-sign-in';
import { migrationConnection } from './migration-connection';
import type { MigrationRequest } from './migration-options';

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
export function migrationTargets(scope: IConstruct, migration: MigrationRequest, prop: string): MigrationTargets {
  const { _service: service, _options: options } = migration;
  if (!(service instanceof ProductionWebService)) {
    return { target: givenTask(scope, migration, prop) };
  }
  const database = options.database ?? databasesOf(service.releaseTarget)[0];
  const connection = migrationConnection(scope, { prop, service, database, connection: options.connection });
  const tasks = new MigrationTasks(scope, service, { prop, database, options: { ...options, connection } });
  return { target: tasks.migration(), plan: options.plan && tasks.plan() };
}

/** Migration of one database, bound to its service. */
interface BoundMigration {
  readonly prop: string;
  readonly database: IMigratableDatabase;
  readonly options: MigrationRequest['_options'];
}

/** Task definitions of a migration, in the scope of its service. */
class MigrationTasks {
  private readonly names: { readonly id: string; readonly suffix: string };

  public constructor(
    private readonly scope: IConstruct,
    private readonly service: ProductionWebService,
    private readonly bound: BoundMigration,
  ) {
    this.names = unusedNames(service);
  }

  public migration(): ReleaseTarget {
    const { prop, database, options: { connection, secrets = [] } } = this.bound;
    const { id, suffix } = this.names;
    const signIn = database._ownerSignIn(connection);
    if (!signIn) {
      throw new PropError(this.scope, {
        prop: `${prop}.database`,
        problem: `is ${database.node.path}, an existing database whose owner's sign-in is not known`,
        fix: 'give ownerSecret to fromExisting()',
      });
    }
    return this.targetOf(this.service._oneOffTask(id, { suffix, database: signIn, secrets }));
  }

  /** Nobody has approved the code of a dry run. It may read the rows of one database, and nothing else. */
  public plan(): ReleaseTarget {
    const { prop, database, options: { connection, planInternetAccess } } = this.bound;
    const { id, suffix } = this.names;
    const signIn = database._readOnlySignIn(connection);
    if (!signIn) {
      throw new PropError(this.scope, {
        prop: `${prop}.plan`,
        problem: `needs a user who may only read, and ${database.node.path} is an existing database without one`,
        fix: 'give readOnlySecret to fromExisting(), or remove plan',
      });
    }
    const task = this.service._oneOffTask(`${id}Plan`, {
      suffix: `${suffix}-plan`,
      database: signIn,
      secrets: [],
      isolated: true,
    });
    if (!planInternetAccess) {
      this.checkClosed(task, `${prop}.plan`);
    }
    return this.targetOf(task);
  }

  /** Refuses a dry run that could send away what it reads. */
  private checkClosed(task: OneOffTask, prop: string): void {
    checkRules(this.scope, [
      {
        condition: task.reachesInternet,
        prop,
        problem:
          'would reach the internet before anybody has approved its code: in a network with NAT, its image comes ' +
          'through port 443 to everywhere',
        fix: 'use Egress.endpointsOnly() for the network, give planInternetAccess with a reason, or remove plan',
      },
      {
        condition: task.reachesStrangers,
        prop,
        problem:
          'would reach the endpoints of an adopted VPC before anybody has approved its code: ' +
          'policies that this library does not know decide if they admit strangers',
        fix:
          'let the policies admit principals of your accounts alone, and say so as the reason in planInternetAccess, ' +
          'or remove plan',
      },
    ]);
  }

  private targetOf({ family, roleArns, connections }: OneOffTask): ReleaseTarget {
    return {
      ...this.service.releaseTarget,
      family,
      taskRoleArns: roleArns,
      securityGroupIds: connections.securityGroups.map(({ securityGroupId }) => securityGroupId),
    };
  }
}

/** Names of the first migration of a service, of its second one, and so on. */
function unusedNames(service: ProductionWebService, number = 1): { readonly id: string; readonly suffix: string } {
  const [id, suffix] = number === 1 ? ['Migration', '-migration'] : [`Migration${number}`, `-migration-${number}`];
  return service.node.tryFindChild(id) ? unusedNames(service, number + 1) : { id, suffix };
}

/** Task definition that came with a service from elsewhere. */
function givenTask(scope: IConstruct, migration: MigrationRequest, prop: string): ReleaseTarget {
  const { _service: service, _options: options } = migration;
  const { family, defaultContainer, taskRole, executionRole } = options.taskDefinition!;
  checkInReach(scope, `${prop}.taskDefinition`, options.taskDefinition, 'task definition');
  return {
    ...service.releaseTarget,
    family,
    containerName: defaultContainer!.containerName,
    taskRoleArns: [taskRole.roleArn, ...(executionRole ? [executionRole.roleArn] : [])],
  };
}
