import type { AwsCalls, CallOptions } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import type { ReleaseArns } from '../context/release-arns';
import { SERVICE } from '../context/service-facts';

/** Reads the released tag of a service from its parameter to `$.released.tag`. A failed call leads to `failed`. */
export function readReleasedTag(
  calls: AwsCalls,
  arns: ReleaseArns,
  parameter: JsonPath = SERVICE.parameter,
  { failed, patient }: Pick<CallOptions, 'failed' | 'patient'> = {},
): State {
  return calls.task(
    'ssm:getParameter',
    { 'Name.$': parameter },
    {
      resources: arns.parameters,
      resultPath: '$.released',
      resultSelector: { 'tag.$': '$.Parameter.Value' },
      failed,
      patient,
    },
  );
}

interface WriteOptions extends Pick<CallOptions, 'failed' | 'patient'> {
  /**
   * Path that gets the version of the parameter.
   * @default - it is dropped
   */
  readonly keepVersionAt?: JsonPath;
}

/** Writes the released tag of a service to its parameter. The answer has the version of the parameter. */
export function writeReleasedTag(
  calls: AwsCalls,
  arns: ReleaseArns,
  tag: JsonPath,
  { keepVersionAt, failed, patient }: WriteOptions = {},
): State {
  return calls.task(
    'ssm:putParameter',
    { 'Name.$': SERVICE.parameter, 'Value.$': tag, 'Type': 'String', 'Overwrite': true },
    {
      resources: arns.parameters,
      failed,
      patient,
      ...(keepVersionAt && { resultPath: keepVersionAt, resultSelector: { 'version.$': '$.Version' as const } }),
    },
  );
}
