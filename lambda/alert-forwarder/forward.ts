import { type Alert, alertIn } from './alert';
import { type Clock, deliver, type Outcome, type Request } from './delivery';
import { notificationsIn } from './notification';
import { pagerDutyEvent, slackMessage } from './payloads';
import type { PostingPlan, Urgency } from './plan';
import { without } from './redaction';
import type { Secret } from './secret';

/** PagerDuty answers a key that it does not know as it does an event that is not well-formed. */
const PAGERDUTY_KNOWS_NO_KEY = [400];

/** What a forwarder works with. */
export interface ForwarderParts {
  readonly plan: PostingPlan;
  readonly secret: Secret;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** A webhook has to begin with it. */
  readonly scheme?: string;
}

/**
 * Sends each notification to the receiver. Throws when one could not be sent: Lambda then calls again twice, and puts the event into the
 * dead-letter queue after that. Neither log nor error ever holds the webhook or key.
 */
export async function forward(event: unknown, parts: ForwarderParts): Promise<void> {
  for (const notification of notificationsIn(event)) {
    const alert = alertIn(notification);
    const topic = parts.plan.topics.find(({ arn }) => arn === notification.topicArn);
    await forwardOne(alert, topic?.urgency ?? 'error', parts);
  }
}

async function forwardOne(alert: Alert, urgency: Urgency, parts: ForwarderParts): Promise<void> {
  const { secret, clock, log, plan } = parts;
  const first = await secret.value();
  let used = first;
  let outcome = await attempt(alert, urgency, first, parts);
  if (outcome.kind === 'notAdmitted') {
    used = await secret.reread();
    outcome = used === first ? outcome : await attempt(alert, urgency, used, parts);
  }
  if (outcome.kind === 'taken') {
    log(`${plan.kind} has taken: ${without([first, used], alert.title)}`);
    return;
  }
  const reason = without([first, used], `${plan.kind} has not taken '${alert.title}': ${outcome.why}`);
  log(`${reason} (${clock.left()} ms left)`);
  throw new Error(reason);
}

async function attempt(alert: Alert, urgency: Urgency, value: string, parts: ForwarderParts): Promise<Outcome> {
  const request = requestFor(alert, urgency, value, parts);
  return request === undefined
    ? { kind: 'notAdmitted', why: 'the secret does not hold what it should: the address of a webhook, or an integration key, and nothing else' }
    : deliver(request, parts.clock);
}

function requestFor(alert: Alert, urgency: Urgency, value: string, { plan, scheme = 'https://' }: ForwarderParts): Request | undefined {
  if (plan.kind === 'pagerDuty') {
    return /^[A-Za-z0-9]{32}$/.test(value)
      ? { url: plan.endpoint ?? '', body: pagerDutyEvent(alert, urgency, value), notAdmittedBy: PAGERDUTY_KNOWS_NO_KEY, secret: value }
      : undefined;
  }
  return value.startsWith(scheme) && URL.canParse(value) ? { url: value, body: slackMessage(alert, urgency), secret: value } : undefined;
}
