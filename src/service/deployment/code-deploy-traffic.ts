import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListener, ApplicationTargetGroup, CfnListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import type { SecureLoadBalancer } from '../load-balancer/secure-load-balancer';
import { createWebTargetGroup, type WebTargetGroupProps, type WebTraffic } from './target-groups';

/** What {@link CodeDeployTraffic} is made from. */
export interface CodeDeployTrafficProps extends WebTargetGroupProps {
  /** The service's own: CodeDeploy moves the default action of its two listeners. */
  readonly loadBalancer: SecureLoadBalancer;
}

/**
 * Two target groups behind the default actions of a load balancer's production and test listener, as CodeDeploy needs them. No rule stands
 * before them: CodeDeploy would move the listener, and the rule would go on serving the old version.
 */
export class CodeDeployTraffic extends Construct implements WebTraffic {
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

  /** On the resource: the L2 warns about an action that replaces another, which is what this is for. */
  private forwardByDefault(listener: ApplicationListener, targetGroup: ApplicationTargetGroup): void {
    (listener.node.defaultChild as CfnListener).defaultActions = [
      { type: 'forward', targetGroupArn: targetGroup.targetGroupArn },
    ];
    targetGroup.registerListener(listener);
  }
}
