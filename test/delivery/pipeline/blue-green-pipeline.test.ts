import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { CpuArchitecture } from 'aws-cdk-lib/aws-ecs';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { alertIn, isShownInChat } from '../../../lambda/alert-forwarder/alert';
import {
  AlertChannel,
  AlertRouting,
  BlueGreenPipeline,
  type BlueGreenPipelineProps,
  DeployStage,
  EnvironmentProfile,
  ImageBuild,
  ImageRepository,
  PipelineChecks,
  PipelineSource,
  Release,
  Runbooks,
  SmokeTest,
} from '../../../src';
import { consoleUrl } from '../../../src/text/console-url';
import { refusedByIamIn, templatesIn } from '../../catalogues/iam-actions';
import { CONNECTION_ARN, pipelineOf, shop, type Shop } from '../../fixtures/delivery-stages';
import { FORWARDER_HOME } from '../../fixtures/forwarder-home';
import { ACCOUNT, refusal, REGION, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';

interface ActionJson {
  readonly Name: string;
  readonly Namespace?: string;
  readonly RunOrder: number;
  readonly TimeoutInMinutes?: number;
  readonly RoleArn?: unknown;
  readonly Region?: string;
  readonly ActionTypeId: { readonly Provider: string };
  readonly Configuration: { readonly [name: string]: any };
  readonly InputArtifacts?: unknown;
}
interface PipelineJson {
  readonly PipelineType: string;
  readonly ExecutionMode: string;
  readonly Triggers?: unknown;
  readonly Variables?: unknown;
  readonly ArtifactStore: unknown;
  readonly Stages: Array<{ readonly Name: string; readonly Actions: ActionJson[]; readonly OnFailure?: unknown }>;
}

const pipelineIn = (template: Template): PipelineJson =>
  Object.values(template.findResources('AWS::CodePipeline::Pipeline'))[0].Properties as PipelineJson;
const stageIn = (template: Template, name: string): ActionJson[] =>
  pipelineIn(template).Stages.find((stage) => stage.Name === name)!.Actions;
/** Text without its references. */
const text = (value: any): string =>
  typeof value === 'string'
    ? value
    : value['Fn::Join'][1].map((part: unknown) => (typeof part === 'string' ? part : '<>')).join('');
const buildSpecOf = (template: Template, id: RegExp): any => {
  const [, project] = Object.entries(template.findResources('AWS::CodeBuild::Project')).find(([logicalId]) =>
    id.test(logicalId),
  )!;
  const { BuildSpec } = project.Properties.Source;
  return JSON.parse(typeof BuildSpec === 'string' ? BuildSpec : text(BuildSpec));
};
const variablesOf = (template: Template, id: RegExp): { [name: string]: any } => {
  const [, project] = Object.entries(template.findResources('AWS::CodeBuild::Project')).find(([logicalId]) =>
    id.test(logicalId),
  )!;
  return Object.fromEntries(
    project.Properties.Environment.EnvironmentVariables.map(({ Name, Value }: { Name: string; Value: unknown }) => [
      Name,
      Value,
    ]),
  );
};

describe('The pipeline of document A', () => {
  const fixture = shop();
  let template: Template;

  beforeAll(() => {
    pipelineOf(fixture);
    template = templateOf(fixture.stack);
  }, 60_000);

  test('checks and builds, releases to staging, waits for an approval, and releases to production (A-09, A-10)', () => {
    expect(
      pipelineIn(template).Stages.map(({ Name, Actions }) => [
        Name,
        ...Actions.map((action) => `${action.RunOrder} ${action.Name}`),
      ]),
    ).toEqual([
      ['source', '1 Source'],
      ['check', '1 Check'],
      ['build', '1 Build1-Api', '1 Build2-Web'],
      ['staging', '3 Release'],
      ['production', '1 Compare', '1 Plan', '2 Approve', '3 Release'],
    ]);
  });

  test('starts on pushes to main, a newer commit replaces one that waits, and it never rolls back by itself (A-10, B-11)', () => {
    const { PipelineType, ExecutionMode, Triggers, Stages } = pipelineIn(template);
    expect([PipelineType, ExecutionMode]).toEqual(['V2', 'SUPERSEDED']);
    expect(Triggers).toEqual([
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: { SourceActionName: 'Source', Push: [{ Branches: { Includes: ['main'] } }] },
      },
    ]);
    expect(stageIn(template, 'source')[0].Configuration).toMatchObject({
      ConnectionArn: CONNECTION_ARN,
      FullRepositoryId: 'org/app',
      BranchName: 'main',
      DetectChanges: false,
    });
    Stages.forEach(({ OnFailure }) => expect(OnFailure).toBeUndefined());
  });

  test('passes the tag that each build exports to the release of every stage, as literal input (A-10)', () => {
    ['staging', 'production']
      .flatMap((stage) => stageIn(template, stage))
      .filter(({ ActionTypeId }) => ActionTypeId.Provider === 'StepFunctions')
      .forEach((action) => {
        expect(text(action.Configuration.Input)).toBe(
          '{"despite":"#{variables.despite}","images":{"<>":"#{Build1-Api.IMAGE_TAG}","<>":"#{Build2-Web.IMAGE_TAG}"}}',
        );
        expect(action.Configuration.InputType).toBe('Literal');
        expect(action.InputArtifacts).toBeUndefined();
      });
    expect(buildSpecOf(template, /Build1/).env).toEqual({ 'shell': 'bash', 'exported-variables': ['IMAGE_TAG', 'IMAGE_DIGEST'] });
  });

  test('takes the reason of a hotfix as a variable of each execution, and has none unless it is given (C-29)', () => {
    expect(pipelineIn(template).Variables).toEqual([
      { Name: 'despite', DefaultValue: 'none', Description: expect.stringContaining('in spite of firing alarms') },
    ]);
  });

  test('waits at most a week for an approval, and links to the plan of the migration there (A-08)', () => {
    const [, plan, approval] = stageIn(template, 'production');
    expect(plan.Namespace).toBe('Plan-production');
    expect(approval.TimeoutInMinutes).toBe(7 * 24 * 60);
    // The rule tells; CodePipeline's own message is shown in no chat, and would be a second mail.
    expect(approval.Configuration.NotificationArn).toBeUndefined();
    expect(text(approval.Configuration.CustomData)).toBe(
      'Release of #{Build1-Api.IMAGE_TAG} (#{Build1-Api.IMAGE_DIGEST}, #{Build2-Web.IMAGE_DIGEST}) to production. ' +
        'What the migrations would do is the output of the execution behind the link. ' +
        'A newer commit waits until this one is approved or rejected: earlier stages may run it already. ' +
        'Reason to pass firing alarms: #{variables.despite}. ' +
        'Commits since the last release: #{Compare-production.COMMITS_SINCE_RELEASE}',
    );
    expect(approval.Configuration.ExternalEntityLink).toBe(
      `https://${REGION}.console.aws.amazon.com/states/home?region=${REGION}` +
        '#/v2/executions/details/#{Plan-production.ExecutionArn}',
    );
  });

  test('encrypts artifacts with its own key, keeps them private, and lets them expire (A-09)', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 30 })] },
    });
    expect(JSON.stringify(pipelineIn(template).ArtifactStore)).toContain('"Type":"KMS"');
  });

  test('runs only Docker builds as privileged, all with a managed image, the key and their own log (A-09)', () => {
    const projects = Object.entries(template.findResources('AWS::CodeBuild::Project')).map(([id, { Properties }]) => [
      /(Check|Build\d|Weekly|Commits)/.exec(id.replace('Builds', ''))![0],
      Properties,
    ]);
    expect(projects.map(([name, { Environment }]) => [name, Environment.PrivilegedMode, Environment.Image])).toEqual([
      ['Check', false, 'aws/codebuild/amazonlinux-x86_64-standard:5.0'],
      ['Build1', true, 'aws/codebuild/amazonlinux-x86_64-standard:5.0'],
      ['Build2', true, 'aws/codebuild/amazonlinux-x86_64-standard:5.0'],
      ['Weekly', true, 'aws/codebuild/amazonlinux-x86_64-standard:5.0'],
      ['Commits', false, 'aws/codebuild/amazonlinux-x86_64-standard:5.0'],
    ]);
    projects.forEach(([, { EncryptionKey, LogsConfig }]) => {
      expect(EncryptionKey).toBeDefined();
      expect(LogsConfig.CloudWatchLogs).toMatchObject({
        Status: 'ENABLED',
        GroupName: { Ref: expect.stringContaining('Logs') },
      });
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: Match.anyValue() });
  });

  test('keeps the report of each scan, encrypted (A-09)', () => {
    template.allResourcesProperties('AWS::CodeBuild::ReportGroup', {
      Type: 'TEST',
      ExportConfig: { ExportConfigType: 'S3', S3Destination: { EncryptionKey: Match.anyValue() } },
    });
    const [report] = Object.values<any>(buildSpecOf(template, /Build1/).reports);
    expect(report).toEqual({ 'files': ['*.xml'], 'base-directory': '/tmp/scan/reports', 'file-format': 'JUNITXML' });
  });

  test('scans weekly what production runs, and no image of another stage (A-09)', () => {
    const { phases } = buildSpecOf(template, /Weekly/);
    expect(phases.build.commands).toHaveLength(1);
    const calls = (phases.build.commands[0] as string).split('\n').filter((line) => line.includes(' scan_running '));
    expect(calls).toHaveLength(2);
    const [[, policy]] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
      /BuildsWeeklyScanPolicy/.test(id),
    );
    const resources = JSON.stringify(policy.Properties.PolicyDocument.Statement);
    expect(resources).toContain('ssm:GetParameter');
    expect(resources).not.toMatch(/codepipeline|PutImage|s3:GetObject/);
  });

  test('passes the commit, the directory and Trivy with its digest to each build (A-09)', () => {
    expect(JSON.parse(stageIn(template, 'build')[0].Configuration.EnvironmentVariables)).toEqual([
      { name: 'COMMIT_ID', type: 'PLAINTEXT', value: '#{Source.CommitId}' },
    ]);
    const { TRIVY_IMAGE, ...variables } = variablesOf(template, /Build2/);
    expect(TRIVY_IMAGE).toMatch(/^public\.ecr\.aws\/aquasecurity\/trivy:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/);
    expect(TRIVY_IMAGE).not.toMatch(/0\.69\.[456]/);
    expect(variables).toMatchObject({
      DIRECTORY: 'web',
      DOCKERFILE: 'web/Dockerfile',
      PLATFORMS: 'linux/amd64',
      MOVING_TAG: 'latest',
    });
    expect(variables.BINFMT_IMAGE).toBeUndefined();
  });

  test('makes the smoke test of a stage the hook of each of its services, and of no other service (A-11)', () => {
    expect(
      [fixture.staging.api, fixture.staging.web].map(({ rolloutFunction }) => rolloutFunction !== undefined),
    ).toEqual([true, true]);
    expect(fixture.production.api.rolloutFunction).toBeUndefined();
  });

  test("runs the command of a stage's smoke test for each of its services, on the port of the service (A-11)", () => {
    const commanded = shop();
    const { api, web } = commanded.production;
    const before = api.releaseTarget.longestDeployment.toMinutes();
    const smokeTest = SmokeTest.all([SmokeTest.http('/health'), SmokeTest.command(['npm', 'test'])]);
    pipelineOf(commanded, { stages: [DeployStage.production({ services: [api, web], smokeTest })] });
    const plans = Object.values(templateOf(Stack.of(api)).findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.ROLLOUT_PLAN ?? [],
    );
    expect(plans.map((plan) => JSON.parse(plan) as object)).toEqual(
      [4000, 3000].map((port) =>
        expect.objectContaining({
          port,
          command: { container: 'web', command: ['npm', 'test'], environment: {}, timeoutSeconds: 600 },
        }),
      ),
    );
    expect(api.releaseTarget.longestDeployment.toMinutes() - before).toBe(12);
  });

  test('notifies by stricter alarms for 24 hours after a release to production, and only then (A-10)', () => {
    const [[released, { Properties: counted }]] = Object.entries(
      template.findResources('AWS::CloudWatch::Alarm', {
        Properties: {
          Namespace: 'prod-constructs/releases',
          MetricName: 'Released',
          Period: 3600,
          EvaluationPeriods: 24,
          DatapointsToAlarm: 1,
          Threshold: 1,
          TreatMissingData: 'notBreaching',
        },
      }),
    );
    expect(counted.Dimensions).toEqual([
      { Name: 'StateMachineArn', Value: { Ref: expect.stringContaining('productionReleaseMachine') } },
    ]);
    const [[, composite], ...more] = Object.entries(template.findResources('AWS::CloudWatch::CompositeAlarm'));
    expect(more).toEqual([]);
    const rule = composite.Properties.AlarmRule['Fn::Join'][1]
      .map((part: any) => (typeof part === 'string' ? part : part['Fn::GetAtt'][0]))
      .join('');
    expect(rule).toMatch(
      new RegExp(
        `^\\(ALARM\\("${released}"\\) AND \\(ALARM\\("\\w*SuccessRate1\\w*"\\) OR ALARM\\("\\w*ResponseTime1\\w*"\\) OR ALARM\\("\\w*SuccessRate2\\w*"\\) OR ALARM\\("\\w*ResponseTime2`,
      ),
    );
    expect(JSON.stringify(composite.Properties.AlarmActions)).toContain('error');
    const thresholds = Object.values(template.findResources('AWS::CloudWatch::Alarm'))
      .map(({ Properties }) => Properties.Threshold)
      .sort((one, other) => one - other);
    // Requests beyond those that 99.9 % and one in ten allow.
    expect(thresholds).toEqual([1, 2, 2, 3, 3]);
    const formulas = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));
    expect(formulas.match(/0\.001\*/g)?.length).toBeGreaterThanOrEqual(2);
  });

  test.each<[string, object, string, RegExp]>([
    [
      'a failed action',
      { state: ['FAILED'] },
      'Pipeline failed at production',
      /^The action Approve of execution 4711 failed: https:/,
    ],
    [
      'a pending approval',
      { type: { category: ['Approval'] }, state: ['STARTED'] },
      'Release to production waits for an approval',
      /^Execution 4711 waits\. Review it here: https:/,
    ],
  ])(
    'notifies the deployment topic of %s, in a form for chats and mails, with a link to the console (C-16)',
    (_, detail, title, words) => {
      const [[, rule], ...more] = Object.entries(template.findResources('AWS::Events::Rule')).filter(
        ([, { Properties }]) =>
          JSON.stringify(Properties.EventPattern.detail.state) === JSON.stringify((detail as any).state),
      );
      expect(more).toEqual([]);
      expect(rule.Properties.EventPattern).toEqual({
        'source': ['aws.codepipeline'],
        'detail-type': ['CodePipeline Action Execution State Change'],
        'detail': { pipeline: [expect.anything()], ...detail },
      });
      const [
        {
          Arn,
          InputTransformer: { InputPathsMap, InputTemplate },
        },
      ] = rule.Properties.Targets;
      expect(JSON.stringify(Arn)).toContain('RoutingTopics');
      const event: { [field: string]: string } = {
        'stage': 'production',
        'action': 'Approve',
        'execution-id': '4711',
        'pipeline': 'shop',
      };
      const message = (InputTemplate as string).replace(
        /<(\w+)>/g,
        (_match, name: string) => event[InputPathsMap[name].replace('$.detail.', '')],
      );
      expect(isShownInChat(message, FORWARDER_HOME)).toBe(true);
      const alert = alertIn({ messageId: '1', topicArn: 'deployments', message }, FORWARDER_HOME);
      expect(alert).toMatchObject({ title, text: expect.stringMatching(words) });
      expect(alert.text).toContain(
        `https://${REGION}.console.aws.amazon.com/codesuite/codepipeline/pipelines/shop/view?region=${REGION}`,
      );
    },
  );

  test('holds its production stage from the approval to the end of the release, so that no newer commit gets between them', () => {
    // CodePipeline replaces executions that wait in front of a stage, and never one that is in it.
    expect(stageIn(template, 'production').map(({ Name }) => Name)).toEqual(['Compare', 'Plan', 'Approve', 'Release']);
  });

  test('notifies the deployment topic of an execution that a newer commit replaced, and which it is (C-16)', () => {
    const [rule] = Object.values(
      template.findResources('AWS::Events::Rule', { Properties: { EventPattern: { detail: { state: ['SUPERSEDED'] } } } }),
    );
    expect(rule.Properties.EventPattern).toEqual({
      'source': ['aws.codepipeline'],
      'detail-type': ['CodePipeline Pipeline Execution State Change'],
      'detail': { pipeline: [expect.anything()], state: ['SUPERSEDED'] },
    });
    const { InputPathsMap, InputTemplate } = rule.Properties.Targets[0].InputTransformer;
    // An event of a whole execution has neither stage nor action, without which EventBridge would drop it.
    expect(InputPathsMap).toEqual({ execution: '$.detail.execution-id', pipeline: '$.detail.pipeline' });
    const message = (InputTemplate as string).replace('<execution>', '4711').replace(/<pipeline>/g, 'shop');
    expect(alertIn({ messageId: '1', topicArn: 'deployments', message }, FORWARDER_HOME)).toMatchObject({
      title: 'A newer commit replaces one that waited',
      text: expect.stringMatching(/^Execution 4711 waited for a stage and is not released\. Its history shows the commit: https:/),
    });
  });

  test('outputs the command that releases the newest commit and what changed in tasks', () => {
    const outputs = Object.entries(template.toJSON().Outputs as { [id: string]: { Value: any } });
    const [[, command]] = outputs.filter(([id]) => /^PipelineCommand/.test(id));
    expect(text(command.Value)).toBe('aws codepipeline start-pipeline-execution --name <>');
    const withoutImage = outputs.filter(([id]) => /Release.*CommandWithoutImage/.test(id)).map(([, { Value }]) => text(Value));
    expect(withoutImage).toEqual(Array(2).fill('aws stepfunctions start-execution --state-machine-arn <> --input \'{"images": {}}\''));
  });

  test('is created after all permissions, because its first execution starts on creation', () => {
    const [{ DependsOn }] = Object.values(template.findResources('AWS::CodePipeline::Pipeline'));
    const policies = Object.keys(template.findResources('AWS::IAM::ManagedPolicy')).filter((id) =>
      /^PipelinePolicy|Builds(?!Weekly)/.test(id),
    );
    expect(policies).toHaveLength(4);
    expect(DependsOn).toEqual(expect.arrayContaining(policies));
  });

  test('lets checks and builds read artifacts, and write nothing but their own reports', () => {
    const policies = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(
      ([id]) => id.includes('Builds') && !id.includes('Weekly'),
    );
    const writes = policies.map(([id, { Properties }]) => [
      /(Check|Build\d)/.exec(id.replace('Builds', ''))![0],
      Properties.PolicyDocument.Statement.filter(({ Action }: any) =>
        [Action].flat().some((action: string) => /^s3:(Put|Delete)/.test(action)),
      ),
    ]);
    expect(
      writes.map(([name, statements]) => [
        name,
        ...(statements as any[]).map(({ Action, Resource }) => `${Action} ${text(Resource)}`),
      ]),
    ).toEqual([
      ['Check'],
      ['Build1', 's3:PutObject <>/reports/Build1-Api/*'],
      ['Build2', 's3:PutObject <>/reports/Build2-Web/*'],
    ]);
    const keyUses = policies.map(
      ([, { Properties }]) => Properties.PolicyDocument.Statement.find(({ Sid }: any) => Sid === 'Key').Action,
    );
    expect(keyUses).toEqual([
      ['kms:Decrypt', 'kms:DescribeKey'],
      ...Array<string[]>(2).fill(['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey']),
    ]);
  });

  test('runs with one role and one policy, which allows no whole service', () => {
    const roles = pipelineIn(template)
      .Stages.flatMap(({ Actions }) => Actions)
      .map(({ RoleArn }) => RoleArn);
    expect(roles.filter(Boolean)).toEqual([]);
    template.resourceCountIs('AWS::IAM::Policy', 0);
    const [[, policy]] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
      id.startsWith('PipelinePolicy'),
    );
    const actions = policy.Properties.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    ) as string[];
    expect(actions.filter((action) => /\*|PassRole|Delete/.test(action))).toEqual([]);
    // As CodePipeline documents them; the ACL is for what connections hand over.
    expect(actions.filter((action) => action.startsWith('s3:'))).toEqual([
      's3:GetObject',
      's3:GetObjectVersion',
      's3:PutObject',
      's3:PutObjectAcl',
      's3:GetBucketAcl',
      's3:GetBucketLocation',
      's3:GetBucketVersioning',
    ]);
  });
});

