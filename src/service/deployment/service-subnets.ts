import type { SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../../network';
import { checkWholeNumber } from '../../validation/checks';

/** Subnets in the template of a service: the application tier in all zones, or in the first ones. */
export function serviceSubnets(scope: IConstruct, network: ISecureVpc, zoneCount?: number): SubnetSelection {
  const tier = network.subnets(SubnetTier.APPLICATION);
  if (zoneCount === undefined) {
    return tier;
  }
  const { subnets } = network.vpc.selectSubnets(tier);
  const zones = [...new Set(subnets.map(({ availabilityZone }) => availabilityZone))];
  checkWholeNumber(scope, 'rollout.availabilityZoneCount', zoneCount, {
    min: 1,
    max: zones.length,
    unit: 'zones',
    fix: 'give the number of zones that the network had when the service was created',
  });
  const first = zones.slice(0, zoneCount);
  return { subnets: subnets.filter(({ availabilityZone }) => first.includes(availabilityZone)) };
}
