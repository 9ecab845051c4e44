import { createHash } from 'crypto';
import { Token } from 'aws-cdk-lib';
import { ListenerCondition } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { globToRegExp, type Wildcards } from '../../text/glob';
import { PropError } from '../../validation/prop-error';

const MOST_SPECIFIC = 39;
const HOST_BONUS = 20;
const BAND = 1000;
/** Within a band come routes with a header, then paths without a wildcard, then the others. */
const WITH_HEADER = { from: 0, size: 100 };
const WHOLE_PATH = { from: 100, size: 100 };
const OTHERS = { from: 200, size: 800 };
/** What a load balancer allows a rule (its quotas "condition values per rule" and "condition wildcards per rule"). */
const MOST_VALUES = 5;
const MOST_WILDCARDS = 5;
const PATH = /^[/*][\w\-.$/~"'@:+&*?]{0,127}$/;
const HOST = /^(?=.{1,128}$)[A-Za-z0-9\-.*?]*\.[A-Za-z]+$/;
const HEADER_NAME = /^[\w!#$%&'*+\-.^`|~]{1,40}$/;

/** A header that a request must have, with one of the values. */
interface HeaderCondition {
  readonly name: string;
  readonly values: string[];
}

/**
 * Which requests of a load balancer go to a service. A request must fulfil all kinds of conditions that a route has;
 * among several hosts, or several paths, one is enough.
 */
export class Route {
  /** Requests whose path matches, for example `/api/*`. `*` stands for any characters, `?` for one. Upper and lower case differ. */
  public static path(pattern: string): Route {
    return new Route([pattern], [], []);
  }

  /** Requests to a host name, for example `api.example.com`, or `*.example.com`. */
  public static host(name: string): Route {
    return new Route([], [name], []);
  }

  /** Requests with a header that has one of these values. `*` and `?` stand for characters in the values. */
  public static header(name: string, values: string[]): Route {
    return new Route([], [], [{ name, values }]);
  }

  private constructor(
    private readonly paths: string[],
    private readonly hosts: string[],
    private readonly headers: HeaderCondition[],
  ) {}

  /** The same route, only on this host; said again, on either host. */
  public onHost(name: string): Route {
    return new Route(this.paths, [...this.hosts, name], this.headers);
  }

  /** The same route, only below this path; said again, below either path. */
  public onPath(pattern: string): Route {
    return new Route([...this.paths, pattern], this.hosts, this.headers);
  }

  /** The same route, only for requests with a header that has one of these values; said again, with both headers. */
  public withHeader(name: string, values: string[]): Route {
    return new Route(this.paths, this.hosts, [...this.headers, { name, values }]);
  }

  /**
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
   * Refuses what a load balancer would refuse at deployment.
   * @internal
   */
  public _check(scope: IConstruct): void {
    const refuse = (value: unknown, expected: string, fix: string): never => {
      throw new PropError(scope, { prop: 'route', value, expected, fix });
    };
    const values = [...this.paths, ...this.hosts, ...this.headers.flatMap((header) => header.values)];
    const known = (texts: string[]) => texts.filter((text) => !Token.isUnresolved(text));
    known(this.paths)
      .filter((path) => !PATH.test(path))
      .forEach((path) =>
        refuse(
          path,
          'a path of at most 128 characters that begins with / or *, of letters, digits and _-.$/~"\'@:+&, with * and ?',
          "write '/api/*', with other characters percent-encoded or left to *",
        ),
      );
    known(this.hosts)
      .filter((host) => !HOST.test(host))
      .forEach((host) =>
        refuse(
          host,
          'a host name of at most 128 characters with a dot, letters alone after the last',
          "write 'api.example.com' or '*.example.com', without protocol, port and path",
        ),
      );
    this.headers
      .filter(({ name }) => !HEADER_NAME.test(name) || name.toLowerCase() === 'host')
      .forEach(({ name }) =>
        refuse(name, 'the name of a header of at most 40 characters, other than Host', 'for the host take Route.host'),
      );
    const badValues = (texts: string[]) =>
      texts.length === 0 || texts.some((text) => text.length === 0 || text.length > 128);
    this.headers
      .filter((header) => badValues(header.values))
      .forEach((header) =>
        refuse(
          header.values,
          'one value or more, each of 1 to 128 characters',
          "write Route.header('X-Api-Version', ['2'])",
        ),
      );
    if (values.length > MOST_VALUES) {
      refuse(this._name(), `at most ${MOST_VALUES} paths, hosts and header values together`, 'join them by a wildcard');
    }
    if (known(values).join('').replace(/[^*?]/g, '').length > MOST_WILDCARDS) {
      refuse(this._name(), `at most ${MOST_WILDCARDS} wildcards`, 'end each path with one *');
    }
  }

  /**
   * A number from 1 to 40000 that depends on the route and the service's own path alone, so that adding a route
   * never moves another: an edited rule gets its template weights back while green is live. More specific routes
   * come first.
   * @internal
   */
  public _priority(owner: string): number {
    const hash = createHash('sha256').update(`${owner} ${this._name()}`).digest().readUInt32BE(0);
    const { from, size } = this.place();
    return 1 + (MOST_SPECIFIC - this.specificity()) * BAND + from + (hash % size);
  }

  /**
   * The same for two routes that mean the same.
   * @internal
   */
  public _name(): string {
    const headers = this.headers.map(({ name, values }) => `${name.toLowerCase()}=${[...values].sort().join('|')}`);
    return [...[...this.hosts].sort(), ...[...this.paths].sort(), ...headers.sort()].join(' ');
  }

  /**
   * Whether each request of the other route is one of this route, too, as far as the patterns show.
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

  /** How many characters are fixed before the first wildcard; a host outweighs any path. */
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

/** One level a character for short paths, wider steps for long ones, up to 19. */
function pathLevel(fixed: number): number {
  const each = 10;
  return fixed <= each
    ? fixed
    : each + Math.ceil(((HOST_BONUS - 1 - each) * Math.log(fixed / each)) / Math.log(128 / each));
}

function lower(texts: string[]): string[] {
  return texts.map((text) => text.toLowerCase());
}

/** No pattern at all stands for everything. */
function anyCovers(patterns: string[], others: string[]): boolean {
  if (patterns.length === 0 || patterns.some((pattern) => pattern === '*' || pattern === '/*')) {
    return true;
  }
  return others.length > 0 && others.every((other) => patterns.some((pattern) => covers(pattern, other)));
}

/** Wildcards for comparing two patterns: `?` is one character, so only a `*` covers a `*` of the other pattern. */
const COVERING: Wildcards = new Map([
  ['*', '.*'],
  ['?', '[^*]'],
]);

function covers(pattern: string, other: string): boolean {
  return globToRegExp(pattern, COVERING).test(other);
}