test.each([
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/x'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#/x'],
])('a link in %s leads to the console of its partition', (region, address) => {
  expect(consoleUrl(testStack({ env: { account: ACCOUNT, region } }), 'states/home', '#/x')).toBe(address);
});

describe('A pipeline leaves no finding unacknowledged', () => {
  const production = (fixture: Shop) => DeployStage.production({ services: [fixture.production.api] });

  test.each<[string, (fixture: Shop) => Partial<BlueGreenPipelineProps>]>([
    ['by default', () => ({})],
    [
      'with a pushed image',
      (fixture) => ({ source: PipelineSource.imagePush([fixture.apiImages]), images: [], stages: [production(fixture)] }),
    ],
    [
      'with an archive',
      (fixture) => ({
        source: PipelineSource.s3(Bucket.fromBucketName(fixture.stack, 'Sources', 'sources'), 'sources.zip'),
      }),
    ],
    [
      'with a stage elsewhere',
      () => ({
        stages: [
          DeployStage.elsewhere({
            name: 'production',
            production: true,
            stateMachineArn: `arn:aws:states:${REGION}:222222222222:stateMachine:shop`,
            roleArn: 'arn:aws:iam::222222222222:role/shop',
          }),
        ],
      }),
    ],
  ])(
    '%s',
    (_, props) => {
      const fixture = shop();
      pipelineOf(fixture, props(fixture));
      expect(unacknowledged(fixture.stack)).toEqual([]);
    },
    90_000,
  );
});

