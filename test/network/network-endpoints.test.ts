import { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { type Connections, InterfaceVpcEndpointAwsService, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Egress, SecureVpc, type SecureVpcProps, SubnetTier } from '../../src';
import { refusal, REGION, templateOf, testApp, testStack } from '../fixtures/test-stack';

interface Endpoint {
  readonly ServiceName: unknown;
  readonly VpcEndpointType: string;
  readonly RouteTableIds?: Array<{ Ref: string }>;
  readonly SubnetIds?: Array<{ Ref: string }>;
  readonly SecurityGroupIds?: unknown[];
  readonly PrivateDnsEnabled?: boolean;
  readonly PolicyDocument: { Statement: Array<{ Sid: string; Action: string; Principal: unknown; Resource: unknown; Condition?: unknown }> };
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

describe('Gateway endpoints', () => {
  let template: Template;
  beforeAll(() => {
    const stack = testStack();
    networkIn(stack);
    template = templateOf(stack);
  });

  test('exist for S3 and DynamoDB in every network, with routes from every application subnet (B-02, C-13)', () => {
    const gateways = endpointsOf(template, 'Gateway');
    expect(gateways).toHaveLength(2);
    gateways.forEach(({ RouteTableIds }) => {
      expect(RouteTableIds!.map(({ Ref }) => /Vpc([a-z]+)Subnet(\d)/.exec(Ref)!.slice(1).join(' '))).toEqual(['application 1', 'application 2', 'application 3']);
    });
  });

  test('allow principals of this account only', () => {
    endpointsOf(template, 'Gateway').forEach(({ PolicyDocument }) => {
      expect(PolicyDocument.Statement[0]).toMatchObject({ Sid: 'OwnPrincipalsOnly', Condition: { StringEquals: { 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } } } });
    });
  });

  test('allow image layers from S3, whose URLs an account of ECR signs (B-14)', () => {
    const layers = endpointsOf(template, 'Gateway').flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(({ Sid }) => Sid === 'ImageLayers');
    expect(layers).toHaveLength(1);
    expect(layers[0]).toMatchObject({ Action: 's3:GetObject' });
    expect(JSON.stringify(layers[0].Resource)).toContain(`:s3:::prod-${REGION}-starport-layer-bucket/*`);
    expect(layers[0].Condition).toBeUndefined();
  });

  test('allow the answers of custom resources and wait conditions, whose URLs CloudFormation signs', () => {
    const responses = endpointsOf(template, 'Gateway').flatMap(({ PolicyDocument }) => PolicyDocument.Statement).filter(({ Sid }) => Sid === 'CloudFormationResponses');
    expect(responses).toHaveLength(1);
    expect(responses[0]).toMatchObject({ Action: 's3:PutObject' });
    expect(responses[0].Condition).toBeUndefined();
    expect(JSON.stringify(responses[0].Resource)).toContain(':s3:::cloudformation-custom-resource-response-eucentral1/arn:');
    expect(JSON.stringify(responses[0].Resource)).toContain(`:s3:::cloudformation-waitcondition-${REGION}/arn:`);
  });

  test('refuse the answer of a stack of a stranger, in which data could leave', () => {
    const resourcesOf = (props: SecureVpcProps) => policiesOf(props).get('s3')!.find(({ Sid }) => Sid === 'CloudFormationResponses')!.Resource as unknown[];
    const [own, trusting] = [resourcesOf({}), resourcesOf({ trustedAccounts: ['222222222222'] })].map((list) => list.map((one) => JSON.stringify(one)));
    expect(own).toHaveLength(2);
    own.forEach((resource) => expect(resource).toMatch(new RegExp(`:cloudformation:${REGION}:","?.*"Ref":"AWS::AccountId".*:stack/\\*`)));
    expect(trusting.filter((resource) => resource.includes(':222222222222:stack/*'))).toHaveLength(2);
    expect(trusting).toHaveLength(4);
  });

  test('are the only endpoints of a network with NAT gateways, because interface endpoints cost by the hour', () => {
    expect(endpointsOf(template, 'Interface')).toEqual([]);
  });
});

describe('Interface endpoints of a network without NAT gateways', () => {
  let template: Template;
  beforeAll(() => {
    const stack = testStack();
    const awsServices = [InterfaceVpcEndpointAwsService.SECRETS_MANAGER, InterfaceVpcEndpointAwsService.ECR];
    networkIn(stack, { egress: Egress.endpointsOnly({ awsServices }) });
    template = templateOf(stack);
  });

  test('exist once for ECR API, ECR Docker, CloudWatch Logs and each service that is named (B-02, B-13)', () => {
    const names = endpointsOf(template, 'Interface').map(({ ServiceName }) => JSON.stringify(ServiceName));
    ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'].forEach((service) => expect(names.filter((name) => name.includes(`.${service}"`))).toHaveLength(1));
    expect(names).toHaveLength(4);
  });

  test('are in the application subnet of every zone, with private DNS names (B-02)', () => {
    endpointsOf(template, 'Interface').forEach(({ SubnetIds, PrivateDnsEnabled }) => {
      expect(PrivateDnsEnabled).toBe(true);
      expect(SubnetIds!.map(({ Ref }) => /Vpc([a-z]+)Subnet(\d)/.exec(Ref)!.slice(1).join(' '))).toEqual(['application 1', 'application 2', 'application 3']);
    });
  });

  test('share one security group, which has no inbound rule itself (B-02)', () => {
    const groups = new Set(endpointsOf(template, 'Interface').map(({ SecurityGroupIds }) => JSON.stringify(SecurityGroupIds)));
    expect(groups.size).toBe(1);
    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupIngress: Match.absent() });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test('allow principals of this account only', () => {
    endpointsOf(template, 'Interface').forEach(({ PolicyDocument }) => expect(PolicyDocument.Statement.map(({ Sid }) => Sid)).toEqual(['OwnPrincipalsOnly']));
  });
});

/** Statements of each endpoint's policy, by the name of its service. */
function policiesOf(props: SecureVpcProps): Map<string, Endpoint['PolicyDocument']['Statement']> {
  const stack = testStack();
  networkIn(stack, props);
  const template = templateOf(stack);
  return new Map([...endpointsOf(template, 'Gateway'), ...endpointsOf(template, 'Interface')]
    .map((endpoint) => [/\.(s3|dynamodb|logs|ecr\.\w+)"/.exec(JSON.stringify(endpoint.ServiceName))![1], endpoint.PolicyDocument.Statement]));
}

describe('The policies of the endpoints', () => {
  const egress = Egress.endpointsOnly();
  const own = { Ref: 'AWS::AccountId' };

  test('admit principals of trusted accounts, for each service', () => {
    const policies = policiesOf({ egress, trustedAccounts: ['222222222222'] });
    expect([...policies.keys()].sort()).toEqual(['dynamodb', 'ecr.api', 'ecr.dkr', 'logs', 's3']);
    policies.forEach(([{ Sid, Condition }]) =>
      expect([Sid, Condition]).toEqual(['OwnPrincipalsOnly', { StringEquals: { 'aws:PrincipalAccount': [own, '222222222222'] } }]));
  });

  test('open the buckets that are named to presigned URLs and anonymous requests, in S3 alone', () => {
    const policies = policiesOf({ egress, openBuckets: ['partner-exchange', 'al2023-repos-*'] });
    const opened = [...policies].filter(([, statements]) => statements.some(({ Sid }) => Sid === 'OpenBuckets'));
    expect(opened.map(([service]) => service)).toEqual(['s3']);
    const statement = policies.get('s3')!.find(({ Sid }) => Sid === 'OpenBuckets')!;
    expect(statement).toMatchObject({ Action: 's3:*', Principal: { AWS: '*' } });
    expect(statement.Condition).toBeUndefined();
    expect(JSON.stringify(statement.Resource).match(/:s3:::[^"]+/g)?.sort()).toEqual([
      ':s3:::al2023-repos-*', ':s3:::al2023-repos-*/*', ':s3:::partner-exchange', ':s3:::partner-exchange/*',
    ]);
  });

  test('open no bucket that is not named', () => {
    expect(policiesOf({}).get('s3')!.map(({ Sid }) => Sid)).toEqual(['OwnPrincipalsOnly', 'ImageLayers', 'CloudFormationResponses']);
  });

  test('keep principals from buckets and tables of strangers where that is asked for', () => {
    const policies = policiesOf({ egress, trustedAccounts: ['222222222222'], ownResourcesOnly: true });
    const conditions = (service: string) => policies.get(service)![0].Condition;
    const accounts = [own, '222222222222'];
    expect([conditions('s3'), conditions('dynamodb')]).toEqual(Array(2).fill({ StringEquals: { 'aws:PrincipalAccount': accounts, 'aws:ResourceAccount': accounts } }));
    expect(conditions('logs')).toEqual({ StringEquals: { 'aws:PrincipalAccount': accounts } });
    expect(policies.get('s3')!.find(({ Sid }) => Sid === 'ImageLayers')!.Condition).toBeUndefined();
  });

  test('name the bucket of responses in a region that is known at deployment only', () => {
    const stack = new Stack(testApp(), 'Test');
    networkIn(stack);
    const [s3] = endpointsOf(templateOf(stack), 'Gateway');
    expect(JSON.stringify(s3.PolicyDocument)).toContain('{"Fn::Join":["",{"Fn::Split":["-",{"Ref":"AWS::Region"}]}]}');
  });

  test.each<[string, SecureVpcProps, string]>([
    ['a name for an account', { trustedAccounts: ['partner'] }, 'trustedAccounts is "partner", expected account ids of 12 digits. Write it like 111122223333.'],
    ['an ARN for a bucket', { openBuckets: ['arn:aws:s3:::partner'] }, 'openBuckets is "arn:aws:s3:::partner", expected names of buckets'],
    ['every bucket', { openBuckets: ['*'] }, 'openBuckets is "*", expected names of buckets, of which the last character may be *'],
  ])('are refused with %s', (_what, props, message) => {
    expect(refusal(() => networkIn(testStack(), props))).toContain(message);
  });
});

describe('A client of AWS services', () => {
  test('adds the endpoints that it needs, and may reach those and S3 alone (B-14)', () => {
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

  test('is refused where the security group of the endpoints has no room for another rule (B-14)', () => {
    const stack = testStack();
    const network = networkIn(stack, { egress: Egress.endpointsOnly() });
    const next = (id: string) => new SecurityGroup(stack, id, { vpc: network.vpc, allowAllOutbound: false }).connections;
    const allow = (client: Connections) => network.allowToAwsServices({ client, services: [InterfaceVpcEndpointAwsService.ECR], purpose: 'a service' });
    const clients = Array.from({ length: 59 }, (_, index) => next(`Client${index}`));
    [...clients, ...clients].forEach(allow);
    expect(refusal(() => allow(next('Last')))).toBe(
      "SecureVpc 'Test/Network': egress has 60 clients of interface endpoints, each with a rule in their security group, which has room for 59 and one rule of the team. "
      + 'Use an Egress with NAT, or put further services into a second SecureVpc.');
  });

  test('uses HTTPS through NAT where the network has it', () => {
    const stack = testStack();
    const network = networkIn(stack);
    network.allowToAwsServices({ client: clientIn(stack, network), services: [InterfaceVpcEndpointAwsService.SECRETS_MANAGER], purpose: 'a test' });
    const template = templateOf(stack);
    expect(endpointsOf(template, 'Interface')).toEqual([]);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })] });
  });

  test.each(['mx-central-1', 'constructor'])('is refused in a region without a known prefix list of S3 until its id is given (%s)', (region) => {
    const allow = (props: SecureVpcProps) => {
      const stack = testStack({ env: { account: '111111111111', region } });
      const network = networkIn(stack, { egress: Egress.endpointsOnly(), ...props });
      network.allowToAwsServices({ client: clientIn(stack, network), services: [], purpose: 'a test' });
    };
    expect(refusal(() => allow({}))).toContain(
      "SecureVpc 'Test/Network': s3PrefixListId is not given, expected the id of the prefix list com.amazonaws.REGION.s3, "
      + `because the library's table lacks the region (${region})`);
    expect(() => allow({ s3PrefixListId: 'pl-0123456789abcdef0' })).not.toThrow();
  });
});

test('The gateway endpoints are exposed, so that apps can extend their policies', () => {
  const network = networkIn(testStack());
  expect(network.s3Endpoint.vpcEndpointId).toBeDefined();
  expect(network.dynamoDbEndpoint.vpcEndpointId).toBeDefined();
  expect(network.hasTier(SubnetTier.APPLICATION)).toBe(true);
});
