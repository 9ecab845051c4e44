import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnEventSubscription } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../environment';
import { sourceAccount } from '../iam/source-account';
import { PropError } from '../validation/prop-error';

/** What {@link DatabaseEvents} may be told. Nothing is needed. */
export interface DatabaseEventsProps {
  /**
   * The key of the topic. Its policy is extended, so it has to be of the same stack.
   * @default - one of its own
   */
  readonly key?: Key;
  /**
   * What is watched: identifiers by RDS's source types (`db-instance`, `db-cluster`, `db-parameter-group`, `db-security-group`); an empty list means
   * all of the account and region.
   * @default - all of each type
   */
  readonly sources?: { [sourceType: string]: string[] };
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/** What RDS is asked to tell, by the kind of thing it happens to (RDS.19 to RDS.22). */
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
 * An encrypted topic to which RDS sends what happens to databases, and its subscriptions: for all databases of the account and region unless `sources` names some.
 * An account has 20 subscriptions for each region: give one of these to every database as `events`, instead of the one that each makes.
 */
export class DatabaseEvents extends Construct {
  /** The topic. Subscribe whoever has to know. */
  public readonly topic: Topic;

  public constructor(scope: Construct, id: string, props: DatabaseEventsProps = {}) {
    super(scope, id);
    const profile = props.profile ?? EnvironmentProfile.of(this);
    this.checkSources(props.sources ?? {});
    this.topic = this.createTopic(props.key ?? this.createKey(profile));
    const sources = props.sources ?? Object.fromEntries(Object.keys(CATEGORIES).map((sourceType) => [sourceType, []]));
    Object.entries(sources).forEach(([sourceType, identifiers]) => this.subscribe(sourceType, identifiers));
  }

  private checkSources(sources: { [sourceType: string]: string[] }): void {
    const unknown = Object.keys(sources).find((sourceType) => !CATEGORIES[sourceType]);
    if (unknown !== undefined) {
      throw new PropError(this, {
        prop: 'sources',
        value: unknown,
        expected: Object.keys(CATEGORIES).join(', '),
        fix: 'name one of these source types',
      });
    }
  }

  private createKey(profile: EnvironmentProfile): Key {
    return new Key(this, 'Key', {
      description: `Encrypts the messages of ${this.node.path}`,
      enableKeyRotation: true,
      removalPolicy: profile.removalPolicy,
    });
  }

  /** CDK writes neither of the two statements: RDS would be subscribed and nothing would arrive. */
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
