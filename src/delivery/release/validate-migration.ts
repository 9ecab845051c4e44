import type { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IMigratableDatabase } from '../../database';
import { ProductionWebService } from '../../service';
import { checkNothingSecretIn } from '../../service/container/validate-environment';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import type { TaskContext } from './context/migration-config';
import { databaseItself, databasesOf } from './database-sign-in';
import type { MigrationRequest } from './migration-options';
import { checkTaskEnvironment } from './validate-environment';
import { checkSecretsOfTask } from './validate-secrets';

/** Checks a migration against the services of its release. Throws a PropError. */
export function validateMigration(scope: IConstruct, migration: MigrationRequest, context: TaskContext): void {
  const { prop } = context;
  const { plan, verify, timeout, planInternetAccess, environment = {}, secrets } = migration._options;
  checkRules(scope, [
    serviceRule(migration, context),
    ...(migration._service instanceof ProductionWebService
      ? databaseRules(migration, prop)
      : foreignRules(migration, prop)),
    {
      condition: planInternetAccess !== undefined && plan === undefined,
      prop: `${prop}.planInternetAccess`,
      problem: 'has no plan that it is about',
      fix: 'give plan, or remove planInternetAccess',
    },
  ]);
  checkCommands(scope, prop, { command: migration._command, plan, verify });
  checkTimeout(scope, prop, timeout);
  checkSecretsOfTask(scope, migration, prop);
  checkTaskEnvironment(scope, {
    prop: `${prop}.environment`,
    service: migration._service,
    environment,
    secrets: secrets?.map(({ variable }) => variable),
  });
  if (planInternetAccess) {
    checkReason(scope, `${prop}.planInternetAccess.reason`, planInternetAccess.reason);
  }
}

/** Refuses a service that the release doesn't have. */
export function serviceRule(
  { _service: service }: Pick<MigrationRequest, '_service'>,
  { services, prop }: TaskContext,
): Rule {
  return {
    condition: !services.includes(service),
    prop,
    problem: `runs in ${service.releaseTarget.source.node.path}, which is not a service of this release`,
    fix: 'add the service to services, or name one of them',
  };
}

/** Refuses commands without a word. */
export function checkCommands(
  scope: IConstruct,
  prop: string,
  commands: { readonly [name: string]: string[] | undefined },
): void {
  checkRules(
    scope,
    Object.entries(commands).flatMap(([name, command]) => [
      {
        condition: command !== undefined && !Array.isArray(command),
        prop: `${prop}.${name}`,
        value: command,
        expected: 'a list with the words of the command',
        fix: `write ${listOf(command)}`,
      },
      {
        condition: command?.length === 0,
        prop: `${prop}.${name}`,
        value: command,
        expected: 'a command with at least one word',
        fix: "write ['npm', 'run', 'migrate']",
      },
    ]),
  );
  Object.entries(commands).forEach(([name, command]) => {
    checkNothingSecretIn(scope, { prop: `${prop}.${name}`, command });
  });
}

/** Words of a command that was written as one text. Languages without types let it pass. */
function listOf(command: unknown): string {
  const words = typeof command === 'string' ? command.trim().split(/\s+/) : ['npm', 'run', 'migrate'];
  return `[${words.map((word) => `'${word}'`).join(', ')}]`;
}

/** Refuses a time that is no whole number of minutes up to a day. */
export function checkTimeout(scope: IConstruct, prop: string, timeout: Duration | undefined): void {
  checkWholeNumber(scope, `${prop}.timeout`, timeout?.toMinutes({ integral: false }), {
    min: 1,
    max: 1440,
    unit: 'minutes',
    fix: 'give Duration.minutes(n) with a whole n',
  });
}

function databaseRules({ _service: { releaseTarget }, _options: options }: MigrationRequest, prop: string): Rule[] {
  const { database, taskDefinition } = options;
  const { path } = releaseTarget.source.node;
  const known = databasesOf(releaseTarget);
  const names = known.map(({ node }) => node.path).join(', ');
  return [
    {
      condition: known.length === 0,
      prop,
      problem: `runs in ${path}, which has no database`,
      fix: 'add the database to its backingServices, or migrate with a service that uses it',
    },
    {
      condition: database === undefined && known.length > 1,
      prop: `${prop}.database`,
      problem: `is not given, and ${path} has several databases: ${names}`,
      fix: 'name the database, in one migration for each',
    },
    databaseItself(`${prop}.database`, database, 'give the database itself, and the rest as connection'),
    {
      condition: database !== undefined && !known.includes(database),
      prop: `${prop}.database`,
      problem: `is ${nameOf(database)}, which is not among the backing services of ${path}: ${names}`,
      fix: 'add the database to its backingServices, or migrate with a service that uses it',
    },
    {
      condition: taskDefinition !== undefined,
      prop: `${prop}.taskDefinition`,
      problem: `is not supported for ${path}: its task definition is created with its release`,
      fix: 'remove taskDefinition, and give secrets and environment instead',
    },
  ];
}

function nameOf(database: IMigratableDatabase | undefined): string {
  return database?.node?.path ?? '';
}

/** Rules for a service that this library doesn't create. Its network and the settings of its tasks are not known. */
function foreignRules({ _service: { releaseTarget }, _options: options }: MigrationRequest, prop: string): Rule[] {
  const { taskDefinition } = options;
  const { path } = releaseTarget.source.node;
  const unsupported = (['database', 'connection', 'secrets', 'plan'] as const).find((name) => options[name]);
  return [
    {
      condition: taskDefinition === undefined,
      prop: `${prop}.taskDefinition`,
      problem: `is required: ${path} is not of this library, and its own task does not sign in as the owner`,
      fix: 'give a FargateTaskDefinition with the family, the roles and the secret of the migration',
    },
    {
      condition: unsupported !== undefined,
      prop: `${prop}.${unsupported}`,
      problem: `is not supported for ${path}, whose task and network this library does not create`,
      fix: `remove ${unsupported}, and give the task definition what it needs`,
    },
    {
      condition: taskDefinition !== undefined && taskDefinition.defaultContainer === undefined,
      prop: `${prop}.taskDefinition`,
      problem: 'has no container whose image a release could replace',
      fix: 'add the container first',
    },
    {
      condition: taskDefinition !== undefined && taskDefinition.family === releaseTarget.family,
      prop: `${prop}.taskDefinition`,
      problem: `is that of ${path} itself, whose roles and secrets are not those of a migration`,
      fix: 'give the migration a task definition of its own',
    },
  ];
}
