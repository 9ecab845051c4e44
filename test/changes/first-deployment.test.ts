import * as fs from 'fs';
import * as path from 'path';
import { exampleNames, templatesOfExample } from '../fixtures/example-app';
import { ENV } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import { described, type Outcome } from '../simulators/cloudformation/outcome';
import type { Resource } from '../simulators/cloudformation/resource';
import type { Template } from '../simulators/cloudformation/template';

jest.setTimeout(300_000);

/** Stacks in the order in which they are deployed. Copies of snapshots are in a region of their own. */
const STACKS: { readonly [example: string]: readonly string[] } = {
  'canary-fargate': ['canary-registry', 'canary-application'],
  'nestjs-nextjs': [
    'shop-registry',
    ...['shop-staging', 'shop-production'].flatMap((name) => [`${name}-network`, `${name}-data`, name]),
    'shop-delivery',
  ],
};
/** Elastic IP addresses after the request that docs/operate.md asks for before the first deployment. */
const RAISED_QUOTA = 10;
/** What a new account often refuses. */
const OFTEN_REFUSED = [
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::EC2::EIP',
  'AWS::ECS::Cluster',
  'AWS::RDS::DBSubnetGroup',
  'AWS::WAFv2::WebACL',
];
const SCRIPT = fs.readFileSync(path.join(__dirname, '..', '..', 'examples', 'operations', 'free-first-deployment.sh'), 'utf8');
const typesOf = (does: RegExp) => [...SCRIPT.matchAll(/^each (AWS::\S+) (\w+)$/gm)].filter(([, , done]) => does.test(done)).map(([, type]) => type);
/** Types that the script unprotects for the deletion of the stack, deletes itself, and leaves. */
const [UNPROTECTED, DELETED, LEFT] = [/^load_balancer$/, /^(instance|cluster|log_group|subnet_group|(cluster_)?parameter_group|security_group)$/, /^stays$/].map(typesOf);

const HANDLED = [...UNPROTECTED, ...DELETED, ...LEFT];

/** Resources that the first deployment made and that its own retry can't replace. */
const blocks = ({ type, deletionPolicy }: Resource): boolean => PROTECTED.includes(type) || /^Retain/.test(deletionPolicy ?? '');
const SERVERS = ['AWS::RDS::DBCluster', 'AWS::RDS::DBInstance'];
const PROTECTED = ['AWS::ElasticLoadBalancingV2::LoadBalancer', ...SERVERS];

/** What the script does to the resources that a stack has left. */
function free(account: Account, stack: string): Outcome {
  const { existing } = account;
  account.byHand((resource) => {
    if (resource.stack !== stack) {
      return resource;
    }
    if (UNPROTECTED.includes(resource.type)) {
      return { ...resource, properties: { ...resource.properties, LoadBalancerAttributes: [] } };
    }
    const others = resource.type === 'AWS::EC2::SecurityGroup' && existing.usersOf(resource, ...SERVERS).length === 0;
    return DELETED.includes(resource.type) && !others ? undefined : resource;
  });
  return account.remove(stack);
}

/** Refusals of an operation, for the message of a failing test. */
const refusals = (outcome: Outcome) => described(outcome).filter((line) => line.startsWith('refused'));

describe.each(exampleNames())('The first deployment of %s', (example) => {
  const templates = templatesOfExample(example) as { readonly [stack: string]: Template };

  // Staging has the constructs of production.
  describe.each(STACKS[example].filter((stack) => !stack.includes('staging')))('stack %s', (stack) => {
    const account = new Account({ ...ENV, addresses: RAISED_QUOTA });
    const template = templates[stack];
    const typeOf = (id: string) => template.Resources![id].Type;

    beforeAll(() => {
      STACKS[example]
        .slice(0, STACKS[example].indexOf(stack))
        .forEach((before) => account.deploy(before, templates[before]));
    });

    test('is completed by a retry without rollback, whatever fails', () => {
      const failures = account.eachFailure(stack, template, { rollback: false });
      expect(failures).toHaveLength(Object.keys(template.Resources!).length);
      expect(
        failures
          .filter(({ failed, retried }) => failed.state.status !== 'CREATE_FAILED' || !retried.state.status.endsWith('_COMPLETE'))
          .map(({ failing, retried }) => [failing, refusals(retried)]),
      ).toEqual([]);
    });

    test('leaves nothing after its rollback where a new account refuses something, and else what the script frees', () => {
      const stuck = Object.keys(template.Resources!).flatMap((failing) => {
        const future = account.copy();
        const { state } = future.deploy(stack, template, { failing: [failing] });
        if (state.status === 'ROLLBACK_COMPLETE' && state.resources.length === 0) {
          return [];
        }
        const unknown = state.resources.filter(blocks).map(({ type }) => type).filter((type) => !HANDLED.includes(type));
        const freed = free(future, stack);
        const retried = future.deploy(stack, template);
        const harmless = unknown.length === 0 && retried.state.status === 'CREATE_COMPLETE' && !OFTEN_REFUSED.includes(typeOf(failing));
        return harmless ? [] : [[failing, unknown, refusals(freed), refusals(retried)]];
      });
      expect(stuck).toEqual([]);
    });
  });
});

test('Staging and production of one account need more Elastic IP addresses than a new account has', () => {
  const templates = templatesOfExample('nestjs-nextjs') as { readonly [stack: string]: Template };
  const account = new Account(ENV);
  account.deploy('shop-staging-network', templates['shop-staging-network']);
  expect(refusals(account.deploy('shop-production-network', templates['shop-production-network']))).toEqual([
    expect.stringContaining('addresses-of-a-region'),
  ]);
});
