import { type Answers, AwsError } from './state-machines';

export interface Facts {
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  readonly family: string;
  readonly container: string;
  readonly repository: string;
  readonly uri: string;
  readonly parameter: string;
  readonly alarms: string[];
  readonly stack: string;
  readonly rule: string;
  readonly minTasks: number;
}

export interface Revision {
  readonly arn: string; readonly family: string; readonly number: number; readonly definition: any; readonly tags: any[]; readonly by: string; active: boolean;
}

interface Deployment {
  readonly arn: string;
  readonly service: string;
  readonly target: string;
  readonly source: string;
  readonly createdAt: string;
  /** How often a list has been asked for since it began. */
  asked: number;
  shifted?: boolean;
  status: string;
  reason?: string;
  minutes: number;
}

interface Service { revision: string; serving: string; tasks: number; group: 0 | 1; minCapacity: number }

type Moment = (api: string, input: any) => unknown;
const NOTHING: () => unknown = () => undefined;

const RELEASE = 'arn:aws:sts::111111111111:assumed-role/release-role/abcdef';
const CLOUDFORMATION = 'arn:aws:iam::111111111111:role/cloudformation';
const ENDED = ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'];
/** As the API has it: any other field is refused by Step Functions. */
const REGISTERED = [
  'Family', 'TaskRoleArn', 'ExecutionRoleArn', 'NetworkMode', 'ContainerDefinitions', 'Volumes', 'PlacementConstraints', 'RequiresCompatibilities', 'Cpu', 'Memory', 'Tags', 'PidMode',
  'IpcMode', 'ProxyConfiguration', 'InferenceAccelerators', 'EphemeralStorage', 'RuntimePlatform', 'EnableFaultInjection',
];

/**
 * As much of ECS, CloudWatch, Systems Manager, ECR, Backup and load balancing as a release meets, with a state of its own: revisions, deployments that
 * take minutes, alarms, a hook. Nothing is scripted by call: what goes wrong is a property of an image, an alarm or a moment.
 */
export class DeliveryAccount {
  public readonly revisions: Revision[] = [];
  public readonly services: { [name: string]: Service } = {};
  public readonly deployments: Deployment[] = [];
  public readonly parameters: { [name: string]: string[] } = {};
  public readonly images: { [repository: string]: { [tag: string]: string } } = {};
  /** As mails have it, and as the other channels get it. */
  public readonly published: Array<{ subject: string; message: string; forChannels: string }> = [];
  public readonly counted: string[] = [];
  public readonly calls: Array<{ api: string; input: any }> = [];
  public readonly firing = new Set<string>();
  public stackStatus: { [stack: string]: string } = {};
  public executions: string[] = [];
  public readonly backups: Array<{ id: string; input: any; polls: number }> = [];
  public readonly tasks: Array<{ arn: string; input: any; image: string; polls: number; stopped: boolean }> = [];
  /** What a version does, by its tag. */
  public readonly faults: { [tag: string]: 'fails on green' | 'fires in the shift' | 'never ends' | 'waits for approval' | 'migration fails' | 'migration hangs' | 'fires afterwards' | 'can not be rolled back' } = {};
  public readonly inputs: { [execution: string]: string } = {};
  /** How executions ended, by name. */
  public readonly ended: { [execution: string]: { Status: string; Error?: string; Cause?: string } } = {};
  public readonly started: any[] = [];
  /** What runs a release that is started, to its end. */
  public starts: Moment = NOTHING;
  /** How often others are asked for before an execution is seen that has just started. */
  public executionsLag = 0;
  /** How often a service's deployments are asked for before one is seen that has just begun. */
  public deploymentsLag = 1;
  /** How often a task is asked for before ECS knows it. */
  public tasksLag = 1;
  /** How many registrations meet another one at the same moment. */
  public contention = 0;
  public readonly stopped: string[] = [];
  public unhealthy = false;
  /** Whether services have scaling. */
  public scales = true;
  /** A service that ECS doesn't know any more. */
  public unknown = '';
  public backupFails = false;
  public minutes = 0;
  /** No minute passes, however often is asked. */
  public standsStill = false;
  /** Runs before each answer, to do something at a certain moment. */
  public before: Moment = NOTHING;
  /** Runs once the release has ended. */
  public afterwards: () => unknown = NOTHING;
  private startedRelease?: unknown;
  private readonly asked: { [execution: string]: number } = {};

