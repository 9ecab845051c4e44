import { createHash } from 'crypto';
import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';

const MOST_SPECIFIC = 39;
const HOST_BONUS = 20;
const BAND = 1000;

/** Which requests of a load balancer go to a service. */
export class Route {
  /** Requests whose path matches, for example `/api/*`. `*` stands for any characters, `?` for one. */
  public static path(pattern: string): Route {
    return new Route([pattern], []);
  }

  /** Requests to a host name, for example `api.example.com`, or `*.example.com`. */
  public static host(name: string): Route {
    return new Route([], [name]);
  }

  private constructor(private readonly paths: string[], private readonly hosts: string[]) {}

  /**
   * @internal
   */
  public _conditions(): ListenerCondition[] {
    return [
      ...this.hosts.length > 0 ? [ListenerCondition.hostHeaders(this.hosts)] : [],
      ...this.paths.length > 0 ? [ListenerCondition.pathPatterns(this.paths)] : [],
    ];
  }

  /**
   * A number from 1 to 40000 that depends on the route and the service's own path alone, so that adding a route
   * never moves another: an edited rule gets its template weights back while green is live. More specific routes
   * come first.
   * @internal
   */
  public _priority(owner: string): number {
    const hash = createHash('sha256').update(`${owner} ${this._name()}`).digest().readUInt32BE(0);
    return 1 + (MOST_SPECIFIC - this.specificity()) * BAND + hash % BAND;
  }

  /**
   * @internal
   */
  public _name(): string {
    return [...this.hosts, ...this.paths].join(' ');
  }

  /** How many characters are fixed before the first wildcard; a host outweighs any path. */
  private specificity(): number {
    const fixed = Math.max(0, ...this.paths.map((path) => path.split(/[*?]/)[0].length));
    const host = this.hosts.some((name) => !name.includes('*')) ? HOST_BONUS : 0;
    return Math.min(MOST_SPECIFIC, host + Math.min(fixed, HOST_BONUS - 1));
  }
}
