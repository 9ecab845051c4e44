import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules, type Rule } from '../../validation/rules';

/** Directives of Content Security Policy Level 3. */
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
/** Keywords that browsers read as host names unless they are in single quotes. */
const KEYWORDS = [
  'self',
  'none',
  'unsafe-inline',
  'unsafe-eval',
  'unsafe-hashes',
  'strict-dynamic',
  'report-sample',
  'wasm-unsafe-eval',
];
/** Characters that a listener attribute may contain. */
const CHARACTERS = /^[\w :;.,\\/'?!(){}[\]@<>=\-+*#&`|~^%]+$/;
const PROP = 'responseHeaders.contentSecurityPolicy';

/** Refuses a policy that browsers would misread. They ignore what they don't know, without a message. */
export function checkContentSecurityPolicy(scope: IConstruct, policy: string): void {
  if (Token.isUnresolved(policy)) {
    return;
  }
  const directives = policy
    .replace(/;\s*$/, '')
    .split(';')
    .map((directive) => directive.trim());
  checkRules(scope, [
    {
      condition: !CHARACTERS.test(policy),
      prop: PROP,
      value: policy,
      expected: "one line of letters, digits, spaces and _:;.,\\/'?!(){}[]@<>=-+*#&`|~^%",
      fix: "write it as default-src 'self'; img-src 'self' data:",
    },
    ...directives.flatMap((directive, index) => directiveRules(directive, directives.slice(0, index))),
  ]);
}

function directiveRules(directive: string, previous: string[]): Rule[] {
  const [name, ...sources] = directive.split(/ +/);
  const bare = sources.find((source) => KEYWORDS.includes(source));
  return [
    {
      condition: !DIRECTIVES.includes(name),
      prop: PROP,
      value: directive,
      expected: `directives, each once, separated by ;: ${DIRECTIVES.join(', ')}`,
      fix: "write it as default-src 'self'; img-src 'self' data:",
    },
    {
      condition: previous.some((other) => other.split(/ +/)[0] === name),
      prop: PROP,
      value: directive,
      expected: 'each directive once, because browsers ignore the second',
      fix: `put all sources of ${name} into one directive`,
    },
    {
      condition: bare !== undefined,
      prop: PROP,
      value: directive,
      expected: `'${bare}' in single quotes, without which it is the name of a host`,
      fix: `write ${name} '${bare}'`,
    },
  ];
}
