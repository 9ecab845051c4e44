import { Stack } from 'aws-cdk-lib';
import { EventField, type EventPattern, type IRuleTarget, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { IMonitoredService } from '../../contracts';
import type { AlertRouting } from './alert-routing';
import { chatMessage } from './chat-message';
import { Severity } from './severity';

/** What {@link DeploymentEvents} are told. */
export interface DeploymentEventsProps {
  /** Whose deployments are told. */
  readonly service: IMonitoredService;
  /** Who hears of them. */
  readonly alertRouting: AlertRouting;
}

interface Told {
  readonly pattern: EventPattern;
  readonly title: string;
  /** From fields that every one of these events has: without one, EventBridge would send nothing. */
  readonly text: string;
  readonly topics: ITopic[];
}

/**
 * Tells what becomes of a service's deployments: start, waiting for an approval, end, rollback, failure (requirements C-16, B-12, D-06).
 * Failures and rollbacks are told to who hears of errors, too. Stands wherever both service and routing may be named; neither of them
 * refers to it.
 */
export class DeploymentEvents extends Construct {
  private readonly serviceArn: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DeploymentEventsProps,
  ) {
    super(scope, id);
    const { source, clusterName, serviceName, deploymentGroup } = props.service.signals;
    this.serviceArn = Stack.of(source).formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${clusterName}/${serviceName}`,
    });
    if (deploymentGroup === undefined) {
      this.tellOfProgress();
      this.tellOfHooks();
      this.tellOfFailures();
    } else {
      this.tellWhatCodeDeployDoes(deploymentGroup.deploymentGroupArn);
    }
  }

  /** ECS calls the start of a way back a deployment, too; its reason says so. */
  private tellOfProgress(): void {
    const { deploymentTopic } = this.props.alertRouting;
    const told = (eventName: string): EventPattern => ({
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      resources: [this.serviceArn],
      detail: { eventName: [eventName] },
    });
    this.tell('Started', {
      pattern: told('SERVICE_DEPLOYMENT_IN_PROGRESS'),
      title: 'Deployment under way',
      text: EventField.fromPath('$.detail.reason'),
      topics: [deploymentTopic],
    });
    this.tell('Completed', {
      pattern: told('SERVICE_DEPLOYMENT_COMPLETED'),
      title: 'Deployment completed',
      text: EventField.fromPath('$.detail.reason'),
      topics: [deploymentTopic],
    });
  }

  private tellOfHooks(): void {
    const { deploymentTopic } = this.props.alertRouting;
    const told = (...eventName: string[]): EventPattern => ({
      source: ['aws.ecs'],
      detailType: ['ECS Hook State Change'],
      detail: { serviceArn: [this.serviceArn], eventName },
    });
    this.tell('Waiting', {
      pattern: told('HOOK_AWAITING_ACTION'),
      title: 'Deployment waits for an approval',
      text: `${EventField.fromPath('$.detail.lifecycleStage')}, until ${EventField.fromPath('$.detail.expiresAt')}`,
      topics: [deploymentTopic],
    });
    this.tell('Stopped', {
      pattern: told('HOOK_FAILED', 'HOOK_TIMED_OUT'),
      title: 'Deployment stopped by its hook',
      text: EventField.fromPath('$.detail.eventName'),
      topics: [deploymentTopic],
    });
  }

  /** The documentation has failures under both types of events; one that is told twice is better than none. */
  private tellOfFailures(): void {
    const { alertRouting: routing } = this.props;
    const errors = routing.topicFor(Severity.ERROR);
    const told = (detailType: string, detail: object): EventPattern => ({
      source: ['aws.ecs'],
      detailType: [detailType],
      resources: [this.serviceArn],
      detail,
    });
    const failed = { title: 'Deployment failed', topics: [routing.deploymentTopic, errors] };
    this.tell('Failed', {
      ...failed,
      pattern: told('ECS Deployment State Change', { eventName: ['SERVICE_DEPLOYMENT_FAILED'] }),
      text: EventField.fromPath('$.detail.reason'),
    });
    this.tell('FailedAction', {
      ...failed,
      pattern: told('ECS Service Action', { eventName: ['SERVICE_DEPLOYMENT_FAILED'] }),
      text: EventField.fromPath('$.detail.eventName'),
    });
    this.tell('RolledBack', {
      // A wildcard tells capitals from small letters, and several of them make a rule that EventBridge refuses as too complex: the first letter is left out.
      pattern: told('ECS Deployment State Change', {
        eventName: ['SERVICE_DEPLOYMENT_IN_PROGRESS'],
        reason: Match.wildcard('*oll*back*'),
      }),
      title: 'Deployment goes back',
      text: EventField.fromPath('$.detail.reason'),
      topics: [errors],
    });
  }

  /** ECS tells nothing of these. One that is taken back is stopped or fails first; the way back is a deployment of its own. */
  private tellWhatCodeDeployDoes(deploymentGroupArn: string): void {
    const { alertRouting: routing } = this.props;
    const { deploymentTopic } = routing;
    const told = (state: string): EventPattern => ({
      source: ['aws.codedeploy'],
      detailType: ['CodeDeploy Deployment State-change Notification'],
      resources: [deploymentGroupArn],
      detail: { state: [state] },
    });
    const text = `CodeDeploy, ${EventField.fromPath('$.detail.deploymentId')}`;
    const errors = [deploymentTopic, routing.topicFor(Severity.ERROR)];
    this.tell('Started', { pattern: told('START'), title: 'Deployment under way', text, topics: [deploymentTopic] });
    this.tell('Completed', {
      pattern: told('SUCCESS'),
      title: 'Deployment completed',
      text,
      topics: [deploymentTopic],
    });
    this.tell('Failed', { pattern: told('FAILURE'), title: 'Deployment failed', text, topics: errors });
    this.tell('Stopped', { pattern: told('STOP'), title: 'Deployment stopped', text, topics: errors });
  }

  private tell(id: string, { pattern, title, text, topics }: Told): void {
    const { path } = this.props.service.signals.source.node;
    const message = RuleTargetInput.fromObject(chatMessage(`${title}: ${path}`, `${text} (${EventField.time})`));
    new Rule(this, id, {
      description: `${title}: ${path}`,
      eventPattern: pattern,
      targets: topics.map((topic) => targetOf(topic, message)),
    });
  }
}

/** The topics admit EventBridge already; CDK's own target would write it into their policies again. */
function targetOf(topic: ITopic, message: RuleTargetInput): IRuleTarget {
  return { bind: () => ({ arn: topic.topicArn, input: message, targetResource: topic }) };
}
