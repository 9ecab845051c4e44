import type { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type Connections, InterfaceVpcEndpointAwsService, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Egress, SecureVpc, type SecureVpcProps, SubnetTier } from '../../src';
import { refusal, REGION, templateOf, testStack } from '../support/test-stack';

interface Endpoint {
  readonly ServiceName: unknown;
  readonly VpcEndpointType: string;
  readonly RouteTableIds?: Array<{ Ref: string }>;
  readonly SubnetIds?: Array<{ Ref: string }>;
  readonly SecurityGroupIds?: unknown[];
  readonly PrivateDnsEnabled?: boolean;
  readonly PolicyDocument: { Statement: Array<{ Sid: string; Action: string; Resource: unknown; Condition?: unknown }> };
}

function networkIn(stack: Stack, props: SecureVpcProps = {}): SecureVpc {
  return new SecureVpc(stack, 'Network', props);
}

function endpointsOf(template: Template, kind: 'Gateway' | 'Interface'): Endpoint[] {
  return Object.values(template.findResources('AWS::EC2::VPCEndpoint')).map(({ Properties }) => Properties as Endpoint).filter(({ VpcEndpointType }) => VpcEndpointType === kind);
}

function serviceOf({ ServiceName }: Endpoint): string {
  return JSON.stringify(ServiceName).replace(/.*amazonaws\.(?:com\.)?/, '').replace(/[^a-z0-9.].*$/i, '').replace(`${REGION}.`, '');
}

function clientIn(stack: Stack, network: SecureVpc): Connections {
  return new SecurityGroup(stack, 'Client', { vpc: network.vpc, allowAllOutbound: false }).connections;
}

describe('gateway endpoints', () => {
  let template: Template;
  beforeAll(() => {
    const stack = testStack();
    networkIn(stack);
    template = templateOf(stack);
  });

  test('B-02, C-13: for S3 and DynamoDB in every network, from every application subnet', () => {
    const gateways = endpointsOf(template, 'Gateway');
    expect(gateways).toHaveLength(2);
    gateways.forEach(({ RouteTableIds }) => {
      expect(RouteTableIds!.map(({ Ref }) => /Vpc([a-z]+)Subnet(\d)/.exec(Ref)!.slice(1).join(' '))).toEqual(['application 1', 'application 2', 'application 3']);
    });
  });

  test('admit principals of this account only', () => {
    endpointsOf(template, 'Gateway').forEach(({ PolicyDocument }) => {
      expect(PolicyDocument.Statement[0]).toMatchObject({ Sid: 'OwnPrincipalsOnly', Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } } });
    });
  });

  test('B-14: the one of S3 lets image layers through, which ECR signs with an account of its own', () => {
    const layers = endpointsOf(template, 'Gateway').flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(({ Sid }) => Sid === 'ImageLayers');
    expect(layers).toHaveLength(1);
    expect(layers[0]).toMatchObject({ Action: 's3:GetObject' });
    expect(JSON.stringify(layers[0].Resource)).toContain(`:s3:::prod-${REGION}-starport-layer-bucket/*`);
    expect(layers[0].Condition).toBeUndefined();
  });

  test('interface endpoints, which cost by the hour, are not made where there is NAT', () => {
    expect(endpointsOf(template, 'Interface')).toEqual([]);
  });
});

