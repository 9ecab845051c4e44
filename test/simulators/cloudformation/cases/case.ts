import { Account } from '../account';
import type { Outcome } from '../outcome';
import type { Rulebook } from '../rules/rule';
import type { Properties, Template, TemplateResource } from '../template';
import type { Verdict } from '../verdict';

/** Documented behaviour, played on the engine. Without its rule the verdict is another one. */
export interface Case {
  /** Id of the rule, whose source is the document. */
  readonly rule: string;
  /** Behaviour of AWS, as a sentence. */
  readonly shows: string;
  readonly verdict: Verdict;
  /** Deploys and changes stacks in an account, and returns what the last of these did. */
  play(account: Account): Outcome;
}

/** Name of the stack in cases. */
export const STACK = 'Shop';

/** Account of the cases. */
export function accountOfCases(rules?: Rulebook): Account {
  return new Account({ account: '111111111111', region: 'eu-central-1', rules });
}

/** Resources of a template by their logical ids. */
export type Resources = Readonly<Record<string, TemplateResource>>;

/** Template of some resources. */
export function template(resources: Resources): Template {
  return { Resources: resources };
}

/** Play that deploys a stack and then updates it. */
export function updating(before: Resources, after: Resources): Case['play'] {
  return (account) => {
    account.deploy(STACK, template(before));
    return account.update(STACK, template(after));
  };
}

/** Resource of a template. */
export function resource(
  Type: string,
  Properties: Properties = {},
  more: Partial<TemplateResource> = {},
): TemplateResource {
  return { Type, Properties, ...more };
}

/** Case in which a resource is created next to others. */
export function created(
  rule: string,
  verdict: Verdict,
  shows: string,
  subject: TemplateResource,
  others: Resources = {},
): Case {
  return { rule, verdict, shows, play: (account) => account.deploy(STACK, template({ ...others, Subject: subject })) };
}

/** Case in which one resource changes while the others stay. */
export function changed(
  rule: string,
  verdict: Verdict,
  shows: string,
  before: TemplateResource,
  after: TemplateResource,
  others: Resources = {},
): Case {
  return { rule, verdict, shows, play: updating({ ...others, Subject: before }, { ...others, Subject: after }) };
}

/** Case in which one resource leaves the template. */
export function removed(
  rule: string,
  verdict: Verdict,
  shows: string,
  subject: TemplateResource,
  others: Resources = {},
): Case {
  return { rule, verdict, shows, play: updating({ ...others, Subject: subject }, others) };
}
