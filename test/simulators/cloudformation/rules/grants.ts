import type { Existing, Resource } from '../resource';
import { list, type Properties } from '../template';

const POLICIES = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];

/** One action on one resource that a role may use. The action of a policy by AWS is its name. */
export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly condition?: string;
  /** Physical id of the policy, or of the role that holds it. */
  readonly by: string;
}

/** Role with an ARN or name, as a task definition names it. */
export function roleAt(arn: unknown, existing: Existing): Resource | undefined {
  return arn === undefined ? undefined : existing.named(String(arn).split('/').pop(), 'AWS::IAM::Role');
}

/** What a role may do, by policies in it and beside it. */
export function grantsOf({ physicalId, properties }: Resource, existing: Existing): Grant[] {
  const managed = list(properties.ManagedPolicyArns as string[]);
  const inside = list(properties.Policies as Properties[]).map(({ PolicyDocument }) => ({ PolicyDocument, by: physicalId }));
  const beside = existing
    .of(...POLICIES)
    .filter((policy) =>
      list(policy.properties.Roles as string[]).includes(physicalId) || managed.includes(policy.physicalId))
    .map((policy) => ({ PolicyDocument: policy.properties.PolicyDocument as Properties, by: policy.physicalId }));
  return [
    ...[...inside, ...beside].flatMap(({ PolicyDocument, by }) =>
      list(PolicyDocument?.Statement as Properties[]).flatMap((statement) => ofStatement(statement, by))),
    ...managed
      .filter((arn) => !existing.named(arn))
      .map((arn) => ({ action: String(arn).split('/').pop()!, resource: '*', by: physicalId })),
  ];
}

/** Those of some grants that others do not include. */
export function missingFrom(grants: readonly Grant[], others: readonly Grant[]): Grant[] {
  return grants.filter((grant) => !others.some((other) => includes(other, grant)));
}

/** Actions of grants, each once, for a sentence. */
export function actionsOf(grants: readonly Grant[]): string {
  const actions = [...new Set(grants.map(({ action }) => `\`${action}\``))].sort();
  return actions.length > 3 ? `${actions.slice(0, 2).join(', ')} and ${actions.length - 2} more` : actions.join(', ');
}

function ofStatement({ Effect, Action, Resource: on, Condition }: Properties, by: string): Grant[] {
  const condition = Condition && JSON.stringify(Condition);
  return Effect === 'Allow'
    ? list(Action as string[]).flatMap((action) =>
      list(on as string[]).map((resource) => ({ action, resource: String(resource), condition, by })))
    : [];
}

function includes(wide: Grant, narrow: Grant): boolean {
  return (
    matches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matches(wide.resource, narrow.resource) &&
    (wide.condition === undefined || wide.condition === narrow.condition)
  );
}

/** Tells if a text is another one, in which asterisks stand for anything. */
function matches(pattern: string, text: string): boolean {
  const [first, ...rest] = pattern.split('*');
  if (rest.length === 0 || pattern === text) {
    return pattern === text;
  }
  const last = rest.pop()!;
  let at = first.length;
  const found = rest.every((part) => {
    const index = text.indexOf(part, at);
    at = index + part.length;
    return index >= 0;
  });
  return text.startsWith(first) && found && text.length >= at + last.length && text.endsWith(last);
}
