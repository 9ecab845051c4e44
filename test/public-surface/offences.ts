import type { Assembly, AssemblyType, Callable, Named, Parameter, TypeReference } from './assembly';
import {
  GO_PARAMETERS, JAVA_KEYWORDS, JAVA_LANG_TYPES, JAVA_TAKEN_METHODS, PYTHON_BUILTIN_CLASSES, PYTHON_BUILTIN_FUNCTIONS, PYTHON_BUILTIN_TYPES, PYTHON_KEYWORDS,
} from './reserved-names';

/** Everything in an assembly that would read badly in Python, Java or Go, one line each. */
export function offences(assembly: Assembly): string[] {
  return Object.values(assembly.types).flatMap((type) => [
    ...typeNameOffences(type, assembly),
    ...memberOffences(type),
    ...parameterOffences(type),
    ...keywordArgumentOffences(type, assembly),
    ...collisions(type),
    ...typeOffences(type),
    ...emptyStructOffences(type, assembly),
    ...structCollectionOffences(type, assembly),
  ].map((offence) => `${type.name}${offence}`));
}

function typeNameOffences({ name }: AssemblyType, assembly: Assembly): string[] {
  const constructorOf = /^New(.+)$/.exec(name)?.[1];
  return [
    ...said(PYTHON_BUILTIN_CLASSES.has(name), ': hides a class of Python'),
    ...said(JAVA_LANG_TYPES.has(name), ': hides a class of Java'),
    ...said(constructorOf !== undefined && `${assembly.name}.${constructorOf}` in assembly.types, `: is how Go calls the constructor of ${constructorOf}`),
  ];
}

function memberOffences(type: AssemblyType): string[] {
  return members(type).flatMap(({ name, method }) => {
    const getter = `get${capitalized(name)}`;
    return [
      ...said(PYTHON_KEYWORDS.has(name), `.${name}: is a word of Python's`),
      ...said(!type.datatype && PYTHON_BUILTIN_TYPES.has(name), `.${name}: hides a type of Python in the class`),
      ...said(JAVA_KEYWORDS.has(name), `.${name}: is a word of Java's`),
      ...said(JAVA_TAKEN_METHODS.has(name) && !(method && name === 'toString'), `.${name}: is taken in Java`),
      ...said(!method && JAVA_TAKEN_METHODS.has(getter), `.${name}: its getter, ${getter}, is taken in Java`),
    ];
  });
}

function parameterOffences(type: AssemblyType): string[] {
  return callables(type).flatMap(([owner, { parameters = [] }]) => parameters.flatMap(({ name }) => {
    return [
      ...said(PYTHON_KEYWORDS.has(name), `${owner}(${name}): is a word of Python's`),
      ...said(hidesBuiltin(name), `${owner}(${name}): hides a builtin of Python`),
      ...said(JAVA_KEYWORDS.has(name), `${owner}(${name}): is a word of Java's`),
      ...said(GO_PARAMETERS.has(name), `${owner}(${name}): is a word of Go's, or hides one`),
    ];
  }));
}

/** Python takes the members of a last struct as keyword arguments, those that the struct inherits among them. */
function keywordArgumentOffences(type: AssemblyType, assembly: Assembly): string[] {
  return callables(type).flatMap(([owner, { parameters = [] }]) => {
    const names = structMembers(parameters[parameters.length - 1]?.type.fqn, assembly);
    const positional = new Set(parameters.slice(0, -1).map(({ name }) => name));
    return names.flatMap((name) => [
      ...said(hidesBuiltin(name), `${owner}(${name}=): hides a builtin of Python`),
      ...said(positional.has(name), `${owner}(${name}=): is an argument already`),
    ]);
  });
}

/** None for what is no struct of this library. */
function structMembers(fqn: string | undefined, assembly: Assembly): string[] {
  const type = fqn === undefined ? undefined : assembly.types[fqn];
  return !type?.datatype ? [] : [...(type.properties ?? []).map(({ name }) => name), ...(type.interfaces ?? []).flatMap((base) => structMembers(base, assembly))];
}

function hidesBuiltin(name: string): boolean {
  return PYTHON_BUILTIN_TYPES.has(name) || PYTHON_BUILTIN_FUNCTIONS.has(name);
}

