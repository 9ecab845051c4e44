import type { OwnFamily } from '../deployed-definition';
import type { Ecs, Revision } from './ecs';
import type { Facts } from './world';

const CLOUDFORMATION = 'arn:aws:iam::111111111111:role/cloudformation';

/** Stacks, and what an update of one registers and deploys. */
export class CloudFormation {
  /** Status of each stack. */
  public stackStatus: { [stack: string]: string } = {};

  public constructor(
    private readonly ecs: Ecs,
    private readonly datadog: boolean,
  ) {}

  public register(fact: OwnFamily, tag: string, further: object = {}): Revision {
    const environment = this.datadog ? [{ Name: 'DD_ENV', Value: 'production' }, { Name: 'PORT', Value: '3000' }] : [];
    return this.ecs.register(fact.family, CLOUDFORMATION, {
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

  /** What CloudFormation does when the service itself changes: the family's latest active revision. */
  public update(fact: Facts): void {
    this.ecs.deploy(fact.service, this.ecs.latest(fact).arn);
  }

  public describeStacks({ StackName }: any) {
    return { Stacks: [{ StackName, StackStatus: this.stackStatus[StackName] }] };
  }
}
