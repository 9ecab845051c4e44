import validate from 'asl-validator';
import { Duration, Fn, type Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SubnetType } from 'aws-cdk-lib/aws-ec2';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import {
  Cluster, ContainerImage, DeploymentControllerType, DeploymentStrategy, FargateService, type FargateServiceProps, FargateTaskDefinition, TaskDefinitionRevision,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import {
  DeploymentEngine, EnvironmentProfile, HardenedPostgres, type IReleasedService, ImageRepository, MaintenanceWindow, Migration, type MigrationOptions, ProductionWebService,
  Release, type ReleaseProps, ReleasedService,
  RollbackCommand, DriftCheck, Rollout, SecureVpc, ServiceImage, Severity,
} from '../../../src';
import { routingByMail } from '../../fixtures/alert-routing';
import { releasedServices } from '../../fixtures/released-services';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';
import { definitions } from '../../simulators/deployed-definition';
import { mostEvents } from '../../simulators/execution-events';

jest.setTimeout(120_000);

/** Dry run in a network with NAT. */
const PLAN: MigrationOptions = { plan: ['npm', 'run', 'plan'], planInternetAccess: { reason: 'The image comes through NAT.' } };

interface Whole { readonly stack: Stack; readonly template: Template; readonly release: Release; readonly back: RollbackCommand }

/** Everything that a stage may have. */
function whole(props: Partial<ReleaseProps> = {}, where: 'same stack' | 'another stack' = 'same stack'): Whole {
  const { app, stack: services, api, services: list, database } = releasedServices();
  const stack = where === 'same stack' ? services : testStack({ app, id: 'Delivery' });
  const alertRouting = routingByMail(stack);
  alertRouting.listenTo(database.events.topic, Severity.WARNING);
  const release = new Release(stack, 'Release', {
    stageName: 'production',
    services: list,
    migrations: [Migration.command(api, ['npm', 'run', 'migrate'], { ...PLAN, verify: ['true'], window: MaintenanceWindow.daily('22:00', '00:30') })],
    snapshot: database,
    alertRouting,
    gateAlarmNames: ['database-cpu'],
    ...props,
  });
  const back = new RollbackCommand(stack, 'Back', { release });
  new DriftCheck(stack, 'Drift', { release, alertRouting });
  return { stack, template: templateOf(stack), release, back };
}

let standard: Whole;
beforeAll(() => { standard = whole(); });

test('A release is refused in a stack whose name the Parameter Store reserves', () => {
  const { app, services } = releasedServices();
  const stack = testStack({ app, id: 'Delivery', stackName: 'ssm-delivery' });
  expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services, alertRouting: routingByMail(stack) })))
    .toContain("Release 'Delivery/Release': stackName begins with \"ssm\", which the Parameter Store reserves");
});

/** Task definition of a migration that this library didn't make. */
function migrationTask(scope: Construct): FargateTaskDefinition {
  const task = new FargateTaskDefinition(scope, 'Migration');
  task.addContainer('migrate', { image: ContainerImage.fromRegistry('shop') });
  return task;
}

/** Services that this library didn't make, in one stage. */
function eightServices(deploymentTimeout: Duration): Stack {
  const stack = testStack();
  const cluster = new Cluster(stack, 'Cluster', { vpc: new SecureVpc(stack, 'Network').vpc });
  const services = Array.from({ length: 8 }, (_, index) => {
    const scope = new Construct(stack, `Part${index}`);
    const repository = new Repository(scope, 'Repository');
    const taskDefinition = new FargateTaskDefinition(scope, 'Task');
    taskDefinition.addContainer('app', { image: ContainerImage.fromEcrRepository(repository, 'x') });
    const service = new FargateService(scope, 'Service', { cluster, taskDefinition, taskDefinitionRevision: TaskDefinitionRevision.LATEST, deploymentStrategy: DeploymentStrategy.BLUE_GREEN, minHealthyPercent: 100, circuitBreaker: { rollback: true } });
    return ReleasedService.fromFargate(service, { repository, releasedImageParameterName: `/shop/${index}`, productionRuleArn: 'rule', rollbackAlarmNames: ['errors'] });
  });
  const release = new Release(stack, 'Release', { stageName: 'production', services, deploymentTimeout, migrations: [Migration.command(services[0], ['x'], { verify: ['x'], taskDefinition: migrationTask(stack) })] });
  new RollbackCommand(stack, 'Back', { release });
  return stack;
}

