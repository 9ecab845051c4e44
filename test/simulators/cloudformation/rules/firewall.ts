import type { Existing, Resource } from '../resource';
import { list, type Properties } from '../template';
import type { Rules } from './rule';

const ACL = 'AWS::WAFv2::WebACL';
const ASSOCIATION = 'AWS::WAFv2::WebACLAssociation';

/** Web ACLs and what they are associated with. */
export const FIREWALL: Rules = {
  effects: [
    {
      id: 'more-requests-blocked',
      source: 'AWS WAF Developer Guide, "Rule action settings" and "Rate-based rule statements"',
      on: ['update'],
      types: [ACL],
      properties: ['Rules'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => strictRules(properties));
        const stricter = is.filter(
          (rule) => !coversAll(was.find(({ Name }) => Name === rule.Name), rule) && !takesOver(rule, was, is),
        );
        const names = stricter.map(({ Name }) => String(Name));
        return names.length > 0
          ? {
            verdict: 'some affected',
            says: `requests that ${names.length > 3 ? 'its rules' : names.join(', ')} did not stop before are blocked`,
          }
          : undefined;
      },
    },
    {
      id: 'firewall-before-what-runs',
      source: 'API reference of AWS WAF, "AssociateWebACL": the web ACL applies within minutes',
      on: ['create', 'replace'],
      types: [ASSOCIATION],
      effect: ({ action, after }, running) => {
        const { ResourceArn } = after!.properties;
        const exists = running.of().some(({ physicalId, type }) => physicalId === ResourceArn && type !== ASSOCIATION);
        if (!exists) {
          return undefined;
        }
        const rollback = action === 'replace' ? ', and a rollback of this deployment takes both away' : '';
        return {
          verdict: 'some affected',
          says: `requests that the rules of another firewall match are blocked${rollback}`,
        };
      },
    },
  ],
  aftermath: [
    {
      id: 'firewall-taken-away',
      source: 'API reference of AWS WAF, "DisassociateWebACL": it names the resource, and ends its one association',
      takes: (before, after) =>
        protectedBy(before)
          .filter((resource) => after.named(resource.physicalId, resource.type) !== undefined)
          .filter(({ physicalId }) => !protectedBy(after).some((other) => other.physicalId === physicalId))
          .map((resource) => ({
            resource,
            verdict: 'some affected',
            says: `${resource.logicalId} answers without a firewall`,
          })),
    },
  ],
};

/** Resources that a web ACL is associated with. */
function protectedBy(existing: Existing): Resource[] {
  return existing
    .of(ASSOCIATION)
    .flatMap(({ properties }) => existing.of().find(({ physicalId }) => physicalId === properties.ResourceArn) ?? []);
}

/** Rules that block. Those that count only are not among them. */
function strictRules({ Rules: rules }: Properties): Properties[] {
  return list(rules as Properties[]).filter(
    ({ Action, OverrideAction }) => Action?.Block !== undefined || OverrideAction?.None !== undefined,
  );
}

/** Tells if a rule blocks, by a label, only what a rule of a group blocked before and now counts and labels. */
function takesOver(rule: Properties, was: readonly Properties[], is: readonly Properties[]): boolean {
  const [, label] = /"LabelMatchStatement":\{[^}]*"Key":"[^"]*?([^":]+)"/.exec(JSON.stringify(rule.Statement)) ?? [];
  const counts = (rules: readonly Properties[]) =>
    rules.flatMap(countedIn).some((name) => name.toLowerCase() === label?.toLowerCase());
  return label !== undefined && counts(is) && !counts(was) && was.length > 0;
}

function countedIn({ Statement }: Properties): string[] {
  const overrides = list(Statement?.ManagedRuleGroupStatement?.RuleActionOverrides as Properties[]);
  return overrides.map(({ Name }) => String(Name));
}

/** Tells if a former rule blocked all that a rule blocks. A higher limit and more overrides block less. */
function coversAll(former: Properties | undefined, rule: Properties): boolean {
  const limit = ({ Statement }: Properties) => Number(Statement?.RateBasedStatement?.Limit ?? 0);
  const rest = ({ Statement }: Properties) =>
    JSON.stringify(Statement, (key, value: unknown) =>
      key === 'RuleActionOverrides' || key === 'Limit' ? undefined : value,
    );
  return (
    former !== undefined &&
    limit(former) <= limit(rule) &&
    countedIn(former).every((name) => countedIn(rule).includes(name)) &&
    rest(former) === rest(rule)
  );
}
