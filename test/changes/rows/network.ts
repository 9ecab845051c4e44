import { Egress, EnvironmentProfile, SecureVpc, type SecureVpcProps, SubnetPlan } from '../../../src';
import type { Subject } from '../row';
import { changesAround } from '../general';
import { changesOf, choicesOf, type Row } from '../rows';
import type { Site } from '../site';

export const NETWORK: Subject<SecureVpcProps> = {
  name: 'SecureVpc',
  make: (site, id, props) => new SecureVpc(site.scope, id, {
    availabilityZoneCount: site.surroundings.zones, egress: site.surroundings.egress?.(), ...props,
  }),
};

const ANOTHER_NETWORK = 'Build a second network, and move stores by a restore and services by DNS.';

export const NETWORK_ROWS: readonly Row[] = [
  ...changesOf<SecureVpcProps>({
    subject: NETWORK,
    struct: 'SecureVpcProps',
    changes: {
      availabilityZoneCount: [2, 3],
      availabilityZones: [['eu-central-1a', 'eu-central-1b'], ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']],
      dataPorts: [[5432], [5432, 6432]],
      plan: [undefined, () => SubnetPlan.sized({ cidr: '10.20.0.0/16' }), { procedure: ANOTHER_NETWORK }],
      profile: [undefined, () => EnvironmentProfile.staging()],
      restrictDefaultSecurityGroup: [false, true],
    },
  }),
  ...choicesOf<Egress, SecureVpcProps>({
    subject: NETWORK,
    class: 'Egress',
    prop: 'egress',
    each: true,
    values: {
      'natGatewayPerZone': () => Egress.natGatewayPerZone(),
      'singleNatGateway': () => Egress.singleNatGateway(),
      'regionalNatGateway': () => Egress.regionalNatGateway(),
      'endpointsOnly': () => Egress.endpointsOnly(),
    },
    within: (egress) => ({ egress }),
  }),
  ...changesAround(NETWORK),
];
