import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Egress, SecureVpc, type SecureVpcProps, SubnetPlan } from '../../src';
import { ENV, refusal, templateOf, testStack } from '../fixtures/test-stack';
import { THREE_TIERS } from '../fixtures/three-tiers';
import { NetworkAcls, type Packet, reply } from '../simulators/network-acl';

const CLIENT = '203.0.113.9';
const BALANCER = '10.0.1.20';
const NAT = '10.0.2.5';
const TASK = '10.0.11.30';
const OTHER_TASK = '10.0.12.31';
const ENDPOINT = '10.0.13.40';
const DATABASE = '10.0.21.50';
const STANDBY = '10.0.22.51';
const S3 = '52.219.170.1';
const API = '198.51.100.7';

const FUNCTION = '10.0.12.77';

/** First and last port from which each kind of sender opens a connection. */
const LINUX = [32768, 60999];
const WINDOWS = [49152, 65535];
const ANY = [1024, 65535];
/** Ports of functions and NAT gateways. 3389 is given up for EC2.21. */
const LAMBDA = [1024, 3388, 3390, 65535];

function aclsOf(props: SecureVpcProps = {}): NetworkAcls {
  const stack = testStack();
  new SecureVpc(stack, 'Network', { plan: THREE_TIERS, ...props });
  return new NetworkAcls(templateOf(stack));
}

