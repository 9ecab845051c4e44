import { App, CfnOutput, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConnectedNetwork, Egress, Ingress, SecureLoadBalancer, type SecureLoadBalancerProps, SecureVpc, type SecureVpcProps, SubnetPlan } from '../../src';
import { ENV, refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { THREE_TIERS } from '../fixtures/three-tiers';
import { certificate } from '../fixtures/web-service';
import { NetworkAcls, type Packet, reply } from '../simulators/network-acl';

const OFFICE = '10.8.0.0/16';
const HOST = '10.8.4.20';
const BALANCER = '10.0.11.20';
const TASK = '10.0.12.30';
const DATABASE = '10.0.21.50';
/** Ports of Windows, Linux, functions and NAT gateways. */
const CLIENT = [1024, 32768, 49152, 60999, 65535];

const EGRESSES: ReadonlyArray<[string, Egress]> = [['NAT gateways', Egress.natGatewayPerZone()], ['endpoints only', Egress.endpointsOnly()]];

/** Without validation, where only numbers matter. */
function templateWith(connectedNetworks: ConnectedNetwork[], props: SecureVpcProps = {}): Template {
  const stack = new Stack(new App({ context: { '@aws-cdk/core:validateAgainstDefaultRules': false } }), 'Test', { env: ENV });
  new SecureVpc(stack, 'Network', { plan: THREE_TIERS, connectedNetworks, ...props });
  return Template.fromStack(stack);
}

function lost(acls: NetworkAcls, packets: Packet[]): Packet[] {
  return [...packets, ...packets.map(reply)].filter((packet) => !acls.pass(packet));
}

describe.each(EGRESSES)('A connected network, with %s,', (_, egress) => {
  const all = ConnectedNetwork.of(OFFICE, { applicationPorts: [22, 443], applicationUdpPorts: [53], dataPorts: [5432] });
  const acls = new NetworkAcls(templateWith([all], { egress }));
  const none = new NetworkAcls(templateWith([], { egress }));

  test.each<[string, string, string, number[], number, boolean]>([
    ['a host to an internal load balancer', HOST, BALANCER, CLIENT, 443, false],
    ['a host to its test listener', HOST, BALANCER, CLIENT, 8443, false],
    ['a host to a task by SSH', HOST, TASK, CLIENT, 22, false],
    ['a host to a resolver in the application tier', HOST, TASK, CLIENT, 53, true],
    ['a host to a database', HOST, DATABASE, CLIENT, 5432, false],
    ['a task to a host', TASK, HOST, [32768, 60999], 8443, false],
    ['a task to a host by SMTP', TASK, HOST, [32768, 60999], 25, false],
    ['a function to a resolver of the connected network', TASK, HOST, [1024, 3388, 3390, 65535], 53, true],
  ])('lets %s, and the reply', (_flow, from, to, ports, toPort, udp) => {
    expect(lost(acls, ports.map((fromPort) => ({ from, fromPort, to, toPort, udp })))).toEqual([]);
  });

  test.each<[string, string, string, number, boolean]>([
    ['another network to an internal load balancer', '10.9.0.1', BALANCER, 443, false],
    ['another network to a database', '10.9.0.1', DATABASE, 5432, false],
    ['a host to a port that is not named', HOST, TASK, 80, false],
    ['a host to a database that is not named', HOST, DATABASE, 6379, false],
    ['a host to a database by UDP', HOST, DATABASE, 5432, true],
  ])('does not let %s', (_flow, from, to, toPort, udp) => {
    expect(acls.pass({ from, fromPort: 50000, to, toPort, udp })).toBe(false);
  });

  test('reaches nothing below 1024 and no database unless it is named', () => {
    const packets = [[BALANCER, 443], [BALANCER, 80], [DATABASE, 5432]].map(([to, toPort]) => ({ from: HOST, fromPort: 50000, to: to as string, toPort: toPort as number }));
    expect(packets.filter((packet) => none.pass(packet))).toEqual([]);
  });

  test('reaches the listeners of an internal load balancer and no database by default', () => {
    const byDefault = new NetworkAcls(templateWith([ConnectedNetwork.of(OFFICE)], { egress }));
    const ports = [80, 443, 8080, 8443].map((toPort) => ({ from: HOST, fromPort: 50000, to: BALANCER, toPort }));
    expect(lost(byDefault, ports)).toEqual([]);
    expect(byDefault.pass({ from: HOST, fromPort: 50000, to: DATABASE, toPort: 5432 })).toBe(false);
  });
});

describe('Connected networks', () => {
  test('get no rule for what other rules allow already', () => {
    const count = (...networks: ConnectedNetwork[]) => Object.keys(templateWith(networks).findResources('AWS::EC2::NetworkAclEntry')).length;
    const wide = ConnectedNetwork.of('10.8.0.0/15', { applicationPorts: [443, 8443] });
    expect(count(wide) - count()).toBe(1);
    expect(count(ConnectedNetwork.of(OFFICE), wide)).toBe(count(wide, ConnectedNetwork.of(OFFICE)));
    expect(count(wide, ConnectedNetwork.of(OFFICE, { applicationPorts: [443] }))).toBe(count(wide));
  });

  test('take a block from a parameter, whose rules keep their numbers when another parameter comes first', () => {
    const numbers = (parameters: string[]) => {
      const stack = testStack();
      const made = parameters.map((name) => new CfnParameter(stack, name, { default: OFFICE }));
      made.forEach(({ valueAsString }, index) => new CfnOutput(stack, `Block${index}`, { value: valueAsString }));
      new SecureVpc(stack, 'Network', { connectedNetworks: [ConnectedNetwork.of(made[made.length - 1].valueAsString)] });
      const entries = Object.values(templateOf(stack).findResources('AWS::EC2::NetworkAclEntry'));
      return entries.filter(({ Properties }) => Properties.CidrBlock.Ref === 'Office').map(({ Properties }) => Properties.RuleNumber);
    };
    expect(numbers(['Office'])).toHaveLength(2);
    expect(numbers(['Other', 'Office'])).toEqual(numbers(['Office']));
  });

  test('let routers of a VPN say that packets are too large for a database', () => {
    const sizes = Object.values(templateWith([ConnectedNetwork.of(OFFICE, { dataPorts: [5432] })]).findResources('AWS::EC2::NetworkAclEntry'))
      .filter(({ Properties: p }) => p.CidrBlock === OFFICE && p.Protocol === 1);
    expect(sizes.map(({ Properties: p }) => [p.Egress, p.Icmp])).toEqual([[false, { Type: 3, Code: 4 }]]);
  });

  test.each<[string, ConnectedNetwork, string]>([
    ['an address inside a block', ConnectedNetwork.of('10.8.0.1/16'), 'connectedNetworks is "10.8.0.1/16", expected IPv4 blocks of /8 to /32 that begin with their first address'],
    ['the internet', ConnectedNetwork.of('0.0.0.0/0'), 'expected IPv4 blocks of /8 to /32'],
    ['a block of the network', ConnectedNetwork.of('10.0.11.0/24'), 'expected blocks outside 10.0.0.0/16, whose hosts are in the network itself'],
    ['database ports for a block around the network, whose public tier is in it', ConnectedNetwork.of('10.0.0.0/8', { dataPorts: [5432] }), 'connectedNetworks opens ports 5432 of the data tier to 10.0.0.0/8, which holds the network itself with its public tier. Name the blocks of the other network without 10.0.0.0/16.'],
    ['a port out of range', ConnectedNetwork.of(OFFICE, { applicationPorts: [70000] }), 'connectedNetworks is 70000, expected a whole number from 1 to 65535'],
    ['a database port that the data tier lacks', ConnectedNetwork.of(OFFICE, { dataPorts: [1433] }), 'connectedNetworks opens ports 1433 of the data tier, which has 5432, 3306, 6379. Name them in dataPorts'],
  ])('are refused with %s', (_what, connected, message) => {
    expect(refusal(() => templateWith([connected]))).toContain(message);
  });

  test('are refused with database ports in a network without a data tier', () => {
    const plan = SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'] });
    expect(refusal(() => templateWith([ConnectedNetwork.of(OFFICE, { dataPorts: [5432] })], { plan, egress: Egress.endpointsOnly() })))
      .toContain('of the data tier, which has none');
  });

  test('are refused when their rules do not fit the quota', () => {
    const networks = Array.from({ length: 5 }, (_, index) => ConnectedNetwork.of(`10.${8 + index}.0.0/16`));
    expect(refusal(() => templateWith(networks))).toBe(
      "SecureVpc 'Test/Network': connectedNetworks needs 22 inbound rules in the network ACL of the application tier in 3 Availability Zones, expected at most 19. "
      + 'Join adjacent blocks, or name fewer ports of connected networks.');
  });

  test('may contain the network, whose own routes are more specific', () => {
    const acls = new NetworkAcls(templateWith([ConnectedNetwork.of('10.0.0.0/8')]));
    expect(acls.pass({ from: HOST, fromPort: 50000, to: BALANCER, toPort: 443 })).toBe(true);
  });

  test.each(EGRESSES)('leave no finding of the four packs unacknowledged with %s', (_, egress) => {
    const stack = testStack();
    new SecureVpc(stack, 'Network', { egress, connectedNetworks: [ConnectedNetwork.of(OFFICE, { dataPorts: [5432], applicationUdpPorts: [53] })] });
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('The clients of a load balancer', () => {
  function balancer(ingress: Ingress, connectedNetworks: ConnectedNetwork[] = [], props: Partial<SecureLoadBalancerProps> = {}): SecureLoadBalancer {
    const stack = testStack();
    const network = new SecureVpc(stack, 'Network', { connectedNetworks });
    return new SecureLoadBalancer(stack, 'Balancer', { network, certificate: certificate(stack), ingress, ...props });
  }

  test('are refused where no network ACL lets them in, with the prop that does', () => {
    expect(refusal(() => balancer(Ingress.internalOnly(['10.0.0.0/16', OFFICE])))).toBe(
      "SecureLoadBalancer 'Test/Balancer': ingress opens port 443 to 10.8.0.0/16, whose hosts the network ACLs of Test/Network do not let in. "
      + "Add connectedNetworks: [ConnectedNetwork.of('10.8.0.0/16')] to the SecureVpc, with 443 in applicationPorts.");
  });

  test('are refused where the network ACLs let in some of them, or not on the port of the redirect', () => {
    expect(refusal(() => balancer(Ingress.internalOnly(['10.0.0.0/8'])))).toContain('opens port 443 to 10.0.0.0/8');
    expect(refusal(() => balancer(Ingress.internalOnly(['10.8.4.20/16'])))).toContain('opens port 443 to 10.8.4.20/16');
    const secureOnly = [ConnectedNetwork.of(OFFICE, { applicationPorts: [443] })];
    expect(refusal(() => balancer(Ingress.internalOnly([OFFICE]), secureOnly))).toContain('opens port 80 to 10.8.0.0/16');
    expect(() => balancer(Ingress.internalOnly([OFFICE]), secureOnly, { httpRedirect: false })).not.toThrow();
  });

  test('may be those of a connected network, and parts of it', () => {
    expect(() => balancer(Ingress.internalOnly(['10.8.4.0/24', '10.8.7.7/32', '10.0.0.0/16']), [ConnectedNetwork.of(OFFICE)])).not.toThrow();
  });

  test('are refused on a further port of an internet-facing load balancer that no network ACL opens', () => {
    const made = balancer(Ingress.internet());
    expect(refusal(() => made.openPort(25))).toContain('ingress opens port 25 to 0.0.0.0/0, whose hosts the network ACLs of Test/Network do not let in. Listen on 80, 443 or a port from 1024');
    expect(() => made.openPort(9443)).not.toThrow();
  });
});
