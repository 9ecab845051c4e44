import { SecretValue, Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules, type Rule } from '../../validation/rules';

/** Header that a request must have, with one of the values. */
export interface HeaderCondition {
  /** Name of the header, in any case. */
  readonly name: string;
  /** Values of which the header must have one, with `*` and `?`. */
  readonly values: string[];
}

/** Conditions of a route. */
export interface RouteConditions {
  /** Paths of which the request must have one. */
  readonly paths: string[];
  /** Hosts of which the request must name one. */
  readonly hosts: string[];
  /** Headers, all of which the request must have. */
  readonly headers: HeaderCondition[];
}

/** Quota "condition values per rule" of a load balancer. */
const MAX_VALUES = 5;
/** Quota "condition wildcards per rule" of a load balancer. */
const MAX_WILDCARDS = 5;
const PATH = /^[/*][\w\-.$/~"'@:+&*?]{0,127}$/;
const HOST = /^(?=.{1,128}$)[A-Za-z0-9\-.*?]*\.[A-Za-z]+$/;
const HEADER_NAME = /^[\w!#$%&'*+\-.^`|~]{1,40}$/;
const SECRET_REFERENCE = /\{\{resolve:(secretsmanager|ssm-secure):/;

/** Refuses conditions that a load balancer would refuse at deployment. */
export function checkRoute(scope: IConstruct, conditions: RouteConditions, name: string): void {
  const { paths, hosts, headers } = conditions;
  const values = valuesOf(conditions);
  const wildcards = known(values).join('').replace(/[^*?]/g, '').length;
  checkRules(scope, [
    ...known(paths).map(pathRule),
    ...known(hosts).map(hostRule),
    ...headers.flatMap(headerRules),
    {
      condition: values.length > MAX_VALUES,
      prop: 'route',
      value: name,
      expected: `at most ${MAX_VALUES} paths, hosts and header values together`,
      fix: 'replace some of them by a wildcard',
    },
    {
      condition: wildcards > MAX_WILDCARDS,
      prop: 'route',
      value: name,
      expected: `at most ${MAX_WILDCARDS} wildcards`,
      fix: 'end each path with one *',
    },
  ]);
}

/**
 * Refuses secrets, and values from which no priority follows.
 *
 * A value that is unknown at synthesis is a placeholder with a number, which depends on all placeholders before it.
 */
export function checkRouteTokens(scope: IConstruct, conditions: RouteConditions, priority: number | undefined): void {
  const values = valuesOf(conditions);
  checkRules(scope, [
    {
      condition: values.some((value) => containsSecret(scope, value)),
      prop: 'route',
      problem:
        'has a secret: everyone who may read the load balancer would see it in the listener rule, and its rotation ' +
        'would edit the rule',
      fix: 'remove it from the route, and compare it in the firewall, by originSecret of WebFirewall',
    },
    {
      condition: priority === undefined && known(values).length < values.length,
      prop: 'routePriority',
      value: undefined,
      expected: 'a priority, because none follows from a route with a value that is unknown at synthesis',
      fix: 'set routePriority, for example 100, or write the value as text',
    },
  ]);
}

/** Texts that are known at synthesis. */
export function known(texts: string[]): string[] {
  return texts.filter((text) => !Token.isUnresolved(text));
}

function valuesOf({ paths, hosts, headers }: RouteConditions): string[] {
  return [...paths, ...hosts, ...headers.flatMap((header) => header.values)];
}

/** Secrets are values of their own type, or dynamic references of CloudFormation. */
function containsSecret(scope: IConstruct, value: string): boolean {
  return (
    Tokenization.reverseString(value).tokens.some((token) => SecretValue.isSecretValue(token)) ||
    SECRET_REFERENCE.test(JSON.stringify(Stack.of(scope).resolve(value)))
  );
}

function pathRule(path: string): Rule {
  return {
    condition: !PATH.test(path),
    prop: 'route',
    value: path,
    expected:
      'a path of at most 128 characters that begins with / or *, ' +
      'of letters, digits and _-.$/~"\'@:+&, with * and ?',
    fix: "write '/api/*', and percent-encode other characters or match them by *",
  };
}

function hostRule(host: string): Rule {
  return {
    condition: !HOST.test(host),
    prop: 'route',
    value: host,
    expected: 'a host name of at most 128 characters with a dot, and only letters after the last dot',
    fix: "write 'api.example.com' or '*.example.com', without protocol, port and path",
  };
}

function headerRules({ name, values }: HeaderCondition): Rule[] {
  return [
    {
      condition: !HEADER_NAME.test(name) || name.toLowerCase() === 'host',
      prop: 'route',
      value: name,
      expected: 'the name of a header of at most 40 characters, other than Host',
      fix: 'use Route.host for the host',
    },
    {
      condition: values.length === 0 || values.some((value) => value.length === 0 || value.length > 128),
      prop: 'route',
      value: values,
      expected: 'at least one value, each of 1 to 128 characters',
      fix: "write Route.header('X-Api-Version', ['2'])",
    },
  ];
}