/** A service that this library didn't make, in a scope. */
function releasedIn(scope: Construct, { vpc } = new SecureVpc(scope, 'Network')): IReleasedService {
  const repository = new Repository(scope, 'Repository');
  const taskDefinition = new FargateTaskDefinition(scope, 'Task');
  taskDefinition.addContainer('app', { image: ContainerImage.fromEcrRepository(repository, 'x') });
  const service = new FargateService(scope, 'Service', {
    cluster: new Cluster(scope, 'Cluster', { vpc }),
    taskDefinition,
    taskDefinitionRevision: TaskDefinitionRevision.LATEST,
    deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
  });
  return ReleasedService.fromFargate(service, { repository, releasedImageParameterName: '/shop/released' });
}

/** Names of all states of a definition. */
function allNames(part: any): string[] {
  return Object.entries<any>(part.States).flatMap(([name, state]) => [
    name, ...(state.ItemProcessor ? allNames(state.ItemProcessor) : []), ...(state.Branches ?? []).flatMap(allNames),
  ]);
}

/** All states of a definition, those in maps and branches too. */
function allStates(part: any): any[] {
  return Object.values<any>(part.States).flatMap((state) => [state, ...(state.ItemProcessor ? allStates(state.ItemProcessor) : []), ...(state.Branches ?? []).flatMap(allStates)]);
}

const PREFIX: { [api: string]: string } = { elasticloadbalancingv2: 'elasticloadbalancing', sfn: 'states', applicationautoscaling: 'application-autoscaling', cloudwatchlogs: 'logs' };
/** What a machine needs that is no call of its own. */
const BESIDE = /^(iam:PassRole|ecs:TagResource|kms:.*|xray:.*|logs:(Create|Get|Update|Delete|List)LogDeliver(y|ies)|logs:PutResourcePolicy|logs:Describe.*)$/;

function actionsOf(definition: any): string[] {
  const calls = allStates(definition).filter(({ Type }) => Type === 'Task').map(({ Resource }) => /aws-sdk:([a-z0-9]+):([A-Za-z]+)$/.exec(Resource)!);
  return [...new Set(calls.map(([, api, call]) => `${PREFIX[api] ?? api}:${call[0].toUpperCase()}${call.slice(1)}`))].sort();
}

/** What the policies that name a role allow. */
function statementsOf(template: Template, roleId: string): any[] {
  return Object.values(template.findResources('AWS::IAM::ManagedPolicy')).filter(({ Properties }: any) => Properties.Roles.some(({ Ref }: any) => Ref === roleId))
    .flatMap(({ Properties }: any) => Properties.PolicyDocument.Statement);
}

test('The commands of a release and of its rollback are outputs without an export', () => {
  const outputs = Object.entries<{ Value: unknown; Export?: unknown }>(standard.template.toJSON().Outputs).filter(([id]) => /^(Release|Back)Command/.test(id));
  const values = outputs.map(([, { Value }]) => JSON.stringify(Value));
  expect(values[0]).toContain('"aws stepfunctions start-execution --state-machine-arn "');
  expect(values[0].match(/TAG/g)).toHaveLength(2);
  expect(values[1]).toContain('\\"images\\": {}');
  expect(values[2]).toContain('"aws ssm start-automation-execution --document-name "');
  expect(outputs.map(([, { Export }]) => Export)).toEqual([undefined, undefined, undefined]);
});

