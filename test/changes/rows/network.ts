import { InterfaceVpcEndpointAwsService, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  type AdoptedVpcProps, BucketPurpose, ConnectedNetwork, type ConnectedNetworkProps, Egress, type EndpointsOnlyProps, EnvironmentProfile, HardenedPostgres, Ingress,
  type ISecureVpc, ProductionWebService,
  SecureBucket,
  SecureLoadBalancer, SecureVpc, type SecureVpcProps, SubnetPlan, type SubnetPlanBlocks, type SubnetPlanSizes, SubnetTier, ServiceImage,
} from '../../../src';
import { callsOf } from '../calls';
import { changesAround } from '../general';
import type { Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';

const ADDRESSES = 'An account has five Elastic IP addresses in a region by default, and each network one for each NAT gateway: '
  + 'ask AWS to raise the quota first.';

const NETWORK: Subject<SecureVpcProps> = {
  name: 'SecureVpc',
  make: (site, id, props) => new SecureVpc(site.scope, id, {
    availabilityZoneCount: 'availabilityZones' in props ? undefined : site.surroundings.zones, egress: site.surroundings.egress?.(), ...props,
  }),
  around: {
    'Environment profile: development → staging': { note: 'The egress follows the profile.' },
    'A second one': { note: ADDRESSES },
    'The same app': { note: ADDRESSES },
  },
};

const ADOPTED: Subject<AdoptedVpcProps> = {
  name: 'SecureVpc.fromVpc',
  make: (site, id, props) => {
    const network = SecureVpc.fromVpc(site.scope, id, {
      vpc: vpcOf(site),
      applicationSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      publicSubnets: { subnetType: SubnetType.PUBLIC },
      dataSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      ...props,
    });
    new SecureLoadBalancer(site.stack, `${id}Balancer`, { network, certificate: site.certificate, ...network.hasTier(SubnetTier.PUBLIC) ? {} : INSIDE });
    new HardenedPostgres(site.stack, `${id}Database`, { network });
    const client = new SecurityGroup(site.stack, `${id}Client`, { vpc: network.vpc, allowAllOutbound: false });
    network.allowToAwsServices({
      client: client.connections, purpose: 'write logs', services: [InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS],
    });
  },
};

/** The same with a service, whose tasks move at once. */
const ADOPTED_BY_A_SERVICE: Subject<AdoptedVpcProps> = {
  ...ADOPTED,
  make: (site, id, props) => {
    ADOPTED.make(site, id, props);
    new ProductionWebService(site.scope, `${id}Web`, {
      network: site.scope.node.findChild(id) as unknown as ISecureVpc,
      loadBalancer: site.stack.node.findChild(`${id}Balancer`) as SecureLoadBalancer,
      image: ServiceImage.fromRepository(site.images, { tag: '1.4.2' }),
    });
  },
};

const INSIDE = { ingress: Ingress.internalOnly(['10.0.0.0/8']) };
const ANOTHER_NETWORK = 'Subnets can not change their addresses: [build a second network](network.md#change-it-later), and move stores by a restore and services by DNS.';
const EGRESS = 'Open connections to the internet are cut once, and public addresses change: tell partners that list them, and choose a quiet hour.';

const ENDPOINTS_ONLY = 'From then on nothing reaches the internet, and AWS through endpoints alone: let applications and images do without it first. '
  + 'Services in other stacks reach AWS again when they are deployed ([network below other stacks](#network-below-other-stacks)).';

export const NETWORK_ROWS: readonly Row[] = [
  ...changesOf<SecureVpcProps>({
    subject: NETWORK,
    struct: 'SecureVpcProps',
    changes: {
      availabilityZoneCount: { several: [[2, 3], [1, 2]] },
      availabilityZones: {
        several: [
          [['eu-central-1a', 'eu-central-1b'], ['eu-central-1a', 'eu-central-1b', 'eu-central-1c']],
          [['eu-central-1a', 'eu-central-1b'], ['eu-central-1b', 'eu-central-1a'], { procedure: `Add zones at the end, and keep their order. ${ANOTHER_NETWORK}` }],
        ],
      },
      egress: [undefined, () => Egress.endpointsOnly(), { procedure: ENDPOINTS_ONLY }],
      flowLogBucket: [undefined, (site: Site) => new SecureBucket(site.stack, 'Logs', { purpose: BucketPurpose.logs() }).bucket],
      dataPorts: [[5432], [5432, 6432]],
      connectedNetworks: [undefined, () => [ConnectedNetwork.of('10.8.0.0/16')], { note: 'Routes and security groups stay with you.' }],
      trustedAccounts: [undefined, ['222222222222']],
      openBuckets: [undefined, ['downloads.example.com']],
      ownResourcesOnly: [undefined, true, { procedure: 'Buckets and tables of other accounts are refused from then on: list them in `trustedAccounts` or `openBuckets` before.' }],
      plan: [undefined, () => SubnetPlan.sized({ cidr: '10.20.0.0/16' }), { procedure: ANOTHER_NETWORK }],
      profile: [undefined, () => EnvironmentProfile.development()],
      restrictDefaultSecurityGroup: [false, true],
      s3PrefixListId: [undefined, 'pl-11111111', { note: 'Constructs that send to S3 take it.' }],
    },
  }),
  ...choicesOf<Egress, SecureVpcProps>({
    subject: NETWORK,
    class: 'Egress',
    prop: 'egress',
    each: true,
    values: {
      natGatewayPerZone: () => Egress.natGatewayPerZone(),
      singleNatGateway: () => Egress.singleNatGateway(),
      regionalNatGateway: () => Egress.regionalNatGateway(),
      endpointsOnly: () => Egress.endpointsOnly(),
    },
    within: (egress) => ({ egress }),
    remarks: {
      '*': { procedure: EGRESS },
      '* → endpointsOnly': { procedure: ENDPOINTS_ONLY },
    },
  }),
  ...choicesOf<SubnetPlan, SecureVpcProps>({
    subject: NETWORK,
    class: 'SubnetPlan',
    prop: 'plan',
    values: {
      sized: () => SubnetPlan.sized(),
      blocks: () => SubnetPlan.blocks({
        cidr: '10.0.0.0/16',
        publicBlocks: ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24'],
        applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'],
      }),
    },
    within: (plan) => ({ plan }),
    remarks: { '*': { procedure: ANOTHER_NETWORK } },
  }),
  ...changesOf<SubnetPlanSizes, SecureVpcProps>({
    subject: NETWORK,
    struct: 'SubnetPlanSizes',
    at: 'SubnetPlan.sized',
    within: (sizes) => ({ plan: SubnetPlan.sized(sizes) }),
    changes: {
      cidr: ['10.0.0.0/16', '10.20.0.0/16', { procedure: ANOTHER_NETWORK }],
      applicationMask: [20, 21, { procedure: ANOTHER_NETWORK }],
      dataMask: [24, 25, { procedure: ANOTHER_NETWORK }],
      publicMask: [24, 25, { procedure: ANOTHER_NETWORK }],
      reservedAzs: [4, 5, { procedure: ANOTHER_NETWORK }],
    },
  }),
  ...changesOf<SubnetPlanBlocks, SecureVpcProps>({
    subject: NETWORK,
    struct: 'SubnetPlanBlocks',
    at: 'SubnetPlan.blocks',
    required: {
      cidr: '10.0.0.0/16', applicationBlocks: ['10.0.11.0/24', '10.0.12.0/24'], publicBlocks: ['10.0.1.0/24', '10.0.2.0/24'], dataBlocks: ['10.0.21.0/24', '10.0.22.0/24'],
    },
    within: (blocks) => ({ plan: SubnetPlan.blocks(blocks), availabilityZoneCount: 2 }),
    changes: {
      cidr: ['10.0.0.0/16', '10.0.0.0/17', { procedure: ANOTHER_NETWORK }],
      applicationBlocks: {
        several: [
          [['10.0.11.0/24', '10.0.12.0/24'], ['10.0.11.0/24', '10.0.13.0/24'], { procedure: ANOTHER_NETWORK }],
          [['10.0.11.0/24', '10.0.12.0/24'], ['10.0.11.0/24', '10.0.12.0/24', '10.0.13.0/24'], { note: 'A block for a later zone.' }],
        ],
      },
      publicBlocks: [['10.0.1.0/24', '10.0.2.0/24'], ['10.0.1.0/24', '10.0.3.0/24'], { procedure: ANOTHER_NETWORK }],
      dataBlocks: [['10.0.21.0/24', '10.0.22.0/24'], ['10.0.21.0/24', '10.0.23.0/24'], { procedure: ANOTHER_NETWORK }],
    },
  }),
  ...changesOf<ConnectedNetworkProps, SecureVpcProps>({
    subject: NETWORK,
    struct: 'ConnectedNetworkProps',
    at: 'ConnectedNetwork.of',
    within: (props) => ({ connectedNetworks: [ConnectedNetwork.of('10.8.0.0/16', props)] }),
    changes: {
      applicationPorts: [undefined, [443]],
      applicationUdpPorts: [undefined, [53]],
      dataPorts: [undefined, [5432]],
    },
  }),
  ...parametersOf<ConnectedNetwork, SecureVpcProps>({
    subject: NETWORK,
    prop: 'connectedNetworks',
    within: (one) => ({ connectedNetworks: [one] }),
    changes: { 'ConnectedNetwork.of': [() => ConnectedNetwork.of('10.8.0.0/16'), () => ConnectedNetwork.of('10.9.0.0/16')] },
  }),
  ...changesOf<EndpointsOnlyProps, SecureVpcProps>({
    subject: NETWORK,
    struct: 'EndpointsOnlyProps',
    at: 'Egress.endpointsOnly',
    within: (props) => ({ egress: Egress.endpointsOnly(props) }),
    changes: {
      awsServices: [undefined, () => [InterfaceVpcEndpointAwsService.SQS]],
    },
  }),
  ...callsOf<SecureVpc, SecureVpcProps>({
    subject: NETWORK,
    class: 'SecureVpc',
    calls: {
      allowToAwsServices: [(network, site) => network.allowToAwsServices({
        client: clientOf(site).connections, purpose: 'send orders', services: [InterfaceVpcEndpointAwsService.SQS],
      }), { with: () => ({ egress: Egress.endpointsOnly() }) }],
    },
  }),
  ...changesAround(NETWORK),
  ...changesOf<AdoptedVpcProps>({
    subject: ADOPTED_BY_A_SERVICE,
    struct: 'AdoptedVpcProps',
    changes: {
      applicationSubnets: [undefined, () => ({ subnetType: SubnetType.PRIVATE_ISOLATED }), {
        procedure: 'Tasks, functions and endpoints move with this deployment. Choose subnets that reach AWS as the former ones do, or make endpoints first, '
          + 'and set `reachesInternet: false` and `interfaceEndpoints` with it.',
      }],
    },
  }).map(({ part, ...row }) => row),
  ...changesOf<AdoptedVpcProps>({
    subject: ADOPTED,
    struct: 'AdoptedVpcProps',
    changes: {
      vpc: { exempt: 'another VPC is another network; what stands in it is replaced' },
      publicSubnets: { exempt: 'other public subnets are other zones or another VPC; a load balancer in them changes its zones' },
      dataSubnets: [undefined, () => ({ subnetType: SubnetType.PRIVATE_WITH_EGRESS })],
      dataPorts: [undefined, [5432, 6432], { note: 'It says what the network ACLs of the adopted VPC allow.' }],
      reachesInternet: [true, false, {
        with: () => ({ interfaceEndpoints: [InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, InterfaceVpcEndpointAwsService.SECRETS_MANAGER] }), note: 'Images from registries in the internet are refused from then on.',
      }],
      interfaceEndpoints: [undefined, () => [InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS], { note: 'It has an effect without a way to the internet.' }],
      endpointSecurityGroup: [undefined, (site: Site) => SecurityGroup.fromSecurityGroupId(site.stack, 'Endpoints', 'sg-11111111'), {
        with: () => ({ interfaceEndpoints: [InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS, InterfaceVpcEndpointAwsService.SECRETS_MANAGER], reachesInternet: false }),
      }],
      s3PrefixListId: [undefined, 'pl-11111111', { note: 'Constructs that send to S3 take it.' }],
    },
  }),
];

function clientOf(site: Site): SecurityGroup {
  return site.part('Client', (scope, id) => {
    const network = scope.node.findChild('Subject') as SecureVpc;
    return new SecurityGroup(scope, id, { vpc: network.vpc, allowAllOutbound: false });
  });
}

function vpcOf(site: Site): Vpc {
  return site.part('Vpc', (scope, id) => new Vpc(scope, id, {
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    subnetConfiguration: [SubnetType.PUBLIC, SubnetType.PRIVATE_WITH_EGRESS, SubnetType.PRIVATE_ISOLATED].map((subnetType) => ({ name: subnetType, subnetType })),
  }));
}
