/** Properties of {@link PathLimit.of}. All are required. */
export interface PathLimitProps {
  /** Requests that one address may send to the paths within a minute, from 10 to the limit for all paths. */
  readonly requestsPerMinute: number;
}

/**
 * Rate limit for some paths, below the limit for all paths.
 *
 * @example
 * new WebFirewall(this, 'Firewall', {
 *   pathLimits: [PathLimit.of('/api/login', { requestsPerMinute: 20 })],
 * });
 */
export class PathLimit {
  /**
   * Rate limit for all paths that begin with the given one.
   *
   * Upper case, `%` codes and `//` do not bypass the limit.
   *
   * @param path for example `/api/login` or `/api/search/*`
   */
  public static of(path: string, props: PathLimitProps): PathLimit {
    return new PathLimit(path, props.requestsPerMinute);
  }

  private constructor(
    /** Beginning of the paths. */
    public readonly path: string,
    /** Requests that one address may send to the paths within a minute. */
    public readonly requestsPerMinute: number,
  ) {}
}