describe('The state machines of a stage', () => {
  test('are valid in the Amazon States Language, and use nothing that the interpreter of the tests reads differently', () => {
    const all = definitions(standard.template);
    expect(Object.keys(all)).toHaveLength(5);
    Object.values(all).forEach((definition) => {
      expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
      expect(JSON.stringify(definition)).not.toContain('"IsPresent":false');
    });
  });

  test('have state names of at most 80 characters, and no text that is longer than 250, for services with paths of 200', () => {
    const { app, stack } = releasedServices();
    const outer = new Construct(new Construct(stack, 'a'.repeat(90)), 'b'.repeat(90));
    // A stack has 500 resources, of which a network has 100.
    const network = new SecureVpc(outer, 'Network');
    const services = ['Api', 'Web'].map((id) => releasedIn(new Construct(outer, id.padEnd(20, 'c')), network));
    const release = new Release(stack, 'Release', {
      stageName: 'production', services, alertRouting: routingByMail(stack), migrations: [Migration.command(services[0], ['x'], { verify: ['x'], taskDefinition: migrationTask(outer) })],
    });
    new RollbackCommand(stack, 'Back', { release });
    expect(services[0].releaseTarget.source.node.path.length).toBeGreaterThan(200);
    const all = Object.values(definitions(templateOf(app.node.findChild('Application') as Stack)));
    expect(all).toHaveLength(2);
    all.forEach((definition) => {
      const names = allNames(definition);
      expect(names.filter((name) => name.length > 80)).toEqual([]);
      expect(names).toEqual([...new Set(names)]);
      expect(JSON.stringify(definition).match(/States\.Format\('[^']{250,}'/g)).toBeNull();
    });
  });

  test('ask for at most 100 alarms at a time, which is all that CloudWatch tells', () => {
    const { stack, services } = releasedServices();
    const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
    const release = new Release(stack, 'Release', { stageName: 'production', services, gateAlarmNames: names(101, 'gate') });
    names(100, 'more').forEach((name) => services[0].rollBackOn(name));
    expect(release.node.validate()).toEqual([
      expect.stringMatching(/services have 1\d\d alarms, and CloudWatch tells the states of 100 at a time/),
      expect.stringMatching(/gateAlarmNames have 101 alarms/),
    ]);
  });

  test('write to log groups that AWS lets deliveries write to by one statement for all', () => {
    // Each other log group is named in one resource policy of the account, which holds 5,120 characters.
    const groups = standard.template.findResources('AWS::Logs::LogGroup');
    Object.values<any>(standard.template.findResources('AWS::StepFunctions::StateMachine')).forEach(({ Properties }) => {
      const [{ CloudWatchLogsLogGroup: { LogGroupArn } }] = Properties.LoggingConfiguration.Destinations;
      expect(groups[LogGroupArn['Fn::GetAtt'][0]].Properties.LogGroupName).toMatch(/^\/aws\/vendedlogs\/states\/[\w-]{1,200}$/);
    });
  });

  test('retry every call for two minutes at least, or go on when it fails', () => {
    Object.values(definitions(standard.template)).flatMap(allStates).filter(({ Type }) => Type === 'Task').forEach(({ Retry, Catch }) => {
      if (!Retry) {
        expect(Catch).toEqual([{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: expect.any(String) }]);
        return;
      }
      expect(Retry[Retry.length - 1]).toMatchObject({ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 2, BackoffRate: 2 });
      const { MaxAttempts, MaxDelaySeconds } = Retry[Retry.length - 1];
      const seconds = Array.from({ length: MaxAttempts }, (_, retry) => Math.min(MaxDelaySeconds, 2 * 2 ** retry)).reduce((sum, one) => sum + one, 0);
      expect(seconds).toBeGreaterThanOrEqual(120);
    });
  });

  test('may make their calls and nothing else, with no action that is a pattern', () => {
    const machines = standard.template.findResources('AWS::StepFunctions::StateMachine');
    Object.entries(definitions(standard.template)).forEach(([id, definition]) => {
      const statements = statementsOf(standard.template, (machines[id].Properties as any).RoleArn['Fn::GetAtt'][0]);
      const allowed = [...new Set<string>(statements.flatMap(({ Action }) => Action))];
      expect(allowed.filter((action) => !BESIDE.test(action)).sort()).toEqual(actionsOf(definition));
      expect(allowed.filter((action) => action.includes('*'))).toEqual([]);
    });
  });

  test('change only services, families, parameters and repositories of the stage, by name', () => {
    const [id] = Object.keys(standard.template.findResources('AWS::StepFunctions::StateMachine')).filter((name) => name.startsWith('ReleaseMachine'));
    const role = (standard.template.findResources('AWS::StepFunctions::StateMachine')[id].Properties as any).RoleArn['Fn::GetAtt'][0];
    const everywhere = statementsOf(standard.template, role).filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action).filter((action: string) => !BESIDE.test(action));
    expect(everywhere.sort()).toEqual([
      'application-autoscaling:DescribeScalableTargets', 'backup:DescribeBackupJob', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricData', 'ecs:DeregisterTaskDefinition', 'ecs:DescribeTaskDefinition', 'ecs:ListTasks', 'elasticloadbalancing:DescribeRules', 'elasticloadbalancing:DescribeTargetHealth',
    ]);
  });

  test('pass the two roles of each service and of the migration, and that of backups, to ECS and Backup only', () => {
    const [id] = Object.keys(standard.template.findResources('AWS::StepFunctions::StateMachine')).filter((name) => name.startsWith('ReleaseMachine'));
    const role = (standard.template.findResources('AWS::StepFunctions::StateMachine')[id].Properties as any).RoleArn['Fn::GetAtt'][0];
    const passed = statementsOf(standard.template, role).filter(({ Action }) => [Action].flat().includes('iam:PassRole'));
    const byService = (service: string) => passed.filter(({ Condition }) => Condition.StringEquals['iam:PassedToService'] === service).flatMap(({ Resource }) => [Resource].flat().map((arn: any) => arn['Fn::GetAtt'][0]));
    expect(new Set(byService('ecs-tasks.amazonaws.com'))).toEqual(new Set(Object.keys(standard.template.findResources('AWS::IAM::Role')).filter((name) => /^(ApiTask|ApiMigration|WebTask)(Execution|Task)Role/.test(name))));
    expect(byService('backup.amazonaws.com')).toHaveLength(1);
  });

  test('are standard, with traces and a log of their execution data', () => {
    standard.template.allResourcesProperties('AWS::StepFunctions::StateMachine', {
      StateMachineType: 'STANDARD', TracingConfiguration: { Enabled: true }, LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
    });
  });

  const LONG: MigrationOptions = { timeout: Duration.hours(24), verify: ['true'], window: MaintenanceWindow.daily('22:00', '00:30'), ...PLAN };
  test.each<[string, () => Stack, number]>([
    ['as it is by default', () => standard.stack, 2],
    ['with everything as long as it may be', () => {
      const { stack, api, services, database } = releasedServices();
      const release = new Release(stack, 'Release', {
        stageName: 'production',
        services,
        migrations: [Migration.command(api, ['x'], LONG)],
        snapshot: database,
        alertRouting: routingByMail(stack),
        gateAlarmNames: ['x'],
        monitoringTime: Duration.hours(24),
        snapshotTimeout: Duration.hours(24),
        deploymentTimeout: Duration.hours(36),
      });
      new RollbackCommand(stack, 'Back', { release });
      return stack;
    }, 2],
    ['with eight services', () => eightServices(Duration.hours(5)), 8],
  ])('leave events of an execution unused, %s', (_, make, services) => {
    const machines = Object.entries(definitions(templateOf(make())));
    expect(machines.length).toBeGreaterThan(0);
    // The others of the 25,000 are for calls that are made again.
    expect(machines.map(([id, definition]) => [id, mostEvents(definition, services)]).filter(([, events]) => Number(events) > 23_000)).toEqual([]);
  });

  test('begin to look at deployments once a minute, and slow down by steps where events do not suffice', () => {
    const looks = (stack: Stack) => {
      const { States } = Object.values(definitions(templateOf(stack))).find(({ Comment }) => /^Releases/.test(Comment))!;
      const states = { ...States, ...States.Release.Branches[0].States };
      return ['Roll out', 'Roll back'].map((loop) => Object.keys(states).filter((name) => name.startsWith(`${loop}: wait`)).map((name) => states[name].Seconds));
    };
    expect(looks(standard.stack).map(([first]) => first)).toEqual([60, 60]);
    // A deployment with a bake time of half an hour has ended before the last step, or soon after.
    const many = looks(eightServices(Duration.hours(2)));
    expect(many.map(([first]) => first)).toEqual([60, 60]);
    many.forEach((seconds) => {
      expect([...seconds].sort((one, other) => one - other)).toEqual(seconds);
      expect(seconds[2]).toBeLessThanOrEqual(600);
    });
  });

  test('are refused where deployments could only be polled every few hours', () => {
    expect(refusal(() => eightServices(Duration.days(14)))).toMatch(/deploymentTimeout of 20160 minutes for each of 8 services is too long: an execution of Step Functions has 25,000 events, .*\. Give about \d{3,4} minutes/);
  });
});

describe('A release', () => {
  test('is rolled back by a second execution when it was stopped', () => {
    standard.template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { 'source': ['aws.states'], 'detail-type': ['Step Functions Execution Status Change'], 'detail': { status: ['ABORTED', 'TIMED_OUT', 'FAILED'] } },
      Targets: [{ InputTransformer: { InputPathsMap: { name: '$.detail.name' }, InputTemplate: '{"cleanUpAfter": <name>}' } }],
    });
  });

  test('has parameters that never change, because CloudFormation would reset them [ADR-2]', () => {
    const parameters = Object.entries(standard.template.findResources('AWS::SSM::Parameter')).filter(([id]) => id.startsWith('Release'));
    expect(parameters.map(([, { Properties }]: any) => Object.keys(Properties).sort())).toEqual([['Name', 'Type', 'Value'], ['Name', 'Type', 'Value']]);
  });

  test('is rolled back with one click by a document that may start that alone [A-14, C-17]', () => {
    const [{ Properties }]: any[] = Object.values(standard.template.findResources('AWS::SSM::Document'));
    expect(Properties.DocumentType).toBe('Automation');
    const [start, wait, ended] = Properties.Content.mainSteps;
    expect(start).toMatchObject({ action: 'aws:executeAwsApi', inputs: { Service: 'stepfunctions', Api: 'StartExecution', input: '{}' }, outputs: [{ Name: 'Execution', Selector: '$.executionArn' }] });
    // By default it would wait for an hour.
    expect(wait).toMatchObject({ action: 'aws:waitForAwsResourceProperty', inputs: { Api: 'DescribeExecution', executionArn: `{{ ${start.name}.Execution }}`, DesiredValues: expect.arrayContaining(['SUCCEEDED', 'FAILED']) } });
    expect(wait.timeoutSeconds).toBeGreaterThan(standard.release._maxRollbackDuration.toSeconds());
    expect(ended).toMatchObject({ action: 'aws:assertAwsResourceProperty', inputs: { DesiredValues: ['SUCCEEDED'] }, isEnd: true });
    const actions = statementsOf(standard.template, Properties.Content.assumeRole['Fn::GetAtt'][0]).flatMap(({ Action }) => Action);
    expect(actions.sort()).toEqual(['states:DescribeExecution', 'states:StartExecution']);
  });

  test('is compared with what runs once a day [B-12]', () => {
    standard.template.hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(24 hours)', Target: { Input: '{}' } });
  });

  test('leaves no finding of the four packs unacknowledged', () => {
    expect(unacknowledged(whole().stack)).toEqual([]);
  });

  test('releases services of another stack without a cycle', () => {
    const { template, stack } = whole({}, 'another stack');
    expect(Object.values(definitions(template)).map((definition) => validate(definition).isValid)).toEqual([true, true, true, true, true]);
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('A maintenance window', () => {
  const windowOf = (window: MaintenanceWindow) => {
    const { stack, api, services } = releasedServices();
    new Release(stack, 'Release', { stageName: 'production', services, migrations: [Migration.command(api, ['x'], { window })] });
    return Object.values(definitions(templateOf(stack))).flatMap(allStates);
  };

  test('may pass midnight [A-08]', () => {
    const open = windowOf(MaintenanceWindow.daily('22:00', '00:30')).find(({ Choices }) => Choices?.[0].Or?.[0].Variable === '$.window.time');
    expect(open.Choices[0].Or).toEqual([{ Variable: '$.window.time', StringGreaterThanEquals: '22:00' }, { Variable: '$.window.time', StringLessThan: '00:30' }]);
  });

  test('may be a change calendar [A-08]', () => {
    const arn = 'arn:aws:ssm:eu-central-1:111111111111:document/Calendar';
    expect(windowOf(MaintenanceWindow.calendar(arn)).find(({ Resource }) => Resource?.endsWith('ssm:getCalendarState')).Parameters).toEqual({ CalendarNames: [arn] });
  });
});

describe('A service from outside the library', () => {
  interface Foreign {
    readonly container?: boolean;
    readonly parameterName?: string;
    readonly service?: Partial<FargateServiceProps>;
  }
  function foreign(props: Foreign = {}): { stack: Stack; service: FargateService; vpc: IVpc; make: () => IReleasedService } {
    const stack = testStack();
    const { vpc } = new SecureVpc(stack, 'Network');
    const taskDefinition = new FargateTaskDefinition(stack, 'Task');
    const repository = new Repository(stack, 'Repository');
    if (props.container ?? true) {
      taskDefinition.addContainer('app', { image: ContainerImage.fromEcrRepository(repository, 'x') });
    }
    const service = new FargateService(stack, 'Service', {
      cluster: new Cluster(stack, 'Cluster', { vpc }),
      taskDefinition,
      taskDefinitionRevision: TaskDefinitionRevision.LATEST,
      minHealthyPercent: 100,
      deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
      bakeTime: Duration.minutes(10),
      circuitBreaker: { rollback: true },
      ...props.service,
    });
    return { stack, service, vpc, make: () => ReleasedService.fromFargate(service, { repository, releasedImageParameterName: props.parameterName ?? '/shop/released' }) };
  }

  test.each<[string, Foreign, string]>([
    ['CodeDeploy deploys it', { service: { deploymentController: { type: DeploymentControllerType.CODE_DEPLOY }, deploymentStrategy: undefined, bakeTime: undefined, circuitBreaker: undefined } }, 'deploymentController is "CODE_DEPLOY", expected ECS'],
    ['CloudFormation deploys it, too', { service: { taskDefinitionRevision: undefined } }, 'taskDefinition is one revision: CloudFormation deploys it, too'],
  ])('is refused when %s [E-15]', (_, props, message) => {
    expect(refusal(foreign(props).make)).toContain(message);
  });

  test('has the deployment engine of its own strategy [E-15]', () => {
    expect(foreign().make().releaseTarget.engine).toBe(DeploymentEngine.BLUE_GREEN);
    const { stack, make } = foreign({ service: { deploymentStrategy: undefined, bakeTime: undefined } });
    expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services: [make()] }))).toContain('(Test/Service) has a rolling rollout');
  });

  test('migrates in the subnets of its tasks [E-15]', () => {
    const { vpc, make } = foreign({ service: { vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } } });
    expect(make().releaseTarget.subnetIds).toEqual(vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
    const own = foreign();
    expect(own.make().releaseTarget.subnetIds).toEqual(own.vpc.privateSubnets.map(({ subnetId }) => subnetId));
  });

  test('is released by its family and its parameter [E-15]', () => {
    const { stack, make } = foreign();
    new Release(stack, 'Release', { stageName: 'production', services: [make()] });
    const [definition] = Object.values(definitions(templateOf(stack)));
    expect(validate(definition).isValid).toBe(true);
    expect(definition.States.Services.Result[0]).toMatchObject({ container: 'app', parameter: '/shop/released', alarms: [] });
    expect(definition.States.Services.Result[0].rule).toBeUndefined();
  });

  test('needs a literal name of its parameter [E-15]', () => {
    const { stack, make } = foreign({ parameterName: Fn.importValue('name') });
    expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services: [make()] }))).toContain('(Test/Service) has a parameter whose name is a reference');
  });

  test.each<[string, (stack: Stack, service: FargateService) => MigrationOptions, string]>([
    ['without a task definition', () => ({}), 'migrations[0].taskDefinition is required: Test/Service is not of this library'],
    ['with that of the service', (_, { taskDefinition }) => ({ taskDefinition: taskDefinition as FargateTaskDefinition }), 'migrations[0].taskDefinition is that of Test/Service itself'],
    ['with one that has no container', (stack) => ({ taskDefinition: new FargateTaskDefinition(stack, 'Empty') }), 'migrations[0].taskDefinition has no container'],
    ['with a dry run', (stack) => ({ ...PLAN, taskDefinition: migrationTask(stack) }), 'migrations[0].plan is not supported for Test/Service'],
    ['with a database', (stack) => ({ database: {} as never, taskDefinition: migrationTask(stack) }), 'migrations[0].database is not supported for Test/Service'],
  ])('is not migrated %s [E-15]', (_, options, message) => {
    const { stack, service, make } = foreign();
    const made = make();
    const migrations = [Migration.command(made, ['x'], options(stack, service))];
    expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services: [made], migrations }))).toContain(message);
  });

  test('is migrated by the family and the roles of the task definition that it brings [E-15]', () => {
    const { stack, make } = foreign();
    const made = make();
    new Release(stack, 'Release', { stageName: 'production', services: [made], migrations: [Migration.command(made, ['x'], { taskDefinition: migrationTask(stack) })] });
    const template = templateOf(stack);
    const statements = Object.values(template.findResources('AWS::IAM::ManagedPolicy')).flatMap(({ Properties }: any) => Properties.PolicyDocument.Statement);
    const [run] = statements.filter(({ Action }) => [Action].flat().includes('ecs:RunTask'));
    expect(JSON.stringify(run.Resource)).toContain('task-definition/TestMigration');
    const passed = statements.filter(({ Action }) => [Action].flat().includes('iam:PassRole')).map(({ Resource }) => JSON.stringify(Resource)).join();
    expect(passed).toContain('MigrationTaskRole');
    const [definition] = Object.values(definitions(template));
    expect(allStates(definition).find(({ Resource }) => Resource?.endsWith('ecs:runTask')).Parameters.Overrides.ContainerOverrides[0].Name).toBe('migrate');
  });

  test('needs a container [E-15]', () => {
    expect(refusal(foreign({ container: false }).make)).toContain('taskDefinition has no container');
  });
});

