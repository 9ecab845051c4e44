import { ArnFormat, Stack } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type LogGroup, ResourcePolicy } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { IMonitoredService } from '../../contracts';
import { inParts } from '../../contracts/lists';
import { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import { uniqueName } from '../../text/stack-path';
import { serviceArn } from '../alerting/deployment-events';

/** Event patterns have at most 4,096 characters, and the name of a cluster or service has up to 255. */
const SERVICES_OF_A_RULE = 6;

/** Properties of a {@link DeploymentHistory}. Services are required. */
export interface DeploymentHistoryProps {
  /** Services whose deployments are logged. */
  readonly services: IMonitoredService[];
  /**
   * Environment profile with the retention of the log.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * Log group with the deployment events of ECS services: start, end, failure and rollback.
 *
 * EventBridge writes the events without a function, and the services' stacks don't refer to it. It uses one of the ten
 * CloudWatch Logs resource policies of an account and region, so share one among dashboards. ECS reports no deployments
 * by CodeDeploy. Source: requirement B-16.
 *
 * @example
 * const history = new DeploymentHistory(this, 'DeploymentHistory', { services: [api, web] });
 * new OperationsDashboard(this, 'Operations', { signals, deploymentLog: history.logGroup });
 */
export class DeploymentHistory extends Construct {
  /** Log group of the events. */
  public readonly logGroup: LogGroup;

  public constructor(scope: Construct, id: string, props: DeploymentHistoryProps) {
    super(scope, id);
    this.logGroup = new EncryptedLogGroup(this, 'Log', {
      profile: props.profile ?? EnvironmentProfile.of(this),
    }).logGroup;
    const policy = this.createPolicy();
    inParts(props.services, SERVICES_OF_A_RULE).forEach((services, index) =>
      this.createRule(services, index).node.addDependency(policy),
    );
  }

  /** CDK's own target would create it with a custom resource. */
  private createPolicy(): ResourcePolicy {
    return new ResourcePolicy(this, 'Policy', {
      resourcePolicyName: uniqueName(this, { maxLength: 255, child: 'Policy' }),
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

  private createRule(services: IMonitoredService[], index: number): Rule {
    return new Rule(this, `Service${index + 1}`, {
      description: 'Deployments of services, written down',
      eventPattern: {
        source: ['aws.ecs'],
        detailType: ['ECS Deployment State Change'],
        resources: services.map(({ signals }) => serviceArn(signals)),
      },
      targets: [this.target()],
    });
  }

  /** EventBridge expects the log group's ARN without the `:*` at its end. */
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
