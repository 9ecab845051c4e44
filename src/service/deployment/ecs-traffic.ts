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
import type { Route } from '../load-balancer/route';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import { createWebTargetGroup, type WebTargetGroupProps, type WebTraffic } from './target-groups';

/** What a {@link TrafficShift} is made from. */
export interface TrafficShiftProps extends WebTargetGroupProps {
  /** May be shared: the service has rules of its own on the production and the test listener. */
  readonly loadBalancer: SecureLoadBalancer;
  /** Which requests the rules take; production and test listener have the same. */
  readonly route: Route;
  /** 1 to 50000, claimed on the load balancer, so that no other service has it. */
  readonly priority: number;
  /** Whether there is a second target group that traffic moves to. */
  readonly shifts: boolean;
}

/** Two target groups behind one rule, and the role with which ECS moves the weights between them. */
export class TrafficShift extends Construct implements WebTraffic {
  public readonly blue: ApplicationTargetGroup;
  public readonly green?: ApplicationTargetGroup;
  public readonly productionRule: ApplicationListenerRule;
  public readonly testRule?: ApplicationListenerRule;
  private readonly role?: Role;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: TrafficShiftProps,
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

  /** Both groups stand in the rule from the first day: otherwise the first deployment rolls back. */
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
      description: `Moves traffic between the target groups of ${this.node.scope?.node.path}`,
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
      'The describe calls of load balancing know no resources; what is changed is named in the statements before.',
    );
    return role;
  }
}