/** Without validation, where only numbers matter. */
function templateWith(props: SecureVpcProps): Template {
  const stack = new Stack(new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': false } }), 'Test', { env: ENV });
  new SecureVpc(stack, 'Network', { plan: THREE_TIERS, ...props });
  return Template.fromStack(stack);
}

function requests(from: string, ports: number[], to: string, toPort: number): Packet[] {
  return ports.map((fromPort) => ({ from, fromPort, to, toPort }));
}

describe('Network ACLs with NAT gateways', () => {
  let acls: NetworkAcls;
  beforeAll(() => { acls = aclsOf(); });

  test.each<[string, string, number[], string, number]>([
    ['a client to the load balancer by HTTPS', CLIENT, ANY, BALANCER, 443],
    ['a client to the load balancer by HTTP', CLIENT, ANY, BALANCER, 80],
    ['the load balancer to a task on 3000', BALANCER, ANY, TASK, 3000],
    ['the load balancer to a task on 4000', BALANCER, ANY, TASK, 4000],
    ['the load balancer to a task on 8000', BALANCER, ANY, TASK, 8000],
    ['the load balancer to a task on 8080', BALANCER, ANY, TASK, 8080],
    ['a task to an interface endpoint', TASK, LINUX, ENDPOINT, 443],
    ['a task to S3 through the gateway endpoint', TASK, LINUX, S3, 443],
    ['a task to PostgreSQL', TASK, LINUX, DATABASE, 5432],
    ['a task to MySQL', TASK, LINUX, DATABASE, 3306],
    ['a task to Redis', TASK, LINUX, DATABASE, 6379],
    ['a web task to an API task', TASK, LINUX, OTHER_TASK, 4000],
    ['a database to its standby', DATABASE, ANY, STANDBY, 5432],
    ['a Windows client to the load balancer', CLIENT, WINDOWS, BALANCER, 443],
    ['a function to an interface endpoint', FUNCTION, LAMBDA, ENDPOINT, 443],
    ['a function to S3 through the gateway endpoint', FUNCTION, LAMBDA, S3, 443],
    ['a function to a database', FUNCTION, LAMBDA, DATABASE, 5432],
    ['a function to a task', FUNCTION, LAMBDA, TASK, 3000],
    ['a function to the load balancer', FUNCTION, LAMBDA, BALANCER, 443],
  ])('allow %s, and its reply (C-25)', (_flow, from, ports, to, toPort) => {
    const packets = requests(from, ports, to, toPort);
    expect(packets.filter((packet) => !acls.pass(packet))).toEqual([]);
    expect(packets.map(reply).filter((packet) => !acls.pass(packet))).toEqual([]);
  });

  test.each<[string, string, number[], number, boolean]>([
    ['a task', TASK, LINUX, 443, false],
    ['a Windows task', TASK, WINDOWS, 443, false],
    ['a function', FUNCTION, LAMBDA, 443, false],
    ['a task by QUIC', TASK, LINUX, 443, true],
    ['a task to a foreign resolver', TASK, LINUX, 53, true],
    ['a function to a foreign resolver', FUNCTION, LAMBDA, 53, true],
  ])('allow %s to reach the internet through NAT, and the reply (C-25)', (_sender, sender, ports, toPort, udp) => {
    requests(sender, ports, API, toPort).map((packet) => ({ ...packet, udp })).forEach((packet) => {
      expect([acls.leave(sender, packet), acls.enter(NAT, packet)]).toEqual([true, true]);
      expect([acls.leave(NAT, reply(packet)), acls.enter(sender, reply(packet))]).toEqual([true, true]);
    });
    requests(NAT, LAMBDA, API, toPort).map((packet) => ({ ...packet, udp })).forEach((fromNat) => {
      expect([acls.leave(NAT, fromNat), acls.enter(NAT, reply(fromNat))]).toEqual([true, true]);
    });
  });

  test.each<[string, string, string, number]>([
    ['the world to a database', CLIENT, DATABASE, 5432],
    ['the world to a port of a database that answers go to', CLIENT, DATABASE, 40000],
    ['the public tier to a database', BALANCER, DATABASE, 5432],
    ['the public tier to Redis', BALANCER, DATABASE, 6379],
    ['a database to the world', DATABASE, API, 443],
    ['a database to S3', DATABASE, S3, 443],
    ['a database to a port that a load balancer serves', DATABASE, ENDPOINT, 443],
    ['a task to a database by SSH', TASK, DATABASE, 22],
    ['the world to a task on 80', CLIENT, TASK, 80],
    ['the world to a task on 443', CLIENT, TASK, 443],
    ['the world to a task by SMB', CLIENT, TASK, 445],
    ['a connected network that is not named to a task', '10.8.0.4', TASK, 443],
    ['a connected network that is not named to a database', '10.8.0.4', DATABASE, 5432],
  ])('deny %s (C-25)', (_flow, from, to, toPort) => {
    expect(requests(from, [1024, 40000, 65535], to, toPort).filter((packet) => acls.pass(packet))).toEqual([]);
  });

  test.each([22, 3389])('deny the internet on port %d in each tier (EC2.21)', (port) => {
    const open = [false, true].flatMap((udp) =>
      [BALANCER, NAT, TASK, ENDPOINT, DATABASE].filter((to) => acls.pass({ from: CLIENT, fromPort: 50000, to, toPort: port, udp })));
    expect(open).toEqual([]);
  });

  test('deny UDP to databases, and from them', () => {
    const packets = [...requests(TASK, LINUX, DATABASE, 5432), ...requests(DATABASE, LINUX, TASK, 40000)];
    expect(packets.filter((packet) => acls.pass({ ...packet, udp: true }))).toEqual([]);
  });

  test('allow path MTU discovery in both directions (C-25)', () => {
    const stack = testStack();
    new SecureVpc(stack, 'Network');
    const sizes = templateOf(stack).findResources('AWS::EC2::NetworkAclEntry', Match.objectLike({ Properties: { Protocol: 1, Icmp: { Type: 3, Code: 4 }, RuleAction: 'allow' } }));
    const directions = Object.values(sizes).map(({ Properties }) => `${Properties.NetworkAclId.Ref.replace(/[0-9A-F]{8}$/, '')} ${Properties.Egress ? 'out' : 'in'}`);
    expect(directions.sort()).toEqual(['application', 'data', 'public'].flatMap((tier) => [`NetworkAcls${tier} in`, `NetworkAcls${tier} out`]));
  });
});

describe('Network ACLs with endpoints only', () => {
  let acls: NetworkAcls;
  beforeAll(() => { acls = aclsOf({ egress: Egress.endpointsOnly() }); });

  test.each<[string, string, number[], string, number]>([
    ['a client to the load balancer', CLIENT, ANY, BALANCER, 443],
    ['the load balancer to a task', BALANCER, ANY, TASK, 3000],
    ['a task to an interface endpoint', TASK, LINUX, ENDPOINT, 443],
    ['a task to S3 through the gateway endpoint', TASK, LINUX, S3, 443],
    ['a task to a database', TASK, LINUX, DATABASE, 5432],
    ['a web task to an API task', TASK, LINUX, OTHER_TASK, 4000],
    ['a function to an interface endpoint', FUNCTION, LAMBDA, ENDPOINT, 443],
    ['a function to S3 through the gateway endpoint', FUNCTION, LAMBDA, S3, 443],
    ['a function to a database', FUNCTION, LAMBDA, DATABASE, 5432],
    ['a function to a task', FUNCTION, LAMBDA, TASK, 3000],
  ])('allow %s, and its reply (B-02)', (_flow, from, ports, to, toPort) => {
    const packets = requests(from, ports, to, toPort);
    expect([...packets, ...packets.map(reply)].filter((packet) => !acls.pass(packet))).toEqual([]);
  });

  test.each([25, 80, 3000, 8080])('deny a task any address outside on port %d (B-14)', (port) => {
    expect(acls.leave(TASK, { from: TASK, fromPort: 40000, to: API, toPort: port })).toBe(false);
  });

  test('allow UDP between tasks, and none to any address outside (B-14)', () => {
    const metrics = { from: TASK, fromPort: 40000, to: OTHER_TASK, toPort: 8125, udp: true };
    expect([acls.pass(metrics), acls.pass(reply(metrics))]).toEqual([true, true]);
    expect([53, 443].filter((toPort) => acls.leave(TASK, { ...metrics, to: API, toPort }))).toEqual([]);
    expect(acls.pass({ from: API, fromPort: 53, to: TASK, toPort: 40000, udp: true })).toBe(false);
  });
});

describe('A network ACL', () => {
  test.each([1, 2, 3, 4])('has at most 20 rules in each direction in %d Availability Zones, as the default quota requires (C-25)', (availabilityZoneCount) => {
    for (const egress of [Egress.natGatewayPerZone(), Egress.endpointsOnly()]) {
      expect(new NetworkAcls(templateWith({ plan: SubnetPlan.sized(), availabilityZoneCount, egress })).mostEntries).toBeLessThan(20);
    }
  });

  test('refuses more database ports than its quota of rules allows', () => {
    const plan = SubnetPlan.sized({ reservedAzs: 6 });
    expect(refusal(() => templateWith({ plan, availabilityZoneCount: 6 }))).toMatch(
      /^SecureVpc 'Test\/Network': dataPorts needs 25 inbound rules in the network ACL of the data tier in 6 Availability Zones, expected at most 19\. Set dataPorts to the ports/);
    expect(new NetworkAcls(templateWith({ plan, availabilityZoneCount: 6, dataPorts: [5432, 6379] })).mostEntries).toBe(19);
  });

  test('refuses a duplicate database port, and one out of range', () => {
    expect(refusal(() => templateWith({ dataPorts: [5432, 5432] }))).toContain('dataPorts is [5432,5432], expected each port once');
    expect(refusal(() => templateWith({ dataPorts: [70000] }))).toContain('dataPorts is 70000, expected a whole number from 1 to 65535');
  });

  test('allows a database port below 1024 from tasks and between databases', () => {
    const acls = new NetworkAcls(templateWith({ dataPorts: [389] }));
    const packets = [...requests(TASK, LINUX, DATABASE, 389), ...requests(DATABASE, ANY, STANDBY, 389)];
    expect([...packets, ...packets.map(reply)].filter((packet) => !acls.pass(packet))).toEqual([]);
  });

  test('keeps the rule numbers of a port when other ports are added, removed or moved, because AWS refuses duplicate numbers', () => {
    const numbers = (dataPorts: number[]) => new Map(Object.entries(templateWith({ dataPorts }).findResources('AWS::EC2::NetworkAclEntry'))
      .map(([id, { Properties }]) => [id, Properties.RuleNumber as number]));
    const before = numbers([5432, 3306, 6379]);
    const after = numbers([6379, 27017, 5432]);
    const moved = [...after].filter(([id, number]) => before.has(id) && before.get(id) !== number);
    expect(moved).toEqual([]);
  });

  test('refuses two database ports that would have the same rule number', () => {
    expect(refusal(() => templateWith({ dataPorts: [5432, 6379, 7932] }))).toBe(
      "SecureVpc 'Test/Network': dataPorts is [5432,7932], expected ports that do not differ by a multiple of 2500, because those share their rule numbers. "
      + 'Let one of the databases listen on another port.');
  });
});
