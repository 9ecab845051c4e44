import { memberName, type Naming, type Shape, shapeOf } from './models';

/** Character that stands for what only a deployment knows. */
export const UNKNOWN = '\uE001';

/** What a state machine knows of a value before it runs. */
export type Data =
  | { readonly kind: 'any' }
  | { readonly kind: 'scalar' }
  /** Nothing that could be read: a path that leads nowhere. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'constant'; readonly value: string | number | boolean | null }
  | { readonly kind: 'object'; readonly fields: { readonly [name: string]: Data }; readonly open: boolean }
  | { readonly kind: 'list'; readonly item: Data }
  | { readonly kind: 'shape'; readonly service: string; readonly shape: string }
  | { readonly kind: 'oneOf'; readonly of: readonly Data[] };

export const ANY: Data = { kind: 'any' };
export const SCALAR: Data = { kind: 'scalar' };
export const NOTHING: Data = { kind: 'nothing' };

/** More alternatives than these are not told apart. */
const MOST_ALTERNATIVES = 24;

/** Data of a JSON value that is known. */
export function dataOf(value: unknown): Data {
  if (Array.isArray(value)) {
    return { kind: 'list', item: value.map(dataOf).reduce(joined, NOTHING) };
  }
  if (value !== null && typeof value === 'object') {
    return { kind: 'object', fields: Object.fromEntries(Object.entries(value).map(([name, field]) => [name, dataOf(field)])), open: false };
  }
  return { kind: 'constant', value: value as string | number | boolean | null };
}

const KEYS = new WeakMap<Data, string>();

/** Text that two data have in common if they are equal. */
export function keyOf(data: Data): string {
  const known = KEYS.get(data);
  if (known !== undefined) {
    return known;
  }
  const key = data.kind === 'object'
    ? `{${data.open}${Object.keys(data.fields).sort().map((name) => `${name}:${keyOf(data.fields[name])}`).join()}}`
    : data.kind === 'list' ? `[${keyOf(data.item)}]` : data.kind === 'oneOf' ? `(${data.of.map(keyOf).join('|')})` : JSON.stringify(data);
  KEYS.set(data, key);
  return key;
}

/** Data that is one or the other. Objects are joined by field. */
export function joined(one: Data, other: Data): Data {
  if (one === other || other.kind === 'nothing' || one.kind === 'any') {
    return one;
  }
  if (one.kind === 'nothing' || other.kind === 'any') {
    return other;
  }
  const of = [...alternatives(one), ...alternatives(other)].reduce<Data[]>((all, next) => {
    const at = all.findIndex((known) => joinedPair(known, next) !== undefined);
    return at < 0 ? [...all, next] : all.map((known, index) => (index === at ? joinedPair(known, next)! : known));
  }, []);
  return of.length === 1 ? of[0] : of.length > MOST_ALTERNATIVES ? ANY : { kind: 'oneOf', of };
}

export function alternatives(data: Data): readonly Data[] {
  return data.kind === 'oneOf' ? data.of : [data];
}

function joinedPair(one: Data, other: Data): Data | undefined {
  if (one.kind === 'object' && other.kind === 'object') {
    if (keyOf(one) === keyOf(other)) {
      return one;
    }
    const names = [...new Set([...Object.keys(one.fields), ...Object.keys(other.fields)])];
    const fields = names.map((name) => [name, joined(one.fields[name] ?? NOTHING, other.fields[name] ?? NOTHING)]);
    return { kind: 'object', fields: Object.fromEntries(fields), open: one.open || other.open };
  }
  if (one.kind === 'list' && other.kind === 'list') {
    return { kind: 'list', item: joined(one.item, other.item) };
  }
  if (one.kind === 'shape' && other.kind === 'shape') {
    return one.shape === other.shape && one.service === other.service ? one : undefined;
  }
  if (one.kind === 'constant' && other.kind === 'constant') {
    return one.value === other.value ? one : undefined;
  }
  return one.kind === other.kind ? one : undefined;
}

/** Field of data, and nothing where there can be none. */
export function fieldOf(data: Data, name: string, naming: Naming = 'integration'): Data {
  return alternatives(data).map((one) => fieldOfOne(one, name, naming)).reduce(joined, NOTHING);
}

function fieldOfOne(data: Data, name: string, naming: Naming): Data {
  if (data.kind === 'object') {
    return data.fields[name] ?? (data.open ? ANY : NOTHING);
  }
  if (data.kind === 'shape') {
    const { members, value } = shapeOf(data.service, data.shape);
    const member = Object.keys(members ?? {}).find((one) => memberName(one, naming) === name);
    const shape = value ?? (member !== undefined ? members![member] : undefined);
    return shape === undefined ? NOTHING : { ...data, shape };
  }
  return data.kind === 'any' ? ANY : NOTHING;
}

/** Item of data that is a list, and nothing where it is none. */
export function itemOf(data: Data): Data {
  return alternatives(data).map((one) => {
    if (one.kind === 'list') {
      return one.item;
    }
    const item = one.kind === 'shape' ? shapeOf(one.service, one.shape).item : undefined;
    return item !== undefined ? { ...one, shape: item } as Data : one.kind === 'any' ? ANY : NOTHING;
  }).reduce(joined, NOTHING);
}

/** Data as an object whose fields can be added to, if it is one. */
export function asObject(data: Data): (Data & { kind: 'object' }) | undefined {
  if (data.kind === 'object') {
    return data;
  }
  const members = data.kind === 'shape' ? shapeOf(data.service, data.shape).members : undefined;
  return members && data.kind === 'shape'
    ? { kind: 'object', open: false, fields: Object.fromEntries(Object.entries(members).map(([name, shape]) => [memberName(name, 'integration'), { ...data, shape }])) }
    : undefined;
}

