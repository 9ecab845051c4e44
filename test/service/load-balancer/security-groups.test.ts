import { Ingress, SecureLoadBalancer, SecureVpc, SmokeTest } from '../../../src';
import { documentA, documentC, templatesOf } from '../../fixtures/documented-apps';
import { refusal, templateOf, testStack, unacknowledged } from '../../fixtures/test-stack';
import { certificate } from '../../fixtures/web-service';
import { flows } from '../../simulators/security-group-flows';

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
  test('allow exactly the connections of document A\'s table (A-01, A-02, A-25)', () => {
    expect(flows(...templatesOf(documentA(apart)))).toEqual(rulesFor(TABLE_A, GROUPS_A));
  });

  test('allow only port 4000 from web\'s group in addition when web calls api directly (A-35)', () => {
    const documented = documentA(apart);
    documented.named.api.allowCallsFrom(documented.named.web);
    const direct = { from: 'WebSecurityGroup', to: 'ApiSecurityGroup', port: 4000 };
    expect(flows(...templatesOf(documented))).toEqual(rulesFor([...TABLE_A, direct], GROUPS_A));
  });

  test('allow exactly the connections of document C\'s table (C-01, C-02, C-24)', () => {
    expect(flows(...templatesOf(documentC(apart)))).toEqual(rulesFor(TABLE_C, GROUPS_C));
  });
});

describe('A smoke test of document A\'s web', () => {
  const HOOK = 'WebRolloutHookSecurityGroup';
  const WEB = 'WebSecurityGroup';
  const out = { from: HOOK, to: '0.0.0.0/0', port: 443 };
  test.each<[string, SmokeTest, Connection[]]>([
    ['from the hook to AWS and to the tasks, for requests', SmokeTest.http('/health'), [out, { from: HOOK, to: WEB, port: 3000 }]],
    ['from the hook to AWS and from the command\'s task to the service\'s tasks, for a command', SmokeTest.command(['npm', 'test']), [out, { from: WEB, to: WEB, port: 3000 }]],
    ['of all three kinds, for requests and a command', SmokeTest.all([SmokeTest.http('/health'), SmokeTest.command(['npm', 'test'])]), [out, { from: HOOK, to: WEB, port: 3000 }, { from: WEB, to: WEB, port: 3000 }]],
  ])('adds only the connections %s (A-25)', (_, smokeTest, added) => {
    const documented = documentA();
    documented.named.web.verifyWith(smokeTest);
    expect(flows(...templatesOf(documented))).toEqual(rulesFor([...TABLE_A, ...added], [...GROUPS_A, HOOK]));
  });
});

test('The comparison with the tables detects one rule too many or too few (A-25)', () => {
  const documented = documentA();
  documented.balancer.openPort(8444);
  const found = flows(...templatesOf(documented));
  const table = rulesFor(TABLE_A, GROUPS_A);
  expect(found.filter((flow) => !table.includes(flow))).toEqual(['BalancerSecurityGroup in 8444 0.0.0.0/0']);
  expect(table.filter((flow) => !found.includes(flow))).toEqual([]);
});

test('A caller in a later stack has the rules there, so that no dependency cycle closes (A-35)', () => {
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

describe('The rule quota of a security group', () => {
  const balancer = (ingress: Ingress, httpRedirect?: boolean) => {
    const stack = testStack();
    return new SecureLoadBalancer(stack, 'Balancer', { network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), ingress, httpRedirect });
  };

  test('has room for Cloudflare on ports 80 and 443, and for no third port (C-01)', () => {
    expect(refusal(() => balancer(Ingress.cloudflare()).openPort(8444))).toMatch(
      /^SecureLoadBalancer 'Test\/Balancer': ingress needs 20 rules on each of the ports 443, 80, 8444, but .* 59 .*Open fewer ports/);
  });

  test.each([8080, 8443, 65080])('is refused for the port %i of a listener of the library, which would open the test listener to clients', (port) => {
    expect(refusal(() => balancer(Ingress.internet()).openPort(port))).toContain(`port is ${port}, expected a port of a further listener`);
  });

  test.each<[string, string[]]>([
    ['an octet beyond 255', ['999.1.1.0/24']], ['one block twice', ['198.51.100.7/24', '198.51.100.0/24']], ['no block', []], ['everyone', ['0.0.0.0/0']],
  ])('is refused for %s', (_, blocks) => {
    expect(refusal(() => balancer(Ingress.cidrs(blocks)))).toContain('expected IPv4 blocks of /1 to /32, each once');
  });

  test('has room for CloudFront on one port', () => {
    expect(() => balancer(Ingress.cloudFront())).not.toThrow();
    expect(refusal(() => balancer(Ingress.cloudFront(), true))).toContain('55 rules on each of the ports 443, 80');
  });

  test('has room for 29 blocks on two ports', () => {
    const blocks = (count: number) => Array.from({ length: count }, (_, index) => `198.51.100.${index}/32`);
    expect(() => balancer(Ingress.cidrs(blocks(29)))).not.toThrow();
    expect(refusal(() => balancer(Ingress.cidrs(blocks(30))))).toContain('30 rules on each of the ports 443, 80');
  });
});

test.each([['A', documentA], ['C', documentC]])('Document %s leaves no finding of the four packs unacknowledged', (_, make) => {
  expect(unacknowledged(make().stacks.edge)).toEqual([]);
});
