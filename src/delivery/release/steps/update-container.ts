import { copy, LABEL, output, type Part, part, put } from '../../asl/asl';
import { absent, choice, equals, equalsPath, isTrue } from '../../asl/conditions';
import { array, contains, CONTEXT, format, fromJson, merge, quoted } from '../../asl/intrinsics';
import { forEach } from '../../asl/parts';
import { FOUND } from '../context/service-facts';

/** Name of a state, with the prefix of its caller. */
export type NameOf = (state: string) => string;

const CONTAINER = '$.container';
const ENVIRONMENT = `${CONTAINER}.Environment` as const;
const LABELS = `${CONTAINER}.DockerLabels` as const;

/** Outputs a container: the application's with its new image and version, another one as it is. */
export function updateContainer(state: NameOf): Part {
  const application = state('replace image');
  const end = state('container is complete');
  return part(
    [state('is it the application?'), choice([equalsPath(`${CONTAINER}.Name`, '$.name')], application)],
    [state('keep container'), { Type: 'Pass', OutputPath: CONTAINER, End: true }],
    [application, copy('$.image', `${CONTAINER}.Image`)],
    setVersionVariable(state, end),
    setVersionLabel(state, end),
    [end, { Type: 'Pass', OutputPath: CONTAINER }],
  );
}

/** Variable by which Datadog knows the version, in a container that has the others of Datadog. */
const VERSION_VARIABLE = 'DD_VERSION';

function setVersionVariable(state: NameOf, end: string): Part {
  const variables = '$.variables';
  const set = state('version variable is set');
  const added = array(ENVIRONMENT, array(fromJson(format(`{"Name":"${VERSION_VARIABLE}","Value":"{}"}`, FOUND.tag))));
  return part(
    [state('are there no variables?'), choice([absent(`${ENVIRONMENT}[0]`)], end)],
    [
      state('find Datadog variables'),
      put(variables, {
        'datadog.$': contains(`${ENVIRONMENT}[*].Name`, quoted('DD_ENV')),
        'version.$': contains(`${ENVIRONMENT}[*].Name`, quoted(VERSION_VARIABLE)),
      }),
    ],
    [state('is Datadog off?'), choice([{ Variable: `${variables}.datadog`, BooleanEquals: false }], end)],
    [state('is there a version variable?'), choice([isTrue(`${variables}.version`)], state('change version variable'))],
    [state('build version variable'), put(variables, { 'both.$': added })],
    [state('add version variable'), { ...copy(`${variables}.both[*][*]`, ENVIRONMENT), Next: set }],
    [
      state('change version variable'),
      forEach(
        ENVIRONMENT,
        part(
          [
            state('is it the version variable?'),
            choice([equals('$.variable.Name', VERSION_VARIABLE)], state('set its value')),
          ],
          [state('keep variable'), { Type: 'Pass', OutputPath: '$.variable', End: true }],
          [state('set its value'), output({ 'Name': VERSION_VARIABLE, 'Value.$': FOUND.tag })],
        ),
        {
          selector: { 'variable.$': CONTEXT.mapItem, 'tag.$': FOUND.tag },
          fields: { ResultPath: ENVIRONMENT },
        },
      ),
    ],
    [set, LABEL],
  );
}

function setVersionLabel(state: NameOf, end: string): Part {
  const label = '$.label';
  return part(
    [state('are there no Datadog labels?'), choice([absent(`${LABELS}['com.datadoghq.tags.service']`)], end)],
    [state('build version label'), put(label, { 'com.datadoghq.tags.version.$': FOUND.tag })],
    [state('add version label'), put(label, { 'all.$': merge(LABELS, label) })],
    [state('keep labels'), copy(`${label}.all`, LABELS)],
  );
}