test('each action in the policies of a pipeline supports the resources that it is allowed for', async () => {
  const fixture = shop();
  pipelineOf(fixture);
  expect(await refusedByIamIn(templatesIn(fixture.app))).toEqual([]);
}, 90_000);

describe('A source', () => {
  const withSource = (source: PipelineSource) => {
    const fixture = shop();
    pipelineOf(fixture, { source });
    return templateOf(fixture.stack);
  };

  test('filters pushes by branch and paths (B-11)', () => {
    const template = withSource(
      PipelineSource.codeConnection({
        connectionArn: CONNECTION_ARN,
        repository: 'group/sub/app',
        branch: 'release',
        paths: ['api/**', 'web/**'],
      }),
    );
    expect(pipelineIn(template).Triggers).toEqual([
      expect.objectContaining({
        GitConfiguration: {
          SourceActionName: 'Source',
          Push: [{ Branches: { Includes: ['release'] }, FilePaths: { Includes: ['api/**', 'web/**'] } }],
        },
      }),
    ]);
    expect(stageIn(template, 'source')[0].Configuration.FullRepositoryId).toBe('group/sub/app');
  });

  test('may be Git tags instead of pushes to a branch', () => {
    const template = withSource(
      PipelineSource.codeConnection({
        connectionArn: CONNECTION_ARN.replace('codeconnections', 'codestar-connections'),
        repository: 'org/app',
        tags: ['v*'],
      }),
    );
    expect(pipelineIn(template).Triggers).toEqual([
      expect.objectContaining({
        GitConfiguration: { SourceActionName: 'Source', Push: [{ Tags: { Includes: ['v*'] } }] },
      }),
    ]);
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'codestar-connections:UseConnection' })]),
      },
    });
  });

  test('may be an archive, in the version that the event names', () => {
    const fixture = shop();
    pipelineOf(fixture, {
      source: PipelineSource.s3(Bucket.fromBucketName(fixture.stack, 'Sources', 'sources'), 'app/sources.zip'),
    });
    const template = templateOf(fixture.stack);
    expect(stageIn(template, 'source')[0].Configuration).toMatchObject({
      S3ObjectKey: 'app/sources.zip',
      PollForSourceChanges: false,
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        detail: { bucket: { name: ['sources'] }, object: { key: ['app/sources.zip'] } },
      },
      Targets: [
        {
          Id: 'Pipeline',
          RoleArn: Match.anyValue(),
          InputTransformer: {
            InputPathsMap: { revision: '$.detail.object.version-id' },
            InputTemplate:
              '{"sourceRevisions":[{"actionName":"Source","revisionType":"S3_OBJECT_VERSION_ID","revisionValue":"<revision>"}]}',
          },
        },
      ],
    });
    expect(stageIn(template, 'build')[0].Configuration.EnvironmentVariables).toBe('[]');
  });
});

