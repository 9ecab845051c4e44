import { shapeOf } from './models';
import { alternatives, ANY, asObject, type Data, dataOf, fieldOf, itemOf, joined, NOTHING, SCALAR, UNKNOWN } from './values';

/** What a state sees: its data, the context of the execution, and whom to tell of what is wrong. */
export interface Sight {
  readonly document: Data;
  /** Item of the map that the state belongs to. */
  readonly mapItem?: Data;
  tell(problem: string): void;
}

/** Context object of an execution. */
const CONTEXT: Data = dataOf({
  Execution: { Id: UNKNOWN, Name: UNKNOWN, RoleArn: UNKNOWN, StartTime: UNKNOWN, RedriveCount: UNKNOWN, RedriveTime: UNKNOWN },
  State: { EnteredTime: UNKNOWN, Name: UNKNOWN, RetryCount: UNKNOWN },
  StateMachine: { Id: UNKNOWN, Name: UNKNOWN },
  Task: { Token: UNKNOWN },
});

/** Data of a path or of an intrinsic function. */
export function evaluate(expression: string, sight: Sight): Data {
  return expression.startsWith('States.') ? evaluateFunction(expression, sight) : evaluatePath(expression, sight);
}

/** Data at a path. */
export function evaluatePath(path: string, sight: Sight): Data {
  const inContext = path.startsWith('$$');
  const data = read(inContext ? contextOf(sight) : sight.document, path.slice(inContext ? 2 : 1), sight);
  if (data.kind === 'nothing') {
    sight.tell(`reads ${path}, where nothing can be`);
  }
  return data;
}

/** Whether a path leads to a field that the answer of a call doesn't have. */
export function isOfNoAnswer(path: string, sight: Sight): boolean {
  const parent = path.replace(/(\.\w+|\[[^\]]*\])$/, '');
  if (parent === path || parent === '$' || path.startsWith('$$')) {
    return false;
  }
  const silent = { ...sight, tell: () => undefined };
  const above = evaluatePath(parent, silent);
  return evaluatePath(path, silent).kind === 'nothing' && (above.kind === 'shape' || isOfNoAnswer(parent, sight));
}

function contextOf({ mapItem = ANY, document }: Sight): Data {
  const { fields } = CONTEXT as Data & { kind: 'object' };
  const item: Data = { kind: 'object', fields: { Index: SCALAR, Value: mapItem }, open: false };
  const { fields: execution } = fields.Execution as Data & { kind: 'object' };
  return {
    kind: 'object',
    open: false,
    fields: {
      ...fields,
      Execution: { kind: 'object', open: false, fields: { ...execution, Input: document.kind === 'nothing' ? NOTHING : ANY } },
      Map: { kind: 'object', open: false, fields: { Item: item } },
    },
  };
}

/** Reads the rest of a path. Where it may find several values, the result is a list. */
function read(data: Data, rest: string, sight: Sight): Data {
  if (rest === '' || data.kind === 'any') {
    return data;
  }
  const name = /^\.([A-Za-z0-9_-]+)|^\['([^']+)'\]|^\["([^"]+)"\]/.exec(rest);
  if (name) {
    return read(fieldOf(data, name[1] ?? name[2] ?? name[3]), rest.slice(name[0].length), sight);
  }
  const index = /^\[-?\d+\]/.exec(rest);
  if (index) {
    return read(itemOf(data), rest.slice(index[0].length), sight);
  }
  const all = /^\[\*\]|^\[-?\d*:-?\d*\]/.exec(rest);
  if (all) {
    return listOf(read(itemOf(data), rest.slice(all[0].length), sight));
  }
  const filter = /^\[\?\((.*?)\)\]/.exec(rest);
  if (filter) {
    const item = itemOf(data);
    checkFilter(filter[1], item, sight);
    return listOf(read(item, rest.slice(filter[0].length), sight));
  }
  sight.tell(`has a path that can't be checked: ${rest}`);
  return ANY;
}

function listOf(item: Data): Data {
  return item.kind === 'nothing' ? NOTHING : { kind: 'list', item: item.kind === 'list' ? item.item : item };
}

function checkFilter(filter: string, item: Data, sight: Sight): void {
  for (const [, path, , , text] of filter.matchAll(/@((\.\w+)+)(\s*==\s*'([^']*)')?/g)) {
    const data = read(item, path, sight);
    if (data.kind === 'nothing') {
      sight.tell(`filters by @${path}, where nothing can be`);
    }
    checkText(data, text, sight);
  }
}

/** Tells of a comparison with a text that an answer can't have. */
export function checkText(data: Data, text: unknown, sight: Sight): void {
  const possible = alternatives(data).map((one) => (one.kind === 'shape' ? shapeOf(one.service, one.shape).enum : undefined));
  if (typeof text === 'string' && !text.includes(UNKNOWN) && possible.every(Boolean) && !possible.some((texts) => texts!.includes(text))) {
    sight.tell(`compares with '${text}', which is none of ${possible.flat().join(', ')}`);
  }
}

function evaluateFunction(expression: string, sight: Sight): Data {
  const [, name, inside] = /^States\.(\w+)\(([\s\S]*)\)$/.exec(expression) ?? [];
  if (name === undefined) {
    sight.tell(`has an expression that is none: ${expression}`);
    return ANY;
  }
  const texts = splitArguments(inside);
  const given = texts.map((text) => argument(text, sight));
  switch (name) {
    case 'Array':
      return { kind: 'list', item: given.reduce(joined, NOTHING) };
    case 'ArrayGetItem':
      return itemOf(given[0]);
    case 'ArrayUnique':
      return given[0];
    case 'ArrayContains':
      checkText(itemOf(given[0]), given[1].kind === 'constant' ? given[1].value : undefined, sight);
      return SCALAR;
    case 'ArrayPartition':
      return { kind: 'list', item: given[0] };
    case 'ArrayRange':
    case 'StringSplit':
      return { kind: 'list', item: SCALAR };
    case 'StringToJson':
      return ANY;
    case 'JsonMerge':
      return merged(given[0], given[1]);
    case 'ArrayLength': case 'Base64Encode': case 'Base64Decode': case 'Hash': case 'MathRandom': case 'MathAdd': case 'UUID': case 'Format': case 'JsonToString':
      return SCALAR;
    default:
      sight.tell(`has an intrinsic function that is none: ${name}`);
      return ANY;
  }
}

function argument(text: string, sight: Sight): Data {
  if (/^'[\s\S]*'$/.test(text)) {
    return { kind: 'constant', value: text.slice(1, -1).replace(/\\(.)/g, '$1') };
  }
  if (/^(\$|States\.)/.test(text)) {
    return evaluate(text, sight);
  }
  return /^(-?\d+(\.\d+)?|true|false|null)$/.test(text) ? dataOf(JSON.parse(text)) : ANY;
}

function splitArguments(inside: string): string[] {
  const parts = [''];
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < inside.length; at += 1) {
    const character = inside[at];
    if (quoted && character === '\\') {
      parts[parts.length - 1] += character + inside[at += 1];
      continue;
    }
    quoted = character === "'" ? !quoted : quoted;
    depth += quoted ? 0 : /[([]/.test(character) ? 1 : /[)\]]/.test(character) ? -1 : 0;
    if (character === ',' && depth === 0 && !quoted) {
      parts.push('');
    } else {
      parts[parts.length - 1] += character;
    }
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function merged(one: Data, other: Data): Data {
  const [mine, theirs] = [asObject(one), asObject(other)];
  return mine && theirs ? { kind: 'object', fields: { ...mine.fields, ...theirs.fields }, open: mine.open || theirs.open } : ANY;
}
