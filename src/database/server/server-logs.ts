import { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';

/** Properties of the log groups of a server and its replicas. */
interface ServerLogsProps {
  /** Profile with the log retention and removal policy of the groups. */
  readonly profile: EnvironmentProfile;
  /** Key of the database. Each group adds the log service to its policy. */
  readonly key: Key;
  /** Owners of the logs in the names of the groups: `instance/shop`, replicas after their source. */
  readonly owners: string[];
  /** Log types, as RDS names them. */
  readonly logs: string[];
}

/**
 * Log groups under the names that RDS fixes.
 *
 * They exist before the server, which would create them without key and retention.
 * Those of a replica are deleted with it, because they would keep their names from the next replica.
 */
export function createServerLogs(scope: Construct, { profile, key, owners, logs }: ServerLogsProps): LogGroup[] {
  return owners.flatMap((owner, index) =>
    logs.map(
      (log) =>
        new EncryptedLogGroup(scope, `${index === 0 ? '' : `Replica${index}-`}Log-${log}`, {
          profile: index === 0 ? profile : profile.adjust({ removalPolicy: RemovalPolicy.DESTROY }),
          key,
          logGroupName: `/aws/rds/${owner}/${log}`,
        }).logGroup,
    ),
  );
}
