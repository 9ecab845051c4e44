/**
 * Names of the fields in a service's log.
 *
 * The log has one event in JSON on each line. Nested fields are written with dots: `http.requestId`.
 * Source: requirement A-15.
 */
export interface LogFields {
  /**
   * User of the request.
   * @default 'user'
   */
  readonly user?: string;
  /**
   * Id of the request.
   * @default 'requestId'
   */
  readonly requestId?: string;
  /**
   * Duration of the request, in one event at its end. These events count as requests.
   * @default 'duration'
   */
  readonly duration?: string;
  /**
   * Level of the event: a word (`error`, in any case) or a number (50 and above is an error).
   * @default 'level'
   */
  readonly level?: string;
  /**
   * Part of the application, by which errors are grouped.
   * @default 'context'
   */
  readonly context?: string;
  /**
   * Message of the event.
   * @default 'message'
   */
  readonly message?: string;
}
