import { AwsError } from '../state-machines';
import type { Ecr } from './ecr';
import type { Facts, World } from './world';

/** Revision of a task definition. */
export interface Revision {
  readonly arn: string;
  readonly family: string;
  readonly number: number;
  readonly definition: any;
  readonly tags: any[];
  readonly by: string;
  active: boolean;
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

interface Service {
  revision: string;
  serving: string;
  tasks: number;
  group: 0 | 1;
  minCapacity: number;
}

interface Task {
  readonly arn: string;
  readonly input: any;
  readonly image: string;
  polls: number;
  stopped: boolean;
  /** Exit code of a program that was run. */
  exitCode?: number;
}

/** Container of a task that runs once, as it is started. */
export interface StartedContainer {
  readonly definition: { readonly Image: string; readonly Environment?: any[]; readonly Secrets?: any[] };
  readonly command: string[];
  readonly environment: Array<{ readonly Name: string; readonly Value: string }>;
}

const RELEASE = 'arn:aws:sts::111111111111:assumed-role/release-role/abcdef';
const ENDED = ['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'ROLLBACK_FAILED', 'STOPPED'];
/** Fields of the API: Step Functions refuses any other. */
const REGISTERED = [
  'Family', 'TaskRoleArn', 'ExecutionRoleArn', 'NetworkMode', 'ContainerDefinitions', 'Volumes', 'PlacementConstraints',
  'RequiresCompatibilities', 'Cpu', 'Memory', 'Tags', 'PidMode', 'IpcMode', 'ProxyConfiguration', 'InferenceAccelerators',
  'EphemeralStorage', 'RuntimePlatform', 'EnableFaultInjection',
];

/** Revisions, services, deployments that take minutes, and tasks that run once. */
export class Ecs {
  public readonly revisions: Revision[] = [];
  public readonly services: { [name: string]: Service } = {};
  /** Newest first. */
  public readonly deployments: Deployment[] = [];
  public readonly tasks: Task[] = [];
  /** How often a service's deployments are asked for before one is listed that has just begun. */
  public deploymentsLag = 1;
  /** How often a task is asked for before ECS knows it. */
  public tasksLag = 1;
  /** How many registrations meet another one at the same moment. */
  public contention = 0;
  /** A service that ECS doesn't know any more. */
  public unknown = '';
  public minutes = 0;
  /** Runs the programs of tasks. Without it, tasks end by the faults of their images alone. */
  public program?: (container: StartedContainer) => Promise<number>;
  /** No minute passes, however often is asked. */
  public standsStill = false;
  /** Minutes from the shift of the traffic to the end of a deployment. */
  public bakeMinutes = 3;
  /** Versions that began to serve, in their order. */
  public readonly served: Array<{ readonly at: number; readonly service: string; readonly tag: string }> = [];
  private now = 0;
  /** Moment up to which deployments went on. */
  private passed = 0;

  public constructor(
    private readonly world: World,
    private readonly ecr: Ecr,
  ) {}

  public register(family: string, by: string, definition: any, tags: any[]): Revision {
    const number = this.revisions.filter((one) => one.family === family).length + 1;
    const revision = { arn: `arn:task-definition/${family}:${number}`, family, number, definition, tags, by, active: true };
    this.revisions.push(revision);
    return revision;
  }

  public latest(fact: Facts): Revision {
    return this.revisions.filter(({ family, active }) => family === fact.family && active).pop()!;
  }

  /** A revision by its ARN, or the latest active one of a family. */
  public revision(name: string): Revision {
    const found = this.revisions.find(({ arn }) => arn === name) ?? this.revisions.filter(({ family, active }) => family === name && active).pop();
    if (!found) {
      throw new AwsError('Ecs.ClientException', `Unable to describe task definition ${name}`);
    }
    return found;
  }

  /** The tag of a revision's application. */
  public tagOf(arn: string): string {
    const { definition, family } = this.revision(arn);
    const fact = this.world.facts.find((one) => one.family === family)!;
    return definition.ContainerDefinitions.find(({ Name }: any) => Name === fact.container).Image.split(':').pop();
  }

  public get idle(): boolean {
    return this.deployments.every(({ status }) => ENDED.includes(status));
  }

  public deploy(service: string, revision: string): Deployment {
    this.deployments.filter((one) => one.service === service && !ENDED.includes(one.status)).forEach((one) => { one.status = 'STOPPED'; one.reason = 'Replaced by another deployment'; });
    const { serving } = this.services[service];
    const deployment: Deployment = {
      arn: `arn:deployment/${service}/${this.deployments.length + 1}`,
      service,
      target: revision,
      source: serving,
      createdAt: new Date(this.now).toISOString(),
      asked: Infinity,
      status: 'PENDING',
      minutes: 0,
    };
    this.services[service].revision = revision;
    this.deployments.unshift(deployment);
    return deployment;
  }

  /** Lets deployments go on until a moment of the executions' clock. */
  public passUntil(now: number): void {
    for (this.passed ||= now; this.passed + 60_000 <= now; this.passed += 60_000) {
      this.now = this.passed + 60_000;
      this.passMinute();
    }
    this.now = now;
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
    const fault = this.world.faults[this.tagOf(deployment.target)];
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
        service.revision = deployment.source;
        this.serve(deployment.service, deployment.source);
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
      this.serve(deployment.service, deployment.target);
      service.group = service.group === 0 ? 1 : 0;
      if (fault === 'fires in the shift') {
        deployment.reason = 'Service deployment rolled back because of alarm';
        this.serve(deployment.service, deployment.source);
        deployment.status = 'ROLLBACK_IN_PROGRESS';
      }
    } else if (deployment.minutes >= 3 + this.bakeMinutes && fault !== 'never ends' && fault !== 'waits for approval') {
      deployment.status = 'SUCCESSFUL';
    }
  }

  private serve(name: string, revision: string): void {
    this.services[name].serving = revision;
    this.served.push({ at: this.now, service: name, tag: this.tagOf(revision) });
  }

  /** An image that is not in the repository can't be pulled; without tasks nothing is. */
  private canStart(revision: string, { tasks }: Service): boolean {
    const { repository } = this.world.facts.find(({ family }) => family === this.revision(revision).family)!;
    return tasks === 0 || this.ecr.images[repository][this.tagOf(revision)] !== undefined;
  }

  // The APIs, by their own names.

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
    const { revision } = this.services[Service];
    if (ForceNewDeployment || (TaskDefinition && TaskDefinition !== revision)) {
      this.deploy(Service, TaskDefinition ?? revision).asked = 0;
    }
  }

