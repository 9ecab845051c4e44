/** What is wrong with the tasks of one version. Nothing, where nothing is said. */
export interface Ailment {
  /** Share of requests that are answered with a 500. */
  readonly errors?: number;
  /** Share of requests whose connection is refused: the load balancer answers 502. */
  readonly refused?: number;
  /** Share of requests that are never answered: the load balancer answers 504. */
  readonly hanging?: number;
  /** Share of requests that are answered with a 401. */
  readonly unauthorized?: number;
  /** By how much answers take longer. */
  readonly slower?: number;
  /** Share of requests that take so much longer. All, unless said. */
  readonly slowShare?: number;
  /** Share of targets that fail their health checks. */
  readonly unhealthy?: number;
}

/** What a minute is like, beside the usual. */
export interface Conditions {
  /** Factor on what users ask for. */
  readonly demand?: number;
  /** Of all tasks. */
  readonly all?: Ailment;
  /** Of the version that was deployed last. */
  readonly fresh?: Ailment;
  /** No task is registered. */
  readonly noTargets?: boolean;
  /** Tasks that don't run although they should. */
  readonly lacking?: number;
  /** The database reports nothing any more. */
  readonly databaseDown?: boolean;
  /** An Aurora cluster sleeps: it reports nothing, and nobody asks for it. */
  readonly databaseSleeps?: boolean;
  /** Percent of the database's EBS burst balance that are used up. */
  readonly burst?: number;
  /** Days until the load balancer's certificate ends: plenty, unless said. */
  readonly certificateDays?: number;
  /** GB of the log that a replication slot keeps. */
  readonly slotLag?: number;
  /** Percent of the CPU of the cache's nodes beside the usual. */
  readonly cacheCpu?: number;
  /** Percent of memory beside the usual. */
  readonly memory?: number;
  /** Percent of CPU beside the usual. */
  readonly cpu?: number;
  /** Connections to the database beside the usual. */
  readonly connections?: number;
  /** GB of the database's disk that are taken, beside the usual. */
  readonly stored?: number;
}

/** What happens, minute by minute; the first is 0. */
export type Story = (minute: number) => Conditions;