describe('An image that another CI has pushed', () => {
  const fixture = shop();
  let template: Template;

  beforeAll(() => {
    const { staging, production } = fixture;
    pipelineOf(fixture, {
      source: PipelineSource.imagePush([fixture.apiImages]),
      images: undefined,
      stages: [
        DeployStage.staging({ services: [staging.api] }),
        DeployStage.production({ services: [production.api] }),
      ],
    });
    template = templateOf(fixture.stack);
  }, 60_000);

  test('is scanned and released, and nothing is built (B-11, C-17)', () => {
    expect(pipelineIn(template).Stages.map(({ Name }) => Name)).toEqual(['source', 'scan', 'staging', 'production']);
    expect(text(stageIn(template, 'staging')[0].Configuration.Input)).toBe('{"despite":"#{variables.despite}","images":{"<>":"#{Scan.IMAGE_TAG}"}}');
    expect(JSON.parse(stageIn(template, 'scan')[0].Configuration.EnvironmentVariables)).toEqual([
      { name: 'IMAGE_DIGEST', type: 'PLAINTEXT', value: '#{Source.ImageDigest}' },
    ]);
    expect(variablesOf(template, /Scan/)).toMatchObject({
      TAGS_INCLUDED: '*',
      TAGS_EXCLUDED: 'latest live-* content-* v* *.*.*',
    });
  });

  test('starts the pipeline with its digest, unless its tag is latest, a version or a tag of a release (C-17)', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        'detail': {
          'action-type': ['PUSH'],
          'result': ['SUCCESS'],
          'repository-name': [Match.anyValue()],
          'image-tag': [{ 'anything-but': { wildcard: ['latest', 'live-*', 'content-*', 'v*', '*.*.*'] } }],
        },
      },
      Targets: [
        Match.objectLike({
          InputTransformer: {
            InputPathsMap: { revision: '$.detail.image-digest' },
            InputTemplate:
              '{"sourceRevisions":[{"actionName":"Source","revisionType":"IMAGE_DIGEST","revisionValue":"<revision>"}]}',
          },
        }),
      ],
    });
  });

  test('is read by the scan, which may not push', () => {
    const [[, policy]] = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).filter(([id]) =>
      /Scan/.test(id),
    );
    const actions = policy.Properties.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    ) as string[];
    expect(actions).toContain('ecr:BatchGetImage');
    expect(actions.filter((action) => /Put(Image)$|Upload/.test(action))).toEqual([]);
  });

  test('is selected by its version where the source says so', () => {
    const other = shop();
    pipelineOf(other, {
      source: PipelineSource.imagePush([other.apiImages], { tags: ['*.*.*'] }),
      images: [],
      stages: [DeployStage.production({ services: [other.production.api] })],
    });
    const its = templateOf(other.stack);
    its.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { detail: { 'image-tag': [{ wildcard: '*.*.*' }] } },
    });
    expect(variablesOf(its, /Scan/)).toMatchObject({ TAGS_INCLUDED: '*.*.*', TAGS_EXCLUDED: 'latest live-* content-*' });
  });
});

