import type { Assembly, AssemblyType, TypeReference } from './assembly';
import { compiledAssembly } from './compiled-assembly';
import { offences } from './offences';

const STRING = { primitive: 'string' };

/** An assembly with these types alone. */
function assemblyOf(...types: Omit<AssemblyType, 'fqn'>[]): Assembly {
  return { name: 'x', types: Object.fromEntries(types.map((type) => [`x.${type.name}`, { ...type, fqn: `x.${type.name}` }])) };
}

test('the library reads well in Python, Java and Go', () => {
  const assembly = compiledAssembly();

  expect(Object.keys(assembly.types)).toContain('@org/prod-constructs.ProductionWebService');
  expect(offences(assembly)).toEqual([]);
}, 300_000);

describe('what would read badly', () => {
  const name = (type: string) => offences(assemblyOf({ kind: 'class', name: type }, { kind: 'class', name: 'Thing' }));
  const property = (member: string) => offences(assemblyOf({ kind: 'class', name: 'Thing', properties: [{ name: member, type: STRING, immutable: true }] }));
  const prop = (member: string) => offences(assemblyOf({ kind: 'interface', datatype: true, name: 'Props', properties: [{ name: member, type: STRING }] }));
  const method = (member: string) => offences(assemblyOf({ kind: 'class', name: 'Thing', methods: [{ name: member }] }));
  const parameter = (argument: string) => offences(assemblyOf({ kind: 'class', name: 'Thing', methods: [{ name: 'do', parameters: [{ name: argument, type: STRING }] }] }))
    .filter((offence) => offence.includes('('));

  test('is a class that hides one of the language', () => {
    expect(name('TimeoutError')).toEqual(['TimeoutError: hides a class of Python']);
    expect(name('Process')).toEqual(['Process: hides a class of Java']);
    expect(name('NewThing')).toEqual(['NewThing: is how Go calls the constructor of Thing']);
    expect(name('Service')).toEqual([]);
  });

  test('is a member with a word of the language', () => {
    expect(prop('lambda')).toEqual(['Props.lambda: is a word of Python\'s']);
    expect(prop('package')).toEqual(['Props.package: is a word of Java\'s']);
    expect(prop('build')).toEqual(['Props.build: is taken in Java']);
    expect(property('class')).toContain('Thing.class: its getter, getClass, is taken in Java');
    expect(property('list')).toEqual(['Thing.list: hides a type of Python in the class']);
    expect(method('notify')).toEqual(['Thing.notify: is taken in Java']);
    expect(method('toString')).toEqual([]);
    expect(property('port')).toEqual([]);
  });

  test('is a parameter with a word of the language', () => {
    expect(parameter('from')).toEqual(['Thing.do(from): is a word of Python\'s']);
    expect(parameter('format')).toEqual(['Thing.do(format): hides a builtin of Python']);
    expect(parameter('switch')).toEqual(['Thing.do(switch): is a word of Java\'s', 'Thing.do(switch): is a word of Go\'s, or hides one']);
    expect(parameter('len')).toEqual(['Thing.do(len): hides a builtin of Python', 'Thing.do(len): is a word of Go\'s, or hides one']);
    expect(parameter('id')).toEqual([]);
  });

  test('is a keyword argument with a word of Python, from the last struct and what it inherits', () => {
    const base = { kind: 'interface' as const, datatype: true, name: 'BaseProps', properties: [{ name: 'exec', type: STRING }, { name: 'port', type: STRING }] };
    const props = { kind: 'interface' as const, datatype: true, name: 'ThingProps', interfaces: ['x.BaseProps'], properties: [{ name: 'list', type: STRING }] };
    const thing = (...parameters: string[]) => ({
      kind: 'class' as const, name: 'Thing', initializer: { parameters: parameters.map((argument) => ({ name: argument, type: argument === 'props' ? { fqn: 'x.ThingProps' } : STRING })) },
    });

    expect(offences(assemblyOf(base, props, thing('port', 'props')))).toEqual([
      'Thing(list=): hides a builtin of Python', 'Thing(exec=): hides a builtin of Python', 'Thing(port=): is an argument already',
    ]);
    // Only the last struct is taken apart; a member is an attribute of any other.
    expect(offences(assemblyOf(base, props, thing('props', 'port')))).toEqual([]);
    // What is no struct is passed as it is.
    expect(offences(assemblyOf({ ...base, datatype: false, properties: [{ name: 'hash', type: STRING }] }, { ...thing(), initializer: { parameters: [{ name: 'base', type: { fqn: 'x.BaseProps' } }] } }))).toEqual([]);
  });

  test('is a list or a map of structs that people write', () => {
    const item = { kind: 'interface' as const, datatype: true, name: 'Item', properties: [{ name: 'path', type: STRING }] };
    const props = (of: TypeReference) => ({ kind: 'interface' as const, datatype: true, name: 'Props', properties: [{ name: 'items', type: of }] });
    const collection = (kind: string, elementtype: TypeReference): TypeReference => ({ collection: { kind, elementtype } });
    const offence = 'Props.items: is a collection of structs, which Python passes as they are';

    expect(offences(assemblyOf(item, props(collection('array', { fqn: 'x.Item' }))))).toEqual([offence]);
    expect(offences(assemblyOf(item, props(collection('map', collection('array', { fqn: 'x.Item' })))))).toEqual([offence]);
    expect(offences(assemblyOf({ ...item, datatype: false }, props(collection('array', { fqn: 'x.Item' }))))).toEqual([]);
    expect(offences(assemblyOf(item, props({ fqn: 'x.Item' })))).toEqual([]);
  });

  test('is two names that become one', () => {
    const both = (first: string, second: string) => offences(assemblyOf({
      kind: 'class', name: 'Thing', methods: [{ name: first }], properties: [{ name: second, type: STRING }],
    }));
    expect(both('getPort', 'port')).toEqual(['Thing.getPort: two members have this name in Java']);
    expect(both('setPort', 'port')).toEqual(['Thing.setPort: two members have this name in Java', 'Thing.SetPort: two members have this name in Go']);
    expect(both('hostname', 'hostName')).toEqual(['Thing.hostname: two members have this name in Python']);
    expect(both('start', 'port')).toEqual([]);
  });

  test('is a value without one type, however deep', () => {
    const union = { union: { types: [STRING, { primitive: 'number' }] } };
    const listed = { collection: { kind: 'array', elementtype: union } };
    expect(offences(assemblyOf({ kind: 'interface', datatype: true, name: 'Props', properties: [{ name: 'ports', type: listed }] }))).toEqual(['Props.ports: is a union']);
    expect(offences(assemblyOf({ kind: 'class', name: 'Thing', methods: [{ name: 'send', parameters: [{ name: 'body', type: { primitive: 'any' } }] }] })))
      .toEqual(['Thing.send(body): has no type']);
    expect(offences(assemblyOf({ kind: 'class', name: 'Thing', methods: [{ name: 'receive', returns: { type: { primitive: 'any' } } }] })))
      .toEqual(['Thing.receive: has no type']);
  });

  test('is a struct that must be given empty', () => {
    const props = (optional: boolean) => ({ kind: 'interface' as const, datatype: true, name: 'ThingProps', properties: [{ name: 'port', type: STRING, optional }] });
    const thing = (optional: boolean) => ({
      kind: 'class' as const, name: 'Thing', initializer: { parameters: [{ name: 'props', type: { fqn: 'x.ThingProps' }, optional }] },
    });
    const derived = { kind: 'interface' as const, datatype: true, name: 'MoreProps', interfaces: ['x.ThingProps'] };
    const takesDerived = { kind: 'class' as const, name: 'More', methods: [{ name: 'open', parameters: [{ name: 'props', type: { fqn: 'x.MoreProps' } }] }] };

    expect(offences(assemblyOf(props(true), thing(false)))).toEqual(['Thing(props): must be given, though it may be empty']);
    expect(offences(assemblyOf(props(true), thing(true)))).toEqual([]);
    expect(offences(assemblyOf(props(false), thing(false)))).toEqual([]);
    expect(offences(assemblyOf(props(true), derived, takesDerived))).toEqual(['More.open(props): must be given, though it may be empty']);
    expect(offences(assemblyOf(props(false), derived, takesDerived))).toEqual([]);
  });
});
