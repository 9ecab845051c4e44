import { checkText, evaluate, evaluatePath, isOfNoAnswer, type Sight } from './expressions';
import { callNamed, errorsOf, isError, isOfService, type KnownCall } from './models';
import { alternatives, ANY, asObject, type Data, dataOf, joined, keyOf, misfits, NOTHING, SCALAR } from './values';

/* eslint-disable @typescript-eslint/no-explicit-any -- states are whatever the language has */

/** Errors of the language itself. */
const ERRORS_OF_STATES = [
  'ALL', 'BranchFailed', 'DataLimitExceeded', 'ExceedToleratedFailureThreshold', 'HeartbeatTimeout', 'IntrinsicFailure', 'ItemReaderFailed',
  'NoChoiceMatched', 'ParameterPathFailure', 'Permissions', 'QueryEvaluationError', 'ResultPathMatchFailure', 'ResultWriterFailed', 'Runtime', 'TaskFailed', 'Timeout',
].map((name) => `States.${name}`);

/** Data of an execution's input, of which nothing is known. */
const INPUT: Data = { kind: 'object', fields: {}, open: true };
const CAUGHT: Data = { kind: 'object', fields: { Error: SCALAR, Cause: SCALAR }, open: false };

/**
 * What is wrong with the calls of a definition: parameters that the API doesn't have, or doesn't take so, missing ones, errors that
 * can't come, and fields that no answer has. Data flows through the definition as it would in an execution, by its kind.
 */
export function problemsOfDefinition(definition: any): string[] {
  const walk = new Walk();
  walk.chart(definition, INPUT, undefined, true);
  return [...walk.problems];
}

/** Calls of a definition, nested ones too, as `service:operation`. */
export function callsOfDefinition(definition: any): string[] {
  return statesOf(definition).flatMap(({ Resource }) => (typeof Resource === 'string' ? apiOf(Resource) ?? [] : []));
}

/** Every state of a definition, nested ones too. */
function statesOf(chart: any): any[] {
  return Object.values<any>(chart?.States ?? {}).flatMap((state) => [state, ...chartsIn(state).flatMap(statesOf)]);
}

function chartsIn({ Branches = [], ItemProcessor, Iterator }: any): any[] {
  return [...Branches, ItemProcessor ?? Iterator].filter(Boolean);
}

function apiOf(resource: string): string | undefined {
  return /:states:.*:aws-sdk:(\w+:\w+)$/.exec(resource)?.[1];
}

class Walk {
  public readonly problems = new Set<string>();
  private readonly outputs = new Map<any, Map<string, Data>>();

  /** Output of a chart for an input. Problems are told once the data of each state is known. */
  public chart(chart: any, input: Data, mapItem: Data | undefined, tells: boolean): Data {
    const known = this.outputs.get(chart) ?? new Map<string, Data>();
    this.outputs.set(chart, known);
    const key = `${keyOf(input)} ${mapItem && keyOf(mapItem)}`;
    const before = known.get(key);
    if (before && !tells) {
      return before;
    }
    const inputs: { [name: string]: Data } = { [chart.StartAt]: input };
    const waiting = new Set<string>([chart.StartAt]);
    let output: Data = NOTHING;
    for (const name of waiting) {
      waiting.delete(name);
      this.pass(chart.States[name], name, { document: inputs[name], mapItem, tell: () => undefined }, false, (next, data) => {
        if (next === undefined) {
          output = joined(output, data);
          return;
        }
        const all = inputs[next] === undefined ? data : joined(inputs[next], data);
        if (inputs[next] === undefined || keyOf(all) !== keyOf(inputs[next])) {
          inputs[next] = all;
          waiting.add(next);
        }
      });
    }
    if (tells) {
      Object.entries(inputs).forEach(([name, document]) => {
        const tell = (problem: string) => this.problems.add(`${name} ${problem}`);
        this.pass(chart.States[name], name, { document, mapItem, tell }, true, () => undefined);
      });
    }
    known.set(key, output);
    return output;
  }

  /** Runs a state on its data, and gives its output to each state that may follow. */
  private pass(state: any, name: string, sight: Sight, tells: boolean, to: (next: string | undefined, data: Data) => void): void {
    const { document, mapItem } = sight;
    if (state.QueryLanguage === 'JSONata' || state.Arguments !== undefined || state.Assign !== undefined) {
      sight.tell('is in JSONata, which this check can\'t read');
    }
    if (state.Type === 'Choice') {
      state.Choices.forEach((rule: any) => checkCondition(rule, sight));
      [...state.Choices.map(({ Next }: any) => Next), state.Default].filter(Boolean).forEach((next) => to(next, document));
      return;
    }
    if (state.Type === 'Fail') {
      [state.ErrorPath, state.CausePath].filter(Boolean).forEach((path) => evaluate(path, sight));
      return;
    }
    if (state.Type === 'Wait') {
      [state.SecondsPath, state.TimestampPath].filter(Boolean).forEach((path) => evaluatePath(path, sight));
    }
    checkErrors(state, sight);
    (state.Catch ?? []).forEach(({ ResultPath, Next }: any) => to(Next, written(document, ResultPath, CAUGHT)));
    const input = state.InputPath === null ? dataOf({}) : state.InputPath ? evaluatePath(state.InputPath, sight) : document;
    const within = { ...sight, document: input };
    const parameters = state.Parameters === undefined ? input : payload(state.Parameters, within);
    const result = this.resultOf(state, parameters, { ...within, mapItem }, tells, name);
    const selected = state.ResultSelector === undefined ? result : payload(state.ResultSelector, { ...sight, document: result });
    const output = written(document, state.ResultPath, selected);
    const out = state.OutputPath === null ? dataOf({}) : state.OutputPath ? evaluatePath(state.OutputPath, { ...sight, document: output }) : output;
    to(state.End || state.Type === 'Succeed' ? undefined : state.Next, out);
  }