describe('Images of several repositories that another CI has pushed', () => {
  const fixture = shop();
  const { apiImages, webImages, production } = fixture;
  let template: Template;

  beforeAll(() => {
    pipelineOf(fixture, {
      source: PipelineSource.imagePush([apiImages, webImages]),
      images: undefined,
      stages: [DeployStage.production({ services: [production.api, production.web] })],
    });
    template = templateOf(fixture.stack);
  }, 60_000);

  const rulesIn = (its: Template) =>
    Object.values(its.findResources('AWS::Events::Rule', { Properties: { EventPattern: { source: ['aws.ecr'] } } }));

  test('are each taken by a source action, scanned, and released together (B-11)', () => {
    expect(stageIn(template, 'source').map(({ Name, Namespace }) => [Name, Namespace])).toEqual([
      ['Source1', 'Source1'],
      ['Source2', 'Source2'],
    ]);
    expect(
      stageIn(template, 'scan').map(({ Name, InputArtifacts, Configuration }) => [
        Name,
        InputArtifacts,
        JSON.parse(Configuration.EnvironmentVariables)[0].value,
      ]),
    ).toEqual([
      ['Scan1', [{ Name: 'Source1' }], '#{Source1.ImageDigest}'],
      ['Scan2', [{ Name: 'Source2' }], '#{Source2.ImageDigest}'],
    ]);
    expect(text(stageIn(template, 'production')[2].Configuration.Input)).toBe(
      '{"despite":"#{variables.despite}","images":{"<>":"#{Scan1.IMAGE_TAG}","<>":"#{Scan2.IMAGE_TAG}"}}',
    );
  });

  test('start the pipeline on a push to each, with its digest for its own source action (B-11)', () => {
    expect(
      rulesIn(template).map(({ Properties }) => [
        /(Api|Web)Repo/.exec(JSON.stringify(Properties.EventPattern.detail['repository-name']))?.[1],
        JSON.parse(Properties.Targets[0].InputTransformer.InputTemplate).sourceRevisions[0].actionName,
      ]),
    ).toEqual([
      ['Api', 'Source1'],
      ['Web', 'Source2'],
    ]);
  });

  test('start it once for each commit where the source names the last repository (B-11)', () => {
    const other = shop();
    const images = new ImageRepository(Stack.of(other.apiImages), 'Nightly', { mutableTags: ['latest', 'nightly-*'] });
    const { releaseTarget } = other.production.web;
    const nightly = { ...releaseTarget, repositoryName: images.repository.repositoryName };
    pipelineOf(other, {
      source: PipelineSource.imagePush([other.apiImages, images], { startOn: [images] }),
      images: undefined,
      stages: [DeployStage.production({ services: [other.production.api, { releaseTarget: nightly }] })],
    });
    const its = templateOf(other.stack);
    expect(rulesIn(its)).toHaveLength(1);
    // A tag that may move is never released.
    const excluded = ['latest', 'live-*', 'content-*', 'v*', '*.*.*', 'nightly-*'];
    expect(rulesIn(its)[0].Properties.EventPattern.detail['image-tag']).toEqual([
      { 'anything-but': { wildcard: excluded } },
    ]);
    expect(variablesOf(its, /Scan2/).TAGS_EXCLUDED).toBe(excluded.join(' '));
  });
});

