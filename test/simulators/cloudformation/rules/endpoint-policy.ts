import { deepEqual } from '@aws-cdk/cloudformation-diff';
import { list, type Properties } from '../template';
import type { Rules } from './rule';

/** Policies of VPC endpoints. */
export const ENDPOINT_POLICIES: Rules = {
  effects: [
    {
      id: 'endpoint-admits-less',
      source: 'AWS PrivateLink Guide, "Control access to VPC endpoints using endpoint policies"',
      on: ['update'],
      types: ['AWS::EC2::VPCEndpoint'],
      properties: ['PolicyDocument'],
      effect: ({ before, after }) => {
        const [was, is] = [before!, after!].map(({ properties }) => statementsOf(properties));
        const lost = was.filter(isAllow).filter((statement) => !is.some((other) => admitsAllOf(other, statement)));
        const denied = is.filter((one) => !isAllow(one) && !was.some((other) => deepEqual(one, other)));
        const names = [...lost, ...denied].map(({ Sid }, index) => String(Sid ?? `statement ${index + 1}`));
        return names.length > 0
          ? { verdict: 'some affected', says: `calls that ${names.join(', ')} no longer admits are refused` }
          : undefined;
      },
    },
  ],
};

function statementsOf({ PolicyDocument }: Properties): Properties[] {
  return list(PolicyDocument?.Statement as Properties[]);
}

function isAllow({ Effect }: Properties): boolean {
  return Effect === 'Allow';
}

/** Tells if a statement admits whatever another one does: more actions, resources and values of conditions. */
function admitsAllOf(wide: Properties, narrow: Properties): boolean {
  return (
    isAllow(wide) &&
    deepEqual(wide.Principal, narrow.Principal) &&
    includes(wide.Action, narrow.Action) &&
    includes(wide.Resource, narrow.Resource) &&
    Object.entries((wide.Condition ?? {}) as Properties).every(([operator, keys]) =>
      Object.entries(keys as Properties).every(
        ([key, values]) =>
          narrow.Condition?.[operator]?.[key] !== undefined && includes(values, narrow.Condition[operator][key]),
      ),
    )
  );
}

function includes(all: unknown, some: unknown): boolean {
  const items = list(all as string[]);
  return items.includes('*') || list(some as string[]).every((item) => items.includes(item));
}
