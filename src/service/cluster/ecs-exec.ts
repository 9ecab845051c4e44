import { type ExecuteCommandConfiguration, ExecuteCommandLogging, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { type IRole, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import { PropError } from '../../validation/prop-error';

/** What the agent of a session writes to, while the root is read-only. */
export const SESSION_PATHS = ['/var/lib/amazon', '/var/log/amazon'];
export const SESSION_PATH_MIB = 16;

/** Where what people type into containers is kept, and the key of log and session: one for a cluster. */
export class SessionLog extends Construct {
  public readonly logGroup: LogGroup;
  public readonly configuration: ExecuteCommandConfiguration;

  public constructor(scope: Construct, id: string, profile: EnvironmentProfile) {
    super(scope, id);
    const { key: kmsKey, logGroup } = new EncryptedLogGroup(this, 'Log', { profile });
    this.logGroup = logGroup;
    this.configuration = {
      kmsKey,
      logging: ExecuteCommandLogging.OVERRIDE,
      logConfiguration: { cloudWatchLogGroup: logGroup, cloudWatchEncryptionEnabled: true },
    };
  }
}

/** What {@link allowSessions} needs to know. */
interface SessionAccess {
  /** Has to name the log and the key of its sessions. */
  readonly cluster: ICluster;
  /** As which the agent inside the task opens the session and writes its log. */
  readonly taskRole: IRole;
  /** Why sessions are allowed. */
  readonly reason: string;
}

/**
 * Lets the agent inside the tasks open a session and log it. CDK's own switch would give the task role an inline policy, and the
 * session's key a statement that admits the whole account. The tasks wait for what it returns: an agent that may not open its channel
 * when its task starts stays closed.
 */
export function allowSessions(scope: Construct, { cluster, taskRole, reason }: SessionAccess): ManagedPolicy {
  const { kmsKey, logConfiguration } = cluster.executeCommandConfiguration ?? {};
  const logGroup = logConfiguration?.cloudWatchLogGroup;
  if (!kmsKey || !logGroup) {
    throw new PropError(scope, {
      prop: 'ecsExec',
      value: 'a cluster without a session log',
      expected: 'a cluster whose sessions are encrypted and logged',
      fix: 'share new ServiceCluster(this, ..., { ecsExec: true }), or leave cluster out',
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
    `The channels of a session know no resource. Sessions are allowed because: ${reason}`,
  );
  return policy;
}