describe('interface endpoints of a network without a way out (B-02, B-14)', () => {
  let template: Template;
  beforeAll(() => {
    const stack = testStack();
    const awsServices = [InterfaceVpcEndpointAwsService.SECRETS_MANAGER, InterfaceVpcEndpointAwsService.ECR];
    networkIn(stack, { egress: Egress.endpointsOnly({ awsServices }) });
    template = templateOf(stack);
  });

  test('B-02, B-13: ECR API, ECR Docker and logs, and what was named besides, each once', () => {
    const names = endpointsOf(template, 'Interface').map(({ ServiceName }) => JSON.stringify(ServiceName));
    ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'].forEach((service) => expect(names.filter((name) => name.includes(`.${service}"`))).toHaveLength(1));
    expect(names).toHaveLength(4);
  });

  test('B-02: each in the application subnet of every zone, with private names', () => {
    endpointsOf(template, 'Interface').forEach(({ SubnetIds, PrivateDnsEnabled }) => {
      expect(PrivateDnsEnabled).toBe(true);
      expect(SubnetIds!.map(({ Ref }) => /Vpc([a-z]+)Subnet(\d)/.exec(Ref)!.slice(1).join(' '))).toEqual(['application 1', 'application 2', 'application 3']);
    });
  });

  test('B-02: all behind one security group, which lets nobody in by itself', () => {
    const groups = new Set(endpointsOf(template, 'Interface').map(({ SecurityGroupIds }) => JSON.stringify(SecurityGroupIds)));
    expect(groups.size).toBe(1);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('admit principals of this account only', () => {
    endpointsOf(template, 'Interface').forEach(({ PolicyDocument }) => expect(PolicyDocument.Statement.map(({ Sid }) => Sid)).toEqual(['OwnPrincipalsOnly']));
  });
});

describe('a client that calls AWS services', () => {
  test('B-14: brings the endpoints that it needs, and may reach those and S3, nothing else', () => {
    const stack = testStack();
    const network = networkIn(stack, { egress: Egress.endpointsOnly() });
    network.allowToAwsServices({ client: clientIn(stack, network), services: [InterfaceVpcEndpointAwsService.SECRETS_MANAGER, InterfaceVpcEndpointAwsService.ECR], purpose: 'a test' });
    const template = templateOf(stack);
    expect(endpointsOf(template, 'Interface').map(serviceOf)).toHaveLength(4);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 443, ToPort: 443, SourceSecurityGroupId: Match.anyValue(), Description: 'AWS services, through interface endpoints' });
    const ways = Object.values(template.findResources('AWS::EC2::SecurityGroupEgress')).map(({ Properties }) => Properties);
    expect(ways).toHaveLength(2);
    expect(ways).toEqual(expect.arrayContaining([
      expect.objectContaining({ DestinationPrefixListId: 'pl-6ea54007', FromPort: 443, ToPort: 443 }),
      expect.objectContaining({ DestinationSecurityGroupId: expect.anything(), FromPort: 443, ToPort: 443 }),
    ]));
  });

  test('goes through NAT where there is one, by HTTPS alone', () => {
    const stack = testStack();
    const network = networkIn(stack);
    network.allowToAwsServices({ client: clientIn(stack, network), services: [InterfaceVpcEndpointAwsService.SECRETS_MANAGER], purpose: 'a test' });
    const template = templateOf(stack);
    expect(endpointsOf(template, 'Interface')).toEqual([]);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })] });
  });

  test('in a region whose prefix list of S3 is not known, is refused until the id is given', () => {
    const allow = (props: SecureVpcProps) => {
      const stack = testStack({ env: { account: '111111111111', region: 'mx-central-1' } });
      const network = networkIn(stack, { egress: Egress.endpointsOnly(), ...props });
      network.allowToAwsServices({ client: clientIn(stack, network), services: [], purpose: 'a test' });
    };
    expect(refusal(() => allow({}))).toMatch(/^SecureVpc 'Test\/Network': s3PrefixListId is not given, expected the id of the prefix list com\.amazonaws\.REGION\.s3, where the region \(mx-central-1\)/);
    expect(() => allow({ s3PrefixListId: 'pl-0123456789abcdef0' })).not.toThrow();
  });
});

test('the endpoints are there to be extended', () => {
  const network = networkIn(testStack());
  expect(network.s3Endpoint.vpcEndpointId).toBeDefined();
  expect(network.dynamoDbEndpoint.vpcEndpointId).toBeDefined();
  expect(network.hasTier(SubnetTier.APPLICATION)).toBe(true);
});