/** Problems of data as the value of a shape. */
export function misfits(service: string, shapeName: string, data: Data, where: string, naming: Naming, rigour: Rigour = {}): string[] {
  const shape = shapeOf(service, shapeName);
  return alternatives(data).flatMap((one) => misfitsOfOne({ service, shapeName, shape, where, naming, rigour }, one));
}

/** What is not looked at. */
export interface Rigour {
  /** Simulators make ids up, which have neither the form nor the length of real ones. */
  readonly madeUp?: boolean;
  /** Simulators leave out of their answers what nobody reads. */
  readonly partial?: boolean;
}

/** Problems of a value that a simulator is given, or gives, as that of a shape: each item of a list counts. */
export function misfitsOfValue(service: string, shape: string | null, value: unknown, where: string, partial = false): string[] {
  return misfits(service, shape ?? 'structure', itemized(value), where, 'integration', { madeUp: true, partial });
}

function itemized(value: unknown): Data {
  if (Array.isArray(value)) {
    return { kind: 'list', item: { kind: 'oneOf', of: value.map(itemized) } };
  }
  const data = dataOf(value);
  return data.kind === 'object' ? { ...data, fields: Object.fromEntries(Object.entries(value as object).map(([name, field]) => [name, itemized(field)])) } : data;
}

interface Place {
  readonly service: string;
  readonly shapeName: string;
  readonly shape: Shape;
  readonly where: string;
  readonly naming: Naming;
  readonly rigour: Rigour;
}

function misfitsOfOne(place: Place, data: Data): string[] {
  const { service, shapeName, shape, where, naming, rigour } = place;
  if (data.kind === 'any' || data.kind === 'nothing') {
    return [];
  }
  if (data.kind === 'shape') {
    return sameKind(shape, shapeOf(data.service, data.shape)) ? [] : [`${where} takes ${shapeName}, and not ${data.shape}`];
  }
  // A call without a request, or without an answer, has an empty one.
  if (shape.members || shape.type === 'structure') {
    return data.kind === 'object' ? misfitsOfFields(place, shape.members ?? {}, data) : [`${where} is an object of ${shapeName}`];
  }
  if (shape.item !== undefined) {
    return data.kind === 'list' ? misfits(service, shape.item, data.item, `${where}[]`, naming, rigour) : [`${where} is a list`];
  }
  if (shape.value !== undefined) {
    const value = shape.value;
    return data.kind === 'object'
      ? Object.entries(data.fields).flatMap(([name, field]) => misfits(service, value, field, `${where}.${name}`, naming, rigour))
      : [`${where} is a map`];
  }
  return data.kind === 'constant' ? misfitsOfConstant(rigour.madeUp ? { type: shape.type, enum: shape.enum } : shape, data.value, where) : data.kind === 'scalar' ? [] : [`${where} is a ${shape.type}`];
}

function sameKind(one: Shape, other: Shape): boolean {
  return one === other || (['members', 'item', 'value'] as const).every((key) => (one[key] === undefined) === (other[key] === undefined));
}

function misfitsOfFields({ service, shapeName, shape, where, naming, rigour }: Place, members: { readonly [name: string]: string }, { fields, open }: Data & { kind: 'object' }): string[] {
  const named = new Map(Object.keys(members).map((member) => [memberName(member, naming), member]));
  const missing = (shape.required ?? []).map((member) => memberName(member, naming)).filter((name) => !open && !rigour.partial && fields[name] === undefined);
  return [
    ...missing.map((name) => `${where} has no ${name}, which ${shapeName} requires`),
    ...Object.entries(fields).flatMap(([name, field]) => {
      const member = named.get(name);
      return member === undefined ? [`${where}.${name} is no member of ${shapeName}`] : misfits(service, members[member], field, `${where}.${name}`, naming, rigour);
    }),
  ];
}

const NUMBERS = ['integer', 'long', 'float', 'double'];

function misfitsOfConstant(shape: Shape, value: string | number | boolean | null, where: string): string[] {
  const { type, enum: values, pattern, min, max } = shape;
  const expected = type === 'boolean' ? 'boolean' : NUMBERS.includes(type!) ? 'number' : 'string';
  if (typeof value !== expected) {
    return [`${where} is a ${type}, and not ${JSON.stringify(value)}`];
  }
  if (typeof value === 'number') {
    return value < (min ?? -Infinity) || value > (max ?? Infinity) || (/integer|long/.test(type!) && !Number.isInteger(value)) ? [`${where} can't be ${value}`] : [];
  }
  if (typeof value === 'boolean' || value === null || value.includes(UNKNOWN)) {
    return [];
  }
  if (values && !values.includes(value)) {
    return [`${where} is one of ${values.join(', ')}, and not ${value}`];
  }
  if (type === 'timestamp') {
    return Number.isNaN(Date.parse(value)) ? [`${where} is a timestamp, and not ${value}`] : [];
  }
  const fits = value.length >= (min ?? 0) && value.length <= (max ?? Infinity) && (pattern === undefined || expression(pattern).test(value));
  return fits ? [] : [`${where} has the limits ${JSON.stringify({ min, max, pattern })}, and not ${JSON.stringify(value)}`];
}

/** Patterns match from the beginning to the end. One that JavaScript can't read admits everything. */
function expression(pattern: string): RegExp {
  const source = `^(?:${pattern.replace(/\\p\{ASCII\}/g, '[\\x00-\\x7F]')})$`;
  const flags = source.includes('\\p{') ? ['u'] : ['u', ''];
  const readable = flags.map((flag) => attempt(() => new RegExp(source, flag))).find(Boolean);
  return readable ?? /^/;
}

function attempt(make: () => RegExp): RegExp | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
