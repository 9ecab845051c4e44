import type { Assembly, AssemblyType } from './assembly';
import { compiledAssembly } from './compiled-assembly';
import { undocumented } from './documentation';

const STRING = { primitive: 'string' };
const docs = { summary: 'Something.' };

/** Assembly with one type, to which jsii adds more than `AssemblyType` knows. */
function assemblyOf(type: Omit<AssemblyType, 'fqn'> & { readonly [more: string]: unknown }): Assembly {
  return { name: 'x', types: { [`x.${type.name}`]: { ...type, fqn: `x.${type.name}` } } };
}

test('every public type, prop, property, method and enum member of the library has a summary, and every optional prop a default', () => {
  const assembly = compiledAssembly();
  const structs = Object.values(assembly.types).filter(({ datatype }) => datatype);

  expect(structs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['HardenedDatabaseProps', 'InstanceCapacityProps', 'ProductionWebServiceProps']),
  );
  expect(undocumented(assembly)).toEqual([]);
}, 300_000);

describe('The walk over the compiled API finds', () => {
  test('a type without a summary', () => {
    expect(undocumented(assemblyOf({ kind: 'class', name: 'Thing' }))).toEqual(['Thing: has no summary']);
    expect(undocumented(assemblyOf({ kind: 'class', name: 'Thing', docs: { summary: ' ' } }))).toEqual([
      'Thing: has no summary',
    ]);
    expect(undocumented(assemblyOf({ kind: 'class', name: 'Thing', docs }))).toEqual([]);
  });

  test('a property, a method and an enum member without a summary', () => {
    const properties = [{ name: 'port', type: STRING }, { name: 'host', type: STRING, docs }];
    const methods = [{ name: 'start' }, { name: 'stop', docs }];

    expect(undocumented(assemblyOf({ kind: 'class', name: 'Thing', docs, properties, methods }))).toEqual([
      'Thing.port: has no summary',
      'Thing.start: has no summary',
    ]);
    expect(undocumented(assemblyOf({ kind: 'enum', name: 'Kind', docs, members: [{ name: 'A', docs }, { name: 'B' }] })))
      .toEqual(['Kind.B: has no summary']);
  });

  test('an optional prop of a struct without a default, and no required one', () => {
    const properties = [
      { name: 'port', type: STRING, optional: true, docs },
      { name: 'host', type: STRING, optional: true, docs: { ...docs, default: '- none' } },
      { name: 'name', type: STRING, docs },
    ];

    expect(undocumented(assemblyOf({ kind: 'interface', name: 'ThingProps', datatype: true, docs, properties }))).toEqual([
      'ThingProps.port: is optional and has no @default',
    ]);
  });

  test('nothing about the default of an optional attribute of a class, which is no prop', () => {
    const properties = [{ name: 'secret', type: STRING, optional: true, docs }];

    expect(undocumented(assemblyOf({ kind: 'class', name: 'Thing', docs, properties }))).toEqual([]);
  });
});
