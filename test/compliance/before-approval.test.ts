/* eslint-disable @typescript-eslint/no-explicit-any -- templates are whatever CloudFormation takes */
import { DeployStage, Egress, HardenedPostgres, Migration, ProductionWebService, SecureVpc, ServiceImage } from '../../src';
import { list } from '../deploy-rules/template-json';
import { pipelineOf, shop } from '../fixtures/delivery-stages';
import { AppTemplates, everyApp, type Placed, type StatementJson } from '../fixtures/every-template';
import { testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';

/** Apps whose dry runs may reach the internet, by `planInternetAccess`. */
const WAIVED = ['nestjs-nextjs', 'wholeLibrary'];

/** What a build does: it reads sources, writes its own log and reports, and puts images into their repositories. */
const OF_BUILDS = [
  'logs:CreateLogStream', 'logs:PutLogEvents', 's3:GetObject', 's3:GetObjectVersion', 's3:GetBucketAcl', 's3:GetBucketLocation', 's3:PutObject',
  'kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey', 'codebuild:BatchPutTestCases', 'codebuild:CreateReport', 'codebuild:UpdateReport',
  'ecr:GetAuthorizationToken', 'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:DescribeImages', 'ecr:GetDownloadUrlForLayer',
  'ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart', 'ssm:GetParameter',
];
/** What the builds in the stage of the approval do: they read, and write their log. */
const WRITES_OF_BUILDS = ['s3:PutObject', 'kms:GenerateDataKey', 'ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];
/** What the state machine of a dry run does: it runs a copy of one family, and writes the log of the state machine. */
const OF_PLANS = [
  'ssm:GetParameter', 'iam:PassRole', 'ecs:RunTask', 'ecs:DescribeTasks', 'ecs:StopTask', 'ecs:TagResource',
  'ecs:RegisterTaskDefinition', 'ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition',
  'logs:CreateLogDelivery', 'logs:DeleteLogDelivery', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies', 'logs:GetLogDelivery',
  'logs:ListLogDeliveries', 'logs:PutResourcePolicy', 'logs:UpdateLogDelivery',
  'xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments',
];
/** What starts the task of a dry run. The task itself has no role. */
const OF_EXECUTION = [
  'logs:CreateLogStream', 'logs:PutLogEvents', 'ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:GetAuthorizationToken',
  'secretsmanager:GetSecretValue', 'kms:Decrypt',
];

interface Action { readonly app: AppTemplates; readonly stack: string; readonly stage: string; readonly order: number; readonly name: string; readonly json: any }

/** A pipeline whose network reaches AWS by endpoints alone. */
function closedShop(): AppTemplates {
  const fixture = shop({ declaredTag: '1.4.2' });
  const stack = testStack({ app: fixture.app, id: 'Closed' });
  const network = new SecureVpc(stack, 'Network', { egress: Egress.endpointsOnly() });
  const database = new HardenedPostgres(stack, 'Database', { network });
  const api = new ProductionWebService(stack, 'Api', {
    network, certificate: certificate(stack), image: ServiceImage.released(fixture.apiImages, 'production'), backingServices: [database],
  });
  pipelineOf(fixture, {
    images: [fixture.images[0]],
    stages: [
      DeployStage.staging({ services: [fixture.staging.api], migrations: [Migration.command(fixture.staging.api, ['migrate'])] }),
      DeployStage.production({ services: [api], migrations: [Migration.command(api, ['migrate'], { plan: ['plan'] })], snapshot: database }),
    ],
  });
  return AppTemplates.of('closedShop', fixture.app);
}

function actionsOf(app: AppTemplates): Action[] {
  return app.resources('AWS::CodePipeline::Pipeline').flatMap(({ stack, properties }) => properties.Stages.flatMap((stage: any) =>
    stage.Actions.map((json: any) => ({ app, stack, stage: stage.Name, order: json.RunOrder, name: json.Name, json }))));
}

const provider = ({ json }: Action): string => json.ActionTypeId.Provider;
const isApproval = (action: Action): boolean => provider(action) === 'Manual';
const actionsIn = (statements: StatementJson[]): string[] => statements.flatMap(({ Action: action }) => list(action) as string[]);
const textOf = (value: any): string => JSON.stringify(value);
const nameOf = ({ app }: Action, { stack, id }: Placed) => `${app.name}/${stack}/${id}`;

/** Actions of a stage with an approval, before it. */
function beforeApproval(actions: Action[]): Action[] {
  return actions.filter((action) => actions.some((other) => isApproval(other) && other.stack === action.stack && other.stage === action.stage && other.order > action.order));
}

function roleOf(action: Action): Placed {
  const { app, stack, json } = action;
  return provider(action) === 'CodeBuild'
    ? app.one(stack, app.one(stack, json.Configuration.ProjectName, 'AWS::CodeBuild::Project').properties.ServiceRole, 'AWS::IAM::Role')
    : app.one(stack, machineOf(action).properties.RoleArn, 'AWS::IAM::Role');
}

function machineOf({ app, stack, json }: Action): Placed {
  return app.one(stack, json.Configuration.StateMachineArn, 'AWS::StepFunctions::StateMachine');
}

const plansIn = (app: AppTemplates): Placed[] => app.resources('AWS::ECS::TaskDefinition').filter(({ properties }) => /-plan$/.test(properties.Family));

describe('Before an approval', () => {
  let apps: AppTemplates[];
  let actions: Action[];
  let before: Action[];

  beforeAll(() => {
    apps = [...everyApp(), closedShop()];
    actions = apps.flatMap(actionsOf);
    before = beforeApproval(actions);
  });

  test('there are dry runs and builds in the apps that this looks at', () => {
    expect(new Set(before.map(provider))).toEqual(new Set(['CodeBuild', 'StepFunctions']));
    expect(apps.filter((app) => plansIn(app).length > 0).map(({ name }) => name)).toEqual(['nestjs-nextjs', 'wholeLibrary', 'closedShop']);
    expect(actions.filter(isApproval).length).toBeGreaterThan(3);
  });

  test('a dry run gets no secret but the sign-in of the user who may only read [A-24]', () => {
    const users = apps.flatMap((app) => plansIn(app).flatMap(({ stack, properties }) => properties.ContainerDefinitions.flatMap((container: any) =>
      list(container.Secrets).map(({ ValueFrom }) => app.signIns(stack, ValueFrom)))));
    expect(users.length).toBeGreaterThan(3);
    expect(users.filter((names) => names.join() !== 'migration_plan')).toEqual([]);
  });

  test('a dry run has no role for its code, and one that reads its own secret, its image and its key to start it', () => {
    apps.flatMap((app) => plansIn(app).map((plan) => ({ app, plan }))).forEach(({ app, plan }) => {
      expect(plan.properties.TaskRoleArn).toBeUndefined();
      const statements = app.statements(app.one(plan.stack, plan.properties.ExecutionRoleArn, 'AWS::IAM::Role'));
      expect(actionsIn(statements).filter((action) => !OF_EXECUTION.includes(action))).toEqual([]);
      const read = statements.filter((statement) => actionsIn([statement]).includes('secretsmanager:GetSecretValue'));
      expect(read.flatMap(({ stack, Resource }) => list(Resource).map((secret) => app.signIns(stack, secret)))).toEqual([['migration_plan']]);
      const keys = statements.filter((statement) => actionsIn([statement]).includes('kms:Decrypt'));
      expect(keys.map(({ Condition }) => Object.keys(Condition?.StringEquals ?? {}))).toEqual([['kms:ViaService']]);
    });
  });

  test('a dry run reaches the database and AWS, and the internet only by a waiver', () => {
    const machines = before.filter((action) => provider(action) === 'StepFunctions');
    const open = machines.flatMap((action) => {
      const { app } = action;
      const machine = machineOf(action);
      const groups = app.referred(machine.stack, machine.properties.DefinitionString, 'AWS::EC2::SecurityGroup');
      expect(groups).toHaveLength(1);
      const [group] = groups;
      const rules = app.resources('AWS::EC2::SecurityGroupEgress')
        .filter(({ stack, properties }) => app.referred(stack, properties.GroupId).some((one) => one.stack === group.stack && one.id === group.id))
        .map(({ properties }) => properties);
      const inbound = app.resources('AWS::EC2::SecurityGroupIngress')
        .filter(({ stack, properties }) => app.referred(stack, properties.GroupId).some((one) => one.stack === group.stack && one.id === group.id));
      expect([...list(group.properties.SecurityGroupIngress), ...inbound]).toEqual([]);
      const out = [...list(group.properties.SecurityGroupEgress), ...rules];
      expect(out.length).toBeGreaterThan(1);
      const world = out.filter(({ CidrIp, CidrIpv6 }) => /\/0$/.test(CidrIp ?? CidrIpv6 ?? ''));
      // Addresses other than the world are the loopback, by which a group says that it has no way out.
      expect(out.filter((rule) => (rule.CidrIp ?? rule.CidrIpv6) && !world.includes(rule)).map(({ CidrIp }) => CidrIp).filter((cidr) => cidr !== '127.0.0.1/32' && cidr !== '255.255.255.255/32')).toEqual([]);
      expect(world.map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual(world.map(() => [443, 443]));
      return world.length > 0 ? [app.name] : [];
    });
    expect([...new Set(open)].sort()).toEqual(WAIVED);
  });

  test('an endpoint that a closed dry run reaches admits no stranger', () => {
    const app = apps.find(({ name }) => name === 'closedShop')!;
    const policies = app.resources('AWS::EC2::VPCEndpoint').filter(({ stack }) => stack === 'Closed');
    expect(policies.length).toBeGreaterThan(4);
    const open = policies.flatMap(({ properties }) => list(properties.PolicyDocument.Statement) as StatementJson[])
      .filter(({ Effect, Condition }) => Effect === 'Allow' && !textOf(Condition ?? {}).includes('aws:PrincipalAccount'));
    expect(open.map(({ Action: action, Resource }) => [action, /starport-layer-bucket|cloudformation-(custom-resource-response|waitcondition)/.test(textOf(Resource))]))
      .toEqual([['s3:GetObject', true], ['s3:PutObject', true]]);
  });

  test('the state machine of a dry run starts its own family alone, and passes its roles alone', () => {
    before.filter((action) => provider(action) === 'StepFunctions').forEach((action) => {
      const { app } = action;
      const statements = app.statements(roleOf(action));
      expect(actionsIn(statements).filter((name) => !OF_PLANS.includes(name))).toEqual([]);
      const resources = (name: string) => statements.filter((statement) => actionsIn([statement]).includes(name)).flatMap(({ Resource }) => list(Resource));
      ['ecs:RunTask', 'ecs:RegisterTaskDefinition', 'ecs:TagResource'].forEach((name) => {
        expect(resources(name).length).toBeGreaterThan(0);
        expect(resources(name).filter((resource) => !/-plan:\*"/.test(textOf(resource)))).toEqual([]);
      });
      expect(resources('ssm:GetParameter').filter((resource) => !/\/released\//.test(textOf(resource)))).toEqual([]);
      const ofPlans = plansIn(app).flatMap(({ stack, properties }) => app.referred(stack, properties.ExecutionRoleArn)).map((role) => nameOf(action, role));
      const passed = statements.filter((statement) => actionsIn([statement]).includes('iam:PassRole'))
        .flatMap(({ stack, Resource }) => app.referred(stack, Resource)).map((role) => nameOf(action, role));
      expect(passed.length).toBeGreaterThan(0);
      expect(passed.filter((role) => !ofPlans.includes(role))).toEqual([]);
    });
  });

  test('builds write images, their log and their reports, and read no secret that is not named for them', () => {
    const builds = actions.filter((action) => provider(action) === 'CodeBuild');
    expect(builds.length).toBeGreaterThan(5);
    builds.forEach((action) => {
      const statements = action.app.statements(roleOf(action));
      expect(actionsIn(statements).filter((name) => !OF_BUILDS.includes(name))).toEqual([]);
      const resources = (name: string) => statements.filter((statement) => actionsIn([statement]).includes(name)).flatMap(({ Resource }) => list(Resource));
      expect(resources('s3:GetObject').filter((resource) => !/"\/\*\/Source\*"/.test(textOf(resource)))).toEqual([]);
      expect(resources('s3:PutObject').filter((resource) => !/"\/reports\//.test(textOf(resource)))).toEqual([]);
      expect(resources('ssm:GetParameter').filter((resource) => !/\/released\//.test(textOf(resource)))).toEqual([]);
    });
  });

  test('a build in the stage of the approval writes its log and nothing else', () => {
    before.filter((action) => provider(action) === 'CodeBuild').forEach((action) => {
      const names = actionsIn(action.app.statements(roleOf(action)));
      expect(names.filter((name) => WRITES_OF_BUILDS.includes(name))).toEqual([]);
    });
  });

  test('the release of an earlier stage changes nothing of the stage with the approval', () => {
    const ways = ['iam:PassRole', 'ecs:RunTask', 'ecs:UpdateService', 'ssm:PutParameter'];
    const releases = (of: (action: Action) => boolean) => actions.filter((action) => action.name === 'Release' && of(action));
    const approved = (action: Action) => actions.some((other) => isApproval(other) && other.app === action.app && other.stack === action.stack && other.stage === action.stage);
    const reach = (action: Action) => action.app.statements(roleOf(action))
      .flatMap((statement) => actionsIn([statement]).filter((name) => ways.includes(name)).flatMap((name) => list(statement.Resource).map((resource) => `${action.app.name} ${name} ${textOf(resource)}`)));
    const [earlier, later] = [releases((action) => !approved(action)), releases(approved)].map((some) => some.flatMap(reach));
    expect([earlier.length, later.length].every((count) => count > 4)).toBe(true);
    expect(earlier.filter((one) => later.includes(one))).toEqual([]);
  });
});
