import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type LogGroup, ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { IMonitoredService } from '../../contracts';
import { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';

/** What a {@link DeploymentLog} is made for. */
export interface DeploymentLogProps {
  /** The services whose deployments are written down. */
  readonly services: IMonitoredService[];
  /**
   * The environment that answers how long the history is kept.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * The history of deployments, as ECS tells it: each start, end, failure and way back is an event in a log group (requirement B-16). No code runs; EventBridge writes the events down.
 * The services' own stacks don't know it. It takes one of the ten resource policies that the logs of an account have in a region: give one to all dashboards. ECS tells nothing of deployments that CodeDeploy makes.
 */
export class DeploymentLog extends Construct {
  /** Where the events are. */
  public readonly logGroup: LogGroup;

  public constructor(scope: Construct, id: string, props: DeploymentLogProps) {
    super(scope, id);
    this.logGroup = new EncryptedLogGroup(this, 'Log', {
      profile: props.profile ?? EnvironmentProfile.of(this),
    }).logGroup;
    const policy = this.admitEventBridge();
    props.services.forEach((service, index) => this.listenTo(service, index).node.addDependency(policy));
  }

  /** CDK's own target would write it with a function. */
  private admitEventBridge(): ResourcePolicy {
    return new ResourcePolicy(this, 'Policy', {
      policyStatements: [
        new PolicyStatement({
          principals: [
            new ServicePrincipal('events.amazonaws.com'),
            new ServicePrincipal('delivery.logs.amazonaws.com'),
          ],
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [this.logGroup.logGroupArn],
        }),
      ],
    });
  }

  private listenTo({ signals }: IMonitoredService, index: number): Rule {
    const { source, clusterName, serviceName } = signals;
    const serviceArn = Stack.of(source).formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${clusterName}/${serviceName}`,
    });
    return new Rule(this, `Service${index + 1}`, {
      description: `Deployments of ${source.node.path}, written down`,
      eventPattern: { source: ['aws.ecs'], detailType: ['ECS Deployment State Change'], resources: [serviceArn] },
      targets: [this.target()],
    });
  }

  /** EventBridge takes the group's ARN without the `:*` at its end. */
  private target(): IRuleTarget {
    const arn = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: this.logGroup.logGroupName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    return { bind: () => ({ arn, targetResource: this.logGroup }) };
  }
}
