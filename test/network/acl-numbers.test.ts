import { CfnNetworkAclEntry } from 'aws-cdk-lib/aws-ec2';
import { ConnectedNetwork, Egress, SecureVpc, type SecureVpcProps, SubnetPlan } from '../../src';
import { ENV, templateOf, testStack } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import type { Template } from '../simulators/cloudformation/template';

/** Construct id of the entry that each number has, by network ACL and direction. */
type Numbers = Map<string, string>;

const EGRESSES: ReadonlyArray<[string, Egress]> = [
  ['a NAT gateway in each zone', Egress.natGatewayPerZone()],
  ['one NAT gateway', Egress.singleNatGateway()],
  ['a regional NAT gateway', Egress.regionalNatGateway()],
  ['endpoints only', Egress.endpointsOnly()],
];
const ZONES = [1, 2, 3, 4, 5, 6];
/** Ports that databases and their proxies listen on. */
const DATABASE_PORTS = [389, 443, 1433, 1521, 2049, 2484, 3306, 3307, 5432, 5433, 5439, 6379, 6380, 6432, 7000, 7687, 8111, 8182, 9042, 9092, 9200, 11211, 27017, 50000];
const CONNECTED = [
  ConnectedNetwork.of('10.8.0.0/16'),
  ConnectedNetwork.of('10.9.0.0/16', { applicationPorts: [22, 443], applicationUdpPorts: [53], dataPorts: [5432] }),
];

/** Numbers of the first release. Whatever stays in a stack during an upgrade has one of them. */
const RELEASED: { readonly [place: string]: { readonly [number: number]: string[] } } = {
  'public in': { 90: ['In-PathMtu'], 100: ['In-world1-80-80'], 110: ['In-world1-443-443'], 120: ['In-world1-1024-3388'], 130: ['In-world1-3390-65535'], ...ofZones(140, 'In-application', '0-65535') },
  'public out': { 90: ['Out-PathMtu'], 100: ['Out-world1-0-65535'] },
  'application in': { 90: ['In-PathMtu'], ...ofZones(100, 'In-public', '0-65535'), ...ofZones(110, 'In-application', '0-65535'), 120: ['In-world1-32768-60999'] },
  'application out': { 90: ['Out-PathMtu'], 100: ['Out-world1-0-65535', 'Out-network1-0-65535'], 110: ['Out-world1-443-443'] },
  'data in': { 90: ['In-PathMtu'], ...ofZones(100, 'In-data', '1024-65535'), ...ofZones(6184, 'In-application', '5432-5432'), ...ofZones(10672, 'In-application', '3306-3306'), ...ofZones(17548, 'In-application', '6379-6379') },
  'data out': { 90: ['Out-PathMtu'], ...ofZones(100, 'Out-application', '1024-65535'), ...ofZones(110, 'Out-data', '1024-65535'), ...ofZones(120, 'Out-data', '1-1023') },
};

function ofZones(first: number, peer: string, ports: string): { [number: number]: string[] } {
  return Object.fromEntries(ZONES.map((zone) => [first + zone - 1, [`${peer}${zone}-${ports}`]]));
}

function numbersOf(props: SecureVpcProps, cloudFront = false): Numbers {
  const network = new SecureVpc(testStack(), 'Network', { plan: SubnetPlan.sized({ reservedAzs: 6 }), ...props });
  if (cloudFront) {
    network._admitCloudFront();
  }
  const entries = network.node.findAll().filter((construct) => construct instanceof CfnNetworkAclEntry);
  return new Map(entries.map((entry) => {
    const [, id, acl] = [...entry.node.scopes].reverse().map(({ node }) => node.id);
    return [`${acl} ${entry.egress === true ? 'out' : 'in'} ${entry.ruleNumber}`, id];
  }));
}

/** One variant for each egress and number of zones, with and without connected networks and CloudFront, and for each database port. */
function variants(): Numbers[] {
  const everywhere = EGRESSES.flatMap(([, egress]) => ZONES.flatMap((availabilityZoneCount) => {
    const props = { egress, availabilityZoneCount, dataPorts: [5432] };
    const connected = ConnectedNetwork.of('10.7.0.0/16', { applicationPorts: [443], dataPorts: [5432] });
    return [numbersOf(props), numbersOf(props, true), numbersOf({ ...props, connectedNetworks: availabilityZoneCount > 4 ? [connected] : CONNECTED })];
  }));
  const ports = DATABASE_PORTS.map((port) => numbersOf({ availabilityZoneCount: 6, dataPorts: [port] }));
  const defaults = numbersOf({});
  const oneZone = numbersOf({ connectedNetworks: [...CONNECTED].reverse(), dataPorts: [389, 5432] });
  return [...everywhere, ...ports, defaults, oneZone];
}

