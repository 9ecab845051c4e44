import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { checkRules } from '../../validation/rules';

/** Properties of {@link CredentialRotation}. All of them are optional. */
export interface CredentialRotationProps {
  /**
   * Time between two rotations, 1 to 365 whole days.
   * Alternating users require 4 days or more, because tasks are replaced four times in between, daily at most.
   * @default Duration.days(30) - requirements A-24 and E-12
   */
  readonly automaticallyAfter?: Duration;
}

/** Properties of {@link CredentialRotation.managedSecret}. `waiver` is required. */
export interface ManagedSecretProps extends CredentialRotationProps {
  /**
   * Waiver for the sign-in as the master user.
   *
   * The reason says how the application reads a new password without a restart.
   */
  readonly waiver: Waiver;
}

/** Settings of a rotation, checked, with every default filled in. */
export interface CredentialSettings {
  /** User that applications sign in as, and proof of identity: a password, or a token of their role. */
  readonly signIn: 'alternating-users' | 'iam-token' | 'master-user';
  /** True if RDS creates and rotates the secret of the master user. */
  readonly managedByRds: boolean;
  /** Time between two rotations, in whole days. */
  readonly automaticallyAfter: Duration;
  /**
   * Time after which tasks that have read a password are replaced. Source: requirement A-34.
   * @default - never: tasks read no password
   */
  readonly replaceTasksEvery?: Duration;
}

/** Context of a rotation: what it needs to know of the database. */
interface CredentialContext {
  /** Number of read replicas of an RDS instance, 0 for a cluster. */
  readonly readReplicas: number;
}

type SignIn = CredentialSettings['signIn'];

/** Replacements of tasks between two rotations, so that a missed one locks nobody out. */
const REPLACEMENTS_PER_ROTATION = 4;
const FACTORIES: Record<SignIn, string> = {
  'alternating-users': 'alternatingUsers',
  'iam-token': 'iamAuthentication',
  'master-user': 'managedSecret',
};

/**
 * Application authentication and credential rotation.
 *
 * docs/adr/0001-database-credentials.md explains why alternating users are the default.
 *
 * @example
 * new HardenedPostgres(this, 'Database', {
 *   network,
 *   credentials: CredentialRotation.alternatingUsers({ automaticallyAfter: Duration.days(14) }),
 * });
 */
export class CredentialRotation {
  /**
   * Dedicated application users with a password. Each rotation switches to the other of two users.
   *
   * A password stays valid for a whole rotation after the next one is issued, and every task is replaced in that time.
   * AWS's hosted rotation changes the passwords.
   * A transform in the template deploys a Lambda function for each of the two secrets, in a nested stack. A schedule
   * invokes each of them every three days, because Lambda lets idle functions lose their network.
   */
  public static alternatingUsers(props: CredentialRotationProps = {}): CredentialRotation {
    return new CredentialRotation('alternating-users', props.automaticallyAfter);
  }

  /**
   * Application user without a password, with IAM database authentication.
   *
   * The application signs in with a token of its role, which is valid for 15 minutes. No Lambda function is created.
   * RDS manages and rotates the password of the master user. AWS does not support it with read replicas of an instance.
   */
  public static iamAuthentication(props: CredentialRotationProps = {}): CredentialRotation {
    return new CredentialRotation('iam-token', props.automaticallyAfter);
  }

  /**
   * Master user for the application, with the secret that RDS manages.
   *
   * Each rotation locks running tasks out of new connections, unless the application reads the secret again.
   * AWS does not support it with read replicas of an instance.
   */
  public static managedSecret(props: ManagedSecretProps): CredentialRotation {
    return new CredentialRotation('master-user', props.automaticallyAfter, props.waiver);
  }

  private constructor(
    private readonly signIn: SignIn,
    private readonly automaticallyAfter: Duration = Duration.days(30),
    private readonly waiver?: Waiver,
  ) {}

  /** Checks the rotation and fills in its defaults. @internal */
  public _bind(scope: IConstruct, { readReplicas }: CredentialContext): CredentialSettings {
    const { signIn, automaticallyAfter } = this;
    const managedByRds = signIn !== 'alternating-users';
    checkWholeNumber(scope, 'credentials.automaticallyAfter', automaticallyAfter.toDays({ integral: false }), {
      min: managedByRds ? 1 : REPLACEMENTS_PER_ROTATION,
      max: 365,
      unit: 'days',
      fix: 'rotate at least once a year, and leave time to replace the tasks',
    });
    if (this.waiver) {
      checkReason(scope, 'credentials.waiver.reason', this.waiver.reason);
    }
    checkRules(scope, [
      {
        condition: managedByRds && readReplicas > 0,
        prop: 'credentials',
        problem:
          `does not support read replicas with CredentialRotation.${FACTORIES[signIn]}(): ` +
          'RDS creates no replica of an instance whose secret it manages',
        fix: 'use CredentialRotation.alternatingUsers(), or serverless capacity with readers',
      },
    ]);
    const replaceTasksEvery = signIn === 'iam-token' ? undefined : replacementInterval(automaticallyAfter);
    return { signIn, managedByRds, automaticallyAfter, replaceTasksEvery };
  }
}

/** A quarter of the rotation in whole days, at least one day. */
function replacementInterval(automaticallyAfter: Duration): Duration {
  return Duration.days(Math.max(1, Math.floor(automaticallyAfter.toDays() / REPLACEMENTS_PER_ROTATION)));
}
