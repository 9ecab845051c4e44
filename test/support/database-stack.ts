import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EnvironmentProfile, HardenedMysql, type HardenedMysqlProps, HardenedPostgres, type HardenedPostgresProps, SecureVpc } from '../../src';
import { templateOf, testStack } from './test-stack';

export interface DatabaseStack<Database> {
  readonly stack: Stack;
  readonly network: SecureVpc;
  readonly database: Database;
  readonly template: Template;
}

type WithoutNetwork<Props> = Omit<Props, 'network'>;

/** A PostgreSQL in a network of its own. The template is made when it is asked for. */
export function postgres(props: WithoutNetwork<HardenedPostgresProps> = {}, profile?: EnvironmentProfile): DatabaseStack<HardenedPostgres> {
  return inStack((stack, network) => new HardenedPostgres(stack, 'Database', { network, ...props }), profile);
}

/** A MySQL in a network of its own. */
export function mysql(props: WithoutNetwork<HardenedMysqlProps> = {}, profile?: EnvironmentProfile): DatabaseStack<HardenedMysql> {
  return inStack((stack, network) => new HardenedMysql(stack, 'Database', { network, ...props }), profile);
}

function inStack<Database>(make: (stack: Stack, network: SecureVpc) => Database, profile?: EnvironmentProfile): DatabaseStack<Database> {
  const stack = testStack();
  profile?.applyTo(stack);
  const network = new SecureVpc(stack, 'Network');
  const database = make(stack, network);
  return { stack, network, database, get template() { return templateOf(stack); } };
}

interface Resource { readonly Type: string; readonly Properties: { [name: string]: unknown } }

/** All resources of a type, by logical id. */
export function resources(template: Template, type: string): { [id: string]: Resource } {
  return template.findResources(type) as { [id: string]: Resource };
}

/** The properties of the only resource of a type. */
export function only(template: Template, type: string): { [name: string]: any } {
  const found = Object.values(resources(template, type));
  if (found.length !== 1) {
    throw new Error(`${found.length} resources of ${type}`);
  }
  return found[0].Properties;
}
