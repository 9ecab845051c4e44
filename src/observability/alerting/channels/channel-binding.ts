import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import type { ChatTarget } from './channel-target';
import type { PostingPlan, Urgency } from './forwarder-plan';

/**
 * Topic whose messages a channel gets.
 * @internal
 */
export interface ChannelTopic {
  /** Name of the topic: a severity, `deployment` or `cost`. */
  readonly name: string;
  /** The topic. */
  readonly topic: ITopic;
  /** Urgency of its messages. */
  readonly urgency: Urgency;
}

/**
 * Resources that a channel needs, one kind of them. A channel whose configuration exists needs none.
 * @internal
 */
export interface ChannelBinding {
  /**
   * Function that forwards the messages.
   * @default - the channel needs no function
   */
  readonly forwarder?: ForwarderBinding;
  /**
   * Channel of a chat configuration.
   * @default - the channel is not in a chat
   */
  readonly chat?: ChatTarget;
  /**
   * Direct subscription to each topic.
   * @default - no direct subscription
   */
  readonly subscription?: { readonly protocol: SubscriptionProtocol; readonly endpoint: string };
}

/**
 * Function that forwards messages to a service outside AWS.
 * @internal
 */
export interface ForwarderBinding {
  /** Name of the service, for descriptions. */
  readonly destination: string;
  /** Settings of the function. */
  readonly plan: PostingPlan;
  /** Secret that the function reads. */
  readonly secret: ISecret;
}
