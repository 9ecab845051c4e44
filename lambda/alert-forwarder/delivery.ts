import { redact } from './redaction';

/** Result of a delivery. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** The receiver doesn't accept the URL or key. */
  | { readonly kind: 'unauthorized'; readonly why: string }
  /** The receiver doesn't accept the message, and a retry would fail, too. */
  | { readonly kind: 'rejected'; readonly why: string }
  /** A retry may succeed, after the time that the receiver asks for. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: number };

export interface Request {
  readonly url: string;
  readonly body: object;
  /** Further statuses by which this receiver refuses its URL or key. */
  readonly unauthorizedStatuses?: number[];
  /** Secret that is removed from reasons. */
  readonly secret: string;
}

/** Clock of the invocation. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds until the timeout of the invocation. */
  readonly left: () => number;
}

const MAX_REQUEST_MS = 5000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10000;
/** Limit of retries without Retry-After, so that an outage of the receiver fails soon. */
const MAX_OUTAGE_MS = 60000;
const UNAUTHORIZED_STATUSES = [401, 403, 404, 410];
/** Time to log the reason before the timeout of the invocation. */
const SPARE_MS = 1500;
const MAX_RESPONSE_LENGTH = 200;

/**
 * Sends a request until it is delivered or rejected, or the time is up.
 *
 * Pauses have jitter. Without it, alerts that fail together would retry together, and most of them would fail again.
 */
export async function deliver(request: Request, clock: Clock): Promise<Outcome> {
  const began = clock.left();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
    const timeoutMs = Math.min(MAX_REQUEST_MS, Math.max(1, Math.floor(clock.left() - SPARE_MS)));
    const outcome = await send(request, timeoutMs, clock.now);
    if (outcome.kind !== 'retry') {
      return outcome;
    }
    const { afterMs } = outcome;
    const minPause = Math.max(afterMs ?? 0, pause * (0.5 + Math.random() / 2));
    const maxPause = clock.left() - SPARE_MS;
    if (minPause > maxPause || (afterMs === undefined && began - clock.left() + minPause > MAX_OUTAGE_MS)) {
      return outcome;
    }
    const spread = afterMs === undefined ? 0 : Math.random() * Math.max(afterMs, pause);
    await clock.sleep(Math.round(Math.min(minPause + spread, maxPause)));
  }
}

async function send(request: Request, timeoutMs: number, now: () => number): Promise<Outcome> {
  const { url, body, unauthorizedStatuses = [], secret } = request;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'alert-forwarder/1' },
      body: JSON.stringify(body),
      // A redirect would send the alert to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status } = response;
    const why = `${status} ${redact([secret], await response.text()).slice(0, MAX_RESPONSE_LENGTH)}`.trim();
    if (status >= 200 && status < 300) {
      return { kind: 'delivered' };
    }
    if (status === 429 || status >= 500) {
      const afterMs = retryAfterMs(response.headers.get('retry-after'), now());
      return { kind: 'retry', why, afterMs: afterMs ?? (status === 429 ? 0 : undefined) };
    }
    const unauthorized = [...UNAUTHORIZED_STATUSES, ...unauthorizedStatuses].includes(status);
    return { kind: unauthorized ? 'unauthorized' : 'rejected', why };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    const reason = name === 'TimeoutError' ? ` within ${timeoutMs} ms` : `: ${cause?.code ?? name}`;
    return { kind: 'retry', why: `no answer${reason}` };
  }
}

/** Parses Retry-After, which is a number of seconds or a date. */
function retryAfterMs(header: string | null, now: number): number | undefined {
  if (!header) {
    return undefined;
  }
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
