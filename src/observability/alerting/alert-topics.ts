import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import { viaService } from '../../iam/service-host';
import { sourceAccount } from '../../iam/source-account';
import { stackPath } from '../../text/stack-path';

/** Purpose of a topic, which decides who may publish to it. */
export type TopicUse = 'severity' | 'deployment' | 'cost';

/** Properties of {@link AlertTopics}. Both are required. */
export interface AlertTopicsProps {
  /** Uses of each topic, by its name. */
  readonly uses: ReadonlyMap<string, TopicUse[]>;
  /** Environment profile with the removal policy of the key. */
  readonly profile: EnvironmentProfile;
}

/** AWS service that publishes to topics. */
interface Publisher {
  readonly service: string;
  readonly uses: TopicUse[];
  /**
   * Condition that AWS documents for the service. One that never holds would silently drop every message. AWS
   * documents that EventBridge may name no source, so the topic compares account and rule only where one is named.
   * On the key no source is supported for it. Notification rules and AWS Backup document none for topics. AWS Backup
   * publishes within its own account only.
   */
  readonly topic: 'sourceAccount' | 'rules' | 'none';
  readonly key: 'sourceAccount' | 'ownTopics' | 'viaSns' | 'none';
}

const PUBLISHERS: Publisher[] = [
  { service: 'cloudwatch', uses: ['severity', 'deployment', 'cost'], topic: 'sourceAccount', key: 'sourceAccount' },
  { service: 'events', uses: ['severity', 'deployment', 'cost'], topic: 'rules', key: 'ownTopics' },
  { service: 'events.rds', uses: ['severity'], topic: 'sourceAccount', key: 'sourceAccount' },
  { service: 'backup', uses: ['severity'], topic: 'none', key: 'none' },
  { service: 'codestar-notifications', uses: ['deployment'], topic: 'none', key: 'viaSns' },
  { service: 'budgets', uses: ['cost'], topic: 'sourceAccount', key: 'sourceAccount' },
  { service: 'costalerts', uses: ['cost'], topic: 'sourceAccount', key: 'sourceAccount' },
];

/**
 * Encrypted SNS topics and their key, with policies that allow each publishing service.
 *
 * CDK writes no such statements. Without them alarms would fire and notify nobody.
 */
export class AlertTopics extends Construct {
  /** Key of the topics. */
  public readonly key: Key;
  private readonly topics: ReadonlyMap<string, Topic>;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: AlertTopicsProps,
  ) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: `Encrypts the alerts of ${stackPath(scope)}`,
      enableKeyRotation: true,
      removalPolicy: props.profile.removalPolicy,
    });
    this.topics = new Map([...props.uses].map(([name, uses]) => [name, this.createTopic(name, uses)]));
    this.admitToKey();
  }

  /** Topic of a name in `uses`. */
  public named(name: string): Topic {
    return this.topics.get(name)!;
  }

  private createTopic(name: string, uses: TopicUse[]): Topic {
    const topic = new Topic(this, name, {
      masterKey: this.key,
      enforceSSL: true,
      displayName: `${stackPath(this.node.scope!)} ${name}`.slice(-100),
    });
    publishersOf(uses).forEach(({ service, topic: condition }) =>
      topic.addToResourcePolicy(
        new PolicyStatement({
          sid: sidOf(service),
          principals: [principalOf(service)],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: this.conditions(condition),
        }),
      ),
    );
    return topic;
  }

  private admitToKey(): void {
    publishersOf([...this.props.uses.values()].flat()).forEach(({ service, key: condition }) =>
      this.key.addToResourcePolicy(
        new PolicyStatement({
          sid: sidOf(service),
          principals: [principalOf(service)],
          actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
          resources: ['*'],
          conditions: this.conditions(condition),
        }),
      ),
    );
  }

  private conditions(condition: Publisher['topic'] | Publisher['key']): { [operator: string]: object } | undefined {
    const stack = Stack.of(this);
    const rules = stack.formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
    return {
      sourceAccount: sourceAccount(stack.account),
      rules: {
        StringEqualsIfExists: { 'aws:SourceAccount': stack.account },
        ArnLikeIfExists: { 'aws:SourceArn': rules },
      },
      // SNS encrypts in the context of the topic, whoever publishes.
      ownTopics: {
        ArnLike: { 'kms:EncryptionContext:aws:sns:topicArn': stack.formatArn({ service: 'sns', resource: '*' }) },
      },
      viaSns: { StringEquals: { 'kms:ViaService': viaService(this, 'sns') } },
      none: undefined,
    }[condition];
  }
}

function publishersOf(uses: TopicUse[]): Publisher[] {
  return PUBLISHERS.filter((publisher) => publisher.uses.some((use) => uses.includes(use)));
}

function principalOf(service: string): ServicePrincipal {
  return new ServicePrincipal(`${service}.amazonaws.com`);
}

function sidOf(service: string): string {
  return `Admit${service.replace(/(^|[.-])([a-z])/g, (_match, _separator, letter: string) => letter.toUpperCase())}`;
}
