import { Stack } from 'aws-cdk-lib';
import { EventField, type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { IMonitoredService, ServiceSignals } from '../../contracts';
import { checkAllInReach } from '../../validation/objects-in-reach';
import type { AlertRouting } from './alert-routing';
import { type Announcement, announce } from './announcement';
import { Severity } from './severity';

/** Properties of {@link DeploymentEvents}. Both are required. */
export interface DeploymentEventsProps {
  /** Service whose deployments are announced. */
  readonly service: IMonitoredService;
  /** Routing with the topics for deployments and errors. */
  readonly alertRouting: AlertRouting;
}

/**
 * Notifications about a service's deployments: start, pending approval, end, rollback and failure.
 *
 * Failures and rollbacks also notify the channels of errors. The construct can be in any stack that may refer to both
 * the service and the routing, because neither refers to it. Source: requirements B-12, C-16 and D-06.
 *
 * @example
 * new DeploymentEvents(this, 'ApiDeployments', { service: api, alertRouting });
 */
export class DeploymentEvents extends Construct {
  private readonly serviceArn: string;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DeploymentEventsProps,
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    const { signals } = props.service;
    this.serviceArn = serviceArn(signals);
    if (signals.deploymentGroup === undefined) {
      this.announceProgress();
      this.announceHooks();
      this.announceFailures();
    } else {
      this.announceCodeDeploy(signals.deploymentGroup.deploymentGroupArn);
    }
  }

  /** ECS reports the start of a rollback as a deployment, too. Its reason says so. */
  private announceProgress(): void {
    const { deploymentTopic } = this.props.alertRouting;
    const pattern = (eventName: string): EventPattern => ({
      source: ['aws.ecs'],
      detailType: ['ECS Deployment State Change'],
      resources: [this.serviceArn],
      detail: { eventName: [eventName] },
    });
    this.announce('Started', {
      pattern: pattern('SERVICE_DEPLOYMENT_IN_PROGRESS'),
      title: 'Deployment under way',
      text: EventField.fromPath('$.detail.reason'),
      topics: [deploymentTopic],
    });
    this.announce('Completed', {
      pattern: pattern('SERVICE_DEPLOYMENT_COMPLETED'),
      title: 'Deployment completed',
      text: EventField.fromPath('$.detail.reason'),
      topics: [deploymentTopic],
    });
  }

  private announceHooks(): void {
    const { deploymentTopic } = this.props.alertRouting;
    const pattern = (...eventName: string[]): EventPattern => ({
      source: ['aws.ecs'],
      detailType: ['ECS Hook State Change'],
      detail: { serviceArn: [this.serviceArn], eventName },
    });
    this.announce('Waiting', {
      pattern: pattern('HOOK_AWAITING_ACTION'),
      title: 'Deployment waits for an approval',
      text: `${EventField.fromPath('$.detail.lifecycleStage')}, until ${EventField.fromPath('$.detail.expiresAt')}`,
      topics: [deploymentTopic],
    });
    this.announce('Stopped', {
      pattern: pattern('HOOK_FAILED', 'HOOK_TIMED_OUT'),
      title: 'Deployment stopped by its hook',
      text: EventField.fromPath('$.detail.eventName'),
      topics: [deploymentTopic],
    });
  }

  /** AWS documents failures under both types of events. A failure that is announced twice is better than none. */
  private announceFailures(): void {
    const { alertRouting } = this.props;
    const errorTopic = alertRouting.topicFor(Severity.ERROR);
    const pattern = (detailType: string, detail: object): EventPattern => ({
      source: ['aws.ecs'],
      detailType: [detailType],
      resources: [this.serviceArn],
      detail,
    });
    const failed = { title: 'Deployment failed', topics: [alertRouting.deploymentTopic, errorTopic] };
    this.announce('Failed', {
      ...failed,
      pattern: pattern('ECS Deployment State Change', { eventName: ['SERVICE_DEPLOYMENT_FAILED'] }),
      text: EventField.fromPath('$.detail.reason'),
    });
    this.announce('FailedAction', {
      ...failed,
      pattern: pattern('ECS Service Action', { eventName: ['SERVICE_DEPLOYMENT_FAILED'] }),
      text: EventField.fromPath('$.detail.eventName'),
    });
    this.announce('RolledBack', {
      // Wildcards are case-sensitive, so the first letter is omitted. EventBridge refuses several of them as too
      // complex.
      pattern: pattern('ECS Deployment State Change', {
        eventName: ['SERVICE_DEPLOYMENT_IN_PROGRESS'],
        reason: Match.wildcard('*oll*back*'),
      }),
      title: 'Deployment rolls back',
      text: EventField.fromPath('$.detail.reason'),
      topics: [errorTopic],
    });
  }

  /**
   * ECS reports no deployments by CodeDeploy. A deployment that is rolled back stops or fails first, and the rollback
   * is a second deployment.
   */
  private announceCodeDeploy(deploymentGroupArn: string): void {
    const { alertRouting } = this.props;
    const { deploymentTopic } = alertRouting;
    const pattern = (state: string): EventPattern => ({
      source: ['aws.codedeploy'],
      detailType: ['CodeDeploy Deployment State-change Notification'],
      resources: [deploymentGroupArn],
      detail: { state: [state] },
    });
    const text = `CodeDeploy, ${EventField.fromPath('$.detail.deploymentId')}`;
    const progress = { text, topics: [deploymentTopic] };
    const failure = { text, topics: [deploymentTopic, alertRouting.topicFor(Severity.ERROR)] };
    this.announce('Started', { ...progress, pattern: pattern('START'), title: 'Deployment under way' });
    this.announce('Completed', { ...progress, pattern: pattern('SUCCESS'), title: 'Deployment completed' });
    this.announce('Failed', { ...failure, pattern: pattern('FAILURE'), title: 'Deployment failed' });
    this.announce('Stopped', { ...failure, pattern: pattern('STOP'), title: 'Deployment stopped' });
  }

  private announce(id: string, announcement: Announcement): void {
    announce(this, id, this.props.service.signals.source, announcement);
  }
}

/** ARN of an ECS service, as its events name it. */
export function serviceArn({ source, clusterName, serviceName }: ServiceSignals): string {
  return Stack.of(source).formatArn({
    service: 'ecs',
    resource: 'service',
    resourceName: `${clusterName}/${serviceName}`,
  });
}
