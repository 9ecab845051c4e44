import { copy, LABEL, type NamedState, output, type Part, part, put } from '../../asl/asl';
import {
  absent,
  allOf,
  anyOf,
  branches,
  choice,
  isTrue,
  matches,
  not,
  present,
} from '../../asl/conditions';
import { contains, CONTEXT, format, merge } from '../../asl/intrinsics';
import { forEach, refuse } from '../../asl/parts';
import type { AwsCalls } from '../../asl/sdk-integrations';
import type { JsonPath } from '../../asl/state';
import type { ReleaseArns } from '../context/release-arns';
import { FOUND, SERVICE } from '../context/service-facts';
import { refuseUnknownFields } from './known-fields';
import { type NameOf, updateContainer } from './update-container';

/** Fields of every Fargate task definition. Fields that ECS adds are excluded: ARN, number, status, registrar. */
const REQUIRED_FIELDS = [
  'NetworkMode',
  'RequiresCompatibilities',
  'Cpu',
  'Memory',
  'ExecutionRoleArn',
  'Volumes',
  'PlacementConstraints',
  'RuntimePlatform',
  'EnableFaultInjection',
];
/** Values of required fields that a definition may lack. A path to a missing field would end the execution. */
const DEFAULTS = {
  Volumes: [],
  PlacementConstraints: [],
  RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
  EnableFaultInjection: false,
};

const WORK = '$.work';
const DEFINITION = `${WORK}.TaskDefinition` as const;
const TAGS = `${WORK}.Tags` as const;
const CONTAINERS = `${WORK}.containers` as const;

/**
 * Fields that only some definitions have, and that have no neutral value. The call lists its fields one by one, so each
 * combination of them has its own state. Tags are none of them: an empty list is one.
 */
const OPTIONAL_FIELDS = ['TaskRoleArn', 'EphemeralStorage'];
/** All subsets, the empty one last. */
const COMBINATIONS = OPTIONAL_FIELDS.reduce<string[][]>(
  (all, one) => [...all.map((fields) => [...fields, one]), ...all],
  [[]],
);
/** Fields that no web service on Fargate should have. */
const UNSUPPORTED_FIELDS = ['ProxyConfiguration', 'PidMode', 'IpcMode'];

/** Fields that a registration copies, refuses, or that Fargate ignores. */
const KNOWN_FIELDS = [
  ...REQUIRED_FIELDS,
  ...OPTIONAL_FIELDS,
  ...UNSUPPORTED_FIELDS,
  'ContainerDefinitions',
  'InferenceAccelerators',
];

/** Use of {@link registerTaskDefinition}. */
export interface RegistrationOptions {
  /** Prefix of the names of its states. */
  readonly name: string;
  /** Path that gets the ARN of the new revision. */
  readonly resultPath: JsonPath;
  /**
   * Retries the calls for an hour.
   * @default false
   */
  readonly patient?: boolean;
}

/**
 * Registers a revision: the family's latest active one, with another image in the default container.
 * If traces carry a version, the tag of the image is the new version. Source: requirement D-07.
 */
export function registerTaskDefinition(calls: AwsCalls, arns: ReleaseArns, options: RegistrationOptions): Part {
  const { name, resultPath, patient } = options;
  const state = (of: string) => `${name}: ${of}`;
  const families = arns.revisions;
  calls.allow(['ecs:TagResource'], families, { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } });
  calls.allow(['iam:PassRole'], arns.taskRoles, {
    StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
  });
  return part(
    [
      state('describe latest revision'),
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': SERVICE.family, 'Include': ['TAGS'] },
        { resources: ['*'], resultPath: WORK, patient },
      ),
    ],
    removeAwsTags(state),
    replaceImage(state),
    refuseUnsupportedFields(state),
    refuseUnknownFields(state, { paths: { definition: DEFINITION, found: `${WORK}.known` }, fields: KNOWN_FIELDS }),
    [state('list defaults'), put(`${WORK}.defaults`, DEFAULTS)],
    [
      state('add defaults'),
      put(`${WORK}.whole`, { 'definition.$': merge(`${WORK}.defaults`, DEFINITION) }),
    ],
    register(calls, state, families, patient),
    [state('keep ARN'), copy(`${WORK}.arn`, resultPath)],
    [state('forget task definition'), put(WORK, {})],
  );
}

