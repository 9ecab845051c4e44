import type { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';

/** What the log groups of a server and its replicas are made from. */
interface ServerLogs {
  /** Its log retention and removal policy are the caller's by now. */
  readonly profile: EnvironmentProfile;
  /** The database's: each group adds the log service to its policy. */
  readonly key: Key;
  /** Whose logs they are, as RDS writes it into the names: `instance/shop`, the replicas after the source. */
  readonly owners: string[];
  /** Kinds of logs, as RDS names them. */
  readonly logs: string[];
}

/** RDS fixes their names. They stand before the server, which would make them without a key and without an end. */
export function createServerLogs(scope: Construct, { profile, key, owners, logs }: ServerLogs): LogGroup[] {
  return owners.flatMap((owner, index) =>
    logs.map(
      (log) =>
        new EncryptedLogGroup(scope, `${index === 0 ? '' : `Replica${index}-`}Log-${log}`, {
          profile,
          key,
          logGroupName: `/aws/rds/${owner}/${log}`,
        }).logGroup,
    ),
  );
}
