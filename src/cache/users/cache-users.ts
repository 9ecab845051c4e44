import { Lazy, type RemovalPolicy } from 'aws-cdk-lib';
import { CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import { referenceWeakly } from '../../contracts/cross-stack-references';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import { checkRules } from '../../validation/rules';
import { accessRules, NO_ACCESS } from './access-strings';
import type { CacheCredentials } from './cache-credentials';
import { cacheName } from './cache-names';
import { CacheUser } from './cache-user';

/** Properties of {@link CacheUsers}. All are required. */
export interface CacheUsersProps {
  /** Engine as ElastiCache names it. */
  readonly engine: string;
  /** Key of the secrets. */
  readonly key: Key;
  /** Removal policy of users, group and secrets, which the cache can't exist without. */
  readonly removalPolicy: RemovalPolicy;
}

/** Name that clients sign in with, and its sign-in and rights. */
export interface CacheUserProps {
  /** Name of the user. With IAM authentication ElastiCache knows it by its id. */
  readonly name: string;
  /** Way to sign in. */
  readonly credentials: CacheCredentials;
  /** Rights of the user. */
  readonly accessString: string;
}

const USER_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** Passwords have 16 to 128 printable characters. */
const PASSWORD_LENGTH = 64;

/**
 * Users of a cache and their group.
 *
 * ElastiCache requires a user named `default` in each group. A Valkey group takes no user without a password.
 * So there is one that is off, whose password nobody reads.
 */
export class CacheUsers extends Construct {
  public readonly group: CfnUserGroup;
  private readonly users = new Map<string, CfnUser>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: CacheUsersProps,
  ) {
    super(scope, id);
    this.createDefaultUser();
    this.group = new CfnUserGroup(this, 'Group', {
      engine: props.engine,
      userGroupId: cacheName(this, 'Group'),
      userIds: Lazy.list({ produce: () => [...this.users.values()].map((user) => user.ref) }),
    });
    this.group.applyRemovalPolicy(props.removalPolicy);
  }

  /** All of the users, for those that must wait until they exist. */
  public get resources(): CfnUser[] {
    return [...this.users.values()];
  }

  /** Creates a user who may sign in. */
  public add({ name, credentials, accessString }: CacheUserProps): CacheUser {
    checkRules(this, [
      {
        condition: !USER_NAME.test(name) || name.length > 30 || this.users.has(name),
        prop: 'userName',
        value: name,
        expected: '1 to 30 lower-case letters, digits and single hyphens, which no other user has',
        fix: 'choose a name like reports',
      },
      ...accessRules('accessString', accessString),
    ]);
    const { generations } = credentials._bind(this);
    const secrets = generations?.map((generation) => this.createSecret(name, generation));
    // Another way to sign in is another user beside the former one, because its names can't be changed.
    const id = `${secrets ? 'User' : 'IamUser'}-${name}`;
    const userId = cacheName(this, id);
    // ElastiCache requires that both names of a user with IAM authentication are the same.
    const userName = secrets ? name : userId;
    this.createUser(name, {
      id,
      userId,
      userName,
      accessString,
      authenticationMode: secrets
        ? { Type: 'password', Passwords: secrets.map((secret) => passwordOf(secret)) }
        : { Type: 'iam' },
    });
    return CacheUser._create(userName, userId, secrets);
  }

  private createDefaultUser(): void {
    const secret = this.createSecret('default', 1);
    this.createUser('default', {
      id: 'DefaultUser',
      userId: cacheName(this, 'DefaultUser'),
      userName: 'default',
      accessString: NO_ACCESS,
      authenticationMode: { Type: 'password', Passwords: [passwordOf(secret)] },
    });
  }

  private createUser(name: string, props: CreatedUser): void {
    const { id, ...rest } = props;
    const user = new CfnUser(this, id, { engine: this.props.engine, ...rest });
    user.applyRemovalPolicy(this.props.removalPolicy);
    this.users.set(name, user);
  }

  private createSecret(name: string, generation: number): Secret {
    const { key, removalPolicy } = this.props;
    const secret = new Secret(this, `Secret-${name}-${generation}`, {
      description: textFor('secret', `Password ${generation} of ${name} in ${stackPath(this.node.scope!)}`),
      encryptionKey: key,
      generateSecretString: {
        passwordLength: PASSWORD_LENGTH,
        excludePunctuation: true,
        secretStringTemplate: JSON.stringify({ username: name }),
        generateStringKey: 'password',
      },
      removalPolicy,
    });
    // Each rotation takes the last but one away, which the deployed stacks of services still name.
    referenceWeakly(secret);
    const why =
      name === 'default'
        ? 'The user is off: nobody signs in with this password.'
        : 'A deployment rotates it by the prop generation, because AWS has no hosted rotation for ElastiCache.';
    acknowledge(secret, 'AwsSolutions-SMG4', why);
    acknowledgeInCompliancePacks(secret, 'SecretsManagerRotationEnabled', why);
    return secret;
  }
}

/** Resource of a user, with its construct id. */
interface CreatedUser {
  readonly id: string;
  readonly userId: string;
  readonly userName: string;
  readonly accessString: string;
  readonly authenticationMode: { readonly Type: string; readonly Passwords?: string[] };
}

/** Reference that CloudFormation resolves at deployment. The template never contains the password. */
function passwordOf(secret: Secret): string {
  return secret.secretValueFromJson('password').unsafeUnwrap();
}
