import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkDuration } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import { checkContentSecurityPolicy } from './validate-csp';

/** Pages that may show the service's pages in a frame, by the header X-Frame-Options. */
export enum FramePolicy {
  /** No page. */
  NOBODY = 'DENY',
  /** Pages of the same origin. */
  SAME_ORIGIN = 'SAMEORIGIN',
  /** No header: the application decides, for example by `frame-ancestors`. */
  LEFT_TO_APPLICATION = 'LEFT_TO_APPLICATION',
}

/**
 * Requests that pages of another origin may send (CORS). The origin is required.
 *
 * The load balancer only adds the headers. The application must answer the preflight request, an OPTIONS, with success.
 */
export interface CorsProps {
  /**
   * Allowed origin, for example `https://app.example.com`.
   *
   * The list has exactly one entry, because a load balancer sends the same value with every response.
   */
  readonly allowOrigins: string[];
  /**
   * Allowed methods.
   * @default - GET, HEAD and simple POST, which need no permission
   */
  readonly allowMethods?: string[];
  /**
   * Request headers that the other origin may set.
   * @default - the headers that browsers always allow
   */
  readonly allowHeaders?: string[];
  /**
   * Response headers that the other origin may read.
   * @default - the headers that browsers always expose
   */
  readonly exposeHeaders?: string[];
  /**
   * Lets requests carry cookies.
   * @default false
   */
  readonly allowCredentials?: boolean;
  /**
   * Time for which browsers cache the permission, up to 24 hours.
   * @default - the default of browsers, 5 seconds
   */
  readonly maxAge?: Duration;
}

/**
 * Headers that a load balancer adds to every response. None is required.
 *
 * All services of the load balancer share the values.
 *
 * @example
 * new SecureLoadBalancer(this, 'LoadBalancer', {
 *   network,
 *   certificate,
 *   responseHeaders: { contentSecurityPolicy: "default-src 'self'" },
 * });
 */
export interface ResponseHeaders {
  /**
   * Time for which browsers refuse plain HTTP (HSTS), up to two years. Zero ends it.
   * The header is not sent over plain HTTP.
   * @default Duration.days(365) - requirement A-29
   */
  readonly hstsMaxAge?: Duration;
  /**
   * Includes all subdomains in HSTS.
   * @default false - other teams may own them
   */
  readonly hstsIncludesSubdomains?: boolean;
  /**
   * Content Security Policy of all responses.
   *
   * For example `default-src 'self'; img-src 'self' data:`.
   * @default - no header, because only the application knows what its pages load
   */
  readonly contentSecurityPolicy?: string;
  /**
   * Pages that may show the service's pages in a frame.
   * @default FramePolicy.SAME_ORIGIN
   */
  readonly frames?: FramePolicy;
  /**
   * Requests that pages of another origin may send.
   * @default - no cross-origin requests beyond those that browsers always allow
   */
  readonly cors?: CorsProps;
}

const RESPONSE = 'routing.http.response';
const CORS = 'responseHeaders.cors';
/** Size limit of a listener attribute. */
const MAX_BYTES = 1024;
const ORIGIN = /^https?:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HEADER = /^[A-Za-z0-9-]+$/;

/**
 * Listener attributes that add the headers, checked. They also remove the load balancer's `Server` header.
 * @internal
 */
export function responseHeaderAttributes(
  scope: IConstruct,
  headers: ResponseHeaders,
  https: boolean,
): { [attribute: string]: string } {
  const { contentSecurityPolicy, cors, frames = FramePolicy.SAME_ORIGIN } = headers;
  const values: { [header: string]: string | undefined } = {
    strict_transport_security: https ? strictTransportSecurity(scope, headers) : undefined,
    content_security_policy: contentSecurityPolicy,
    x_content_type_options: 'nosniff',
    x_frame_options: frames === FramePolicy.LEFT_TO_APPLICATION ? undefined : frames,
    ...(cors && corsValues(scope, cors)),
  };
  if (contentSecurityPolicy !== undefined) {
    checkContentSecurityPolicy(scope, contentSecurityPolicy);
  }
  const given = Object.entries(values).flatMap(([header, value]) => (value === undefined ? [] : [[header, value]]));
  checkRules(scope, lengthRules(given));
  return {
    [`${RESPONSE}.server.enabled`]: 'false',
    ...Object.fromEntries(given.map(([header, value]) => [`${RESPONSE}.${header}.header_value`, value])),
  };
}

