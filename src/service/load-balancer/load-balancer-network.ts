import type { ISubnet, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { type ISecureVpc, SecureVpc, SubnetTier } from '../../network';
import { checkRules } from '../../validation/rules';
import type { IngressSettings } from './ingress';

/**
 * Subnets of a load balancer, one in each Availability Zone.
 *
 * AWS refuses a load balancer with two subnets of one zone, and one with a single zone. An adopted tier may have more
 * subnets than zones. The first of each zone is used. Imported subnets may not know their zones, and pass.
 */
export function loadBalancerSubnets(scope: IConstruct, network: ISecureVpc, tier: SubnetTier): SubnetSelection {
  const selection = network.subnets(tier);
  const { subnets, isPendingLookup } = network.vpc.selectSubnets(selection);
  const zones = subnets.map(zoneOf);
  if (isPendingLookup || zones.includes(undefined)) {
    return selection;
  }
  const firstOfEach = subnets.filter((_, index) => zones.indexOf(zones[index]) === index);
  checkRules(scope, [
    {
      condition: firstOfEach.length < 2,
      prop: 'network',
      problem: `has a ${tier} tier in ${firstOfEach.length} Availability Zone, expected two or more, as AWS requires`,
      fix: 'set availabilityZoneCount of the SecureVpc to 2 or 3, or adopt subnets in two zones',
    },
  ]);
  return firstOfEach.length < subnets.length ? { subnets: firstOfEach } : selection;
}

/**
 * Refuses clients that the network ACLs of a SecureVpc let not reach a port.
 *
 * Those of an adopted network are unknown. A prefix list passes where the internet does.
 */
export function checkClientsPass(
  scope: IConstruct,
  network: ISecureVpc,
  { internetFacing, peers }: IngressSettings,
  port: number,
): void {
  const tier = internetFacing ? SubnetTier.PUBLIC : SubnetTier.APPLICATION;
  const blocks = peers.filter(({ ipv6 }) => !ipv6).map(({ peer }) => peer.uniqueId);
  checkRules(
    scope,
    blocks.map((block) => ({
      condition: network instanceof SecureVpc && network.hasTier(tier) && !network._admits(tier, block, port),
      prop: 'ingress',
      problem: `opens port ${port} to ${block}, whose hosts the network ACLs of ${network.node.path} do not let in`,
      fix: internetFacing
        ? 'listen on 80, 443 or a port from 1024 other than 3389'
        : `add connectedNetworks: [ConnectedNetwork.of('${block}')] to the SecureVpc, with ${port} in applicationPorts`,
    })),
  );
}

/**
 * Lets CloudFront reach an internal load balancer through a VPC origin.
 *
 * AWS refuses a VPC origin in a VPC without an internet gateway, although no packet passes it. The network ACLs see
 * CloudFront's public addresses. Those of an adopted network are the team's own.
 */
export function admitVpcOrigin(
  scope: IConstruct,
  network: ISecureVpc,
  { internetFacing, fromInternet }: IngressSettings,
): void {
  if (internetFacing || !fromInternet || !(network instanceof SecureVpc)) {
    return;
  }
  checkRules(scope, [
    {
      condition: !network._hasInternetGateway,
      prop: 'ingress',
      problem:
        `is not supported in ${network.node.path}, which has no internet gateway: ` +
        'AWS requires one for VPC origins of CloudFront',
      fix: 'add publicBlocks to the plan of the SecureVpc',
    },
  ]);
  network._admitCloudFront();
}

/** Availability Zone of a subnet. An imported subnet throws an error where nobody gave it. */
function zoneOf(subnet: ISubnet): string | undefined {
  try {
    return subnet.availabilityZone;
  } catch {
    return undefined;
  }
}
