import * as fs from 'node:fs';
import * as path from 'node:path';

/** File with the models of the calls that templates make; `npx projen aws-models` writes it. */
export const MODELS_FILE = path.join(__dirname, 'service-models.json');

/** Call of an API: its request, its answer and its errors. */
export interface Call {
  readonly input: string | null;
  readonly output: string | null;
  readonly errors: readonly string[];
}

/** Shape of a value. Those without limits have no entry: their name is their type. */
export interface Shape {
  readonly members?: { readonly [name: string]: string };
  readonly required?: readonly string[];
  readonly item?: string;
  readonly key?: string;
  readonly value?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

/** Service of AWS, with the calls that templates make. */
export interface Service {
  readonly id: string;
  readonly botocore: string;
  readonly calls: { readonly [name: string]: Call };
  readonly shapes: { readonly [name: string]: Shape };
}

/** Names of members and errors: those of the API, or those of Step Functions and EventBridge Scheduler. */
export type Naming = 'api' | 'integration';

/** Call with the service that it is of. */
export interface KnownCall extends Call {
  /** Name of the service in the catalogue. */
  readonly service: string;
  readonly name: string;
}

const { services: SERVICES, version } = JSON.parse(fs.readFileSync(MODELS_FILE, 'utf8')) as {
  readonly version: string;
  readonly services: { readonly [name: string]: Service };
};

/** Library that the models are of, with its version. */
export const MODELS_VERSION = version;

/** Every call of the catalogue, as {@link callNamed} takes it. */
export function allCalls(): string[] {
  return Object.entries(SERVICES).flatMap(([name, { calls }]) => Object.keys(calls).map((call) => `${name}:${uncapitalized(call)}`));
}

/** Finds a call by `service:operation`, where the service has its name of Step Functions or of botocore. */
export function callNamed(api: string): KnownCall | undefined {
  const [serviceName, operation] = api.split(':');
  const service = Object.keys(SERVICES).find((one) => one === serviceName || SERVICES[one].botocore === serviceName);
  if (service === undefined) {
    return undefined;
  }
  const { calls } = SERVICES[service];
  const name = Object.keys(calls).find((one) => one === operation || uncapitalized(one) === operation);
  return name === undefined ? undefined : { ...calls[name], service, name };
}

/** Shape of a name in a service of the catalogue. */
export function shapeOf(service: string, name: string): Shape {
  return SERVICES[service].shapes[name] ?? { type: name };
}

/** Name that a naming has for a member. */
export function memberName(member: string, naming: Naming): string {
  return naming === 'api' ? member : capitalized(uncapitalized(member));
}

/** Errors that Step Functions may report for a call: those of its model, and the two that every SDK call has. */
export function errorsOf({ service, errors }: KnownCall): string[] {
  const prefix = prefixOf(service);
  return [...errors.map((error) => `${prefix}.${exceptionName(error)}`), `${prefix}.${prefix}Exception`, `${prefix}.SdkClientException`];
}

/** Prefix of the errors of a service. */
function prefixOf(service: string): string {
  return pascal(SERVICES[service].id.replace(/^(Amazon|AWS) /, ''));
}

/** Whether a name is that of an error of some service, right or wrong. */
export function isOfService(error: string): boolean {
  return Object.keys(SERVICES).some((service) => error.startsWith(`${prefixOf(service)}.`));
}

/** Whether an error is one of some call of the catalogue. */
export function isError(error: string): boolean {
  return allCalls().some((api) => errorsOf(callNamed(api)!).includes(error));
}

/** Names that the SDK for Java has for errors: Step Functions reports those. */
function exceptionName(error: string): string {
  return `${pascal(error.replace(/(Fault|Exception)$/, ''))}Exception`;
}

/** Name of a class of the SDK for Java: `DBInstanceNotFound` is `DbInstanceNotFound`. */
function pascal(text: string): string {
  return words(text).map((word) => capitalized(word.toLowerCase())).join('');
}

function words(text: string): string[] {
  return text
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .replace(/([^a-z]{2,})v([0-9]+)/g, '$1 v$2 ')
    .replace(/([^A-Z]{2,})V([0-9]+)/g, '$1 V$2 ')
    .replace(/([a-z])(?=[A-Z]([a-zA-Z]|[0-9]))/g, '$1 ')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/([0-9])([a-zA-Z])/g, '$1 $2')
    .split(' ')
    .filter(Boolean);
}

function capitalized(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}

/** The first letter in lower case, and with it those of an abbreviation: `dbInstance`, `kmsKeyId`. */
function uncapitalized(text: string): string {
  let end = 1;
  while (/[A-Z]/.test(text[end] ?? '') && !/[a-z]/.test(text[end + 1] ?? '')) {
    end += 1;
  }
  return text.slice(0, end).toLowerCase() + text.slice(end);
}
