import { type ExecuteCommandConfiguration, ExecuteCommandLogging, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import { PropError } from '../../validation/prop-error';

/** Paths that the ECS Exec agent writes to, while the root file system is read-only. */
export const SESSION_PATHS = ['/var/lib/amazon', '/var/log/amazon'];
/** Size of each of these paths in MiB. */
export const SESSION_PATH_MIB = 16;

/** Log group of all ECS Exec sessions of a cluster, and the key that encrypts log and sessions. */
export class EcsExecLog extends Construct {
  public readonly logGroup: LogGroup;
  public readonly configuration: ExecuteCommandConfiguration;

  public constructor(scope: Construct, id: string, profile: EnvironmentProfile) {
    super(scope, id);
    const { key: kmsKey, logGroup } = new EncryptedLogGroup(this, 'Log', { profile, dedicatedKey: true });
    this.logGroup = logGroup;
    this.configuration = {
      kmsKey,
      logging: ExecuteCommandLogging.OVERRIDE,
      logConfiguration: { cloudWatchLogGroup: logGroup, cloudWatchEncryptionEnabled: true },
    };
  }
}

/** Properties of {@link allowSessions}. All are required. */
interface SessionAccess {
  /** Cluster whose ECS Exec configuration has a log group and a key. */
  readonly cluster: ICluster;
  /** Task role, with which the ECS Exec agent opens sessions and writes their log. */
  readonly taskRole: IRole;
  /** Reason to allow sessions. It is shown in the validation report. */
  readonly reason: string;
}

/**
 * Lets the ECS Exec agent of the tasks open sessions and log them.
 *
 * CDK's `enableExecuteCommand` would add an inline policy to the task role, and a statement for the whole account to
 * the key. The task definition must depend on the returned policy: an agent that may not open its channel when its task
 * starts does not try again.
 */
export function allowSessions(scope: Construct, { cluster, taskRole, reason }: SessionAccess): ManagedPolicy {
  const { kmsKey, logConfiguration } = cluster.executeCommandConfiguration ?? {};
  const logGroup = logConfiguration?.cloudWatchLogGroup;
  if (!kmsKey || !logGroup) {
    throw new PropError(scope, {
      prop: 'ecsExec',
      problem: 'is not supported with this cluster, whose sessions are not encrypted and logged',
      fix: "use new ServiceCluster(this, 'Cluster', { network, ecsExec: true }), or remove cluster",
    });
  }
  const policy = new ManagedPolicy(scope, 'SessionPolicy', {
    roles: [taskRole],
    statements: [
      new PolicyStatement({
        actions: [
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
          'logs:DescribeLogGroups',
        ],
        resources: ['*'],
      }),
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupRef.logGroupArn],
      }),
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [kmsKey.keyArn] }),
    ],
  });
  acknowledge(
    policy,
    'AwsSolutions-IAM5[Resource::*]',
    `The calls for session channels do not support resource-level permissions. Sessions are allowed because: ${reason}`,
  );
  return policy;
}
