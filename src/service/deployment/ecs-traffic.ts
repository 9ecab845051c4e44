import type { Duration } from 'aws-cdk-lib';
import { AlternateTarget, type FargateService, ListenerRuleConfiguration } from 'aws-cdk-lib/aws-ecs';
import {
  type ApplicationListener,
  ApplicationListenerRule,
  type ApplicationTargetGroup,
  type CfnListenerRule,
  ListenerAction,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { Route } from '../load-balancer/route';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import { type FixedTags, fixTags } from './fixed-tags';
import { createWebTargetGroup, type TargetGroups, type WebTargetGroupProps } from './target-groups';

/** Properties of an {@link EcsTraffic}. */
export interface EcsTrafficProps extends WebTargetGroupProps {
  /** Load balancer, which other services may share. */
  readonly loadBalancer: SecureLoadBalancer;
  /** Route of the rules on the production and the test listener. */
  readonly route: Route;
  /** Priority of both rules, 1 to 50000, which no other service of the load balancer has. */
  readonly priority: number;
  /**
   * Time for which a client stays with one task. A single target group then serves.
   * @default - requests go to any task
   */
  readonly stickiness?: Duration;
  /**
   * Tags of the rules, which never change.
   * @default - the rules have no tags
   */
  readonly listenerRuleTags?: FixedTags;
}

/**
 * Prefix of the ids of target groups behind a load balancer without public addresses.
 *
 * Another scheme replaces the load balancer, and a target group belongs to one load balancer. With ids of their own,
 * the new load balancer has new groups, while the old one keeps its groups until it is deleted.
 */
const INTERNAL = 'Internal';

/**
 * Target groups behind a listener rule, with the role by which ECS moves the weights between them.
 *
 * All strategies of ECS have the same groups and rules, a rolling one too. CloudFormation would otherwise write the
 * weights of the template when the strategy changes, and production would go to a group without tasks.
 */
export class EcsTraffic extends Construct implements TargetGroups {
  public readonly targetGroups: ApplicationTargetGroup[];
  public readonly productionRule: ApplicationListenerRule;
  private readonly alternateTarget?: AlternateTarget;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: EcsTrafficProps,
  ) {
    super(scope, id);
    const { loadBalancer, stickiness } = props;
    const prefix = loadBalancer.internetFacing ? '' : INTERNAL;
    const blue = createWebTargetGroup(this, `${prefix}Blue`, props);
    if (stickiness) {
      this.targetGroups = [blue];
      this.productionRule = this.createRule('ProductionRule', loadBalancer.listener);
      blue.enableCookieStickiness(stickiness);
      return;
    }
    const green = createWebTargetGroup(this, `${prefix}Green`, props);
    this.targetGroups = [blue, green];
    this.productionRule = this.createRule('ProductionRule', loadBalancer.listener);
    this.alternateTarget = this.createAlternateTarget(green);
  }

  public attach(service: FargateService, containerName: string): void {
    const { alternateTarget, targetGroups, props } = this;
    service
      .loadBalancerTarget({ containerName, containerPort: props.port, alternateTarget })
      .attachToApplicationTargetGroup(targetGroups[0]);
  }

  /** The rule names both target groups from the beginning. Otherwise the first deployment rolls back. */
  private createRule(id: string, listener: ApplicationListener): ApplicationListenerRule {
    const weighted = this.targetGroups.map((targetGroup, index) => ({ targetGroup, weight: index === 0 ? 1 : 0 }));
    const rule = new ApplicationListenerRule(this, id, {
      listener,
      priority: this.props.priority,
      conditions: this.props.route._conditions(),
      action:
        weighted.length > 1 ? ListenerAction.weightedForward(weighted) : ListenerAction.forward(this.targetGroups),
    });
    fixTags(rule.node.defaultChild as CfnListenerRule, this.props.listenerRuleTags);
    return rule;
  }

  private createAlternateTarget(green: ApplicationTargetGroup): AlternateTarget {
    const testRule = this.createRule('TestRule', this.props.loadBalancer.testListener);
    return new AlternateTarget('AlternateTarget', {
      alternateTargetGroup: green,
      productionListener: ListenerRuleConfiguration.applicationListenerRule(this.productionRule),
      testListener: ListenerRuleConfiguration.applicationListenerRule(testRule),
      role: this.createInfrastructureRole(testRule),
    });
  }

  private createInfrastructureRole(testRule: ApplicationListenerRule): Role {
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
            testRule.listenerRuleArn,
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
