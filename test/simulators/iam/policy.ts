/** Policies as IAM evaluates them: one statement, one policy, and what a request has. */

export interface Statement {
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | string[];
  readonly Principal?: '*' | { readonly [kind: string]: string | string[] };
  readonly NotPrincipal?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | string[] } };
}
export interface Policy {
  readonly Statement: Statement | Statement[];
}

/** Who calls: a role (of the account in its ARN), or an AWS service or identity provider. */
export interface Caller {
  readonly kind: 'AWS' | 'Service' | 'Federated';
  /** ARN of the role, name of the service, or ARN of the provider. */
  readonly id: string;
}

export interface Request {
  readonly caller: Caller;
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the request. Those of the caller are added. */
  readonly context?: { readonly [key: string]: string };
}

/** How a policy answers: `account` allows the whole account of the caller, whose own policies decide. */
export type Answer = 'deny' | 'nothing' | 'account' | 'allow';

/** Answer of a policy without principals, which is the caller's own. */
export function identityAnswer(policies: Policy[], request: Request): Answer {
  const matching = statementsOf(policies).filter((statement) => {
    refuseUnknown(statement);
    return matches(statement, request) && matchesResource(statement, request);
  });
  return strongest(matching.map(({ Effect }) => (Effect === 'Deny' ? 'deny' : 'allow')));
}

/** Answer of a policy of a resource. Trust policies and key policies may name no resource: it is their own. */
export function resourceAnswer(policy: Policy | undefined, request: Request): Answer {
  const answers = statementsOf(policy ? [policy] : []).flatMap((statement): Answer[] => {
    refuseUnknown(statement);
    const who = principalAnswer(statement, request.caller);
    const applies = who !== 'nothing' && matches(statement, request) && (statement.Resource === undefined || matchesResource(statement, request));
    return applies ? [statement.Effect === 'Deny' ? 'deny' : who] : [];
  });
  return strongest(answers);
}

function statementsOf(policies: Policy[]): Statement[] {
  return policies.flatMap(({ Statement: statements }) => statements);
}

/** What this evaluator can't answer is an error, and no answer. */
function refuseUnknown({ NotAction, NotPrincipal, NotResource }: Statement): void {
  if (NotAction ?? NotPrincipal ?? NotResource) {
    throw new Error('NotAction, NotPrincipal and NotResource are not evaluated');
  }
}

function principalAnswer({ Principal }: Statement, { kind, id }: Caller): Answer {
  if (Principal === '*') {
    return 'allow';
  }
  const named = listOf(Principal?.[kind]);
  if (named.includes(id) || named.includes('*')) {
    return 'allow';
  }
  const account = accountOf(id);
  return kind === 'AWS' && named.some((one) => one === account || one === `arn:aws:iam::${account}:root`) ? 'account' : 'nothing';
}

function matches({ Action, Condition = {} }: Statement, { action, context = {}, caller }: Request): boolean {
  const known: { readonly [key: string]: string | undefined } = { ...(caller.kind === 'AWS' && { 'aws:PrincipalArn': caller.id, 'aws:PrincipalAccount': accountOf(caller.id) }), ...context };
  return (
    listOf(Action).some((pattern) => isLike(pattern.toLowerCase(), action.toLowerCase())) &&
    Object.entries(Condition).every(([operator, keys]) => Object.entries(keys).every(([key, values]) => holds(operator, listOf(values), known[key])))
  );
}

function matchesResource({ Resource }: Statement, { resource }: Request): boolean {
  return listOf(Resource).some((pattern) => isLike(pattern, resource));
}

/** A key that a request does not have fails every operator that is modelled, except with IfExists. */
function holds(operator: string, values: string[], given: string | undefined): boolean {
  if (operator.endsWith('IfExists')) {
    return given === undefined || holds(operator.slice(0, -'IfExists'.length), values, given);
  }
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return given !== undefined && values.map(String).includes(given);
    case 'StringLike':
    case 'ArnEquals':
    case 'ArnLike':
      return given !== undefined && values.some((value) => isLike(value, given));
    default:
      throw new Error(`the operator ${operator} is not evaluated`);
  }
}

export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

function isLike(pattern: string, text: string): boolean {
  const parts = [...pattern].map((character) => ({ '*': '.*', '?': '.' })[character] ?? character.replace(/[\\^$.|+()[\]{}]/, '\\$&'));
  return new RegExp(`^${parts.join('')}$`, 's').test(text);
}

function strongest(answers: Answer[]): Answer {
  return (['deny', 'allow', 'account'] as const).find((answer) => answers.includes(answer)) ?? 'nothing';
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
