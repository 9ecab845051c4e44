/** What a service calls the fields of its log, which is JSON with one event a line (requirement A-15). A nested field is written with dots: `http.requestId`. */
export interface LogFields {
  /**
   * Who asked.
   * @default 'user'
   */
  readonly user?: string;
  /**
   * The request that an event belongs to.
   * @default 'requestId'
   */
  readonly requestId?: string;
  /**
   * How long the request took. It stands on one event of each request, the one at its end: those are counted as requests.
   * @default 'duration'
   */
  readonly duration?: string;
  /**
   * How bad it is: a word (`error`, in any case) or a number (50 and above is an error).
   * @default 'level'
   */
  readonly level?: string;
  /**
   * The part of the application that an event comes from, by which errors are grouped.
   * @default 'context'
   */
  readonly context?: string;
  /**
   * What happened, in words.
   * @default 'message'
   */
  readonly message?: string;
}
