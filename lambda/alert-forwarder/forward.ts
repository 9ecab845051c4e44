import type { PostingPlan, Urgency } from '../../src/observability/alerting/channels/forwarder-plan';
import { type Alert, alertIn, type Home } from './alert';
import { type Clock, deliver, type Outcome, type Request } from './delivery';
import { notificationsIn } from './notification';
import { pagerDutyEvent, slackMessage } from './payloads';
import { redact } from './redaction';
import type { Secret } from './secret';

const INVALID_SECRET = 'the secret must contain only a webhook URL or an integration key';

/** Receiver of requests, by the kind in the plan. */
interface RequestKind {
  /** Name for the log. */
  readonly name: string;
  /** True if the secret has the form that the receiver gives it. */
  readonly accepts: (secret: string, scheme: string) => boolean;
  readonly request: (alert: Alert, urgency: Urgency, secret: string, endpoint: string) => Omit<Request, 'secret'>;
}

const REQUEST_KINDS: { readonly [kind in PostingPlan['kind']]: RequestKind } = {
  slack: {
    name: 'Slack',
    accepts: (secret, scheme) => secret.startsWith(scheme) && URL.canParse(secret),
    request: (alert, urgency, secret) => ({ url: secret, body: slackMessage(alert, urgency) }),
  },
  pagerDuty: {
    name: 'PagerDuty',
    accepts: (secret) => /^[A-Za-z0-9]{32}$/.test(secret),
    request: (alert, urgency, secret, endpoint) => ({
      url: endpoint,
      body: pagerDutyEvent(alert, urgency, secret),
      // PagerDuty returns the same status for an unknown key and for an invalid event.
      unauthorizedStatuses: [400],
    }),
  },
};

/** Context of a forwarder. */
export interface ForwarderContext {
  readonly plan: PostingPlan;
  /** Where the function runs. */
  readonly home: Home;
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
    const alert = alertIn(notification, context.home);
    const topic = context.plan.topics.find(({ arn }) => arn === notification.topicArn);
    // The first OK of a new alarm. A pager needs it, because an alarm may have fired before its data ended.
    if (alert.first && context.plan.kind !== 'pagerDuty') {
      continue;
    }
    await forwardOne(alert, topic?.urgency ?? 'error', context);
  }
}

async function forwardOne(alert: Alert, urgency: Urgency, context: ForwarderContext): Promise<void> {
  const { secret, clock, log, plan } = context;
  const { name } = REQUEST_KINDS[plan.kind];
  const first = await secret.value();
  let used = first;
  let outcome = await attempt(alert, urgency, first, context);
  if (outcome.kind === 'unauthorized') {
    used = await secret.reread();
    outcome = used === first ? outcome : await attempt(alert, urgency, used, context);
  }
  if (outcome.kind === 'delivered') {
    log(`Delivered to ${name}: ${redact([first, used], alert.title)}`);
    return;
  }
  const reason = redact([first, used], `Not delivered to ${name}: ${alert.title}: ${outcome.why}`);
  log(`${reason} (${clock.left()} ms left)`);
  throw new Error(reason);
}

async function attempt(alert: Alert, urgency: Urgency, value: string, context: ForwarderContext): Promise<Outcome> {
  const { plan, clock, scheme = 'https://' } = context;
  const { accepts, request } = REQUEST_KINDS[plan.kind];
  return accepts(value, scheme)
    ? deliver({ ...request(alert, urgency, value, plan.endpoint ?? ''), secret: value }, clock)
    : { kind: 'unauthorized', why: INVALID_SECRET };
}