describe('A release that can not work', () => {
  type Parts = ReturnType<typeof releasedServices>;
  const refused = (props: (parts: Parts) => Partial<ReleaseProps>, service = {}) => {
    const parts = releasedServices(service);
    return refusal(() => new Release(parts.stack, 'Release', { stageName: 'production', services: parts.services, ...props(parts) }));
  };
  const migration = (options: MigrationOptions, command = ['x']) => ({ api }: Parts) => ({ migrations: [Migration.command(api, command, options)] });

  test.each<[string, (parts: Parts) => Partial<ReleaseProps>, string]>([
    ['no services', () => ({ services: [] }), 'services has 0 services, expected 1 to 8'],
    ['a service twice', ({ api }) => ({ services: [api, api] }), 'services has a service twice'],
    ['a stage without a proper name', () => ({ stageName: 'Production!' }), 'stageName is "Production!"'],
    ['a migration whose service has no database [A-08]', ({ web }) => ({ migrations: [Migration.command(web, ['x'])] }), 'migrations[0] runs in Application/Web, which has no database'],
    ['a migration of a service of another stage', ({ api, web }) => ({ services: [web], migrations: [Migration.command(api, ['x'])] }), 'migrations[0] runs in Application/Api, which is not a service of this release'],
    ['a migration without a command', migration({}, []), 'migrations[0].command is []'],
    ['a plan without a command', migration({ plan: [] }), 'migrations[0].plan is []'],
    ['a migration without time', migration({ timeout: Duration.seconds(30) }), 'migrations[0].timeout is 0.5, expected a whole number from 1 to 1440 minutes'],
    ['a window that is no time', migration({ window: MaintenanceWindow.daily('2am', '4am') }), 'migrations[0].window is "2am"'],
    ['a window without a length', migration({ window: MaintenanceWindow.daily('02:00', '02:00') }), 'migrations[0].window is "02:00"'],
    ['a calendar that is none', migration({ window: MaintenanceWindow.calendar('holidays') }), 'migrations[0].window is "holidays"'],
    ['days of monitoring', () => ({ monitoringTime: Duration.days(2) }), 'monitoringTime is 2880, expected a whole number from 0 to 1440 minutes'],
    ['a snapshot that may take no time', () => ({ snapshotTimeout: Duration.minutes(1) }), 'snapshotTimeout is 1, expected a whole number from 10 to 1440 minutes'],
    ['less time than the rollout takes', () => ({ deploymentTimeout: Duration.minutes(10) }), 'expected at least the 30 planned minutes'],
    ['a snapshot of a database that keeps none', ({ stack }) => ({ snapshot: withoutVault(stack) }), 'snapshot is a database without a backup vault'],
  ])('is refused with %s', (_, props, message) => {
    expect(refused(props, { rollout: Rollout.blueGreen({ bakeTime: Duration.minutes(30) }) })).toContain(message);
  });

  test.each([
    ['22:00', '00:30', undefined],
    ['03:00', '04:00', undefined],
    ['02:00', '04:00', '02:00-03:00'],
    ['00:30', '01:30', '02:00-03:00'],
    ['23:00', '02:30', '02:00-03:00'],
    ['05:00', '07:00', 'sun:05:30-sun:06:30'],
  ])('takes its snapshot from %s to %s, unless a window of the instance refuses it [A-06]', (from, to, refusing) => {
    const { stack, api, services, database } = releasedServices();
    const migrate = Migration.command(api, ['x'], { window: MaintenanceWindow.daily(from, to) });
    const make = () => new Release(stack, 'Release', { stageName: 'production', services, migrations: [migrate], snapshot: database });
    if (refusing) {
      expect(refusal(make)).toContain(`snapshot is taken from ${from} to ${to}, in the window of the migration. AWS Backup starts none in the window ${refusing} of the database`);
    } else {
      expect(make).not.toThrow();
    }
  });

  test('is refused with a rolling rollout, unless new versions need no verification [D-06]', () => {
    const rolling = { rollout: Rollout.rolling() };
    expect(refused(() => ({}), rolling)).toContain('services[0] (Application/Api) has a rolling rollout: it does not verify new versions before they get traffic');
    const { stack, services } = releasedServices(rolling);
    new Release(stack, 'Release', { stageName: 'production', services, verifyBeforeTraffic: false });
    expect(Object.keys(definitions(templateOf(stack))).filter((id) => id.startsWith('ReleaseMachine'))).toHaveLength(1);
  });

  test('is refused with a service that CodeDeploy deploys', () => {
    const stack = testStack();
    const service = new ProductionWebService(stack, 'Web', {
      network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), rollout: Rollout.codeDeploy(), image: ServiceImage.released(new ImageRepository(testStack({ app: stack.node.root as any, id: 'Registry' }), 'Images')),
    });
    expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services: [service] }))).toContain('(Test/Web) is deployed by CodeDeploy');
  });

  test('is refused with a service whose image is declared', () => {
    const stack = testStack();
    const service = new ProductionWebService(stack, 'Web', {
      network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), image: ServiceImage.fromRepository(new ImageRepository(stack, 'Images'), { tag: '1.4.2' }),
    });
    expect(refusal(() => new Release(stack, 'Release', { stageName: 'production', services: [service] }))).toContain('(Test/Web) has a declared image');
  });

  test('is refused with services of another region', () => {
    const { app, services } = releasedServices();
    const elsewhere = testStack({ app, id: 'Elsewhere', env: { account: '111111111111', region: 'eu-west-1' } });
    expect(refusal(() => new Release(elsewhere, 'Release', { stageName: 'production', services }))).toContain('(Application/Api) is in another account or region than the release, which is in 111111111111 and eu-west-1');
  });

  test('is not compared more often than every hour', () => {
    const { stack, services } = releasedServices();
    const release = new Release(stack, 'Release', { stageName: 'production', services });
    expect(refusal(() => new DriftCheck(stack, 'Drift', { release, alertRouting: routingByMail(stack), interval: Duration.minutes(5) }))).toContain('interval is');
  });
});

test('A database of a development environment has a snapshot target only with a backup vault', () => {
  const stack = testStack();
  EnvironmentProfile.development().applyTo(stack);
  const database = new HardenedPostgres(stack, 'Database', { network: new SecureVpc(stack, 'Network') });
  expect(database.snapshotTarget === undefined).toBe(database.backupVault === undefined);
});

/** Database of development, which keeps no snapshots. */
function withoutVault(stack: Stack): HardenedPostgres {
  return new HardenedPostgres(stack, 'Development', {
    network: new SecureVpc(stack, 'DevelopmentNetwork'), profile: EnvironmentProfile.development(),
  });
}