  public constructor(public readonly facts: Facts[], recordNames: string[], private readonly datadog = false) {
    recordNames.forEach((name) => { this.parameters[name] = ['none']; });
    facts.forEach((fact) => {
      this.parameters[fact.parameter] = ['none'];
      this.images[fact.repository] ??= {};
      const { arn } = this.registerByCloudFormation(fact, 'none');
      this.services[fact.service] = { revision: arn, serving: arn, tasks: 0, group: 0, minCapacity: 0 };
      this.stackStatus[fact.stack] = 'CREATE_COMPLETE';
    });
  }

  public push(tag: string): this {
    Object.entries(this.images).forEach(([repository, tags]) => { tags[tag] = `manifest of ${repository} ${tag}`; });
    return this;
  }

  /** All services run a version that was released before, from CloudFormation's revision. */
  public runs(tag: string): this {
    this.push(tag);
    this.facts.forEach((_, index) => this.runsOne(index, tag));
    return this;
  }

  public runsOne(index: number, tag: string): void {
    const fact = this.facts[index];
    this.parameters[fact.parameter].push(tag);
    const { arn } = this.registerByCloudFormation(fact, tag);
    Object.assign(this.services[fact.service], { revision: arn, serving: arn, tasks: fact.minTasks, minCapacity: fact.minTasks });
  }

  public registerByCloudFormation(fact: Facts, tag: string, further: object = {}): Revision {
    const environment = this.datadog ? [{ Name: 'DD_ENV', Value: 'production' }, { Name: 'PORT', Value: '3000' }] : [];
    return this.register(fact.family, CLOUDFORMATION, {
      ContainerDefinitions: [
        { Name: 'log-router', Image: 'router:1', Essential: true, Environment: [] },
        { Name: fact.container, Image: `${fact.uri}:${tag}`, Environment: environment, Cpu: 0, ...(this.datadog && { DockerLabels: { 'com.datadoghq.tags.service': 'web' } }) },
      ],
      TaskRoleArn: 'task-role',
      ExecutionRoleArn: 'execution-role',
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      Cpu: '512',
      Memory: '1024',
      Volumes: [],
      PlacementConstraints: [],
      RuntimePlatform: { CpuArchitecture: 'X86_64' },
      ...further,
    }, [{ Key: 'team', Value: 'shop' }]);
  }

  public latest(fact: Facts): Revision {
    return this.revisions.filter(({ family, active }) => family === fact.family && active).pop()!;
  }

  /** What CloudFormation does when the service itself changes: the family's latest active revision. */
  public updateByCloudFormation(fact: Facts): void {
    this.deploy(fact.service, this.latest(fact).arn);
  }

  public tagOf(arn: string): string {
    const { definition, family } = this.revision(arn);
    const fact = this.facts.find((one) => one.family === family)!;
    return definition.ContainerDefinitions.find(({ Name }: any) => Name === fact.container).Image.split(':').pop();
  }

  /** The version that serves, of each service. */
  public get serving(): string[] {
    return this.facts.map(({ service }) => (this.services[service].tasks === 0 ? 'nothing' : this.tagOf(this.services[service].serving)));
  }

  public get released(): string[] {
    return this.facts.map(({ parameter }) => this.value(parameter));
  }

  public get latestTags(): string[] {
    return this.facts.map((fact) => this.tagOf(this.latest(fact).arn));
  }

  public get subjects(): string[] {
    return this.published.map(({ subject }) => subject);
  }

  /** Somebody registers another image, and updates the first service. */
  public byHand(tag: string): void {
    const [fact] = this.facts;
    const { arn } = this.registerByCloudFormation(fact, tag);
    Object.assign(this.services[fact.service], { revision: arn, serving: arn });
  }

