import type { Assembly, AssemblyType } from '../public-surface/assembly';
import { compiledAssembly } from '../public-surface/compiled-assembly';
import { ROOMS } from './rooms';

const ROWS = Object.values(ROOMS).flat();
const COVERED = new Set(ROWS.flatMap(({ covers }) => covers));

/** Structs that the library hands out or takes between its own constructs; nobody changes them on a running system. */
const CONTRACTS: readonly string[] = [
  'AwsServiceAccess', 'BucketVariables', 'CacheSignals', 'CacheVariables', 'DatabaseSignals', 'DatabaseVariables', 'ReleaseTarget', 'SecretVariable', 'ServiceBinding', 'ServiceSignals', 'SnapshotTarget',
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

  test('every method that changes a construct', () => {
    const methods = types
      .filter(({ kind, name }) => kind === 'class' || !types.some((type) => implementsIt(assembly, type, name)))
      .flatMap(({ name, methods: all = [] }) => all.filter((method) => !isStatic(method)).map((method) => `${name}.${method.name}`));
    const missing = methods.filter((method) => !COVERED.has(method) && !COVERED.has(`${method}()`) && !isExempt(method));
    expect(missing.map((method) => `${method}: add a call to callsOf(...) in test/changes/rows, or a reason to METHODS_WITHOUT_ROW`)).toEqual([]);
  });

  test('no method has a reason and a row, and each reason is about a method', () => {
    const known = types.flatMap(({ name, methods = [] }) => methods.map((method) => `${name}.${method.name}`));
    const named = Object.values(METHODS_WITHOUT_ROW).flat();
    expect(named.filter((method) => COVERED.has(method) || !known.includes(method))).toEqual([]);
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
  'CiDeployRole.github', 'CiDeployRole.gitlab', 'DeployStage.remote', 'ReplicaLocation.of', 'MysqlCapacity.serverless', 'PostgresCapacity.instance',
]);

/** Methods that change nothing that a row does not change already, by the reason. */
const METHODS_WITHOUT_ROW: { readonly [reason: string]: readonly string[] } = {
  'reads what is there': [
    'AlertRouting.topicFor', 'DistinctCount.metric', 'GoldenSignalAlarms.alarmFor', 'HardenedDatabase.metric', 'HardenedDatabase.metricConnections',
    'HardenedDatabase.metricCpuUtilization', 'HardenedDatabase.metricFreeStorage', 'HardenedDatabase.metricFreeableMemory',
    'ImageRepository.releasedImageParameterName', 'LogMetric.metric', 'Runbooks.pageOf', 'SecureVpc.hasTier', 'SecureVpc.subnets',
  ],
  'keeps outputs, which change no resource': ['HardenedDatabase.keepExports'],
  'is called by constructs of the library': ['HardenedCache.bind', 'HardenedDatabase.bind', 'MonitoredService.rollBackOn', 'SecureBucket.bind'],
  'is how rows of the profile set it': ['EnvironmentProfile.adjust', 'EnvironmentProfile.applyTo'],
  'is how rows of its struct set it': ['ReleaseOrder.after', 'ServiceObjective.recorded'],
};

function isExempt(method: string): boolean {
  return Object.values(METHODS_WITHOUT_ROW).flat().includes(method);
}

function isStatic(method: NonNullable<AssemblyType['methods']>[number] & { static?: boolean; protected?: boolean }): boolean {
  return method.static === true || method.protected === true;
}

/** Tells if a class implements an interface, whose methods are then judged as those of the class. */
function implementsIt(assembly: Assembly, type: AssemblyType, name: string): boolean {
  return type.kind === 'class' && inherits(assembly, type, Object.values(assembly.types).find((one) => one.name === name)!.fqn);
}

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
