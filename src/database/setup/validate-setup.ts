import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules, type Rule } from '../../validation/rules';
import { type AllowedNames, databaseNames, type NamedEngine, schemaNames } from '../credentials/reserved-words';
import { cloneOf, isUserName, USER_NAMES } from '../credentials/user-names';
import { AURORA_EXTENSIONS, meantExtension } from './known-extensions';
import { masterUserRules } from './master-user-rules';

/** Settings of the setup, with their defaults. */
interface SetupSettings {
  readonly engine: NamedEngine;
  readonly setup: boolean;
  readonly databaseName: string;
  readonly additionalDatabases: string[];
  readonly schemas: string[];
  readonly extensions: string[];
  readonly userName: string;
  readonly ownerName: string;
  /** True if the caller gave the name of the owner. */
  readonly ownerGiven: boolean;
  /** True if the database has an owner beside the master user. */
  readonly owned: boolean;
  /**
   * Origin of the data, and with it the name of the master user.
   * @default - a new, empty database
   */
  readonly restore?: { readonly masterUserName?: string };
  /** True for an Aurora cluster. */
  readonly aurora: boolean;
  /** `cron.database_name` of the parameters. */
  readonly cronDatabase?: string;
}

/** Refuses names of the owner, of databases, schemas and extensions that the server would refuse. */
export function checkSetup(scope: IConstruct, settings: SetupSettings): void {
  const { engine, additionalDatabases, schemas, extensions, databaseName } = settings;
  checkRules(scope, [
    ...ownerRules(settings),
    ...masterUserRules(settings),
    ...additionalDatabases.map((name) => nameRule('additionalDatabases', name, databaseNames(engine))),
    duplicateRule('additionalDatabases', [databaseName, ...additionalDatabases]),
    ...schemas.map((name) => nameRule('schemas', name, schemaNames())),
    duplicateRule('schemas', schemas),
    ...extensions.flatMap((name) => extensionRules(name, settings)),
    duplicateRule('extensions', extensions),
    cronRule(settings),
    ...unattendedRules(settings),
  ]);
}

function ownerRules({ ownerName, ownerGiven, owned, userName }: SetupSettings): Rule[] {
  const known = !Token.isUnresolved(ownerName);
  return [
    {
      condition: !owned && ownerGiven,
      prop: 'ownerName',
      problem: 'is not supported with CredentialRotation.managedSecret(): the master user owns schemas and tables',
      fix: 'remove ownerName, or use CredentialRotation.alternatingUsers()',
    },
    {
      condition: known && !isUserName(ownerName),
      prop: 'ownerName',
      value: ownerName,
      expected: USER_NAMES,
      fix: 'choose a name like owner',
    },
    {
      condition: owned && known && [ownerName, cloneOf(ownerName)].includes(userName),
      prop: 'ownerName',
      problem: `is ${ownerGiven ? '' : 'by default '}'${ownerName}', and the application's user is '${userName}'`,
      fix: 'set another ownerName, because the application must not own tables',
    },
    {
      condition: owned && known && ownerName === cloneOf(userName),
      prop: 'ownerName',
      problem: `is '${ownerName}', the second user that the rotation of '${userName}' creates`,
      fix: 'set another ownerName',
    },
  ];
}

function nameRule(prop: string, name: string, { allows, expected }: AllowedNames): Rule {
  return {
    condition: !Token.isUnresolved(name) && !allows(name ?? ''),
    prop,
    value: name,
    expected,
    fix: 'choose a name like billing',
  };
}

function duplicateRule(prop: string, names: string[]): Rule {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  return {
    condition: twice !== undefined,
    prop,
    problem: `has '${twice}', which the server has already`,
    fix: 'give each name once',
  };
}

function extensionRules(name: string, { aurora }: SetupSettings): Rule[] {
  const given = !Token.isUnresolved(name);
  const meant = given ? meantExtension(name ?? '') : undefined;
  return [
    {
      condition: given && !/^[a-z][a-z0-9_-]*$/.test(name ?? '') && meant === undefined,
      prop: 'extensions',
      value: name,
      expected: 'the name of an extension, as CREATE EXTENSION takes it',
      fix: 'write it like pgcrypto',
    },
    {
      condition: name === 'auto_explain',
      prop: 'extensions',
      problem: 'has auto_explain, which is a library and no extension',
      fix: "add it to parameters: { shared_preload_libraries: 'pg_stat_statements,pgaudit,auto_explain' }",
    },
    {
      condition: meant !== undefined,
      prop: 'extensions',
      value: name,
      expected: 'an extension of RDS or Aurora',
      fix: `write ${meant}`,
    },
    {
      condition: !aurora && AURORA_EXTENSIONS.includes(name),
      prop: 'extensions',
      problem: `has ${name}, which only Aurora has`,
      fix: 'remove it, or use PostgresCapacity.serverless()',
    },
  ];
}

function cronRule({ extensions, cronDatabase, databaseName }: SetupSettings): Rule {
  return {
    condition: extensions.includes('pg_cron') && cronDatabase !== databaseName,
    prop: "parameters['cron.database_name']",
    value: cronDatabase,
    expected: `${databaseName}, where the setup creates pg_cron`,
    fix: 'remove the parameter: pg_cron runs jobs in other databases by cron.schedule_in_database',
  };
}

/** Refuses names that nothing would create. The bootstrap statements have the users and extensions of one database. */
function unattendedRules({ setup, schemas, additionalDatabases }: SetupSettings): Rule[] {
  return Object.entries({ schemas, additionalDatabases }).map(([prop, names]) => ({
    condition: !setup && names.length > 0,
    prop,
    problem: 'is not supported with setup: false, because nothing would create them',
    fix: `remove ${prop}, or setup`,
  }));
}
