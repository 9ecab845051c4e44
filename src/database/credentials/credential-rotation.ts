import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { checkReason, checkWholeNumber } from '../../validation/checks';

/** Tasks are replaced so many times between two rotations, daily at most: one may be missed, and nobody is locked out. */
export const REPLACEMENTS_PER_ROTATION = 4;

/** How often credentials change. */
export interface CredentialRotationProps {
  /**
   * Time between two rotations, 1 to 365 whole days; with alternating users 4 or more, because tasks are replaced four times in between, daily at most.
   * @default Duration.days(30) - requirements A-24 and E-12
   */
  readonly automaticallyAfter?: Duration;
}

/** What {@link CredentialRotation.managedSecret} has to be told. */
export interface ManagedSecretProps extends CredentialRotationProps {
  /** Why the application may sign in as the master user, and how it reads a new password without a restart. */
  readonly waiver: Waiver;
}

/** Who signs in to the database, with what, and how that changes. docs/adr/0001-database-credentials.md says why the first is the default. */
export class CredentialRotation {
  /**
   * The application has a user of its own whose secret is rotated between two users: a password stays valid for a whole cycle after the
   * next one is issued, in which every task is replaced. AWS's hosted rotation does it: a transform in the template makes CloudFormation
   * deploy a function for each of the two secrets, in a nested stack, inside the network.
   */
  public static alternatingUsers(props: CredentialRotationProps = {}): CredentialRotation {
    return new CredentialRotation('alternating', props.automaticallyAfter ?? Duration.days(30));
  }

  /**
   * The application signs in with a token of its role that lives for 15 minutes: there is no password that could be rotated under it, and
   * no function. RDS keeps and rotates the master user's. AWS refuses it together with read replicas of an instance.
   */
  public static iamAuthentication(props: CredentialRotationProps = {}): CredentialRotation {
    return new CredentialRotation('iam', props.automaticallyAfter ?? Duration.days(30));
  }

  /**
   * The application signs in as the master user with the secret that RDS keeps. Each rotation locks running tasks out of new connections,
   * unless the application reads the secret again. AWS refuses it together with read replicas of an instance.
   */
  public static managedSecret(props: ManagedSecretProps): CredentialRotation {
    return new CredentialRotation('managed', props.automaticallyAfter ?? Duration.days(30), props.waiver.reason);
  }

  private constructor(
    /** @internal */
    public readonly _kind: 'alternating' | 'iam' | 'managed',
    /** @internal */
    public readonly _every: Duration,
    /** @internal */
    public readonly _reason?: string,
  ) {}

  /** Whether RDS itself keeps the master user's secret. @internal */
  public get _masterManaged(): boolean {
    return this._kind !== 'alternating';
  }

  /** @internal */
  public _check(scope: IConstruct): void {
    const min = this._masterManaged ? 1 : REPLACEMENTS_PER_ROTATION;
    checkWholeNumber(scope, 'credentials.automaticallyAfter', this._every.toDays({ integral: false }), {
      min,
      max: 365,
      unit: 'days',
      fix: 'rotate at least once a year, and leave tasks the time to be replaced',
    });
    if (this._reason !== undefined) {
      checkReason(scope, 'credentials.waiver.reason', this._reason);
    }
  }
}