describe('A service', () => {
  test('of one pipeline is refused by a second one, and by a release of its own', () => {
    const fixture = shop();
    const { production, stack } = fixture;
    pipelineOf(fixture);
    const message = /services\[0\] \(Production\/Api\) is released by Delivery\/Pipeline\/production\/Release, which has a lock of its own\. Start that release instead/;
    const services = [production.api];
    expect(refusal(() => new Release(stack, 'Second', { stageName: 'second', services }))).toMatch(message);
    const source = PipelineSource.imagePush([fixture.apiImages]);
    const stages = [DeployStage.production({ services })];
    expect(refusal(() => new BlueGreenPipeline(stack, 'Other', { source, stages }))).toMatch(message);
  });

  test('with the track of a service of another release is refused', () => {
    const fixture = shop();
    pipelineOf(fixture);
    const { releaseTarget } = fixture.production.api;
    const there = [{ releaseTarget: { ...releaseTarget, source: new Construct(Stack.of(releaseTarget.source), 'Worker') } }];
    expect(refusal(() => new Release(fixture.stack, 'Second', { stageName: 'second', services: there }))).toContain(
      '(Production/Worker) has the release track of a service of Delivery/Pipeline/production/Release',
    );
  });
});

test('A pipeline may release to staging alone, and another one to production', () => {
  const fixture = shop();
  const { api, web } = fixture.staging;
  pipelineOf(fixture, { stages: [DeployStage.staging({ services: [api, web] })] });
  expect(pipelineIn(templateOf(fixture.stack)).Stages.map(({ Name }) => Name)).toEqual(['source', 'check', 'build', 'staging']);
});

