import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';

/** A service, as the stores that are given to it see it. */
export interface IBackingServiceClient extends IConstruct, IConnectable {}

/** One field of a secret that a container gets as an environment variable. */
export interface SecretVariable {
  /** Name of the environment variable, for example `DB_PASSWORD`. */
  readonly variable: string;
  /** Complete ARN of the secret, suffix included. */
  readonly secretArn: string;
  /**
   * Key of the JSON document that the secret holds.
   * @default - the whole secret
   */
  readonly field?: string;
  /**
   * ARN of the customer key that encrypts the secret.
   * @default - the secret is encrypted with the account's own key
   */
  readonly keyArn?: string;
}

/** What a backing service hands to a client. */
export interface BackingServiceHandover {
  /** Environment variables, by name: nothing secret. */
  readonly environment: { [name: string]: string };
  /** Environment variables out of secrets. */
  readonly secrets: SecretVariable[];
}

/**
 * Something a service depends on and is given: a database, a cache.
 * It opens its one port to that client only. Nothing below knows what is above: rules and
 * permissions are made in the client's scope, so that no cycle closes between stacks.
 */
export interface IBackingService {
  /** Opens the way for the client and returns what it needs to know. */
  serve(client: IBackingServiceClient): BackingServiceHandover;
}
