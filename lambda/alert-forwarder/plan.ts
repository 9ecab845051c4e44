/** How urgent what arrives on a topic is, in the words of PagerDuty. */
export type Urgency = 'critical' | 'error' | 'warning' | 'info';

/** What the construct tells the function, as JSON in the variable `FORWARDER_PLAN`. */
export type ForwarderPlan = PostingPlan | RelayPlan;

/** To a service outside AWS, whose address or key is a secret. */
export interface PostingPlan {
  readonly kind: 'slack' | 'pagerDuty';
  /** Where the webhook of Slack, or the integration key of PagerDuty, is kept. */
  readonly secretArn: string;
  /** Where PagerDuty takes events; Slack's address is the secret itself. */
  readonly endpoint?: string;
  /** How urgent each topic is. */
  readonly topics: ReadonlyArray<{ readonly arn: string; readonly urgency: Urgency }>;
}

/** From topics of other constructs to a topic with channels, in a form that every channel shows. */
export interface RelayPlan {
  readonly kind: 'relay';
  readonly topicArn: string;
}
