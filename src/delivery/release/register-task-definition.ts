import { absent, choice, copy, forEach, present, put, refuse, type States } from '../asl/asl';
import type { AwsCalls } from '../asl/sdk-integrations';
import type { ReleaseArns } from './service-facts';

/** What every task definition of Fargate has. What ECS adds itself (ARN, number, status, who registered it) is left behind. */
const ALWAYS = [
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
/** What a definition that leaves it out means; a path to what isn't there would end the execution. */
const LEFT_OUT = {
  Volumes: [],
  PlacementConstraints: [],
  RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
  EnableFaultInjection: false,
};
/** What some have, with no value that means nothing: there is a state for each combination, because a call is written down field by field. */
const SOMETIMES = [
  { field: 'TaskRoleArn', path: '$.work.TaskDefinition.TaskRoleArn' },
  { field: 'EphemeralStorage', path: '$.work.TaskDefinition.EphemeralStorage' },
  // ECS may leave an empty list out, or not.
  { field: 'Tags', path: '$.work.Tags', there: '$.work.Tags[0]' },
];
/** All subsets, the empty one last. */
const COMBINATIONS = SOMETIMES.reduce<Array<typeof SOMETIMES>>(
  (all, one) => [...all.map((fields) => [...fields, one]), ...all],
  [[]],
);
/** What no web service on Fargate should have. */
const NEVER = ['ProxyConfiguration', 'PidMode', 'IpcMode'];

/** How one use of these states differs from another. */
export interface RevisionUse {
  /** Stands before the states' names, which are unique in a machine. */
  readonly prefix: string;
  /** Where the new revision's ARN goes. */
  readonly at: string;
  /**
   * Added to the family's name.
   * @default - a revision of the service's own family
   */
  readonly suffix?: string;
}

/**
 * Registers a revision: the family's latest active one, with another image in the application's container. Where traces carry a version
 * (requirement D-07), it is the tag.
 */
export function registerRevision(calls: AwsCalls, arns: ReleaseArns, { prefix, at, suffix = '' }: RevisionUse): States {
  const name = (state: string) => `${prefix}: ${state}`;
  const target = (part: string) => `$.work.${part}`;
  calls.allow(
    ['ecs:TagResource'],
    arns.revisions.map((arn) => withSuffix(arn, suffix)),
    { StringEquals: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
  );
  calls.allow(['iam:PassRole'], arns.roles, { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } });
  return [
    [
      name('base'),
      calls.task(
        'ecs:describeTaskDefinition',
        { 'TaskDefinition.$': '$.family', 'Include': ['TAGS'] },
        { resources: ['*'], at: '$.work' },
      ),
    ],
    ...withoutOwnTags(name),
    [name('image'), put(target('image'), { 'name.$': "States.Format('{}:{}', $.uri, $.tag)" })],
    [
      name('containers'),
      forEach('$.work.TaskDefinition.ContainerDefinitions', withImage(name), {
        selector: {
          'container.$': '$$.Map.Item.Value',
          'name.$': '$.container',
          'image.$': '$.work.image.name',
          'tag.$': '$.tag',
        },
        rest: { ResultPath: target('containers') },
      }),
    ],
    [
      name('replaced'),
      put(target('replaced'), { 'image.$': 'States.ArrayContains($.work.containers[*].Image, $.work.image.name)' }),
    ],
    [name('replaced?'), choice([{ Variable: '$.work.replaced.image', BooleanEquals: true }], name('uncommon?'))],
    ...refuse(
      name('no container'),
      'Release.Container',
      'the family {} has no container {}',
      '$.family',
      '$.container',
    ),
    [
      name('uncommon?'),
      {
        Type: 'Choice',
        Choices: [{ Or: NEVER.map((field) => present(`$.work.TaskDefinition.${field}`)), Next: name('uncommon') }],
        Default: name('what is left out'),
      },
    ],
    ...refuse(
      name('uncommon'),
      'Release.TaskDefinition',
      `the family {} has one of ${NEVER.join(', ')}, which a release can not copy`,
      '$.family',
    ),
    [name('what is left out'), put(target('usual'), LEFT_OUT)],
    [
      name('definition'),
      put(target('whole'), { 'definition.$': 'States.JsonMerge($.work.usual, $.work.TaskDefinition, false)' }),
    ],
    [
      name('what has it?'),
      {
        Type: 'Choice',
        Choices: COMBINATIONS.map((fields) => ({
          And: SOMETIMES.map((one) => (fields.includes(one) ? present : absent)(one.there ?? one.path)),
          Next: name(registerState(fields)),
        })),
      },
    ],
    ...COMBINATIONS.map((fields): States[number] => [
      name(registerState(fields)),
      calls.task(
        'ecs:registerTaskDefinition',
        {
          'Family.$': suffix ? `States.Format('{}${suffix}', $.family)` : '$.family',
          'ContainerDefinitions.$': '$.work.containers',
          ...Object.fromEntries(ALWAYS.map((field) => [`${field}.$`, `$.work.whole.definition.${field}`])),
          ...Object.fromEntries(fields.map(({ field, path }) => [`${field}.$`, path])),
        },
        {
          resources: arns.revisions.map((arn) => withSuffix(arn, suffix)),
          // A ClientException may come of another registration at the same moment.
          final: ['Ecs.InvalidParameterException'],
          at: '$.work',
          keep: { 'arn.$': '$.TaskDefinition.TaskDefinitionArn' },
          rest: { Next: name('registered') },
        },
      ),
    ]),
    [name('registered'), copy('$.work.arn', at)],
    [name('tidied'), put('$.work', {})],
  ];
}

function registerState(fields: typeof SOMETIMES): string {
  return fields.length === 0 ? 'register' : `register with ${fields.map(({ field }) => field).join(', ')}`;
}

/** Tags of CloudFormation and other services come with the revision that they were given to; nobody else may give them. */
function withoutOwnTags(name: (state: string) => string): States {
  return [
    [name('tags?'), choice([present('$.work.Tags[0]')], name('tags'), name('image'))],
    [
      name('tags'),
      forEach(
        '$.work.Tags',
        [
          [name('whose tag'), choice([{ Variable: '$.tag.Key', StringMatches: 'aws:*' }], name('a tag of AWS'))],
          [name('a tag of ours'), { Type: 'Pass', Parameters: { 'ours': true, 'tag.$': '$.tag' }, End: true }],
          [name('a tag of AWS'), { Type: 'Pass', Parameters: { ours: false } }],
        ],
        { selector: { 'tag.$': '$$.Map.Item.Value' }, rest: { ResultPath: '$.work.Tags' } },
      ),
    ],
    [name('own tags'), put('$.work.own', { 'any.$': 'States.ArrayContains($.work.Tags[*].ours, true)' })],
    [name('any of ours?'), choice([{ Variable: '$.work.own.any', BooleanEquals: true }], name('tags of ours'))],
    [name('no tags'), { Type: 'Pass', Result: [], ResultPath: '$.work.Tags', Next: name('image') }],
    [name('tags of ours'), copy('$.work.Tags[?(@.ours == true)].tag', '$.work.Tags')],
  ];
}

function withSuffix(arn: string, suffix: string): string {
  return arn.replace(/:\*$/, `${suffix}:*`);
}

function withImage(name: (state: string) => string): States {
  const container = { OutputPath: '$.container' };
  return [
    [name('which'), choice([{ Variable: '$.container.Name', StringEqualsPath: '$.name' }], name('new image'))],
    [name('as it is'), { Type: 'Pass', ...container, End: true }],
    [name('new image'), copy('$.image', '$.container.Image')],
    [name('variables?'), choice([absent('$.container.Environment[0]')], name('done'))],
    [
      name('variables'),
      put('$.variables', {
        'datadog.$': "States.ArrayContains($.container.Environment[*].Name, 'DD_ENV')",
        'version.$': "States.ArrayContains($.container.Environment[*].Name, 'DD_VERSION')",
      }),
    ],
    [name('datadog?'), choice([{ Variable: '$.variables.datadog', BooleanEquals: false }], name('done'))],
    [name('version?'), choice([{ Variable: '$.variables.version', BooleanEquals: true }], name('other version'))],
    [
      name('version'),
      put('$.variables', {
        'both.$':
          'States.Array($.container.Environment, States.Array(States.StringToJson(States.Format(\'\\{"Name":"DD_VERSION","Value":"{}"\\}\', $.tag))))',
      }),
    ],
    [name('with version'), { ...copy('$.variables.both[*][*]', '$.container.Environment'), Next: name('labels?') }],
    [
      name('other version'),
      forEach(
        '$.container.Environment',
        [
          [
            name('is it the version'),
            choice([{ Variable: '$.variable.Name', StringEquals: 'DD_VERSION' }], name('its value')),
          ],
          [name('another variable'), { Type: 'Pass', OutputPath: '$.variable', End: true }],
          [name('its value'), { Type: 'Pass', Parameters: { 'Name': 'DD_VERSION', 'Value.$': '$.tag' } }],
        ],
        {
          selector: { 'variable.$': '$$.Map.Item.Value', 'tag.$': '$.tag' },
          rest: { ResultPath: '$.container.Environment' },
        },
      ),
    ],
    [
      name('labels?'),
      choice([present("$.container.DockerLabels['com.datadoghq.tags.service']")], name('label'), name('done')),
    ],
    [name('label'), put('$.label', { 'com.datadoghq.tags.version.$': '$.tag' })],
    [name('labels'), put('$.label', { 'all.$': 'States.JsonMerge($.container.DockerLabels, $.label, false)' })],
    [name('labelled'), copy('$.label.all', '$.container.DockerLabels')],
    [name('done'), { Type: 'Pass', ...container }],
  ];
}
