import { Ingress, SecureLoadBalancer, SecureVpc, SmokeTest } from '../../src';
import { documentA, documentC, templatesOf } from '../support/documented-apps';
import { flows } from '../support/security-group-flows';
import { refusal, templateOf, testStack, unacknowledged } from '../support/test-stack';
import { certificate } from '../support/web-service';

/** A connection that a document allows: it needs a rule where it leaves and one where it arrives, unless one end is no group. */
interface Connection { readonly from: string; readonly to: string; readonly port: number }

function rulesFor(connections: Connection[], groups: string[]): string[] {
  return connections.flatMap(({ from, to, port }) => [
    ...groups.includes(from) ? [`${from} out ${port} ${to}`] : [],
    ...groups.includes(to) ? [`${to} in ${port} ${from}`] : [],
  ]).sort();
}

/** Document A's table; its rows of the database belong to the database. Tasks find AWS services by NAT, so at any address on 443. */
const TABLE_A: Connection[] = [
  { from: '0.0.0.0/0', to: 'BalancerSecurityGroup', port: 443 },
  { from: 'BalancerSecurityGroup', to: 'WebSecurityGroup', port: 3000 },
  { from: 'BalancerSecurityGroup', to: 'ApiSecurityGroup', port: 4000 },
  { from: 'WebSecurityGroup', to: '0.0.0.0/0', port: 443 },
  { from: 'ApiSecurityGroup', to: '0.0.0.0/0', port: 443 },
];
const GROUPS_A = ['BalancerSecurityGroup', 'WebSecurityGroup', 'ApiSecurityGroup'];

/** Document C's, and the front ends' calls to the API (requirement C-24). */
const TABLE_C: Connection[] = [
  { from: 'BalancerCloudflareIpv4', to: 'BalancerSecurityGroup', port: 80 },
  { from: 'BalancerCloudflareIpv4', to: 'BalancerSecurityGroup', port: 443 },
  { from: 'BalancerSecurityGroup', to: 'FrontOneSecurityGroup', port: 3000 },
  { from: 'BalancerSecurityGroup', to: 'FrontTwoSecurityGroup', port: 3000 },
  { from: 'BalancerSecurityGroup', to: 'ApiSecurityGroup', port: 8000 },
  { from: 'FrontOneSecurityGroup', to: 'ApiSecurityGroup', port: 8000 },
  { from: 'FrontTwoSecurityGroup', to: 'ApiSecurityGroup', port: 8000 },
  ...['FrontOne', 'FrontTwo', 'Api'].map((name) => ({ from: `${name}SecurityGroup`, to: '0.0.0.0/0', port: 443 })),
];
const GROUPS_C = ['BalancerSecurityGroup', 'FrontOneSecurityGroup', 'FrontTwoSecurityGroup', 'ApiSecurityGroup'];

describe.each([['in one stack', false], ['with network, balancer and services in three stacks', true]])('The security groups, %s,', (_, apart) => {
  test('A-01, A-02, A-25: allow what document A\'s table has, nothing missing and nothing more', () => {
    expect(flows(...templatesOf(documentA(apart)))).toEqual(rulesFor(TABLE_A, GROUPS_A));
  });

  test('A-35: open 4000 from web\'s group when web calls api directly, and nothing else', () => {
    const documented = documentA(apart);
    documented.named.api.allowCallsFrom(documented.named.web);
    const direct = { from: 'WebSecurityGroup', to: 'ApiSecurityGroup', port: 4000 };
    expect(flows(...templatesOf(documented))).toEqual(rulesFor([...TABLE_A, direct], GROUPS_A));
  });

  test('C-01, C-02, C-24: allow what document C\'s table has, nothing missing and nothing more', () => {
    expect(flows(...templatesOf(documentC(apart)))).toEqual(rulesFor(TABLE_C, GROUPS_C));
  });
});

