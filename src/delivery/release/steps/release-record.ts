import { NOTHING_RELEASED } from '../../../registry/released-image';
import { LABEL, type NamedState, part, type Part, put } from '../../asl/asl';
import { choice, equals } from '../../asl/conditions';
import { CONTEXT, format, fromJson, toJson } from '../../asl/intrinsics';
import type { AwsCalls, CallOptions } from '../../asl/sdk-integrations';
import type { ReleaseArns } from '../context/release-arns';
import { HOTFIX } from '../context/release-mode';
import { FOUND, INPUT, SERVICES } from '../context/service-facts';

/** Record of a release in a parameter: who began it, when, and the state of its services before. */
export const RECORD = {
  /** The parameter as it is. */
  text: '$.record.text',
  /** Name of the execution. */
  execution: '$.record.of.execution',
  /** Start of the execution. */
  at: '$.record.of.at',
  /** State before the release, of each service. */
  services: '$.record.of.services',
} as const;

/** Format of the record. Keys are as short as its parameter of 8 KB asks for. */
const FORMAT = '{"execution":"{}","at":"{}","services":{}}';
const FORMAT_OF_HOTFIX = '{"execution":"{}","at":"{}","despite":{},"services":{}}';

/** State of each service before the release, as JSON. */
const BEFORE = toJson(`${SERVICES}[*]${FOUND.before.slice(1)}`);

/** Reads the record. Continues with it, or goes to `none` where there is none. */
export function readRecord(calls: AwsCalls, arns: ReleaseArns, record: RecordParameter): Part {
  const { name, parameter, none, patient, failed } = record;
  return part(
    [
      name,
      calls.task(
        'ssm:getParameter',
        { Name: parameter },
        {
          resources: [arns.parameter(parameter)],
          resultPath: '$.record',
          resultSelector: { 'text.$': '$.Parameter.Value' },
          patient,
          failed,
        },
      ),
    ],
    [`${name}: is there none?`, choice([equals(RECORD.text, NOTHING_RELEASED)], none)],
    [`${name}: parse`, put('$.record', { 'text.$': RECORD.text, 'of.$': fromJson(RECORD.text) })],
  );
}

/** Record to read. */
interface RecordParameter {
  /** Name of the first state. */
  readonly name: string;
  /** Name of the parameter. */
  readonly parameter: string;
  /** State to go to where nothing is recorded. */
  readonly none: string;
  /**
   * Retries the call for an hour.
   * @default false
   */
  readonly patient?: boolean;
  /**
   * State to go to when the call fails.
   * @default - the call is retried, and fails
   */
  readonly failed?: string;
}

/** Writes the record to a parameter, where the clean-up of a stopped release finds it. */
export function writeRecord(
  calls: AwsCalls,
  arns: ReleaseArns,
  name: string,
  parameter: string,
  options: Pick<CallOptions, 'patient'> = {},
): NamedState {
  const value = format(FORMAT, CONTEXT.executionName, CONTEXT.executionStart, BEFORE);
  return [name, putParameter(calls, arns, parameter, { 'Value.$': value }, options)];
}

/**
 * Writes the record of a successful release, a hotfix's with its reason. A reason that does not fit is left out: the
 * input of the execution has it, too.
 */
export function writeLastRelease(calls: AwsCalls, arns: ReleaseArns, name: string, parameter: string): Part {
  const { executionName, executionStart } = CONTEXT;
  const withReason = format(FORMAT_OF_HOTFIX, executionName, executionStart, toJson(INPUT.despite), BEFORE);
  const [hotfix, end] = [`${name}: with its reason`, `${name}: end`];
  const [, plain] = writeRecord(calls, arns, name, parameter, { patient: true });
  const next = { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: name }], Next: end };
  return part(
    [`${name}: is it a hotfix?`, choice([HOTFIX], hotfix)],
    [name, { ...plain, Next: end }],
    [hotfix, { ...putParameter(calls, arns, parameter, { 'Value.$': withReason }), ...next }],
    [end, LABEL],
  );
}

/** Empties the record: nothing has to be rolled back. */
export function clearRecord(
  calls: AwsCalls,
  arns: ReleaseArns,
  name: string,
  parameter: string,
  options: Pick<CallOptions, 'patient' | 'failed'> = {},
): NamedState {
  return [name, putParameter(calls, arns, parameter, { Value: NOTHING_RELEASED }, options)];
}

/** The tier stays the same: a parameter that once was larger can't become a standard one again. */
function putParameter(
  calls: AwsCalls,
  arns: ReleaseArns,
  parameter: string,
  value: object,
  options: Pick<CallOptions, 'patient' | 'failed'> = {},
) {
  return calls.task(
    'ssm:putParameter',
    { Name: parameter, ...value, Type: 'String', Tier: 'Intelligent-Tiering', Overwrite: true },
    { resources: [arns.parameter(parameter)], ...options },
  );
}