function strictTransportSecurity(scope: IConstruct, headers: ResponseHeaders): string {
  const maxAge = headers.hstsMaxAge ?? Duration.days(365);
  checkDuration(scope, 'responseHeaders.hstsMaxAge', maxAge, {
    min: Duration.seconds(0),
    max: Duration.days(2 * 365),
    whole: 'seconds',
    fix: 'write Duration.days(365)',
  });
  return `max-age=${maxAge.toSeconds()}${headers.hstsIncludesSubdomains ? '; includeSubDomains' : ''}`;
}

function corsValues(scope: IConstruct, access: CorsProps): { [header: string]: string | undefined } {
  checkRules(scope, corsRules(access));
  checkDuration(scope, `${CORS}.maxAge`, access.maxAge, {
    min: Duration.seconds(0),
    max: Duration.days(1),
    whole: 'seconds',
    fix: 'write Duration.hours(1)',
  });
  const maxAge = access.maxAge?.toSeconds();
  return {
    access_control_allow_origin: access.allowOrigins[0],
    access_control_allow_methods: access.allowMethods?.join(', '),
    access_control_allow_headers: access.allowHeaders?.join(', '),
    access_control_expose_headers: access.exposeHeaders?.join(', '),
    access_control_allow_credentials: access.allowCredentials ? 'true' : undefined,
    access_control_max_age: maxAge === undefined ? undefined : `${maxAge}`,
  };
}

function corsRules({ allowOrigins, allowMethods, allowHeaders, exposeHeaders }: CorsProps): Rule[] {
  const [origin] = allowOrigins;
  const lists = [
    {
      prop: 'allowMethods',
      refused: firstRefused(allowMethods, (name) => METHODS.includes(name)),
      expected: METHODS.join(', '),
    },
    ...Object.entries({ allowHeaders, exposeHeaders }).map(([prop, names]) => ({
      prop,
      refused: firstRefused(names, (name) => HEADER.test(name)),
      expected: 'names of headers, one in each entry',
    })),
  ];
  return [
    {
      condition: allowOrigins.length !== 1,
      prop: `${CORS}.allowOrigins`,
      value: allowOrigins,
      expected: 'exactly one origin, because a load balancer sends the same header with every response',
      fix:
        'answer several by CloudFront (a response headers policy) or by the application, ' +
        'and remove cors',
    },
    {
      condition: !Token.isUnresolved(origin) && !ORIGIN.test(origin),
      prop: `${CORS}.allowOrigins`,
      value: origin,
      expected: 'protocol and host in lower case, with or without a port, for example https://app.example.com',
      fix: 'remove path, trailing slash and wildcards, or let the application answer every origin',
    },
    ...lists.map(({ prop, refused, expected }) => ({
      condition: refused !== undefined,
      prop: `${CORS}.${prop}`,
      value: refused,
      expected,
      fix: 'remove it for none',
    })),
  ];
}

/** First value that is refused, or the list itself where it is empty. */
function firstRefused(
  values: string[] | undefined,
  accepted: (value: string) => boolean,
): string | string[] | undefined {
  return values?.length === 0 ? values : values?.find((value) => !Token.isUnresolved(value) && !accepted(value));
}

function lengthRules(values: string[][]): Rule[] {
  return values.map(([header, value]) => ({
    condition: !Token.isUnresolved(value) && Buffer.byteLength(value) > MAX_BYTES,
    prop: 'responseHeaders',
    value: `${header} of ${Buffer.byteLength(value)} bytes`,
    expected: `at most ${MAX_BYTES} bytes`,
    fix: 'let the application send this header',
  }));
}