/** Two names that another language writes alike. */
function collisions(type: AssemblyType): string[] {
  const named = members(type);
  const inJava = (type.properties ?? []).flatMap(({ name, immutable }) => [`get${capitalized(name)}`, ...immutable ? [] : [`set${capitalized(name)}`]]);
  const inGo = (type.properties ?? []).flatMap(({ name, immutable }) => [capitalized(name), ...immutable ? [] : [`Set${capitalized(name)}`]]);
  const methods = (type.methods ?? []).map(({ name }) => name);
  return [
    // However Python's underscores are put.
    ...twice(named.map(({ name }) => name.toLowerCase())).map((name) => `.${name}: two members have this name in Python`),
    ...twice([...inJava, ...methods]).map((name) => `.${name}: two members have this name in Java`),
    ...twice([...inGo, ...methods.map(capitalized)]).map((name) => `.${name}: two members have this name in Go`),
  ];
}

/** Unions have no type in Java and Go, and `any` has none anywhere. */
function typeOffences(type: AssemblyType): string[] {
  const properties = (type.properties ?? []).map(({ name, type: of }): [string, TypeReference] => [`.${name}`, of]);
  const arguments_ = callables(type).flatMap(([owner, { parameters = [], returns }]) => [
    ...parameters.map(({ name, type: of }): [string, TypeReference] => [`${owner}(${name})`, of]),
    ...returns ? [[owner, returns.type] as [string, TypeReference]] : [],
  ]);
  return [...properties, ...arguments_].flatMap(([where, of]) => {
    const parts = partsOf(of);
    return [
      ...said(parts.some(({ union }) => union !== undefined), `${where}: is a union`),
      ...said(parts.some(({ primitive }) => primitive === 'any' || primitive === 'json'), `${where}: has no type`),
    ];
  });
}

/** Structs of which one member must be given, whichever: left out altogether, they would be refused. */
const EITHER_OF = ['DeclaredImageProps'];

/** A struct in which nothing is required must not be required itself: it would have to be written out empty. */
function emptyStructOffences(type: AssemblyType, assembly: Assembly): string[] {
  const empty = ({ optional, type: { fqn } }: Parameter) => optional !== true && fqn !== undefined && nothingRequired(assembly.types[fqn], assembly);
  const required = type.datatype ? (type.properties ?? []).filter(empty).map(({ name }) => `.${name}`) : [];
  const passed = callables(type).flatMap(([owner, { parameters = [] }]) => parameters.filter(empty).map(({ name }) => `${owner}(${name})`));
  return [...required, ...passed].map((where) => `${where}: must be given, though it may be empty`);
}

/** Structs of which a list is no prop that people write: stores of one's own return it from `bind()`, as objects. */
const RETURNED = ['ServiceBinding'];

/** Python passes a dict within a list or a map as it is, without its names or types checked. A class with a factory serves everywhere. */
function structCollectionOffences(type: AssemblyType, assembly: Assembly): string[] {
  const elements = (reference: TypeReference): TypeReference[] => (reference.collection ? partsOf(reference.collection.elementtype) : []);
  const given = [
    ...type.datatype && !RETURNED.includes(type.name) ? (type.properties ?? []).map(({ name, type: of }): [string, TypeReference] => [`.${name}`, of]) : [],
    ...callables(type).flatMap(([owner, { parameters = [] }]) => parameters.map(({ name, type: of }): [string, TypeReference] => [`${owner}(${name})`, of])),
  ];
  return given.flatMap(([where, of]) => {
    const struct = elements(of).find(({ fqn }) => fqn !== undefined && assembly.types[fqn]?.datatype === true);
    return said(struct !== undefined, `${where}: is a collection of structs, which Python passes as they are`);
  });
}

/** What comes from another library counts as having something required. */
function nothingRequired(type: AssemblyType | undefined, assembly: Assembly): boolean {
  return type?.datatype === true && !EITHER_OF.includes(type.name)
    && (type.properties ?? []).every(({ optional }) => optional === true)
    && (type.interfaces ?? []).every((base) => nothingRequired(assembly.types[base], assembly));
}

function members({ kind, methods = [], properties = [] }: AssemblyType): (Named & { method: boolean })[] {
  // Members of enums are upper-case in every language.
  return kind === 'enum' ? [] : [...properties.map(({ name }) => ({ name, method: false })), ...methods.map(({ name }) => ({ name, method: true }))];
}

function callables({ initializer, methods = [] }: AssemblyType): [string, Callable][] {
  return [...initializer ? [['', initializer] as [string, Callable]] : [], ...methods.map((method): [string, Callable] => [`.${method.name}`, method])];
}

function partsOf(type: TypeReference): TypeReference[] {
  return [type, ...type.collection ? partsOf(type.collection.elementtype) : [], ...(type.union?.types ?? []).flatMap(partsOf)];
}

function twice(names: string[]): string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function said(holds: boolean, offence: string): string[] {
  return holds ? [offence] : [];
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
