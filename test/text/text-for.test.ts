import type { App } from 'aws-cdk-lib';
import { textFor } from '../../src/text/text-for';
import { rareParts } from '../fixtures/rare-parts';
import { wholeLibrary } from '../fixtures/whole-library';
import { TEXT_LIMITS } from '../simulators/cloudformation/rules/text';

let mockRename = (id: string): string => id;

/** The library, with each id that an app gives written differently. Ids within the library stay. */
jest.mock('../../src', () => {
  const { Construct } = jest.requireActual<typeof import('constructs')>('constructs');
  type Class = abstract new (...args: unknown[]) => object;
  const renamed = (type: Class) => new Proxy(type, {
    construct: (target, [scope, id, ...rest]: [unknown, string], caller) => Reflect.construct(target, [scope, mockRename(id), ...rest], caller) as object,
  });
  return Object.fromEntries(Object.entries(jest.requireActual<{ [name: string]: Class }>('../../src')).map(([name, value]) =>
    [name, value.prototype instanceof Construct ? renamed(value) : value]));
});

describe('A text for a field', () => {
  test('keeps what the service accepts', () => {
    expect(textFor('security group', 'Database Shop/Orders')).toBe('Database Shop/Orders');
    expect(textFor('role', 'Runs Café')).toBe('Runs Café');
  });

  test('has the closest characters of ASCII where the service refuses one', () => {
    expect(textFor('security group', 'Tasks of Ünïcode\'s "Shop" — 店')).toBe('Tasks of Unicode_s _Shop_ _ _');
    expect(textFor('role', 'Runs 店')).toBe('Runs _');
    expect(textFor('file system tag', 'Shop/Bücher, "店"')).toBe('Shop/Bücher_ _店_');
  });

  test('loses its middle where it is too long', () => {
    const text = textFor('topic', `Begin${'-'.repeat(200)}End`);
    expect(text).toMatch(/^Begin-+\.\.-+End$/);
    expect(text).toHaveLength(100);
  });

  test('is never cut within a character', () => {
    expect(textFor('topic', '😀'.repeat(101))).toBe(`${'😀'.repeat(49)}..${'😀'.repeat(49)}`);
  });
});

/** Fields that hold ids and take any characters, with the longest text that AWS accepts. */
const FREE = new Map([
  ['AWS::ApplicationAutoScaling::ScalingPolicy.PolicyName', 256],
  ['AWS::ApplicationSignals::ServiceLevelObjective.Name', 128],
  ['AWS::Chatbot::MicrosoftTeamsChannelConfiguration.ConfigurationName', 128],
  ['AWS::Chatbot::SlackChannelConfiguration.ConfigurationName', 128],
  ['AWS::CloudWatch::Alarm.Metrics.MetricStat.Metric.MetricName', 255],
  ['AWS::CloudWatch::Dashboard.DashboardBody', Infinity],
  ['AWS::CloudWatch::InsightRule.RuleName', 128],
  ['AWS::CodeBuild::ReportGroup.ExportConfig.S3Destination.Path', 1024],
  ['AWS::CodePipeline::Pipeline.Stages.Actions.Configuration.CustomData', 1000],
  ['AWS::CodePipeline::Pipeline.Stages.Actions.Configuration.EnvironmentVariables', 1000],
  ['AWS::CodePipeline::Pipeline.Stages.Actions.Configuration.Input', 1000],
  ['AWS::CodePipeline::Pipeline.Stages.Actions.Name', 100],
  ['AWS::CodePipeline::Pipeline.Stages.Actions.Namespace', 100],
  ['AWS::EC2::*.Tags.Value', 256],
  // ElastiCache documents no limit of descriptions. RDS takes 255 characters.
  ['AWS::ElastiCache::ParameterGroup.Description', 255],
  ['AWS::ElastiCache::ReplicationGroup.ReplicationGroupDescription', 255],
  ['AWS::ElastiCache::ServerlessCache.Description', 255],
  ['AWS::ElastiCache::SubnetGroup.Description', 255],
  ['AWS::EC2::PrefixList.PrefixListName', 255],
  ['AWS::EFS::AccessPoint.AccessPointTags.Value', 256],
  ['AWS::ECS::TaskDefinition.ContainerDefinitions.Environment.Value', Infinity],
  ['AWS::ECS::Service.TaskDefinition', 255],
  ['AWS::Events::Rule.Targets.InputTransformer.InputTemplate', 8192],
  ['AWS::IAM::ManagedPolicy.PolicyDocument.Statement.Resource', 2048],
  ['AWS::KMS::Key.Description', 8192],
  ['AWS::Logs::MetricFilter.MetricTransformations.MetricName', 255],
  ['AWS::Logs::ResourcePolicy.PolicyName', 255],
  ['AWS::Scheduler::Schedule.Target.Input', 256 * 1024],
  ['AWS::StepFunctions::StateMachine.DefinitionString', Infinity],
  ['AWS::XRay::SamplingRule.SamplingRule.ServiceName', 64],
]);
const ASIAN = '店';
const LONG = 'LongId'.repeat(25);