  public answers(): Answers {
    return async (api, input) => {
      this.calls.push({ api, input });
      await this.before(api, input);
      const answer = (this as any)[api.split(':')[1]] as ((input: any) => unknown) | undefined;
      if (!answer) {
        throw new AwsError('Test.UnknownApi', api);
      }
      return JSON.parse(JSON.stringify(await answer.call(this, input) ?? {}));
    };
  }

  public passMinute(): void {
    if (this.standsStill) {
      return;
    }
    this.minutes += 1;
    this.deployments.filter(({ status }) => !ENDED.includes(status)).forEach((deployment) => this.advance(deployment));
  }

  private advance(deployment: Deployment): void {
    const service = this.services[deployment.service];
    const fault = this.faults[this.tagOf(deployment.target)];
    deployment.minutes += 1;
    if (deployment.status === 'ROLLBACK_REQUESTED' || deployment.status === 'STOP_REQUESTED') {
      deployment.status = 'ROLLBACK_IN_PROGRESS';
      return;
    }
    if (deployment.status === 'ROLLBACK_IN_PROGRESS') {
      if (fault === 'can not be rolled back') {
        Object.assign(service, { revision: deployment.source });
        Object.assign(deployment, { status: 'ROLLBACK_FAILED', reason: 'no capacity' });
      } else if (this.canStart(deployment.source, service)) {
        Object.assign(service, { revision: deployment.source, serving: deployment.source });
        deployment.status = 'ROLLBACK_SUCCESSFUL';
      }
      return;
    }
    deployment.status = 'IN_PROGRESS';
    if (!this.canStart(deployment.target, service)) {
      Object.assign(deployment, deployment.minutes < 4 ? {} : { status: 'ROLLBACK_IN_PROGRESS', reason: 'CannotPullContainerError' });
    } else if (deployment.minutes === 2 && (fault === 'fails on green' || fault === 'can not be rolled back')) {
      deployment.reason = 'Lifecycle hook PRE_PRODUCTION_TRAFFIC_SHIFT returned FAILED';
      deployment.status = 'ROLLBACK_IN_PROGRESS';
    } else if (deployment.minutes >= 3 && !deployment.shifted && fault !== 'waits for approval') {
      deployment.shifted = true;
      service.serving = deployment.target;
      service.group = service.group === 0 ? 1 : 0;
      if (fault === 'fires in the shift') {
        deployment.reason = 'Service deployment rolled back because of alarm';
        service.serving = deployment.source;
        deployment.status = 'ROLLBACK_IN_PROGRESS';
      }
    } else if (deployment.minutes >= 6 && fault !== 'never ends' && fault !== 'waits for approval') {
      deployment.status = 'SUCCESSFUL';
    }
  }

  /** An image that is not in the repository can't be pulled; without tasks nothing is. */
  private canStart(revision: string, { tasks }: Service): boolean {
    const { repository } = this.facts.find(({ family }) => family === this.revision(revision).family)!;
    return tasks === 0 || this.images[repository][this.tagOf(revision)] !== undefined;
  }

  public deploy(service: string, revision: string): Deployment {
    this.deployments.filter((one) => one.service === service && !ENDED.includes(one.status)).forEach((one) => { one.status = 'STOPPED'; one.reason = 'Replaced by another deployment'; });
    const { serving } = this.services[service];
    const deployment: Deployment = {
      arn: `arn:deployment/${service}/${this.deployments.length + 1}`,
      service,
      target: revision,
      source: serving,
      createdAt: new Date().toISOString(),
      asked: Infinity,
      status: 'PENDING',
      minutes: 0,
    };
    this.services[service].revision = revision;
    this.deployments.unshift(deployment);
    return deployment;
  }

  private register(family: string, by: string, definition: any, tags: any[]): Revision {
    const number = this.revisions.filter((one) => one.family === family).length + 1;
    const revision = { arn: `arn:task-definition/${family}:${number}`, family, number, definition, tags, by, active: true };
    this.revisions.push(revision);
    return revision;
  }

  public revision(name: string): Revision {
    const found = this.revisions.find(({ arn }) => arn === name) ?? this.revisions.filter(({ family, active }) => family === name && active).pop();
    if (!found) {
      throw new AwsError('Ecs.ClientException', `Unable to describe task definition ${name}`);
    }
    return found;
  }

