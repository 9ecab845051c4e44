import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnEventSubscription } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { sourceAccount } from '../iam/source-account';
import { stackPath } from '../text/stack-path';
import { checkAllInReach } from '../validation/objects-in-reach';
import { PropError } from '../validation/prop-error';

/** Properties of {@link DatabaseEvents}. All of them are optional. */
export interface DatabaseEventsProps {
  /**
   * KMS key of the topic, from the same stack, because its policy is extended.
   * @default - a new key
   */
  readonly key?: Key;
  /**
   * Identifiers of the event sources, by source type of RDS.
   *
   * The types are `db-instance`, `db-cluster`, `db-parameter-group` and `db-security-group`.
   * An empty list means all sources of the account and region.
   * @default - all sources of each type
   */
  readonly sources?: { [sourceType: string]: string[] };
  /**
   * Environment profile that supplies defaults for unset props.
   * @default - the profile of the scope, or production
   */
  readonly profile?: EnvironmentProfile;
}

/** Subscribed event categories by source type (RDS.19 to RDS.22). */
const CATEGORIES: { [sourceType: string]: string[] } = {
  'db-instance': [
    'availability',
    'configuration change',
    'deletion',
    'failover',
    'failure',
    'low storage',
    'maintenance',
    'recovery',
  ],
  'db-cluster': ['configuration change', 'deletion', 'failover', 'failure', 'maintenance'],
  'db-parameter-group': ['configuration change'],
  'db-security-group': ['configuration change', 'failure'],
};

/**
 * Encrypted SNS topic of RDS events, and its event subscriptions.
 *
 * It covers all databases of the account and region, unless `sources` names some.
 * RDS allows 20 event subscriptions per account and region. Share one `DatabaseEvents` between databases with `events`.
 *
 * @example
 * const events = new DatabaseEvents(this, 'Events');
 * new HardenedPostgres(this, 'Orders', { network, events });
 * new HardenedPostgres(this, 'Customers', { network, events });
 */
export class DatabaseEvents extends Construct {
  /** SNS topic of the events. */
  public readonly topic: Topic;

  public constructor(scope: Construct, id: string, props: DatabaseEventsProps = {}) {
    super(scope, id);
    checkAllInReach(this, props);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    this.checkSources(props.sources ?? {});
    this.topic = this.createTopic(props.key ?? this.createKey(profile));
    const sources = props.sources ?? Object.fromEntries(Object.keys(CATEGORIES).map((sourceType) => [sourceType, []]));
    Object.entries(sources).forEach(([sourceType, identifiers]) => this.subscribe(sourceType, identifiers));
  }

  private checkSources(sources: { [sourceType: string]: string[] }): void {
    const unknown = Object.keys(sources).find((sourceType) => !Object.hasOwn(CATEGORIES, sourceType));
    if (unknown !== undefined) {
      const known = Object.keys(CATEGORIES).join(', ');
      throw new PropError(this, {
        prop: 'sources',
        problem: `has the source type ${JSON.stringify(unknown)}, expected one of ${known}`,
        fix: 'use one of these source types',
      });
    }
  }

  private createKey(profile: EnvironmentProfile): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the messages of ${stackPath(this)}`,
      enableKeyRotation: true,
      removalPolicy: profile.removalPolicy,
    });
  }

  /** CDK adds neither of the two statements, without which no event would arrive. */
  private createTopic(key: Key): Topic {
    const topic = new Topic(this, 'Topic', { masterKey: key, enforceSSL: true });
    const rds = new ServicePrincipal('events.rds.amazonaws.com');
    const conditions = sourceAccount(Stack.of(this).account);
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DatabaseEvents',
        principals: [rds],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions,
      }),
    );
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'DatabaseEvents',
        principals: [rds],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions,
      }),
    );
    return topic;
  }

  private subscribe(sourceType: string, identifiers: string[]): void {
    const subscription = new CfnEventSubscription(this, sourceType.split('-').slice(1).join(''), {
      snsTopicArn: this.topic.topicArn,
      sourceType,
      eventCategories: CATEGORIES[sourceType],
      enabled: true,
      sourceIds: identifiers.length > 0 ? identifiers : undefined,
    });
    subscription.node.addDependency(this.topic);
  }
}
