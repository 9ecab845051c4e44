import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListener, ApplicationTargetGroup, CfnListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import { type FixedTags, fixTags } from './fixed-tags';
import { createWebTargetGroup, type TargetGroups, type WebTargetGroupProps } from './target-groups';

/** Properties of a {@link CodeDeployTraffic}. */
export interface CodeDeployTrafficProps extends WebTargetGroupProps {
  /** Dedicated load balancer. CodeDeploy moves the default actions of its two listeners. */
  readonly loadBalancer: SecureLoadBalancer;
  /**
   * Tags of the two listeners, which never change.
   * @default - the listeners have no tags
   */
  readonly listenerRuleTags?: FixedTags;
}

/**
 * Two target groups behind the default actions of the production and the test listener.
 *
 * The listeners have no rules, because CodeDeploy moves the default actions. A rule would still serve the old version.
 */
export class CodeDeployTraffic extends Construct implements TargetGroups {
  public readonly blue: ApplicationTargetGroup;
  public readonly green: ApplicationTargetGroup;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: CodeDeployTrafficProps,
  ) {
    super(scope, id);
    this.blue = createWebTargetGroup(this, 'Blue', props);
    this.green = createWebTargetGroup(this, 'Green', props);
    this.forwardByDefault(props.loadBalancer.listener, this.blue);
    this.forwardByDefault(props.loadBalancer.testListener, this.green);
  }

  public get targetGroups(): ApplicationTargetGroup[] {
    return [this.blue, this.green];
  }

  public attach(service: FargateService, containerName: string): void {
    service
      .loadBalancerTarget({ containerName, containerPort: this.props.port })
      .attachToApplicationTargetGroup(this.blue);
  }

  /** Sets the default action on the resource, because the L2 warns about an action that replaces another. */
  private forwardByDefault(listener: ApplicationListener, targetGroup: ApplicationTargetGroup): void {
    const resource = listener.node.defaultChild as CfnListener;
    resource.defaultActions = [{ type: 'forward', targetGroupArn: targetGroup.targetGroupArn }];
    fixTags(resource, this.props.listenerRuleTags);
    targetGroup.registerListener(listener);
  }
}
