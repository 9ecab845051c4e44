import { without } from './redaction';

/** How a receiver took a message. */
export type Outcome =
  | { readonly kind: 'taken' }
  /** The address or key is not, or no longer, good. */
  | { readonly kind: 'notAdmitted'; readonly why: string }
  /** Asking again with the same message changes nothing. */
  | { readonly kind: 'refused'; readonly why: string }
  /** Worth another try. Where the receiver asks to be left alone, not before this many milliseconds. */
  | { readonly kind: 'later'; readonly why: string; readonly afterMs?: number };

export interface Request {
  readonly url: string;
  readonly body: object;
  /** Statuses by which this receiver, beside what all do, says that the address or key is not good. */
  readonly notAdmittedBy?: number[];
  /** What no reason may hold. */
  readonly secret: string;
}

/** What time does, and what of it is left. */
export interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds in which the invocation has to be over. */
  readonly left: () => number;
}

const LONGEST_REQUEST_MS = 5000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10000;
/** Who fails for so long without a word about when to come back is down: that must be known soon. Who is busy is waited for. */
const PATIENCE_MS = 60000;
const NOT_ADMITTED = [401, 403, 404, 410];
/** So that the reason is logged before Lambda ends the invocation. */
const SPARE_MS = 1500;
const MOST_OF_AN_ANSWER = 200;

/**
 * Sends until it is taken, refused, or the time is up. Many alerts fail together: without chance they would come back together, and all but
 * a few of them fail again.
 */
export async function deliver(request: Request, clock: Clock): Promise<Outcome> {
  const began = clock.left();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const outcome = await send(request, Math.min(LONGEST_REQUEST_MS, Math.max(1, Math.floor(clock.left() - SPARE_MS))), clock.now);
    if (outcome.kind !== 'later') {
      return outcome;
    }
    const { afterMs } = outcome;
    const least = Math.max(afterMs ?? 0, pause * (0.5 + Math.random() / 2));
    const most = clock.left() - SPARE_MS;
    if (least > most || (afterMs === undefined && began - clock.left() + least > PATIENCE_MS)) {
      return outcome;
    }
    const spread = afterMs === undefined ? 0 : Math.random() * Math.max(afterMs, pause);
    await clock.sleep(Math.round(Math.min(least + spread, most)));
  }
}

async function send({ url, body, notAdmittedBy = [], secret }: Request, timeoutMs: number, now: () => number): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'User-Agent': 'alert-forwarder/1' },
      body: JSON.stringify(body),
      // A webhook is a secret: it is not handed to wherever an answer points.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status } = response;
    const why = `${status} ${without([secret], await response.text()).slice(0, MOST_OF_AN_ANSWER)}`.trim();
    if (status >= 200 && status < 300) {
      return { kind: 'taken' };
    }
    if (status === 429 || status >= 500) {
      return { kind: 'later', why, afterMs: waitOf(response.headers.get('retry-after'), now()) ?? (status === 429 ? 0 : undefined) };
    }
    return { kind: [...NOT_ADMITTED, ...notAdmittedBy].includes(status) ? 'notAdmitted' : 'refused', why };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return { kind: 'later', why: name === 'TimeoutError' ? `no answer within ${timeoutMs} ms` : `no answer: ${cause?.code ?? name}` };
  }
}

/** Retry-After in seconds or as a date. */
function waitOf(header: string | null, now: number): number | undefined {
  if (!header) {
    return undefined;
  }
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
