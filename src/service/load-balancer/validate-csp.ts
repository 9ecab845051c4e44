import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** The directives of Content Security Policy Level 3. */
const DIRECTIVES = [
  'base-uri',
  'child-src',
  'connect-src',
  'default-src',
  'font-src',
  'form-action',
  'frame-ancestors',
  'frame-src',
  'img-src',
  'manifest-src',
  'media-src',
  'object-src',
  'report-to',
  'report-uri',
  'require-trusted-types-for',
  'sandbox',
  'script-src',
  'script-src-attr',
  'script-src-elem',
  'style-src',
  'style-src-attr',
  'style-src-elem',
  'trusted-types',
  'upgrade-insecure-requests',
  'worker-src',
];
/** Without their quotes browsers take these for host names. */
const QUOTED = [
  'self',
  'none',
  'unsafe-inline',
  'unsafe-eval',
  'unsafe-hashes',
  'strict-dynamic',
  'report-sample',
  'wasm-unsafe-eval',
];
/** What a listener attribute may hold. */
const CHARACTERS = /^[\w :;.,\\/'?!(){}[\]@<>=\-+*#&`|~^%]+$/;
const PROP = 'responseHeaders.contentSecurityPolicy';

/** Refuses a policy that browsers would read differently from what is meant: they ignore what they don't know, without a word. */
export function checkContentSecurityPolicy(scope: IConstruct, policy: string): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  const refuse = (value: string, expected: string, fix: string): never => {
    throw new PropError(scope, { prop: PROP, value, expected, fix });
  };
  if (!CHARACTERS.test(policy)) {
    refuse(
      policy,
      "one line of letters, digits, spaces and _:;.,\\/'?!(){}[]@<>=-+*#&`|~^%",
      "write it as default-src 'self'; img-src 'self' data:",
    );
  }
  const seen = new Set<string>();
  policy
    .replace(/;\s*$/, '')
    .split(';')
    .map((directive) => directive.trim())
    .forEach((directive) => {
      const [name, ...sources] = directive.split(/ +/);
      if (!DIRECTIVES.includes(name)) {
        refuse(
          directive,
          `directives, each once, separated by ;: ${DIRECTIVES.join(', ')}`,
          "write it as default-src 'self'; img-src 'self' data:",
        );
      }
      if (seen.has(name)) {
        refuse(directive, 'each directive once: browsers ignore the second', `put all sources of ${name} into one`);
      }
      const bare = sources.find((source) => QUOTED.includes(source));
      if (bare !== undefined) {
        refuse(
          directive,
          `'${bare}' in single quotes: without them it is a host of that name`,
          `write ${name} '${bare}'`,
        );
      }
      seen.add(name);
    });
}
