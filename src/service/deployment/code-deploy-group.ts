import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EcsDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import { type IRole, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../compliance/acknowledge';
import { ofThisAccount } from '../../iam/source-account';
import { withoutGrants } from '../../iam/without-grants';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import type { CodeDeploySettings } from './rollout-plan';
import type { TargetGroups } from './target-groups';

/** Properties of a {@link CodeDeployGroup}. All are checked. */
export interface CodeDeployGroupProps extends CodeDeploySettings {
  /** Service with the CodeDeploy deployment controller. ECS itself deploys nothing. */
  readonly service: FargateService;
  /** Two target groups between which CodeDeploy shifts traffic. */
  readonly traffic: TargetGroups;
  /** Dedicated load balancer, whose two listeners CodeDeploy changes. */
  readonly loadBalancer: SecureLoadBalancer;
  /** Roles that CodeDeploy passes to new tasks. */
  readonly taskRoles: IRole[];
  /** Names of the alarms that roll back a deployment. */
  readonly alarmNames: string[];
}

/** Deployment group by which CodeDeploy deploys a service, with its role. */
export class CodeDeployGroup extends Construct {
  public readonly deploymentGroup: EcsDeploymentGroup;
  private alarms = 0;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: CodeDeployGroupProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: textFor('role', `Deploys new versions of ${stackPath(scope)}`),
      assumedBy: ofThisAccount(this, 'codedeploy.amazonaws.com'),
    });
    const policy = this.createPolicy(role);
    this.deploymentGroup = withoutGrants([role], () => this.createDeploymentGroup(role));
    this.deploymentGroup.node.addDependency(policy);
    props.alarmNames.forEach((alarmName) => this.rollBackOn(alarmName));
  }

  /** Rolls back a running deployment when this alarm fires, too. */
  public rollBackOn(alarmName: string): void {
    this.alarms += 1;
    this.deploymentGroup.addAlarm(Alarm.fromAlarmName(this, `Alarm${this.alarms}`, alarmName));
  }

  private createDeploymentGroup(role: Role): EcsDeploymentGroup {
    const { service, loadBalancer, deploymentConfig, terminationWaitTime } = this.props;
    const [blueTargetGroup, greenTargetGroup] = this.props.traffic.targetGroups;
    return new EcsDeploymentGroup(this, 'DeploymentGroup', {
      service,
      role,
      deploymentConfig,
      blueGreenDeploymentConfig: {
        blueTargetGroup,
        greenTargetGroup,
        listener: loadBalancer.listener,
        testListener: loadBalancer.testListener,
        terminationWaitTime,
      },
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }

  /** AWS's managed policy would grant every load balancer, bucket, topic and function of the account. */
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
        ...this.hookStatements(),
        ...this.revisionStatements(),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'Task sets have no name beforehand and are narrowed to the cluster. The describe calls do not support ' +
        'resource-level permissions. The listeners that are changed are named.',
    );
    if (this.props.revisionBucket) {
      acknowledgeWildcard(
        policy,
        this.props.revisionBucket.arnForObjects('*'),
        'Each deployment has its own AppSpec file, in the bucket that is named.',
      );
    }
    return policy;
  }

  private hookStatements(): PolicyStatement[] {
    const resources = this.props.hookFunctions.map(({ functionArn }) => functionArn);
    return resources.length > 0 ? [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources })] : [];
  }

  private revisionStatements(): PolicyStatement[] {
    const { revisionBucket: bucket } = this.props;
    if (!bucket) {
      return [];
    }
    const { encryptionKey } = bucket;
    return [
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [bucket.arnForObjects('*')],
      }),
      ...(encryptionKey
        ? [new PolicyStatement({ actions: ['kms:Decrypt'], resources: [encryptionKey.keyArn] })]
        : []),
    ];
  }
}
