import { createHash } from 'crypto';
import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { globToRegExp, type Wildcards } from '../../text/glob';
import { toAsciiName } from './ascii-name';
import { checkRoute, checkRouteTokens, type HeaderCondition, known, type RouteConditions } from './validate-route';

const MOST_SPECIFIC = 39;
const HOST_BONUS = 20;
const BAND = 1000;
/** Order within a band: routes with a header, then paths without a wildcard, then all others. */
const WITH_HEADER = { from: 0, size: 100 };
const WHOLE_PATH = { from: 100, size: 100 };
const OTHERS = { from: 200, size: 800 };

/**
 * Requests of a load balancer that go to a service, by path, host and header.
 *
 * A request must match every kind of condition that the route has. One of several hosts or paths is enough.
 *
 * @example
 * new ProductionWebService(this, 'Api', {
 *   network,
 *   image,
 *   loadBalancer,
 *   route: Route.path('/api/*').onHost('shop.example.com'),
 * });
 */
export class Route {
  /**
   * Requests whose path matches a pattern. `*` matches any characters, `?` matches one. The case of letters counts.
   *
   * @example
   * const route = Route.path('/api/*');
   */
  public static path(pattern: string): Route {
    return new Route([pattern], [], []);
  }

  /**
   * Requests to a host name, for example `api.example.com`, `*.example.com` or `bücher.example`.
   *
   * @example
   * const route = Route.host('api.example.com');
   */
  public static host(name: string): Route {
    return new Route([], [toAsciiName(name)], []);
  }

  /**
   * Requests with a header that has one of these values. `*` and `?` are wildcards in the values.
   *
   * @example
   * const route = Route.header('X-Api-Version', ['2']);
   */
  public static header(name: string, values: string[]): Route {
    return new Route([], [], [{ name, values }]);
  }

  private constructor(
    private readonly paths: string[],
    private readonly hosts: string[],
    private readonly headers: HeaderCondition[],
  ) {}

  /** Copy of this route that also requires a host. Called again, it allows either host. */
  public onHost(name: string): Route {
    return new Route(this.paths, [...this.hosts, toAsciiName(name)], this.headers);
  }

  /** Copy of this route that also requires a path. Called again, it allows either path. */
  public onPath(pattern: string): Route {
    return new Route([...this.paths, pattern], this.hosts, this.headers);
  }

  /** Copy of this route that also requires a header. Called again, it requires both headers. */
  public withHeader(name: string, values: string[]): Route {
    return new Route(this.paths, this.hosts, [...this.headers, { name, values }]);
  }

  /**
   * Conditions of the listener rule.
   * @internal
   */
  public _conditions(): ListenerCondition[] {
    return [
      ...(this.hosts.length > 0 ? [ListenerCondition.hostHeaders(this.hosts)] : []),
      ...(this.paths.length > 0 ? [ListenerCondition.pathPatterns(this.paths)] : []),
      ...this.headers.map(({ name, values }) => ListenerCondition.httpHeader(name, values)),
    ];
  }

  /**
   * Refuses conditions that a load balancer would refuse at deployment.
   * @internal
   */
  public _check(scope: IConstruct): void {
    checkRoute(scope, this.conditions, this._name());
  }

  /**
   * Refuses secrets, and values that are unknown at synthesis where no priority is given.
   * @internal
   */
  public _checkTokens(scope: IConstruct, priority?: number): void {
    checkRouteTokens(scope, this.conditions, priority);
  }

  /**
   * First host without a wildcard, if it is known.
   * @internal
   */
  public _urlHost(): string | undefined {
    return known(this.hosts).find((host) => !/[*?]/.test(host));
  }

  /**
   * Path of the first pattern up to its first wildcard. It begins with a slash.
   * @internal
   */
  public _urlPath(): string {
    const [path = '/'] = known(this.paths);
    return path.split(/[*?]/)[0] || '/';
  }

  /**
   * Priority of the listener rule, 1 to 40000. More specific routes come first.
   *
   * It depends on the route and on the construct path of the service only, so a new route never changes another rule.
   * CloudFormation would reset the weights of a changed rule while green is live.
   * @internal
   */
  public _priority(owner: string): number {
    const hash = createHash('sha256').update(`${owner} ${this._name()}`).digest().readUInt32BE(0);
    const { from, size } = this.place();
    return 1 + (MOST_SPECIFIC - this.specificity()) * BAND + from + (hash % size);
  }

  /**
   * Name that is the same for two routes with the same conditions, in whatever order.
   * @internal
   */
  public _name(): string {
    const headers = this.headers.map(({ name, values }) => `${name.toLowerCase()}=${[...values].sort().join('|')}`);
    return [...[...this.hosts].sort(), ...[...this.paths].sort(), ...headers.sort()].join(' ');
  }

  /**
   * True if each request that matches the other route matches this one too.
   * Wildcards are compared as far as the patterns show.
   * @internal
   */
  public _covers(other: Route): boolean {
    return (
      anyCovers(this.paths, other.paths) &&
      anyCovers(lower(this.hosts), lower(other.hosts)) &&
      this.headers.every((header) =>
        other.headers.some(
          (same) =>
            same.name.toLowerCase() === header.name.toLowerCase() &&
            anyCovers(lower(header.values), lower(same.values)),
        ),
      )
    );
  }

  private get conditions(): RouteConditions {
    const { paths, hosts, headers } = this;
    return { paths, hosts, headers };
  }

  /** Number of characters before the first wildcard. A host outweighs any path. */
  private specificity(): number {
    const fixed = Math.max(0, ...this.paths.map((path) => path.split(/[*?]/)[0].length));
    const host = this.hosts.some((name) => !name.includes('*')) ? HOST_BONUS : 0;
    return Math.min(MOST_SPECIFIC, host + pathLevel(fixed));
  }

  private place(): { from: number; size: number } {
    if (this.headers.length > 0) {
      return WITH_HEADER;
    }
    return this.paths.length > 0 && this.paths.every((path) => !/[*?]/.test(path)) ? WHOLE_PATH : OTHERS;
  }
}

/** One level for each character of a short path and larger steps for a long one, up to 19. */
function pathLevel(fixed: number): number {
  const each = 10;
  return fixed <= each
    ? fixed
    : each + Math.ceil(((HOST_BONUS - 1 - each) * Math.log(fixed / each)) / Math.log(128 / each));
}

function lower(texts: string[]): string[] {
  return texts.map((text) => text.toLowerCase());
}

/** An empty list of patterns matches everything. */
function anyCovers(patterns: string[], others: string[]): boolean {
  if (patterns.length === 0 || patterns.some((pattern) => pattern === '*' || pattern === '/*')) {
    return true;
  }
  return others.length > 0 && others.every((other) => patterns.some((pattern) => covers(pattern, other)));
}

/** Wildcards for the comparison of two patterns. Only a `*` covers a wildcard of the other pattern. */
const COVERING: Wildcards = new Map([
  ['*', '.*'],
  ['?', '[^*]'],
]);

function covers(pattern: string, other: string): boolean {
  return globToRegExp(pattern, COVERING).test(other);
}
