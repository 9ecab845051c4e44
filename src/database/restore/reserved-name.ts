import type { RemovalPolicy } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { EncryptedLogGroup } from '../../logging/encrypted-log-group';
import type { RestoreSettings } from './restore-settings';

/** Settings of the database that a reserved name depends on. */
interface ReservedNameSettings {
  /** Profile of the database. */
  readonly profile: EnvironmentProfile;
  /** Kind of the server, which the names of its log groups contain. */
  readonly capacity: { readonly serverless?: object };
  /** Log types, as RDS names them. */
  readonly logExports: string[];
  /** Retention of the log groups. */
  readonly logRetention: RetentionDays;
  /** Removal policy of the log groups. */
  readonly dependencyRemovalPolicy: RemovalPolicy;
  /**
   * Origin of the data.
   * @default - a new, empty database, which reserves nothing
   */
  readonly restore?: RestoreSettings;
}

/**
 * Empty log group of a restored database, under a name that its server must never have.
 *
 * A server with the default identifier would need a log group of this name, and is created after its log groups.
 * A name belongs to one log group at a time. So CloudFormation refuses the two changes that would put another server in
 * the place of the running one, before it touches that one: to take `restoreFrom` and `identifier` away together, and
 * to add both to a database with the default identifier.
 */
export function reservedNames(scope: Construct, key: Key, settings: ReservedNameSettings): EncryptedLogGroup[] {
  const { profile, capacity, logExports, logRetention, dependencyRemovalPolicy: removalPolicy, restore } = settings;
  if (!restore) {
    return [];
  }
  const owner = `${capacity.serverless ? 'cluster' : 'instance'}/${restore.reservedIdentifier}`;
  return [
    new EncryptedLogGroup(scope, 'ReservedName', {
      profile: profile.adjust({ logRetention, removalPolicy }),
      key,
      logGroupName: `/aws/rds/${owner}/${logExports[0]}`,
    }),
  ];
}
