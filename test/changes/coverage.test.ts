import type { Assembly, AssemblyType } from '../public-surface/assembly';
import { compiledAssembly } from '../public-surface/compiled-assembly';
import { ROOMS } from './rooms';

const ROWS = Object.values(ROOMS).flat();
const COVERED = new Set(ROWS.flatMap(({ covers }) => covers));

/** Structs that the library hands out or takes between its own constructs; nobody changes them on a running system. */
const CONTRACTS: readonly string[] = [
  'AwsServiceAccess', 'CacheSignals', 'DatabaseSignals', 'DatabaseVariables', 'ReleaseTarget', 'SecretVariable', 'ServiceBinding', 'ServiceSignals', 'SnapshotTarget',
];

describe('Every prop and every choice of the compiled API has a row', () => {
  const assembly = compiledAssembly();
  const types = Object.values(assembly.types);

  test('every prop of every struct', () => {
    const missing = types
      .filter(({ kind, datatype, name }) => kind === 'interface' && datatype && !CONTRACTS.includes(name))
      .flatMap((struct) => (struct.properties ?? []).filter(({ name }) => !coveredBy(assembly, struct, name)).map(({ name }) => `${struct.name}.${name}`));
    expect(missing.map((prop) => `${prop}: add \`${prop.split('.')[1]}: [before, after]\` to the changes of ${prop.split('.')[0]} in test/changes/rows`)).toEqual([]);
  });

  test('every factory of a choice', () => {
    const missing = types
      .filter(({ kind, methods, name }) => kind === 'class' && methods?.some((method) => isFactory(method, name)))
      .flatMap(({ name, methods = [] }) => methods.filter((method) => isFactory(method, name)).map((method) => `${name}.${method.name}`))
      .filter((factory) => !FACTORIES_WITHOUT_ROW.has(factory) && !COVERED.has(factory) && !ROWS.some(({ example }) => example.includes(`${factory}(`)));
    expect(missing.map((factory) => `${factory}: add a value to a choice of ${factory.split('.')[0]} in test/changes/rows`)).toEqual([]);
  });

  test('no row is about a prop or factory that the API does not have', () => {
    const known = new Set([
      ...types.flatMap((type) => allProperties(assembly, type).map((name) => `${type.name}.${name}`)),
      ...types.flatMap(({ name, methods = [] }) => methods.map((method) => `${name}.${method.name}`)),
    ]);
    expect([...COVERED].filter((name) => !known.has(name.replace('()', '')))).toEqual([]);
  });
});

/** Factories that describe what others deployed, that make a construct, and defaults that the row of their prop changes. */
const FACTORIES_WITHOUT_ROW = new Set([
  'MonitoredService.fromFargate', 'ReleasedService.fromFargate', 'MonitoredDatabase.fromCluster', 'MonitoredDatabase.fromInstance', 'CiDeployRole.bitbucket',
  'CiDeployRole.github', 'MysqlCapacity.serverless', 'PostgresCapacity.instance',
]);

/** Tells if a static method makes its own class. */
function isFactory(method: NonNullable<AssemblyType['methods']>[number] & { static?: boolean }, name: string): boolean {
  return method.static === true && method.returns?.type.fqn?.endsWith(`.${name}`) === true && method.name !== 'of' && method.name !== 'fromVpc' && method.name !== 'fromRepository';
}

/** Tells if a prop has a row, in the struct that declares it or in one that extends it. */
function coveredBy(assembly: Assembly, struct: AssemblyType, prop: string): boolean {
  return Object.values(assembly.types)
    .filter((type) => type === struct || inherits(assembly, type, struct.fqn))
    .some(({ name }) => COVERED.has(`${name}.${prop}`));
}

function inherits(assembly: Assembly, type: AssemblyType, fqn: string): boolean {
  return (type.interfaces ?? []).some((parent) => parent === fqn || (assembly.types[parent] && inherits(assembly, assembly.types[parent], fqn)));
}

function allProperties(assembly: Assembly, type: AssemblyType): string[] {
  return [
    ...(type.properties ?? []).map(({ name }) => name),
    ...(type.interfaces ?? []).flatMap((parent) => (assembly.types[parent] ? allProperties(assembly, assembly.types[parent]) : [])),
  ];
}