describe('A stage', () => {
  test('follows the order of the list, under its own name (E-08)', () => {
    const fixture = shop();
    const { staging, production } = fixture;
    pipelineOf(fixture, {
      stages: [
        DeployStage.staging({ name: 'dev', services: [staging.api, staging.web] }),
        DeployStage.elsewhere({
          name: 'qa',
          production: false,
          stateMachineArn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:qa`,
        }),
        DeployStage.production({
          name: 'prd',
          services: [production.api, production.web],
          approvalTimeout: Duration.hours(8),
          monitoringTime: Duration.hours(1),
        }),
      ],
    });
    const template = templateOf(fixture.stack);
    expect(pipelineIn(template).Stages.map(({ Name }) => Name)).toEqual([
      'source',
      'check',
      'build',
      'dev',
      'qa',
      'prd',
    ]);
    expect(stageIn(template, 'prd').map(({ Name, TimeoutInMinutes }) => [Name, TimeoutInMinutes])).toEqual([
      ['Compare', undefined],
      ['Approve', 480],
      ['Release', undefined],
    ]);
  });

  test('may have its release in the stack of its services (E-08)', () => {
    const fixture = shop();
    const { api, web } = fixture.staging;
    const release = new Release(Stack.of(api), 'Release', { stageName: 'qa', services: [api, web] });
    pipelineOf(fixture, {
      stages: [
        DeployStage.elsewhere({ name: 'qa', production: false, stateMachineArn: release.stateMachine.stateMachineArn }),
        DeployStage.production({ services: [fixture.production.api, fixture.production.web] }),
      ],
    });
    const template = templateOf(fixture.stack);
    const [{ Configuration, RoleArn }] = stageIn(template, 'qa');
    expect(RoleArn).toBeUndefined();
    const statements = Object.entries(template.findResources('AWS::IAM::ManagedPolicy')).find(([id]) =>
      id.startsWith('PipelinePolicy'),
    )![1].Properties.PolicyDocument.Statement as any[];
    const started = statements.find(({ Resource }) =>
      [Resource].flat().some((arn) => JSON.stringify(arn) === JSON.stringify(Configuration.StateMachineArn)),
    );
    expect(started.Action).toEqual(['states:DescribeStateMachine', 'states:StartExecution']);
    expect(unacknowledged(fixture.stack)).toEqual([]);
  });

  test('of production has a rollback command and a check for drift, which reasons leave out, and staging has none (A-14, B-12)', () => {
    const fixture = shop();
    const { rollbackCommands } = pipelineOf(fixture);
    expect(Object.keys(rollbackCommands)).toEqual(['production']);
    const machines = (template: Template) =>
      Object.keys(template.findResources('AWS::StepFunctions::StateMachine')).filter((id) => /Rollback|Drift/.test(id));
    expect(machines(templateOf(fixture.stack)).map((id) => id.replace(/Machine.*/, ''))).toEqual([
      'PipelineproductionRollback',
      'PipelineproductionDrift',
    ]);
    expect(unacknowledged(fixture.stack)).toEqual([]);

    const waived = shop();
    const reason = 'Another tool of ours does this';
    const services = [waived.production.api, waived.production.web];
    pipelineOf(waived, {
      stages: [
        DeployStage.production({ services, withoutRollbackCommand: { reason }, withoutDriftCheck: { reason } }),
      ],
    });
    expect(machines(templateOf(waived.stack))).toEqual([]);

    // Nobody could be told of drift.
    const untold = shop();
    pipelineOf(untold, { alertRouting: undefined });
    expect(machines(templateOf(untold.stack)).map((id) => id.replace(/Machine.*/, ''))).toEqual([
      'PipelineproductionRollback',
    ]);
  });

  test("that doesn't fit into the template of the pipeline is refused at synthesis, not at deployment", () => {
    const fixture = shop();
    const { production } = fixture;
    const stage = (name: string) =>
      Array.from({ length: 8 }, (_, index) => ({
        releaseTarget: {
          ...production.api.releaseTarget,
          source: new Construct(fixture.stack, `${name}${index}`),
          releasedImageParameterName: `/${name}/${index}`,
        },
      }));
    const stages = ['one', 'two', 'three', 'four', 'five'].map((name) =>
      DeployStage.staging({ name, services: stage(name) }),
    );
    pipelineOf(fixture, {
      images: [fixture.images[0]],
      stages: [...stages, DeployStage.production({ services: stage('production') })],
    });
    expect(refusal(() => fixture.app.synth())).toMatch(
      /BlueGreenPipeline 'Delivery\/Pipeline': stages is \["one","two","three","four","five","production"\], expected as many as fit into a template of 1000000 bytes, but these take about \d+\. Create the Release of some stages in the stacks of their services/,
    );
  });

  test('in another account is started by a role there, and found by its ARN (E-08)', () => {
    const fixture = shop();
    const [machine, role] = [
      `arn:aws:states:${REGION}:222222222222:stateMachine:shop`,
      'arn:aws:iam::222222222222:role/shop-release',
    ];
    pipelineOf(fixture, {
      stages: [
        DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: machine, roleArn: role }),
      ],
    });
    const template = templateOf(fixture.stack);
    const [approve, release] = stageIn(template, 'production');
    expect(approve.Name).toBe('Approve');
    expect(release).toMatchObject({ RoleArn: role, Configuration: { StateMachineArn: machine } });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'sts:AssumeRole', Resource: role })]) },
    });
  });

  test('in another region is started there, with artifact buckets in both regions (E-08)', () => {
    const fixture = shop();
    const stateMachineArn = `arn:aws:states:eu-west-1:${ACCOUNT}:stateMachine:shop`;
    const key = Key.fromKeyArn(
      fixture.stack,
      'Key',
      `arn:aws:kms:eu-west-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`,
    );
    const bucket = Bucket.fromBucketAttributes(fixture.stack, 'Artifacts', {
      bucketName: 'artifacts-eu-west-1',
      region: 'eu-west-1',
      encryptionKey: key,
    });
    pipelineOf(fixture, {
      artifactBuckets: { 'eu-west-1': bucket },
      stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn })],
    });
    const template = templateOf(fixture.stack);
    const { ArtifactStores } = Object.values(template.findResources('AWS::CodePipeline::Pipeline'))[0].Properties;
    expect(ArtifactStores.map(({ Region }: { Region: string }) => Region).sort()).toEqual([
      'eu-central-1',
      'eu-west-1',
    ]);
    expect(stageIn(template, 'production')[1]).toMatchObject({
      Region: 'eu-west-1',
      Configuration: { StateMachineArn: stateMachineArn },
    });
    expect(unacknowledged(fixture.stack)).toEqual([]);
  });

  test('has an approval by default in production alone, and may lack it there for a reason (A-10)', () => {
    const fixture = shop();
    const { staging, production } = fixture;
    pipelineOf(fixture, {
      stages: [
        DeployStage.staging({ services: [staging.api, staging.web], approval: true }),
        DeployStage.production({
          services: [production.api, production.web],
          withoutApproval: { reason: 'Every merge is reviewed by two, and released at once' },
        }),
      ],
    });
    const template = templateOf(fixture.stack);
    expect(['staging', 'production'].map((stage) => stageIn(template, stage).map(({ Name }) => Name))).toEqual([
      ['Compare', 'Approve', 'Release'],
      ['Release'],
    ]);
  });

  test('has stricter alarms that link to the runbook of the alert routing (A-23)', () => {
    const fixture = shop();
    const routing = new AlertRouting(testStack({ app: fixture.stack.node.root as App, id: 'Own' }), 'Routing', {
      ...Object.fromEntries(
        ['onCritical', 'onError', 'onWarning'].map((severity) => [severity, [AlertChannel.email('ops@example.com')]]),
      ),
      runbooks: Runbooks.at('https://wiki.example.com/ops'),
    });
    const { api, web } = fixture.production;
    pipelineOf(fixture, {
      alertRouting: routing,
      stages: [
        DeployStage.production({
          services: [api, web],
          postReleaseAlarms: { duration: Duration.hours(2), successRatePercent: 99 },
        }),
      ],
    });
    const [
      {
        Properties: { AlarmDescription },
      },
    ] = Object.values(templateOf(fixture.stack).findResources('AWS::CloudWatch::CompositeAlarm'));
    expect(AlarmDescription).toMatch(
      /^Delivery\/Pipeline\/production\/Release released services .* within 2 hours of it fewer than 99 % of requests succeed, or more than one in ten takes longer than 1 s\. Compare errors/,
    );
    expect(AlarmDescription).toContain(
      'Runbook: https://wiki.example.com/ops/post-release.md Error: answered within 15 minutes.',
    );
  });

  test('sends no notification and has no stricter alarms without an alert routing', () => {
    const fixture = shop();
    pipelineOf(fixture, { alertRouting: undefined });
    const template = templateOf(fixture.stack);
    expect(JSON.stringify(template.toJSON())).not.toContain('"Id":"Topic"');
    template.resourceCountIs('AWS::CloudWatch::CompositeAlarm', 0);
  });
});

describe('An image', () => {
  test.each([
    ['my.api', 'Build1-my-api'],
    ['my api', 'Build1-my-api'],
    ['übung', 'Build1--bung'],
    ['a'.repeat(110), `Build1-${'a'.repeat(43)}`],
  ])('of a repository with the id %s is built', (id, action) => {
    const fixture = shop();
    const repository = new ImageRepository(testStack({ app: fixture.app, id: 'Others' }), id);
    const service = {
      releaseTarget: { ...fixture.production.api.releaseTarget, repositoryName: repository.repository.repositoryName },
    };
    pipelineOf(fixture, {
      images: [ImageBuild.docker({ repository })],
      stages: [DeployStage.production({ services: [service] })],
    });
    const [{ Name, Namespace }] = stageIn(templateOf(fixture.stack), 'build');
    expect([Name, Namespace]).toEqual([action, action]);
  });

  test('is built for the architectures of its services, and natively where there is one (C-12, C-23)', () => {
    const fixture = shop({ staging: { arm64: true }, production: { arm64: true } });
    pipelineOf(fixture);
    const template = templateOf(fixture.stack);
    expect(variablesOf(template, /Build1/).PLATFORMS).toBe('linux/arm64');
    expect(variablesOf(template, /Build2/).PLATFORMS).toBe('linux/amd64');
    const images = Object.entries(template.findResources('AWS::CodeBuild::Project')).map(([id, { Properties }]) => [
      /Check|Build\d|Weekly|Commits/.exec(id.replace('Builds', ''))![0],
      Properties.Environment.Image,
    ]);
    expect(images).toContainEqual(['Build1', 'aws/codebuild/amazonlinux-aarch64-standard:3.0']);
  });

  test('is built for both architectures by pinned tools where stages differ or the caller wants both (C-12)', () => {
    const fixture = shop({ production: { arm64: true } });
    pipelineOf(fixture, {
      images: [
        fixture.images[0],
        ImageBuild.docker({
          repository: fixture.webImages,
          directory: 'web',
          architectures: [CpuArchitecture.X86_64, CpuArchitecture.ARM64],
        }),
      ],
    });
    const template = templateOf(fixture.stack);
    [/Build1/, /Build2/].forEach((id) => {
      const { PLATFORMS, BINFMT_IMAGE, BUILDKIT_IMAGE } = variablesOf(template, id);
      expect(PLATFORMS).toBe('linux/amd64,linux/arm64');
      [BINFMT_IMAGE, BUILDKIT_IMAGE].forEach((image) => expect(image).toMatch(/@sha256:[0-9a-f]{64}$/));
    });
  });

  test('may have a version file, a Dockerfile elsewhere and build arguments (A-12)', () => {
    const fixture = shop();
    const [, web] = fixture.images;
    pipelineOf(fixture, {
      images: [
        ImageBuild.docker({
          repository: fixture.apiImages,
          directory: 'api',
          versionFile: 'VERSION',
          buildArguments: { A: '1', B: 'two' },
          dockerfile: 'docker/api',
        }),
        web,
      ],
    });
    expect(variablesOf(templateOf(fixture.stack), /Build1/)).toMatchObject({
      VERSION_FILE: 'VERSION',
      BUILD_ARGUMENTS: 'A=1\nB=two',
      DOCKERFILE: 'docker/api',
    });
  });
});

describe('The checks of a pipeline', () => {
  const checked = (checks?: PipelineChecks) => {
    const fixture = shop();
    pipelineOf(fixture, { checks });
    return templateOf(fixture.stack);
  };

  test('are the npm scripts of each directory by default (A-09)', () => {
    const { phases } = buildSpecOf(checked(), /Check/);
    expect(phases.install['runtime-versions']).toEqual({ nodejs: '22' });
    expect(buildSpecOf(checked(PipelineChecks.npmScripts('24')), /Check/).phases.install['runtime-versions']).toEqual({
      nodejs: '24',
    });
    expect(phases.install.commands).toEqual(["(cd 'api' && npm ci)", "(cd 'web' && npm ci)"]);
    expect(phases.build.commands).toEqual([
      "(cd 'api' && npm run lint --if-present)",
      "(cd 'web' && npm run lint --if-present)",
      "(cd 'api' && npm test)",
      "(cd 'web' && npm test)",
      "(cd 'api' && npm run test:integration --if-present)",
      "(cd 'web' && npm run test:integration --if-present)",
    ]);
  });

  test('may be other commands, with reports, and with Docker for a reason (A-09)', () => {
    const template = checked(
      PipelineChecks.commands({
        install: ['pip install -r requirements.txt'],
        lint: ['ruff check'],
        unit: ['pytest tests/unit'],
        integration: ['pytest tests/integration'],
        runtimes: { python: '3.13' },
        reports: 'reports/*.xml',
        docker: { reason: 'The integration tests start a database in a container' },
      }),
    );
    const { phases, reports } = buildSpecOf(template, /Check/);
    expect(phases).toEqual({
      install: { 'runtime-versions': { python: '3.13' }, 'commands': ['pip install -r requirements.txt'] },
      build: { commands: ['ruff check', 'pytest tests/unit', 'pytest tests/integration'] },
    });
    expect(Object.values(reports)).toEqual([
      { 'files': ['reports/*.xml'], 'base-directory': '.', 'file-format': 'JUNITXML' },
    ]);
    template.resourcePropertiesCountIs('AWS::CodeBuild::Project', { Environment: { PrivilegedMode: true } }, 4);
  });
});

test('a pipeline in development leaves no bucket behind when it is deleted (C-23)', () => {
  const fixture = shop();
  pipelineOf(fixture, { profile: EnvironmentProfile.development() });
  templateOf(fixture.stack).allResources('AWS::S3::Bucket', { DeletionPolicy: 'Delete' });
});
