import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkContentSecurityPolicy } from './validate-csp';

/** Who may show the pages in a frame. */
export enum FramePolicy {
  /** Nobody. */
  NOBODY = 'DENY',
  /** Pages of the same origin. */
  SAME_ORIGIN = 'SAMEORIGIN',
  /** The application says so itself, for example by `frame-ancestors`. */
  LEFT_TO_APPLICATION = 'LEFT_TO_APPLICATION',
}

/**
 * What pages of another origin may do (CORS). The load balancer only adds the headers: the application still has to answer the
 * browser's preflight request, an OPTIONS, with success.
 */
export interface CrossOriginAccess {
  /** The origins that may, exactly one: a load balancer has one value for all requests. For example `https://app.example.com`. */
  readonly origins: string[];
  /**
   * Methods besides GET, HEAD and POST.
   * @default - none: GET, HEAD and simple POST need no permission
   */
  readonly methods?: string[];
  /**
   * Request headers that the other origin may set.
   * @default - none besides those that browsers always allow
   */
  readonly requestHeaders?: string[];
  /**
   * Response headers that the other origin may read.
   * @default - none besides those that browsers always show
   */
  readonly exposedHeaders?: string[];
  /**
   * Whether requests carry cookies.
   * @default false
   */
  readonly credentials?: boolean;
  /**
   * How long browsers remember the permission, up to 24 hours.
   * @default - the browser's own, 5 seconds
   */
  readonly maxAge?: Duration;
}

/** Headers that a load balancer adds to every response. It has one value of each for all of its services. */
export interface ResponseHeaders {
  /**
   * How long browsers refuse plain HTTP (HSTS), up to two years. Zero makes them forget it. Not sent over plain HTTP.
   * @default Duration.days(365) - requirement A-29
   */
  readonly hstsMaxAge?: Duration;
  /**
   * Whether HSTS holds for all subdomains, too.
   * @default false - they may belong to others
   */
  readonly hstsIncludesSubdomains?: boolean;
  /**
   * What pages may load and from where, as `default-src 'self'; img-src 'self' data:`.
   * @default - none: only the application knows what its pages load
   */
  readonly contentSecurityPolicy?: string;
  /**
   * Who may show the pages in a frame.
   * @default FramePolicy.SAME_ORIGIN
   */
  readonly frames?: FramePolicy;
  /**
   * What pages of another origin may do.
   * @default - nothing
   */
  readonly crossOrigin?: CrossOriginAccess;
}

const RESPONSE = 'routing.http.response';
const DAY = 24 * 3600;
/** Of a listener attribute, as AWS documents it. */
const MOST_BYTES = 1024;
const ORIGIN = /^https?:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const HEADER = /^[A-Za-z0-9-]+$/;

/**
 * The listener attributes that add the headers, checked. The load balancer's own `Server` is never sent.
 * @internal
 */
export function responseHeaderAttributes(
  scope: IConstruct,
  headers: ResponseHeaders,
  https: boolean,
): { [attribute: string]: string } {
  const { contentSecurityPolicy, crossOrigin, frames = FramePolicy.SAME_ORIGIN } = headers;
  const values: { [header: string]: string | undefined } = {
    strict_transport_security: https ? strictTransportSecurity(scope, headers) : undefined,
    content_security_policy: contentSecurityPolicy,
    x_content_type_options: 'nosniff',
    x_frame_options: frames === FramePolicy.LEFT_TO_APPLICATION ? undefined : frames,
    ...(crossOrigin && crossOriginValues(scope, crossOrigin)),
  };
  if (contentSecurityPolicy !== undefined) {
    checkContentSecurityPolicy(scope, contentSecurityPolicy);
  }
  const given = Object.entries(values).flatMap(([header, value]) => (value === undefined ? [] : [[header, value]]));
  given.forEach(([header, value]) => checkLength(scope, header, value));
  return {
    [`${RESPONSE}.server.enabled`]: 'false',
    ...Object.fromEntries(given.map(([header, value]) => [`${RESPONSE}.${header}.header_value`, value])),
  };
}

function strictTransportSecurity(scope: IConstruct, headers: ResponseHeaders): string {
  const seconds = (headers.hstsMaxAge ?? Duration.days(365)).toSeconds();
  checkWholeNumber(scope, 'responseHeaders.hstsMaxAge', seconds, {
    min: 0,
    max: 2 * 365 * DAY,
    unit: 'seconds',
    fix: 'write Duration.days(365)',
  });
  return `max-age=${seconds}${headers.hstsIncludesSubdomains ? '; includeSubDomains' : ''}`;
}

function crossOriginValues(scope: IConstruct, access: CrossOriginAccess): { [header: string]: string | undefined } {
  checkOrigins(scope, access.origins);
  checkEach(scope, 'methods', {
    values: access.methods,
    allowed: (method) => METHODS.includes(method),
    says: METHODS.join(', '),
  });
  const names = { allowed: (name: string) => HEADER.test(name), says: 'names of headers, each on its own' };
  checkEach(scope, 'requestHeaders', { values: access.requestHeaders, ...names });
  checkEach(scope, 'exposedHeaders', { values: access.exposedHeaders, ...names });
  const maxAge = access.maxAge?.toSeconds();
  checkWholeNumber(scope, 'responseHeaders.crossOrigin.maxAge', maxAge, {
    min: 0,
    max: DAY,
    unit: 'seconds',
    fix: 'write Duration.hours(1)',
  });
  return {
    access_control_allow_origin: access.origins[0],
    access_control_allow_methods: access.methods?.join(', '),
    access_control_allow_headers: access.requestHeaders?.join(', '),
    access_control_expose_headers: access.exposedHeaders?.join(', '),
    access_control_allow_credentials: access.credentials ? 'true' : undefined,
    access_control_max_age: maxAge === undefined ? undefined : `${maxAge}`,
  };
}

function checkOrigins(scope: IConstruct, origins: string[]): void {
  const refuse = (value: unknown, expected: string, fix: string): never => {
    throw new PropError(scope, { prop: 'responseHeaders.crossOrigin.origins', value, expected, fix });
  };
  if (origins.length !== 1) {
    refuse(
      origins,
      'exactly one origin: a load balancer sends the same header whoever asks',
      'answer several by CloudFront (a response headers policy) or by the application, and leave out crossOrigin',
    );
  }
  const [origin] = origins;
  if (!Token.isUnresolved(origin) && !ORIGIN.test(origin)) {
    refuse(
      origin,
      'protocol and host in lower case, with a port or without, as https://app.example.com',
      'leave out path, slash at the end and wildcards; for everyone let the application answer',
    );
  }
}

function checkEach(
  scope: IConstruct,
  prop: string,
  list: { values?: string[]; allowed: (value: string) => boolean; says: string },
): void {
  const refused = list.values?.find((value) => !Token.isUnresolved(value) && !list.allowed(value));
  if (refused !== undefined || list.values?.length === 0) {
    throw new PropError(scope, {
      prop: `responseHeaders.crossOrigin.${prop}`,
      value: refused ?? [],
      expected: list.says,
      fix: 'leave it out for none',
    });
  }
}

function checkLength(scope: IConstruct, header: string, value: string): void {
  if (!Token.isUnresolved(value) && Buffer.byteLength(value) > MOST_BYTES) {
    throw new PropError(scope, {
      prop: 'responseHeaders',
      value: `${header} of ${Buffer.byteLength(value)} bytes`,
      expected: `at most ${MOST_BYTES} bytes`,
      fix: 'let the application send this header',
    });
  }
}