describe('The rule numbers of network ACLs', () => {
  let all: Numbers[];
  beforeAll(() => { all = variants(); });

  test('have one id each in all networks, because AWS refuses a number that a former rule still has', () => {
    const idsOf = new Map<string, Set<string>>();
    all.flatMap((numbers) => [...numbers]).forEach(([number, id]) => idsOf.set(number, (idsOf.get(number) ?? new Set()).add(id)));
    expect([...idsOf].filter(([, ids]) => ids.size > 1)).toEqual([]);
  });

  test('never change for an id, so that no change of a prop replaces a rule', () => {
    const numbersOfId = new Map<string, Set<string>>();
    all.flatMap((numbers) => [...numbers]).forEach(([number, id]) => {
      const key = `${number.replace(/ \d+$/, '')} ${id}`;
      numbersOfId.set(key, (numbersOfId.get(key) ?? new Set()).add(number));
    });
    expect([...numbersOfId].filter(([, numbers]) => numbers.size > 1)).toEqual([]);
  });

  test('are those of the first release for its flows, and never another flow\'s', () => {
    const reused = all.flatMap((numbers) => [...numbers]).filter(([place, id]) => {
      const [acl, direction, number] = place.split(' ');
      const released = RELEASED[`${acl} ${direction}`][Number(number)];
      return released && !(released.length === 1 && released[0] === id);
    });
    expect(reused).toEqual([]);
  });

  test('are between 1 and 32766', () => {
    const numbers = all.flatMap((variant) => [...variant.keys()]).map((place) => Number(place.split(' ')[2]));
    expect([Math.min(...numbers) >= 1, Math.max(...numbers) <= 32766]).toEqual([true, true]);
  });

  test('do not depend on the order of connected networks and ports', () => {
    const one = numbersOf({ connectedNetworks: CONNECTED, dataPorts: [5432, 6379], availabilityZoneCount: 2 });
    const other = numbersOf({ connectedNetworks: [...CONNECTED].reverse(), dataPorts: [6379, 5432], availabilityZoneCount: 2 });
    expect([...other].sort()).toEqual([...one].sort());
  });
});

/** Template of a network, as the first release made it or as it is now. */
function networkTemplate(egress: Egress, released = false): Template {
  const stack = testStack();
  new SecureVpc(stack, 'Network', { egress });
  const template = templateOf(stack).toJSON() as Template;
  return released ? asReleased(template) : template;
}

/** Takes the network ACL of the application tier back to the first release. */
function asReleased(template: Template): Template {
  const { Resources: all = {} } = template;
  const [acl] = Object.entries(all).find(([id, { Type }]) => Type === 'AWS::EC2::NetworkAcl' && id.startsWith('NetworkAclsapplication'))!;
  const former = Object.entries(all).flatMap(([id, resource]) => {
    const { Properties: p = {}, Type } = resource;
    if (Type !== 'AWS::EC2::NetworkAclEntry') {
      return [[id, { ...resource, DependsOn: undefined }] as const];
    }
    const isNew = p.Protocol === 17 || (p.NetworkAclId.Ref === acl && !p.Egress && p.RuleNumber >= 130);
    const moved = p.NetworkAclId.Ref === acl && p.Egress && p.RuleNumber >= 120;
    return isNew ? [] : [[id, moved ? { ...resource, Properties: { ...p, RuleNumber: 100 } } : resource] as const];
  });
  const replies = {
    Type: 'AWS::EC2::NetworkAclEntry',
    Properties: {
      NetworkAclId: { Ref: acl }, Egress: false, RuleNumber: 120, RuleAction: 'allow', Protocol: 6, CidrBlock: '0.0.0.0/0', PortRange: { From: 32768, To: 60999 },
    },
  };
  return { ...template, Resources: { ...Object.fromEntries(former), Replies: replies } };
}

describe('An upgrade from the first release', () => {
  test.each([EGRESSES[0], EGRESSES[3]])('with %s changes the rules of network ACLs without cutting a flow', (_, egress) => {
    const account = new Account(ENV);
    account.deploy('Test', networkTemplate(egress, true));
    const outcome = account.update('Test', networkTemplate(egress));
    expect(outcome.state.status).toBe('UPDATE_COMPLETE');
    const rules = outcome.changes.filter(({ type }) => type === 'AWS::EC2::NetworkAclEntry');
    expect(rules.length).toBeGreaterThan(5);
    expect(rules.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict !== 'in place' && verdict !== 'nothing')).toEqual([]);
  });

  test.each([
    ['from NAT gateways to endpoints only', EGRESSES[0][1], EGRESSES[3][1]],
    ['from endpoints only to NAT gateways', EGRESSES[3][1], EGRESSES[0][1]],
  ])('may change the egress %s at once', (_, before, after) => {
    const account = new Account(ENV);
    account.deploy('Test', networkTemplate(before, true));
    expect(account.update('Test', networkTemplate(after)).state.status).toBe('UPDATE_COMPLETE');
  });
});
