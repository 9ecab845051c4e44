import { type Alert, alertIn } from './alert';
import { type Clock, deliver, type Outcome, type Request } from './delivery';
import { notificationsIn } from './notification';
import { pagerDutyEvent, slackMessage } from './payloads';
import type { PostingPlan, Urgency } from './plan';
import { redact } from './redaction';
import type { Secret } from './secret';

/** PagerDuty returns the same status for an unknown key and for an invalid event. */
const PAGERDUTY_UNKNOWN_KEY = [400];
const INVALID_SECRET =
  'the secret does not hold what it should: the address of a webhook, or an integration key, and nothing else';

/** Context of a forwarder. */
export interface ForwarderContext {
  readonly plan: PostingPlan;
  readonly secret: Secret;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** Required scheme of a webhook. */
  readonly scheme?: string;
}

/**
 * Sends each notification to the receiver.
 *
 * It throws for a notification that could not be sent. Lambda then retries twice, and sends the event to the
 * dead-letter queue. Neither the log nor an error contains the webhook or key.
 */
export async function forward(event: unknown, context: ForwarderContext): Promise<void> {
  for (const notification of notificationsIn(event)) {
    const alert = alertIn(notification);
    const topic = context.plan.topics.find(({ arn }) => arn === notification.topicArn);
    await forwardOne(alert, topic?.urgency ?? 'error', context);
  }
}

async function forwardOne(alert: Alert, urgency: Urgency, context: ForwarderContext): Promise<void> {
  const { secret, clock, log, plan } = context;
  const first = await secret.value();
  let used = first;
  let outcome = await attempt(alert, urgency, first, context);
  if (outcome.kind === 'unauthorized') {
    used = await secret.reread();
    outcome = used === first ? outcome : await attempt(alert, urgency, used, context);
  }
  if (outcome.kind === 'delivered') {
    log(`${plan.kind} has taken: ${redact([first, used], alert.title)}`);
    return;
  }
  const reason = redact([first, used], `${plan.kind} has not taken '${alert.title}': ${outcome.why}`);
  log(`${reason} (${clock.left()} ms left)`);
  throw new Error(reason);
}

async function attempt(alert: Alert, urgency: Urgency, value: string, context: ForwarderContext): Promise<Outcome> {
  const request = requestFor(alert, urgency, value, context);
  return request === undefined ? { kind: 'unauthorized', why: INVALID_SECRET } : deliver(request, context.clock);
}

/** Undefined if the secret is no webhook or key. */
function requestFor(alert: Alert, urgency: Urgency, value: string, context: ForwarderContext): Request | undefined {
  const { plan, scheme = 'https://' } = context;
  if (plan.kind === 'pagerDuty') {
    return /^[A-Za-z0-9]{32}$/.test(value)
      ? {
        url: plan.endpoint ?? '',
        body: pagerDutyEvent(alert, urgency, value),
        unauthorizedStatuses: PAGERDUTY_UNKNOWN_KEY,
        secret: value,
      }
      : undefined;
  }
  return value.startsWith(scheme) && URL.canParse(value)
    ? { url: value, body: slackMessage(alert, urgency), secret: value }
    : undefined;
}