  private resultOf(state: any, parameters: Data, sight: Sight, tells: boolean, name: string): Data {
    switch (state.Type) {
      case 'Task':
        return checkCall(state, parameters, sight);
      case 'Pass':
        return state.Result === undefined ? parameters : dataOf(state.Result);
      case 'Parallel': {
        const outputs = state.Branches.map((branch: any) => this.chart(branch, parameters, sight.mapItem, tells));
        return { kind: 'list', item: outputs.reduce(joined, NOTHING) };
      }
      case 'Map': {
        const items = state.ItemsPath ? evaluatePath(state.ItemsPath, sight) : sight.document;
        const item = items.kind === 'list' ? items.item : items.kind === 'any' ? ANY : evaluatePath('$[0]', { ...sight, document: items });
        if (state.ItemReader || state.ResultWriter) {
          sight.tell(`is a distributed map, which this check can't read: ${name}`);
        }
        const each = state.ItemSelector === undefined ? item : payload(state.ItemSelector, { ...sight, mapItem: item });
        return { kind: 'list', item: this.chart(state.ItemProcessor ?? state.Iterator, each, item, tells) };
      }
      default:
        return parameters;
    }
  }
}

/** Data of a payload template: names that end in `.$` take their value from a path or a function. */
function payload(template: any, sight: Sight): Data {
  if (Array.isArray(template)) {
    return { kind: 'list', item: template.map((item) => payload(item, sight)).reduce(joined, NOTHING) };
  }
  if (template === null || typeof template !== 'object') {
    return dataOf(template);
  }
  const fields = Object.entries<any>(template).map(([name, value]): [string, Data] => {
    if (!name.endsWith('.$')) {
      return [name, payload(value, sight)];
    }
    const data = evaluate(value, sight);
    // What can't be read has been told of: the field is there all the same.
    return [name.slice(0, -2), data.kind === 'nothing' ? ANY : data];
  });
  return { kind: 'object', fields: Object.fromEntries(fields), open: false };
}

/** Data after a result is written at a path. */
function written(document: Data, path: string | null | undefined, result: Data): Data {
  if (path === null) {
    return document;
  }
  const names = (path ?? '$').split('.').slice(1);
  const write = (data: Data, [name, ...others]: string[]): Data => {
    if (name === undefined) {
      return result;
    }
    const { fields, open } = asObject(data) ?? { fields: {} as { [field: string]: Data }, open: data.kind === 'any' };
    return { kind: 'object', open, fields: { ...fields, [name]: write(fields[name] ?? (open ? ANY : NOTHING), others) } };
  };
  return alternatives(document).map((one) => write(one, names)).reduce(joined, NOTHING);
}

function checkCall({ Resource }: any, parameters: Data, sight: Sight): Data {
  const api = apiOf(Resource);
  const call = api === undefined ? undefined : callNamed(api);
  if (!call) {
    sight.tell(`calls ${Resource}, which is not in the catalogue. Run \`npx projen aws-models\``);
    return ANY;
  }
  misfits(call.service, call.input ?? 'structure', parameters, call.name, 'integration').forEach((problem) => sight.tell(problem));
  return answerOf(call);
}

function answerOf({ service, output }: KnownCall): Data {
  return output === null ? dataOf({}) : { kind: 'shape', service, shape: output };
}

function checkCondition(rule: any, sight: Sight): void {
  (rule.And ?? rule.Or ?? [rule.Not].filter(Boolean)).forEach((inner: any) => checkCondition(inner, sight));
  if (rule.Variable === undefined) {
    return;
  }
  const [operator] = Object.keys(rule).filter((key) => !['Variable', 'Next', 'Comment'].includes(key));
  if (operator === 'IsPresent') {
    if (isOfNoAnswer(rule.Variable, sight)) {
      sight.tell(`asks for ${rule.Variable}, which no answer has`);
    }
    return;
  }
  const data = evaluatePath(rule.Variable, sight);
  const value = rule[operator];
  if (operator.endsWith('Path')) {
    evaluatePath(value, sight);
  } else if (operator === 'StringEquals') {
    checkText(data, value, sight);
    if (isOfService(value) && !isError(value)) {
      sight.tell(`compares with the error ${value}, which no call has`);
    }
  }
}

/** Tells of errors that can't come from a state, or from what runs within it. */
function checkErrors(state: any, sight: Sight): void {
  const named: string[] = [...state.Retry ?? [], ...state.Catch ?? []].flatMap(({ ErrorEquals }: any) => ErrorEquals);
  const inside = [state, ...chartsIn(state).flatMap(statesOf)];
  const possible = new Set(inside.flatMap(({ Resource, Error }: any) => {
    const call = typeof Resource === 'string' ? callNamed(apiOf(Resource) ?? '') : undefined;
    return [...call ? errorsOf(call) : [], ...Error === undefined ? [] : [Error]];
  }));
  const passedOn = inside.some(({ ErrorPath }: any) => ErrorPath !== undefined);
  named.filter((error) => !ERRORS_OF_STATES.includes(error) && !possible.has(error) && !(passedOn && !isOfService(error)))
    .forEach((error) => sight.tell(`expects the error ${error}, which nothing in it has`));
}