  public value(parameter: string): string {
    return this.parameters[parameter][this.parameters[parameter].length - 1];
  }

  // What follows are the APIs, by their own names.

  public describeTaskDefinition({ TaskDefinition, Include }: any) {
    const { arn, family, number, definition, tags, by, active } = this.revision(TaskDefinition);
    return {
      TaskDefinition: {
        ...definition, Family: family, TaskDefinitionArn: arn, Revision: number, Status: active ? 'ACTIVE' : 'INACTIVE', RequiresAttributes: [{ Name: 'x' }], Compatibilities: ['EC2', 'FARGATE'], RegisteredAt: '2026-01-01T00:00:00Z', RegisteredBy: by,
      },
      ...(Include && { Tags: tags }),
    };
  }

  public registerTaskDefinition({ Family, Tags = [], ...definition }: any) {
    if (this.contention > 0) {
      this.contention -= 1;
      throw new AwsError('Ecs.ClientException', 'Too many concurrent attempts to create a new revision of the specified family.');
    }
    if (Tags.some(({ Key }: any) => Key.startsWith('aws:'))) {
      throw new AwsError('Ecs.InvalidParameterException', 'Tag keys that begin with aws: are reserved');
    }
    const unknown = Object.keys(definition).find((field) => !REGISTERED.includes(field));
    if (unknown || !Family || !definition.ContainerDefinitions?.length) {
      throw new AwsError('States.Runtime', `The field '${unknown}' is not supported by Step Functions`);
    }
    return { TaskDefinition: { TaskDefinitionArn: this.register(Family, RELEASE, definition, Tags).arn } };
  }

  public deregisterTaskDefinition({ TaskDefinition }: any) {
    this.revision(TaskDefinition).active = false;
  }

  public describeServices({ Services: [name] }: any) {
    if (name === this.unknown) {
      return { Services: [], Failures: [{ Arn: name, Reason: 'MISSING' }] };
    }
    const { revision, tasks } = this.services[name];
    return { Services: [{ Status: 'ACTIVE', TaskDefinition: revision, DesiredCount: tasks }], Failures: [] };
  }

  public updateService({ Service, TaskDefinition, DesiredCount, ForceNewDeployment }: any) {
    if (TaskDefinition && !this.revision(TaskDefinition).active) {
      throw new AwsError('Ecs.ClientException', 'TaskDefinition is inactive');
    }
    if (DesiredCount !== undefined) {
      this.services[Service].tasks = DesiredCount;
    }
    if (TaskDefinition && (ForceNewDeployment || TaskDefinition !== this.services[Service].revision)) {
      this.deploy(Service, TaskDefinition).asked = 0;
    }
  }

  /** In no order that is documented: the oldest first. One that has just begun is not among them yet. */
  public listServiceDeployments({ Service, Status, CreatedAt }: any) {
    this.passMinute();
    const theirs = this.deployments.filter((one) => one.service === Service).reverse();
    theirs.forEach((one) => { one.asked += 1; });
    return {
      ServiceDeployments: theirs.filter((one) => one.asked > this.deploymentsLag && (!Status || Status.includes(one.status)) && (!CreatedAt || one.createdAt >= CreatedAt.After))
        .map(({ arn, status, reason }) => ({ ServiceDeploymentArn: arn, Status: status, ...(reason && { StatusReason: reason }) })),
    };
  }

  public stopServiceDeployment({ ServiceDeploymentArn, StopType }: any) {
    const deployment = this.deployments.find(({ arn }) => arn === ServiceDeploymentArn)!;
    if (StopType !== 'ROLLBACK' || !['PENDING', 'IN_PROGRESS'].includes(deployment.status)) {
      throw new AwsError('Ecs.ConflictException', `Deployment is ${deployment.status}`);
    }
    deployment.status = 'ROLLBACK_REQUESTED';
    // The weights go back at once.
    this.services[deployment.service].serving = deployment.source;
  }

