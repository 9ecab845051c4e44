import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Egress, SecureVpc, type SecureVpcProps, SubnetPlan } from '../../src';
import { ENV, refusal, templateOf, testStack } from '../fixtures/test-stack';
import { NetworkAcls, type Packet, reply } from '../simulators/network-acl';

const PLAN = SubnetPlan.blocks({
  cidr: '10.0.0.0/16',
  publicBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
  applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
  dataBlocks: ['10.0.21.0/24', '10.0.22.0/24', '10.0.23.0/24'],
});
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

/** First and last port from which each kind of sender opens a connection. */
const LINUX = [32768, 60999];
const ANY = [1024, 65535];

function aclsOf(props: SecureVpcProps = {}): NetworkAcls {
  const stack = testStack();
  new SecureVpc(stack, 'Network', { plan: PLAN, ...props });
  return new NetworkAcls(templateOf(stack));
}

/** Without validation, where only numbers matter. */
function templateWith(props: SecureVpcProps): Template {
  const stack = new Stack(new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': false } }), 'Test', { env: ENV });
  new SecureVpc(stack, 'Network', { plan: PLAN, ...props });
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
  ])('allow %s, and its reply (C-25)', (_flow, from, ports, to, toPort) => {
    const packets = requests(from, ports, to, toPort);
    expect(packets.filter((packet) => !acls.pass(packet))).toEqual([]);
    expect(packets.map(reply).filter((packet) => !acls.pass(packet))).toEqual([]);
  });

  test('allow a task to reach the internet through NAT, and the reply (C-25)', () => {
    requests(TASK, LINUX, API, 443).forEach((fromTask) => {
      expect([acls.leave(TASK, fromTask), acls.enter(NAT, fromTask)]).toEqual([true, true]);
      expect([acls.leave(NAT, reply(fromTask)), acls.enter(TASK, reply(fromTask))]).toEqual([true, true]);
    });
    // NAT gateways use every port from 1024 on; 3389 alone is given up for EC2.21.
    requests(NAT, [1024, 3388, 3390, 65535], API, 443).forEach((fromNat) => {
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
    ['a database to the port that a task serves', DATABASE, TASK, 3000],
    ['a task to a database by SSH', TASK, DATABASE, 22],
    ['the world to a task', CLIENT, TASK, 3000],
    ['the world to a task on 443', CLIENT, TASK, 443],
    ['the world to a task on 8080', CLIENT, TASK, 8080],
  ])('deny %s (C-25)', (_flow, from, to, toPort) => {
    expect(requests(from, [1024, 40000, 65535], to, toPort).filter((packet) => acls.pass(packet))).toEqual([]);
  });

  test.each([22, 3389])('deny the internet on port %d in each tier (EC2.21)', (port) => {
    const open = [BALANCER, NAT, TASK, ENDPOINT, DATABASE].filter((to) => acls.pass({ from: CLIENT, fromPort: 50000, to, toPort: port }));
    expect(open).toEqual([]);
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
  ])('allow %s, and its reply (B-02)', (_flow, from, ports, to, toPort) => {
    const packets = requests(from, ports, to, toPort);
    expect([...packets, ...packets.map(reply)].filter((packet) => !acls.pass(packet))).toEqual([]);
  });

  test.each([25, 80, 3000, 8080])('deny a task any address outside on port %d (B-14)', (port) => {
    expect(acls.leave(TASK, { from: TASK, fromPort: 40000, to: API, toPort: port })).toBe(false);
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

  test('never gives two ports the same rule number', () => {
    const entries = Object.values(templateWith({ dataPorts: [5432, 2932, 7932, 10432] }).findResources('AWS::EC2::NetworkAclEntry'));
    const keys = entries.map(({ Properties: p }) => `${p.NetworkAclId.Ref} ${p.Egress} ${p.RuleNumber}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
