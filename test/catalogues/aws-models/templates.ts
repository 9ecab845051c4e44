import { type Found, list, resources, type TemplateJson } from '../../deploy-rules/template-json';
import { callNamed } from './models';
import { callsOfDefinition, problemsOfDefinition } from './state-machine';
import { type Data, dataOf, fieldOf, misfits, UNKNOWN } from './values';

/* eslint-disable @typescript-eslint/no-explicit-any -- definitions are whatever their language has */

/** Request that a resource makes later on, with its parameters in one of both namings. */
interface Request {
  readonly where: string;
  readonly api: string;
  readonly parameters: unknown;
  readonly naming: 'api' | 'integration';
  /** Paths into the answer, with texts that are expected there. */
  readonly reads: ReadonlyArray<{ readonly path: string; readonly texts: readonly string[] }>;
}

/** What the models of AWS say against the requests of a template: those of state machines, schedules and automation documents. */
export function problemsOfRequests(template: TemplateJson): string[] {
  return [
    ...definitionsOf(template).flatMap(({ id, definition }) => problemsOfDefinition(definition).map((problem) => `${id}: ${problem}`)),
    ...requestsOf(template).flatMap(problemsOfRequest),
  ];
}

/** Every call that a template makes, as `service:operation`. */
export function callsOfTemplate(template: TemplateJson): string[] {
  return [...definitionsOf(template).flatMap(({ definition }) => callsOfDefinition(definition)), ...requestsOf(template).map(({ api }) => api)];
}

/** Definitions of a template's state machines. A character stands for what only a deployment knows. */
export function definitionsOf(template: TemplateJson): Array<{ readonly id: string; readonly definition: any }> {
  return resources(template, 'AWS::StepFunctions::StateMachine').map(({ id, p }) => ({ id, definition: p.Definition ?? JSON.parse(written(p.DefinitionString)) }));
}

function requestsOf(template: TemplateJson): Request[] {
  return [
    ...resources(template, 'AWS::Scheduler::Schedule').flatMap(requestOfSchedule),
    ...resources(template, 'AWS::SSM::Document').flatMap(({ id, p }) => stepsOf(p).flatMap((step) => requestOfStep(id, step))),
  ];
}

function requestOfSchedule({ id, p }: Found): Request[] {
  const { Arn, Input } = p.Target;
  const api = /:scheduler:.*:aws-sdk:(\w+:\w+)$/.exec(written(Arn))?.[1];
  return api === undefined ? [] : [{ where: id, api, parameters: JSON.parse(written(Input ?? '{}')), naming: 'integration', reads: [] }];
}

function stepsOf({ Content, DocumentType }: any): any[] {
  const content = typeof Content === 'string' ? JSON.parse(Content) : Content;
  return DocumentType === 'Automation' ? list(known(content).mainSteps) : [];
}

/** Fields of an automation's step that are not parameters of its call. */
const OF_THE_STEP = ['Service', 'Api', 'PropertySelector', 'DesiredValues'];

function requestOfStep(id: string, { name, action, inputs, outputs = [] }: any): Request[] {
  if (!/^aws:(executeAwsApi|waitForAwsResourceProperty|assertAwsResourceProperty)$/.test(action)) {
    return [];
  }
  const { Service, Api, PropertySelector, DesiredValues = [] } = inputs;
  const reads = [...outputs.map(({ Selector }: any) => ({ path: Selector, texts: [] })), ...PropertySelector ? [{ path: PropertySelector, texts: DesiredValues }] : []];
  const parameters = Object.fromEntries(Object.entries(inputs).filter(([field]) => !OF_THE_STEP.includes(field)));
  return [{ where: `${id}: ${name}`, api: `${Service}:${Api}`, parameters, naming: 'api', reads }];
}

function problemsOfRequest({ where, api, parameters, naming, reads }: Request): string[] {
  const call = callNamed(api);
  if (!call) {
    return [`${where} calls ${api}, which is not in the catalogue. Run \`npx projen aws-models\``];
  }
  const { service, input, output } = call;
  const answer: Data = output === null ? dataOf({}) : { kind: 'shape', service, shape: output };
  const wrong = reads.flatMap(({ path, texts }) => {
    const data = path.split('.').slice(1).reduce((at, name) => fieldOf(at, name.replace(/\[.*$/, ''), naming), answer);
    return data.kind === 'nothing' ? [`reads ${path}, where nothing can be`] : data.kind === 'shape' ? texts.flatMap((text) => misfits(service, data.shape, dataOf(text), path, naming)) : [];
  });
  return [...misfits(service, input ?? 'structure', dataOf(parameters), call.name, naming), ...wrong].map((problem) => `${where}: ${problem}`);
}

/** Text of a template, with a character for each reference. */
function written(value: any): string {
  return typeof value === 'string' ? value : Array.isArray(value?.['Fn::Join']?.[1]) ? value['Fn::Join'][1].map(written).join('') : UNKNOWN;
}

/** Value of a template without its references. */
function known(value: any): any {
  if (Array.isArray(value)) {
    return value.map(known);
  }
  if (value === null || typeof value !== 'object') {
    return typeof value === 'string' ? value.replace(/\{\{.*?\}\}/g, UNKNOWN) : value;
  }
  const [name] = Object.keys(value);
  return Object.keys(value).length === 1 && /^(Ref$|Fn::)/.test(name) ? written(value) : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, known(one)]));
}
