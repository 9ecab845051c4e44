/** Urgency of a topic, by the severities of PagerDuty. */
export type Urgency = 'critical' | 'error' | 'warning' | 'info';

/** Settings of the function in `lambda/alert-forwarder`, as JSON in the variable `FORWARDER_PLAN`. */
export type ForwarderPlan = PostingPlan | RelayPlan;

/** Settings for a service outside AWS, whose URL or key is a secret. */
export interface PostingPlan {
  /** Service, which decides the form of a request. */
  readonly kind: 'slack' | 'pagerDuty';
  /** ARN of the secret with the webhook of Slack or the integration key of PagerDuty. */
  readonly secretArn: string;
  /**
   * URL of the Events API of PagerDuty.
   * @default - the secret is the URL, as with Slack
   */
  readonly endpoint?: string;
  /** Urgency of each topic. */
  readonly topics: ReadonlyArray<{ readonly arn: string; readonly urgency: Urgency }>;
}

/** Settings for a relay to a topic with channels. */
export interface RelayPlan {
  /** Discriminator of the plan. */
  readonly kind: 'relay';
  /** ARN of the topic. */
  readonly topicArn: string;
}
