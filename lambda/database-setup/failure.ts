/** Failure whose message is written for the reader of the stack's events. */
export class SetupError extends Error {}

/** Fields of errors of both servers, of Node and of the SDK. */
interface Fields {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly errors?: readonly Error[];
  readonly accepted?: boolean;
}

/** Connection failures that may pass: a server that starts, a name that is new, a network that is being made. */
const TRANSIENT_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // PostgreSQL starts; the same of MySQL.
  '57P03',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
];
/** The server has no free connection, or none for this user. */
const NO_FREE_CONNECTION_CODES = [
  '53300',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
];
const TRANSIENT_MESSAGES = /timeout expired|connection timeout|Connection terminated|connection ended/i;

export function codeOf(error: unknown): string {
  return `${(error as Fields | undefined)?.code ?? ''}`;
}

/** Message of an error as its origin wrote it, with its code. */
export function messageOf(error: unknown): string {
  const { message, code, detail, hint, errors, name } = (error ?? {}) as Fields;
  if (error instanceof SetupError) {
    return error.message;
  }
  const text = message || errors?.map((each) => each.message).join('; ') || name || 'unknown error';
  const parts = [code && !text.includes(code) ? `${text} (${code})` : text];
  return [...parts, ...(detail ? [`Detail: ${detail}`] : []), ...(hint ? [`Hint: ${hint}`] : [])].join('. ');
}

export function isTransient(error: unknown): boolean {
  return (
    TRANSIENT_CODES.includes(codeOf(error)) || lacksConnections(error) || TRANSIENT_MESSAGES.test(messageOf(error))
  );
}

/** True if the server was reached, and has no free connection. */
export function lacksConnections(error: unknown): boolean {
  return NO_FREE_CONNECTION_CODES.includes(codeOf(error));
}

/** Notes that the server had accepted the password before it refused the session. */
export function afterAcceptance(error: unknown): unknown {
  return error instanceof Error ? Object.assign(error, { accepted: true }) : error;
}

export function isAccepted(error: unknown): boolean {
  return (error as Fields | undefined)?.accepted === true;
}
