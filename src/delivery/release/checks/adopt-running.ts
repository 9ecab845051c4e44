import { output, part, type Part, put } from '../../asl/asl';
import { choice, equalsPath, present } from '../../asl/conditions';
import { arrayItem, CONTEXT, split } from '../../asl/intrinsics';
import { forEach, refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import { SERVICE } from '../context/service-facts';
import { CURRENT, describeRunningRevision } from '../steps/ecs-calls';

const RUNNING = '$.running';
const IMAGE = `${RUNNING}.image` as const;

/**
 * Takes the tag that a service runs as its released one, whatever its parameter says.
 *
 * A person has deployed by hand, or CloudFormation has reset the parameter. The end of the release writes it.
 */
export function adoptRunning(calls: AwsCalls): Part {
  const images = `${RUNNING}.containers[?(@.application == true)].image` as const;
  return part(
    ['Describe revision to adopt', describeRunningRevision(calls, RUNNING)],
    [
      'Go through running containers',
      forEach(`${RUNNING}.TaskDefinition.ContainerDefinitions`, imageOf(), {
        selector: { 'container.$': CONTEXT.mapItem, 'name.$': SERVICE.container },
        fields: { ResultPath: `${RUNNING}.containers` },
      }),
    ],
    ['Take running images', put(RUNNING, { 'images.$': images })],
    ['Has it the container?', choice([present(`${RUNNING}.images[0]`)], 'Divide running image', 'Image is foreign')],
    ['Divide running image', put(RUNNING, { 'image.$': split(`${RUNNING}.images[0]`, ':') })],
    [
      'Is it an image of the repository?',
      choice([present(`${IMAGE}[1]`), equalsPath(`${IMAGE}[0]`, SERVICE.uri)], 'Adopt running tag'),
    ],
    refuse(
      'Image is foreign',
      'Release.Drift',
      '{} runs no tag of {}, in {}, which can not be taken as released: first deploy one by hand',
      SERVICE.name,
      SERVICE.uri,
      CURRENT.revision,
    ),
    ['Adopt running tag', put('$.released', { 'tag.$': arrayItem(IMAGE, 1) })],
  );
}

function imageOf(): Part {
  return part(
    [
      'Is it the running application?',
      choice([equalsPath('$.container.Name', '$.name')], 'Tell its image'),
    ],
    ['Pass over a sidecar', output({ application: false })],
    ['Tell its image', output({ 'application': true, 'image.$': '$.container.Image' })],
  );
}
