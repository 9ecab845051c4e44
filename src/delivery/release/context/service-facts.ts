import { Stack } from 'aws-cdk-lib';
import type { ReleaseTarget } from '../../../contracts';
import { stackPath } from '../../../text/stack-path';
import type { JsonPath } from '../../asl/state';

/**
 * CloudWatch metric of releases that succeeded, by the ARN of their state machine. Its succeeded executions are no such
 * count, because clean-ups succeed, too.
 */
export const RELEASED = { namespace: 'prod-constructs/releases', metricName: 'Released', dimension: 'StateMachineArn' };

/** Constants of a service in a definition. The same states run for each service, with these as their data. */
export interface ServiceFacts {
  /** Construct path of the service. */
  readonly name: string;
  /** Name of the ECS cluster. */
  readonly cluster: string;
  /** Name of the ECS service. */
  readonly service: string;
  /** Family of the task definition. */
  readonly family: string;
  /** Name of the container that gets the image. */
  readonly container: string;
  /** Name of the ECR repository. */
  readonly repository: string;
  /** URI of the ECR repository. */
  readonly uri: string;
  /**
   * Name of the parameter with the released tag.
   * @default - the image is declared
   */
  readonly parameter?: string;
  /** Names of the rollback alarms. */
  readonly alarms: string[];
  /** Name of the stack of the service. */
  readonly stack: string;
  /**
   * Tasks that the first release starts.
   * @default - the service has its tasks from the beginning
   */
  readonly minTasks?: number;
  /**
   * ARN of the listener rule for production traffic.
   * @default - the release does not check traffic
   */
  readonly rule?: string;
}

/** Constants of one service. */
export function factsOf(target: ReleaseTarget): ServiceFacts {
  return {
    name: stackPath(target.source),
    cluster: target.clusterName,
    service: target.serviceName,
    family: target.family,
    container: target.containerName,
    repository: target.repositoryName,
    uri: target.repositoryUri,
    parameter: target.releasedImageParameterName,
    alarms: target.rollbackAlarmNames,
    stack: Stack.of(target.source).stackName,
    minTasks: target.minTasks,
    ...(target.productionRuleArn !== undefined && { rule: target.productionRuleArn }),
  };
}

/** Paths to the constants, in a part that runs for one service. */
export const SERVICE = {
  name: '$.name',
  cluster: '$.cluster',
  service: '$.service',
  family: '$.family',
  container: '$.container',
  repository: '$.repository',
  uri: '$.uri',
  parameter: '$.parameter',
  alarms: '$.alarms',
  stack: '$.stack',
  minTasks: '$.minTasks',
  rule: '$.rule',
} as const satisfies { readonly [fact in keyof ServiceFacts]-?: JsonPath };

/** Paths to the findings of a release about a service, next to its constants. */
export const FOUND = {
  /** Tag to release. */
  tag: '$.tag',
  /** Tag in the service's parameter. */
  releasedTag: '$.released.tag',
  /** False for a service that a rollback leaves out: it has no version before. */
  included: '$.included',
  /** True if the release leaves the service as it is. */
  unchanged: '$.unchanged',
  /** Progress of the service in a loop of deployments. */
  phase: '$.phase',
  /** State before the release, for a rollback. */
  before: '$.before',
  /** ARN of the new revision. */
  candidate: '$.candidate',
  /** Report of ECS about the service. */
  current: '$.current',
  /** ARN of the family's latest active revision. */
  latest: '$.latest.arn',
} as const satisfies { readonly [name: string]: JsonPath };

/** Paths to all services, and into all of them. */
export const SERVICES = '$.services';

/** Paths to the input of a release. */
export const INPUT = {
  /** Tags by repository. */
  images: '$.images',
  /** True if the images are previous ones, to which the release rolls back. */
  rollback: '$.rollback',
  /** Reason to pass firing alarms and services without a healthy task. */
  despite: '$.despite',
  /** True if what runs is taken as the released version. */
  adopt: '$.adopt',
  /** Name of a failed execution to clean up after. */
  cleanUpAfter: '$.cleanUpAfter',
} as const satisfies { readonly [name: string]: JsonPath };

/** Parameters by which ECS knows the service. */
export const ECS_SERVICE = { 'Cluster.$': SERVICE.cluster, 'Service.$': SERVICE.service };
