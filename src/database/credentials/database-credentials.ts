import type { Duration } from 'aws-cdk-lib';
import { CfnRotationSchedule, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { CredentialSettings } from './credential-rotation';
import type { MasterCredentials } from './master-credentials';
import { RotatedSecrets, type RotatedSecretsProps } from './rotated-secrets';

/** Properties of {@link DatabaseCredentials}. All of them are required. */
export interface DatabaseCredentialsProps extends RotatedSecretsProps {
  /** Application user, which the setup creates. */
  readonly userName: string;
}

/**
 * Application credentials and the rotation of all secrets, created after the server.
 *
 * The resources are children of the master's credentials, because their logical ids contain that path.
 */
export class DatabaseCredentials {
  /** Application user. */
  public readonly userName: string;
  /** Master user. */
  public readonly masterUserName: string;
  /** User that applications sign in as, and proof of identity. */
  public readonly signIn: CredentialSettings['signIn'];
  /** Secret of the application, undefined with IAM authentication. */
  public readonly secret?: ISecret;
  /** Time after which tasks that have read the secret are replaced. */
  public readonly replaceTasksEvery?: Duration;
  /** Secrets of further users, undefined where RDS manages the secret of the master user. */
  public readonly rotated?: RotatedSecrets;

  public constructor(scope: MasterCredentials, props: DatabaseCredentialsProps) {
    const { settings, server, userName } = props;
    this.userName = userName;
    this.masterUserName = scope.userName;
    this.signIn = settings.signIn;
    this.replaceTasksEvery = settings.replaceTasksEvery;
    if (settings.managedByRds) {
      rotateManagedSecret(scope, props);
      this.secret = settings.signIn === 'master-user' ? server.masterSecret : undefined;
    } else {
      this.rotated = new RotatedSecrets(scope, props);
      this.secret = this.rotated.createApplication(userName);
    }
  }
}

/** Sets the interval of RDS's own rotation, which is 7 days otherwise. No Lambda function is created. */
function rotateManagedSecret(scope: MasterCredentials, { settings, server }: DatabaseCredentialsProps): void {
  new CfnRotationSchedule(scope, 'ManagedRotation', {
    secretId: server.masterSecret.secretArn,
    rotationRules: { automaticallyAfterDays: settings.automaticallyAfter.toDays() },
    rotateImmediatelyOnUpdate: false,
  });
}