describe('A smoke test of document A\'s web adds to the table', () => {
  const HOOK = 'WebRolloutHookSecurityGroup';
  const WEB = 'WebSecurityGroup';
  const out = { from: HOOK, to: '0.0.0.0/0', port: 443 };
  test.each<[string, SmokeTest, Connection[]]>([
    ['requests: the hook to AWS and to the tasks', SmokeTest.http('/health'), [out, { from: HOOK, to: WEB, port: 3000 }]],
    ['a command: the hook to AWS, and the command\'s task to the service\'s', SmokeTest.command(['npm', 'test']), [out, { from: WEB, to: WEB, port: 3000 }]],
    ['both: each of the three', SmokeTest.all([SmokeTest.http('/health'), SmokeTest.command(['npm', 'test'])]), [out, { from: HOOK, to: WEB, port: 3000 }, { from: WEB, to: WEB, port: 3000 }]],
  ])('A-25: with %s, and nothing else', (_, smokeTest, added) => {
    const documented = documentA();
    documented.named.web.verifyWith(smokeTest);
    expect(flows(...templatesOf(documented))).toEqual(rulesFor([...TABLE_A, ...added], [...GROUPS_A, HOOK]));
  });
});

test('A-25: one rule too many or too few would show', () => {
  const documented = documentA();
  documented.balancer.openPort(8443);
  const found = flows(...templatesOf(documented));
  const table = rulesFor(TABLE_A, GROUPS_A);
  expect(found.filter((flow) => !table.includes(flow))).toEqual(['BalancerSecurityGroup in 8443 0.0.0.0/0']);
  expect(table.filter((flow) => !found.includes(flow))).toEqual([]);
});

test('A-35: a caller in a later stack makes the rules there, so that api and caller close no cycle', () => {
  const documented = documentA(true);
  const later = testStack({ app: documented.app, id: 'Later' });
  const caller = new SecureLoadBalancer(later, 'Caller', {
    network: documented.network, certificate: certificate(later), ingress: Ingress.internalOnly(['10.0.0.0/16']),
  });
  documented.named.api.allowCallsFrom(caller.loadBalancer);
  expect(flows(templateOf(later))).toEqual([
    'ApiSecurityGroup in 4000 CallerSecurityGroup', 'CallerSecurityGroup in 443 10.0.0.0/16', 'CallerSecurityGroup in 80 10.0.0.0/16', 'CallerSecurityGroup out 4000 ApiSecurityGroup',
  ]);
  expect(documented.stacks.services.dependencies).not.toContain(later);
});

describe('The room for rules in a security group', () => {
  const balancer = (ingress: Ingress, httpRedirect?: boolean) => {
    const stack = testStack();
    return new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), ingress, httpRedirect });
  };

  test('C-01: holds Cloudflare on 80 and 443, and no third port', () => {
    expect(refusal(() => balancer(Ingress.cloudflare()).openPort(8443))).toMatch(
      /^SecureLoadBalancer 'Test\/Balancer': ingress is "20 rules on each of the ports 443, 80, 8443", expected 59 rules in all.*Open fewer ports/);
  });

  test('holds CloudFront on one port', () => {
    expect(() => balancer(Ingress.cloudFront())).not.toThrow();
    expect(refusal(() => balancer(Ingress.cloudFront(), true))).toContain('55 rules on each of the ports 443, 80');
  });

  test('holds 29 blocks on two ports', () => {
    const blocks = (count: number) => Array.from({ length: count }, (_, index) => `198.51.100.${index}/32`);
    expect(() => balancer(Ingress.cidrs(blocks(29)))).not.toThrow();
    expect(refusal(() => balancer(Ingress.cidrs(blocks(30))))).toContain('30 rules on each of the ports 443, 80');
  });
});

test.each([['A', documentA], ['C', documentC]])('nothing of the four packs is left unacknowledged in document %s', (_, make) => {
  expect(unacknowledged(make().stacks.edge)).toEqual([]);
});
