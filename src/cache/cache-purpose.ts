/** Purpose of a {@link HardenedCache}, which decides what happens when its memory is full. */
export enum CachePurpose {
  /**
   * Copies of what another store holds.
   *
   * A full cache drops the entries that were not used for the longest time (`allkeys-lru`). Source: requirement C-10.
   */
  CACHE = 'cache',
  /**
   * Sessions of users.
   *
   * A full cache refuses writes (`noeviction`), and signs nobody out. Source: requirement D-04.
   */
  SESSIONS = 'sessions',
  /**
   * Jobs and messages that wait for a worker.
   *
   * A full cache refuses writes (`noeviction`), and loses no job.
   */
  QUEUES = 'queues',
}
