import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath, State } from '../../asl/state';
import type { ReleaseArns } from '../context/release-arns';
import { SERVICE } from '../context/service-facts';

/** Reads the released tag of a service from its parameter. The tag is at `$.released.tag`. */
export function readReleasedTag(calls: AwsCalls, arns: ReleaseArns, parameter: JsonPath = SERVICE.parameter): State {
  return calls.task(
    'ssm:getParameter',
    { 'Name.$': parameter },
    { resources: arns.parameters, resultPath: '$.released', resultSelector: { 'tag.$': '$.Parameter.Value' } },
  );
}

/** Writes the released tag of a service to its parameter. The answer has the version of the parameter. */
export function writeReleasedTag(
  calls: AwsCalls,
  arns: ReleaseArns,
  tag: JsonPath,
  keepVersionAt?: JsonPath,
): State {
  return calls.task(
    'ssm:putParameter',
    { 'Name.$': SERVICE.parameter, 'Value.$': tag, 'Type': 'String', 'Overwrite': true },
    {
      resources: arns.parameters,
      ...(keepVersionAt && { resultPath: keepVersionAt, resultSelector: { 'version.$': '$.Version' as const } }),
    },
  );
}
