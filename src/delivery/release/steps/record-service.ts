import { LABEL, type NamedState, type Part, part, put } from '../../asl/asl';
import { choice, equalsPath, present } from '../../asl/conditions';
import { format } from '../../asl/intrinsics';
import { refuse } from '../../asl/parts';
import type { PartTools } from '../context/release-settings';
import { FOUND, SERVICE } from '../context/service-facts';
import { UNCHANGED } from './deploy-service';
import { CURRENT, describeLatestRevision, describeService } from './ecs-calls';
import { registerTaskDefinition } from './register-task-definition';
import { readReleasedTag, writeReleasedTag } from './released-tag';

const IMAGE = '$.image';
const RECORDED = '$.recorded';
const VERSION = `${RECORDED}.version` as const;

/**
 * Records the released image of a service.
 * It writes the image to its parameter, adds a tag that keeps the image, and registers the family's latest revision.
 * Nothing is wrong with what serves by then, so that an outage of an API is waited out.
 * Source: requirements A-12 and C-12.
 */
export function recordService(tools: PartTools, stageName: string): Part {
  const { calls, arns } = tools;
  const recorded = 'Release of the service is written down';
  const same = 'Service still runs the candidate';
  return part(
    ['Was the service left as it is?', choice([UNCHANGED], recorded)],
    describeService('Service to record', calls, arns, { patient: true }),
    ['Does it still run the candidate?', choice([equalsPath(CURRENT.revision, FOUND.candidate)], same)],
    refuse(
      'Another revision runs by now',
      'Release.OtherRevision',
      '{} runs {} by now: something else deployed, too',
      SERVICE.name,
      CURRENT.revision,
    ),
    [same, LABEL],
    recordTag(tools, stageName),
    ['Describe latest revision again', describeLatestRevision(calls, true)],
    ['Is the candidate the latest revision?', choice([equalsPath(FOUND.latest, FOUND.candidate)], recorded)],
    // CloudFormation has registered a revision in between, with the previous image.
    registerTaskDefinition(calls, arns, { name: 'Register again', resultPath: '$.again', patient: true }),
    [recorded, LABEL],
  );
}

function recordTag({ calls, arns }: PartTools, stageName: string): Part {
  const tagged = 'Image is tagged';
  const end = 'Tag is written';
  const tagWith = (name: string, tag: string, fields: { readonly [field: string]: unknown }): NamedState => [
    name,
    calls.task(
      'ecr:putImage',
      {
        'RepositoryName.$': SERVICE.repository,
        'ImageManifest.$': `${IMAGE}.Images[0].ImageManifest`,
        'ImageManifestMediaType.$': `${IMAGE}.Images[0].ImageManifestMediaType`,
        'ImageTag.$': tag,
      },
      {
        resources: arns.repositories,
        notRetried: ['Ecr.ImageAlreadyExistsException', 'Ecr.ImageTagAlreadyExistsException'],
        patient: true,
        fields,
      },
    ),
  ];
  return part(
    ['Read tag of the service', readReleasedTag(calls, arns, SERVICE.parameter, { patient: true })],
    ['Is the tag written already?', choice([equalsPath(FOUND.releasedTag, FOUND.tag)], end)],
    [
      'Write tag of the service',
      writeReleasedTag(calls, arns, FOUND.tag, { keepVersionAt: RECORDED, patient: true }),
    ],
    [
      'Read image',
      calls.task(
        'ecr:batchGetImage',
        { 'RepositoryName.$': SERVICE.repository, 'ImageIds': [{ 'ImageTag.$': FOUND.tag }] },
        { resources: arns.repositories, resultPath: IMAGE, patient: true },
      ),
    ],
    ['Does the image still exist?', choice([present(`${IMAGE}.Images[0].ImageManifest`)], 'Tag image')],
    refuse(
      'Image is gone',
      'Release.NoImage',
      'the image {} of {} is not in the repository any more',
      FOUND.tag,
      SERVICE.name,
    ),
    tagWith('Tag image', format(`live-${stageName}-{}`, VERSION), {
      Catch: [
        { ErrorEquals: ['Ecr.ImageAlreadyExistsException'], ResultPath: null, Next: tagged },
        { ErrorEquals: ['Ecr.ImageTagAlreadyExistsException'], ResultPath: null, Next: 'Tag image with a unique tag' },
      ],
      Next: tagged,
    }),
    // The parameter was created anew and counts from 1 again.
    tagWith('Tag image with a unique tag', format(`live-${stageName}-{}-{}`, VERSION, 'States.UUID()'), {}),
    [tagged, put(IMAGE, {})],
    [end, LABEL],
  );
}
