import { AlternateTarget, type FargateService, ListenerRuleConfiguration } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  type ApplicationTargetGroup,
  ListenerAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { Route } from '../load-balancer/route';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import { createWebTargetGroup, type TargetGroups, type WebTargetGroupProps } from './target-groups';

/** Properties of an {@link EcsTraffic}. */
export interface EcsTrafficProps extends WebTargetGroupProps {
  /** Load balancer, which other services may share. */
  readonly loadBalancer: SecureLoadBalancer;
  /** Route of the rules on the production and the test listener. */
  readonly route: Route;
  /** Priority of both rules, 1 to 50000, which no other service of the load balancer has. */
  readonly priority: number;
  /** True where traffic shifts to a second target group. */
  readonly shifts: boolean;
}

/** Target groups behind a listener rule, with the role by which ECS moves the weights between them. */
export class EcsTraffic extends Construct implements TargetGroups {
  public readonly blue: ApplicationTargetGroup;
  public readonly green?: ApplicationTargetGroup;
  public readonly productionRule: ApplicationListenerRule;
  public readonly testRule?: ApplicationListenerRule;
  private readonly role?: Role;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: EcsTrafficProps,
  ) {
    super(scope, id);
    this.blue = createWebTargetGroup(this, 'Blue', props);
    this.green = props.shifts ? createWebTargetGroup(this, 'Green', props) : undefined;
    this.productionRule = this.createRule('ProductionRule', props.loadBalancer.listener);
    this.testRule = this.green && this.createRule('TestRule', props.loadBalancer.testListener);
    this.role = this.green && this.createInfrastructureRole();
  }

  public get targetGroups(): ApplicationTargetGroup[] {
    return this.green ? [this.blue, this.green] : [this.blue];
  }

  public attach(service: FargateService, containerName: string): void {
    const alternateTarget =
      this.green &&
      this.testRule &&
      this.role &&
      new AlternateTarget('AlternateTarget', {
        alternateTargetGroup: this.green,
        productionListener: ListenerRuleConfiguration.applicationListenerRule(this.productionRule),
        testListener: ListenerRuleConfiguration.applicationListenerRule(this.testRule),
        role: this.role,
      });
    service
      .loadBalancerTarget({ containerName, containerPort: this.props.port, alternateTarget })
      .attachToApplicationTargetGroup(this.blue);
  }

  /** The rule names both target groups from the beginning. Otherwise the first deployment rolls back. */
  private createRule(id: string, listener: ApplicationListener): ApplicationListenerRule {
    const weighted = this.targetGroups.map((targetGroup, index) => ({ targetGroup, weight: index === 0 ? 1 : 0 }));
    return new ApplicationListenerRule(this, id, {
      listener,
      priority: this.props.priority,
      conditions: this.props.route._conditions(),
      action: this.green ? ListenerAction.weightedForward(weighted) : ListenerAction.forward([this.blue]),
    });
  }

  private createInfrastructureRole(): Role {
    const role = new Role(this, 'InfrastructureRole', {
      description: textFor('role', `Moves traffic between the target groups of ${stackPath(this.node.scope!)}`),
      assumedBy: new ServicePrincipal('ecs.amazonaws.com'),
    });
    const { listener, testListener } = this.props.loadBalancer;
    const policy = new ManagedPolicy(this, 'InfrastructurePolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
          resources: this.targetGroups.map((group) => group.targetGroupArn),
        }),
        new PolicyStatement({
          actions: ['elasticloadbalancing:ModifyListener', 'elasticloadbalancing:ModifyRule'],
          resources: [
            listener.listenerArn,
            testListener.listenerArn,
            this.productionRule.listenerRuleArn,
            ...(this.testRule ? [this.testRule.listenerRuleArn] : []),
          ],
        }),
        new PolicyStatement({
          actions: [
            'elasticloadbalancing:DescribeListeners',
            'elasticloadbalancing:DescribeRules',
            'elasticloadbalancing:DescribeTargetGroups',
            'elasticloadbalancing:DescribeTargetHealth',
          ],
          resources: ['*'],
        }),
      ],
    });
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'The describe calls of load balancing do not support resource-level permissions. All that changes is named.',
    );
    return role;
  }
}