describe.each<[string, (id: string) => string, RegExp]>([
  ['beyond ASCII and with quotes', (id) => `${id} Ünïcode's "Shop" — ${ASIAN}`, /nicode|code's/],
  ['of 150 characters', (id) => `${id}${LONG}`.slice(0, 150), /LongIdLong/],
])('With ids %s', (_, rename, inId) => {
  const texts = [wholeLibrary, rareParts].flatMap((appIn) => {
    mockRename = rename;
    return textsOf(appIn());
  });

  test('the name and the description of each resource are what AWS accepts', () => {
    const refused = texts.filter(({ field, text }) => TEXT_LIMITS.some(({ type, property, longest, pattern }) =>
      `${type}.${property}` === field && ([...text].length > longest || pattern?.test(text) === false)));
    expect(refused).toEqual([]);
  });

  test('each field that has an id in it is one whose limits are known', () => {
    const known = [...TEXT_LIMITS.map(({ type, property }) => `${type}.${property}`), ...FREE.keys()];
    const fields = texts.filter(({ text }) => inId.test(text)).map(({ field }) => field.replace(/^AWS::EC2::\w+(?=\.Tags)/, 'AWS::EC2::*'));
    expect(fields.length).toBeGreaterThan(100);
    expect([...new Set(fields)].filter((field) => !known.includes(field))).toEqual([]);
  });

  test('no state of a state machine has more than 80 characters', () => {
    const names = texts.filter(({ field }) => field === 'AWS::StepFunctions::StateMachine.DefinitionString').flatMap(({ text }) => stateNames(JSON.parse(text)));
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name) => [...name].length > 80)).toEqual([]);
  });

  test('a field that takes any character is not too long', () => {
    expect(texts.filter(({ field, text }) => text.length > (FREE.get(field.replace(/^AWS::EC2::\w+(?=\.Tags)/, 'AWS::EC2::*')) ?? Infinity))).toEqual([]);
  });
});

/** Names of all states of a definition, those of branches and maps included. */
function stateNames(definition: unknown): string[] {
  if (definition === null || typeof definition !== 'object') {
    return [];
  }
  const { States } = definition as { States?: object };
  return [...Object.keys(States ?? {}), ...Object.values(definition).flatMap(stateNames)];
}

interface Text { readonly field: string; readonly text: string }

/** Texts of all resources by their fields. Parts of a joined text count as one. */
function textsOf(app: App): Text[] {
  const templates = app.synth().stacks.map(({ template }) => template as { Resources: { [id: string]: { Type: string; Properties?: object } } });
  return templates.flatMap(({ Resources }) => Object.values(Resources).flatMap(({ Type, Properties }) => textsIn(Properties, Type)));
}

function textsIn(value: unknown, field: string): Text[] {
  if (typeof value === 'string') {
    return [{ field, text: value }];
  }
  if (value === null || typeof value !== 'object') {
    return [];
  }
  const joined = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  if (joined) {
    return [{ field, text: joined[1].map((part) => (typeof part === 'string' ? part : '(known later)')).join(joined[0]) }];
  }
  // References hold logical ids.
  if ('Ref' in value || 'Fn::GetAtt' in value || 'Fn::GetStackOutput' in value || 'Fn::ImportValue' in value || 'Fn::If' in value) {
    return [];
  }
  return Object.entries(value).flatMap(([key, part]) => textsIn(part, Array.isArray(value) ? field : `${field}.${key}`));
}
