import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkWholeNumber } from '../validation/checks';
import { checkRules, type Rule } from '../validation/rules';
import { type FirewallSettings, unitsOfRules } from './firewall-rules';

/** Limits that AWS accepts in a rate-based rule. */
const LOWEST_LIMIT = 10;
const HIGHEST_LIMIT = 2_000_000_000;
/** Capacity units of a web ACL before AWS charges more for each request. */
const MOST_UNITS = 1500;
/** A path without `?`, and `*` at most as its last character. WAF compares at most 200 bytes. */
const BEGINNING = /^\/[\w\-.~$/'"@:+&]{1,198}\*?$/;
const HEADER = /^[A-Za-z0-9-]{1,255}$/;

/** Refuses limits, paths and headers that WAF does not support, and more rules than the capacity holds. */
export function checkFirewall(scope: IConstruct, settings: FirewallSettings): void {
  checkLimits(scope, settings);
  checkRules(scope, [
    ...settings.pathLimits.map(({ path }) => beginningRule('pathLimits.path', path)),
    ...settings.largeBodyPaths.map((path) => beginningRule('allowLargeBodiesOn', path)),
    headerRule(settings),
    ...duplicateRules(settings),
    capacityRule(settings),
  ]);
}

function checkLimits(scope: IConstruct, { requestsPerMinute: forAll, pathLimits }: FirewallSettings): void {
  const unit = 'requests a minute';
  checkWholeNumber(scope, 'requestsPerMinute', forAll, {
    min: LOWEST_LIMIT,
    max: HIGHEST_LIMIT,
    unit,
    fix: `give a limit of at least ${LOWEST_LIMIT}`,
  });
  pathLimits.forEach(({ requestsPerMinute }) =>
    checkWholeNumber(scope, 'pathLimits.requestsPerMinute', requestsPerMinute, {
      min: LOWEST_LIMIT,
      max: Token.isUnresolved(forAll) ? HIGHEST_LIMIT : forAll,
      unit: `${unit}, not above the limit for all paths`,
      fix: `give at least ${LOWEST_LIMIT}, and less than requestsPerMinute of the firewall`,
    }),
  );
}

/** Refuses a path that is not the beginning of paths, and the one that is the beginning of all. */
function beginningRule(prop: string, path: string): Rule {
  return {
    condition: !Token.isUnresolved(path) && !BEGINNING.test(path),
    prop,
    value: path,
    expected: 'the beginning of a path of 2 to 199 characters, with or without * at its end',
    fix: "write for example '/api/login' or '/api/upload/*'; use the props without a path for all paths",
  };
}

function headerRule({ clientAddressHeader: header }: FirewallSettings): Rule {
  return {
    condition: header !== undefined && !HEADER.test(header),
    prop: 'clientAddressHeader',
    value: header,
    expected: 'the name of a header',
    fix: "write 'CF-Connecting-IP' behind Cloudflare, or 'X-Forwarded-For' behind CloudFront",
  };
}

/** Rules are named after their paths, and WAF refuses two rules with one name. */
function duplicateRules({ pathLimits }: FirewallSettings): Rule[] {
  const paths = pathLimits.map(({ path }) => path);
  return paths.map((path, index) => ({
    condition: paths.indexOf(path) !== index,
    prop: 'pathLimits.path',
    value: path,
    expected: 'each path once',
    fix: 'keep the lower of the two limits',
  }));
}

function capacityRule(settings: FirewallSettings): Rule {
  const { pathLimits, largeBodyPaths } = settings;
  const units = unitsOfRules(settings);
  return {
    condition: units > MOST_UNITS,
    prop: pathLimits.length > 0 ? 'pathLimits' : 'allowLargeBodiesOn',
    problem:
      `needs ${units} capacity units for ${pathLimits.length} limits ` +
      `and ${largeBodyPaths.length} paths for large bodies, ` +
      `expected at most ${MOST_UNITS}: AWS charges more for each request above`,
    fix: 'combine paths with a common beginning, or remove some',
  };
}
