import type { Duration } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EcsDeploymentGroup, type IEcsDeploymentConfig } from 'aws-cdk-lib/aws-codedeploy';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { type IRole, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import type { CodeDeployTraffic } from './code-deploy-traffic';

/** What a {@link CodeDeployGroup} is made from. */
export interface CodeDeployReleaseProps {
  /** Created with the CodeDeploy controller: ECS itself brings nothing out. */
  readonly service: FargateService;
  /** The two target groups that CodeDeploy takes turns with. */
  readonly traffic: CodeDeployTraffic;
  /** The service's own, whose two listeners CodeDeploy changes. */
  readonly loadBalancer: SecureLoadBalancer;
  /** The roles that new tasks get. */
  readonly taskRoles: IRole[];
  /** How fast traffic shifts. */
  readonly deploymentConfig: IEcsDeploymentConfig;
  /** How long the old tasks are kept after the shift, 0 to 2880 whole minutes. */
  readonly terminationWaitTime: Duration;
  /** Alarms that take a deployment back, by name. */
  readonly alarmNames: string[];
}

/** The deployment group by which CodeDeploy brings out new versions of a service, and its role. */
export class CodeDeployGroup extends Construct {
  public readonly deploymentGroup: EcsDeploymentGroup;
  private alarms = 0;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: CodeDeployReleaseProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: `Brings out new versions of ${scope.node.path}`,
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
    });
    const policy = this.createPolicy(role);
    this.deploymentGroup = this.createDeploymentGroup(role);
    this.deploymentGroup.node.addDependency(policy);
    props.alarmNames.forEach((alarmName) => this.rollBackOn(alarmName));
  }

  /** Takes a running deployment back when this alarm fires, too. */
  public rollBackOn(alarmName: string): void {
    this.alarms += 1;
    this.deploymentGroup.addAlarm(Alarm.fromAlarmName(this, `Alarm${this.alarms}`, alarmName));
  }

  private createDeploymentGroup(role: Role): EcsDeploymentGroup {
    const { service, traffic, loadBalancer, deploymentConfig, terminationWaitTime } = this.props;
    return new EcsDeploymentGroup(this, 'DeploymentGroup', {
      service,
      role: role.withoutPolicyUpdates(),
      deploymentConfig,
      blueGreenDeploymentConfig: {
        blueTargetGroup: traffic.blue,
        greenTargetGroup: traffic.green,
        listener: loadBalancer.listener,
        testListener: loadBalancer.testListener,
        terminationWaitTime: terminationWaitTime,
      },
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  /** AWS's own policy for it names every load balancer, bucket, topic and function of the account. */
  private createPolicy(role: Role): ManagedPolicy {
    const { service, loadBalancer, taskRoles } = this.props;
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: [
            'ecs:DescribeServices',
            'ecs:CreateTaskSet',
            'ecs:UpdateServicePrimaryTaskSet',
            'ecs:DeleteTaskSet',
          ],
          resources: ['*'],
          conditions: { ArnEqualsIfExists: { 'ecs:cluster': service.cluster.clusterArn } },
        }),
        new PolicyStatement({
          actions: ['elasticloadbalancing:ModifyListener'],
          resources: [loadBalancer.listener.listenerArn, loadBalancer.testListener.listenerArn],
        }),
        new PolicyStatement({
          actions: [
            'elasticloadbalancing:DescribeTargetGroups',
            'elasticloadbalancing:DescribeListeners',
            'elasticloadbalancing:DescribeRules',
            'cloudwatch:DescribeAlarms',
          ],
          resources: ['*'],
        }),
        new PolicyStatement({
          actions: ['iam:PassRole'],
          resources: taskRoles.map(({ roleArn }) => roleArn),
          conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        }),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Task sets have no name beforehand and are narrowed to the cluster; the describe calls know no resources; the listeners that are changed are named.',
    );
    return policy;
  }
}