  public describeAlarms({ AlarmNames, StateValue }: any) {
    const afterwards = Object.values(this.services).some(({ serving }) => this.faults[this.tagOf(serving)] === 'fires afterwards') && this.deployments.every(({ status }) => ENDED.includes(status));
    const names = AlarmNames.filter((name: string) => this.firing.has(name) || afterwards);
    return { MetricAlarms: StateValue === 'ALARM' ? names.map((AlarmName: string) => ({ AlarmName, StateValue })) : [], CompositeAlarms: [] };
  }

  public describeStacks({ StackName }: any) {
    return { Stacks: [{ StackName, StackStatus: this.stackStatus[StackName] }] };
  }

  public describeRules({ RuleArns: [rule] }: any) {
    const fact = this.facts.find((one) => one.rule === rule)!;
    const { group } = this.services[fact.service];
    return { Rules: [{ Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [0, 1].map((index) => ({ TargetGroupArn: `${fact.service} ${index}`, Weight: index === group ? 1 : 0 })) } }] }] };
  }

  public describeTargetHealth({ TargetGroupArn }: any) {
    const [service, group] = TargetGroupArn.split(' ');
    const healthy = !this.unhealthy && this.services[service].tasks > 0 && this.services[service].group === Number(group);
    return { TargetHealthDescriptions: healthy ? [{ Target: { Id: '10.0.1.1' }, TargetHealth: { State: 'unhealthy' } }, { TargetHealth: { State: 'healthy' } }] : [] };
  }

  public getParameter({ Name }: any) {
    const [name, selector] = Name.split(':');
    const version = selector === undefined ? this.parameters[name].length : Number(selector);
    return { Parameter: { Name: name, Value: this.parameters[name][version - 1], Version: version } };
  }

  public putParameter({ Name, Value }: any) {
    if (Value.length > 8192) {
      throw new AwsError('Ssm.ParameterMaxLengthExceeded', Name);
    }
    this.parameters[Name].push(Value);
    return { Version: this.parameters[Name].length };
  }

  public describeImages({ RepositoryName, ImageIds: [{ ImageTag }] }: any) {
    if (this.images[RepositoryName][ImageTag] === undefined) {
      throw new AwsError('Ecr.ImageNotFoundException', `The image with imageId {imageTag:'${ImageTag}'} does not exist within the repository`);
    }
    return { ImageDetails: [{ ImageTags: [ImageTag] }] };
  }

  public batchGetImage({ RepositoryName, ImageIds: [{ ImageTag }] }: any) {
    return { Images: [{ ImageManifest: this.images[RepositoryName][ImageTag], ImageManifestMediaType: 'application/vnd.oci.image.index.v1+json' }], Failures: [] };
  }

  public putImage({ RepositoryName, ImageTag, ImageManifest }: any) {
    const there = this.images[RepositoryName][ImageTag];
    if (there !== undefined) {
      throw new AwsError(there === ImageManifest ? 'Ecr.ImageAlreadyExistsException' : 'Ecr.ImageTagAlreadyExistsException', ImageTag);
    }
    this.images[RepositoryName][ImageTag] = ImageManifest;
  }

  public describeScalableTargets({ ResourceIds }: any) {
    return { ScalableTargets: this.scales ? ResourceIds.map((ResourceId: string) => ({ ResourceId, MinCapacity: this.services[ResourceId.split('/')[2]].minCapacity })) : [] };
  }

  /** Makes a target where there is none, for which it wants to know the most tasks, too. */
  public registerScalableTarget({ ResourceId, MinCapacity }: any) {
    if (!this.scales) {
      throw new AwsError('ApplicationAutoScaling.ValidationException', 'MaxCapacity is required');
    }
    this.services[ResourceId.split('/')[2]].minCapacity = MinCapacity;
  }

  public publish({ Subject, Message, MessageStructure }: any) {
    const { default: forChannels, email = forChannels } = MessageStructure === 'json' ? JSON.parse(Message) : { default: Message };
    this.published.push({ subject: Subject, message: email, forChannels });
  }

  public putMetricData({ Namespace, MetricData }: any) {
    MetricData.forEach(({ MetricName, Dimensions: [{ Value: machine }], Value }: any) => this.counted.push(`${Namespace} ${MetricName} ${machine} ${Value}`));
  }

  /** Newest first, as Step Functions lists them, and only those that it knows of yet. */
  public listExecutions() {
    const known = this.executions.filter((name) => { this.asked[name] = (this.asked[name] ?? 0) + 1; return this.asked[name] > this.executionsLag; });
    return { Executions: known.map((Name) => ({ Name, ExecutionArn: `arn:execution:${Name}` })).reverse() };
  }

  /** A release that was started has ended by then. */
  public async describeExecution({ ExecutionArn }: any) {
    const name = ExecutionArn.split(':').pop();
    if (name === 'started') {
      const { status, error }: any = await this.startedRelease ?? { status: 'SUCCEEDED' };
      return { Status: status, Input: '{}', ...(error && { Error: error.name, Cause: error.message }) };
    }
    return { Input: this.inputs[name] ?? '{}', ...(this.ended[name] ?? { Status: 'RUNNING' }) };
  }

  public stopExecution({ ExecutionArn }: any) {
    this.stopped.push(ExecutionArn.split(':').pop());
  }

  public startExecution({ Input }: any) {
    this.started.push(JSON.parse(Input));
    this.startedRelease = this.starts('sfn:startExecution', JSON.parse(Input));
    return { ExecutionArn: 'arn:execution:started' };
  }

  public startBackupJob(input: any) {
    this.backups.push({ id: `job-${this.backups.length}`, input, polls: 0 });
    return { BackupJobId: this.backups[this.backups.length - 1].id };
  }

  public describeBackupJob({ BackupJobId }: any) {
    const backup = this.backups.find(({ id }) => id === BackupJobId)!;
    backup.polls += 1;
    const done = backup.polls > 2;
    return { State: done ? (this.backupFails ? 'FAILED' : 'COMPLETED') : 'RUNNING', ...(done && this.backupFails && { StatusMessage: 'no space' }), RecoveryPointArn: `arn:snapshot:awsbackup:${BackupJobId}` };
  }

  public startCopyJob(input: any) {
    this.backups.push({ id: 'copy', input, polls: 0 });
    return { CopyJobId: 'copy' };
  }

  public getCalendarState() {
    return { State: 'OPEN' };
  }

  public runTask(input: any) {
    const arn = `arn:aws:ecs:eu-central-1:111111111111:task/cluster/task${this.tasks.length + 1}`;
    this.tasks.push({ arn, input, image: this.revision(input.TaskDefinition).definition.ContainerDefinitions[1].Image.split(':').pop(), polls: 0, stopped: false });
    return { Tasks: [{ TaskArn: arn, LastStatus: 'PROVISIONING' }], Failures: [] };
  }

  public describeTasks({ Tasks: [name] }: any) {
    const task = this.tasks.find(({ arn }) => arn === name)!;
    task.polls += 1;
    if (task.polls <= this.tasksLag) {
      return { Tasks: [], Failures: [{ Arn: name, Reason: 'MISSING' }] };
    }
    const fault = this.faults[task.image];
    const { Name } = task.input.Overrides.ContainerOverrides[0];
    const stopped = task.stopped || (task.polls > 3 && fault !== 'migration hangs');
    return {
      Tasks: [{
        TaskArn: name,
        LastStatus: stopped ? 'STOPPED' : 'RUNNING',
        Containers: [{ Name: 'log-router', ExitCode: 137 }, { Name, ...(stopped && { ExitCode: fault === 'migration fails' ? 1 : 0 }) }],
        ...(stopped && { StoppedReason: 'Essential container in task exited' }),
      }],
    };
  }

  public stopTask({ Task }: any) {
    this.tasks.find(({ arn }) => arn === Task)!.stopped = true;
  }

  public listTasks({ StartedBy, DesiredStatus }: any) {
    return { TaskArns: this.tasks.filter((task) => task.input.StartedBy === StartedBy && task.stopped === (DesiredStatus === 'STOPPED')).map(({ arn }) => arn) };
  }

  public getLogEvents() {
    return { Events: [{ Message: 'ALTER TABLE orders ADD COLUMN note text;' }, { Message: 'CREATE INDEX ON orders (note);' }] };
  }
}