  /** In no order that is documented: the oldest first. One that has just begun is not among them yet. */
  public listServiceDeployments({ Service, Status, CreatedAt }: any) {
    const theirs = this.deployments.filter((one) => one.service === Service).reverse();
    theirs.forEach((one) => { one.asked += 1; });
    return {
      ServiceDeployments: theirs.filter((one) => one.asked > this.deploymentsLag && (!Status || Status.includes(one.status)) && (!CreatedAt || one.createdAt >= CreatedAt.After))
        .map(({ arn, status, reason }) => ({ ServiceDeploymentArn: arn, Status: status, ...(reason && { StatusReason: reason }) })),
    };
  }

  public describeServiceDeployments({ ServiceDeploymentArns: [name] }: any) {
    const { arn, status, reason, shifted } = this.deployments.find((one) => one.arn === name)!;
    return { ServiceDeployments: [{ ServiceDeploymentArn: arn, Status: status, LifecycleStage: shifted ? 'BAKE_TIME' : 'SCALE_UP', ...(reason && { StatusReason: reason }) }], Failures: [] };
  }

  public stopServiceDeployment({ ServiceDeploymentArn, StopType }: any) {
    const deployment = this.deployments.find(({ arn }) => arn === ServiceDeploymentArn)!;
    if (StopType !== 'ROLLBACK' || !['PENDING', 'IN_PROGRESS'].includes(deployment.status)) {
      throw new AwsError('Ecs.ConflictException', `Deployment is ${deployment.status}`);
    }
    deployment.status = 'ROLLBACK_REQUESTED';
    // The weights go back at once.
    this.serve(deployment.service, deployment.source);
  }

  public async runTask(input: any) {
    const arn = `arn:aws:ecs:eu-central-1:111111111111:task/cluster/task${this.tasks.length + 1}`;
    const [{ Name, Command, Environment = [] }] = input.Overrides.ContainerOverrides;
    const definition = this.revision(input.TaskDefinition).definition.ContainerDefinitions.find((one: any) => one.Name === Name);
    const task: Task = { arn, input, image: definition.Image.split(':').pop(), polls: 0, stopped: false };
    this.tasks.push(task);
    task.exitCode = await this.program?.({ definition, command: Command, environment: Environment });
    return { Tasks: [{ TaskArn: arn, LastStatus: 'PROVISIONING' }], Failures: [] };
  }

  public describeTasks({ Tasks: [name] }: any) {
    const task = this.tasks.find(({ arn }) => arn === name)!;
    task.polls += 1;
    if (task.polls <= this.tasksLag) {
      return { Tasks: [], Failures: [{ Arn: name, Reason: 'MISSING' }] };
    }
    const fault = this.world.faults[task.image];
    const { Name } = task.input.Overrides.ContainerOverrides[0];
    const stopped = task.stopped || (task.polls > 3 && fault !== 'migration hangs');
    return {
      Tasks: [{
        TaskArn: name,
        LastStatus: stopped ? 'STOPPED' : 'RUNNING',
        Containers: [{ Name: 'log-router', ExitCode: 137 }, { Name, ...(stopped && { ExitCode: task.exitCode ?? (fault === 'migration fails' ? 1 : 0) }) }],
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
}