/** Removes the tags that AWS services gave to the revision: nobody else may give them. */
function removeAwsTags(state: NameOf): Part {
  const end = state('tags are ours');
  return part(
    // ECS may leave an empty list out, or not.
    [state('are there no tags?'), choice([absent(`${TAGS}[0]`)], state('take no tags'))],
    [
      state('mark our tags'),
      forEach(
        TAGS,
        part(
          [state('is it a tag of AWS?'), choice([matches('$.tag.Key', 'aws:*')], state('drop tag'))],
          [state('keep tag'), output({ 'ours': true, 'tag.$': '$.tag' })],
          [state('drop tag'), output({ ours: false })],
        ),
        { selector: { 'tag.$': CONTEXT.mapItem }, fields: { ResultPath: TAGS } },
      ),
    ],
    [state('count our tags'), put(`${WORK}.own`, { 'any.$': contains(`${TAGS}[*].ours`, true) })],
    [state('is any tag ours?'), choice([isTrue(`${WORK}.own.any`)], state('take our tags'))],
    [state('take no tags'), { Type: 'Pass', Result: [], ResultPath: TAGS, Next: end }],
    [state('take our tags'), copy(`${TAGS}[?(@.ours == true)].tag`, TAGS)],
    [end, LABEL],
  );
}

function replaceImage(state: NameOf): Part {
  const image = `${WORK}.image.name` as const;
  const replaced = state('image is replaced');
  return part(
    [state('name the image'), put(`${WORK}.image`, { 'name.$': format('{}:{}', SERVICE.uri, FOUND.tag) })],
    [
      state('go through containers'),
      forEach(`${DEFINITION}.ContainerDefinitions`, updateContainer(state), {
        selector: {
          'container.$': CONTEXT.mapItem,
          'name.$': SERVICE.container,
          'image.$': image,
          'tag.$': FOUND.tag,
        },
        fields: { ResultPath: CONTAINERS },
      }),
    ],
    [
      state('find the image'),
      put(`${WORK}.replaced`, { 'image.$': contains(`${CONTAINERS}[*].Image`, image) }),
    ],
    [state('has a container the image?'), choice([isTrue(`${WORK}.replaced.image`)], replaced)],
    refuse(
      state('container is missing'),
      'Release.Container',
      'the family {} has no container {}',
      SERVICE.family,
      SERVICE.container,
    ),
    [replaced, LABEL],
  );
}

function refuseUnsupportedFields(state: NameOf): Part {
  const unsupported = anyOf(...UNSUPPORTED_FIELDS.map((field) => present(`${DEFINITION}.${field}`)));
  const supported = state('fields are supported');
  return part(
    [state('are all fields supported?'), choice([not(unsupported)], supported)],
    refuse(
      state('field is unsupported'),
      'Release.TaskDefinition',
      `the family {} has one of ${UNSUPPORTED_FIELDS.join(', ')}, which a release can not copy`,
      SERVICE.family,
    ),
    [supported, LABEL],
  );
}

function register(calls: AwsCalls, state: NameOf, families: string[], patient?: boolean): Part {
  const registered = state('registered');
  const nameOf = (fields: string[]) =>
    state(fields.length === 0 ? 'register' : `register with ${fields.join(' and ')}`);
  return part(
    [
      state('which optional fields are there?'),
      branches(
        COMBINATIONS.map((fields) => ({
          when: allOf(
            ...OPTIONAL_FIELDS.map((field) => (fields.includes(field) ? present : absent)(`${DEFINITION}.${field}`)),
          ),
          next: nameOf(fields),
        })),
      ),
    ],
    // ECS has no such definition: one of the conditions above holds.
    ...COMBINATIONS.map((fields): NamedState => [
      nameOf(fields),
      calls.task(
        'ecs:registerTaskDefinition',
        {
          'Family.$': SERVICE.family,
          'ContainerDefinitions.$': CONTAINERS,
          'Tags.$': TAGS,
          ...Object.fromEntries(REQUIRED_FIELDS.map((field) => [`${field}.$`, `${WORK}.whole.definition.${field}`])),
          ...Object.fromEntries(fields.map((field) => [`${field}.$`, `${DEFINITION}.${field}`])),
        },
        {
          resources: families,
          // Not a ClientException: it may come of another registration at the same moment.
          notRetried: ['Ecs.InvalidParameterException'],
          patient,
          resultPath: WORK,
          resultSelector: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' },
          fields: { Next: registered },
        },
      ),
    ]),
    [registered, LABEL],
  );
}
