import { Match, type Template } from 'aws-cdk-lib/assertions';
import { BucketPurpose, EnvironmentProfile, SecureBucket, SecureVpc } from '../../src';
import { ACCOUNT, REGION, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

describe('A flow log without a bucket', () => {
  let template: Template;
  beforeAll(() => {
    const stack = testStack();
    new SecureVpc(stack, 'Network');
    template = templateOf(stack);
  });

  test('records accepted and rejected traffic of the VPC, with the fields that follow a flow through NAT (EC2.6, E-10)', () => {
    template.hasResourceProperties('AWS::EC2::FlowLog', { ResourceType: 'VPC', TrafficType: 'ALL', LogDestinationType: Match.anyValue() });
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::FlowLog'));
    ['srcaddr', 'dstaddr', 'action', 'pkt-srcaddr', 'pkt-dstaddr', 'flow-direction', 'tcp-flags', 'subnet-id'].forEach((field) => expect(Properties.LogFormat).toContain(`\${${field}}`));
  });

  test('goes to an encrypted log group whose key allows CloudWatch Logs for log groups alone (E-10)', () => {
    const [group] = Object.values(template.findResources('AWS::Logs::LogGroup'));
    const [keyId] = Object.keys(template.findResources('AWS::KMS::Key'));
    expect(group.Properties.KmsKeyId).toEqual({ 'Fn::GetAtt': [keyId, 'Arn'] });
    const [key] = Object.values(template.findResources('AWS::KMS::Key'));
    const statements = key.Properties.KeyPolicy.Statement as Array<{ Principal: { Service?: string }; Condition?: unknown }>;
    const admitted = statements.filter(({ Principal }) => Principal.Service);
    expect(admitted.map(({ Principal }) => Principal.Service)).toEqual([`logs.${REGION}.amazonaws.com`]);
    expect(JSON.stringify(admitted[0].Condition)).toMatch(new RegExp(`kms:EncryptionContext:aws:logs:arn.*:logs:${REGION}:${ACCOUNT}:log-group:`));
  });

  test('is written by a role of this account, which may do nothing else and has no inline policy (E-10)', () => {
    template.resourceCountIs('AWS::IAM::Policy', 0);
    const [[roleId, role]] = Object.entries(template.findResources('AWS::IAM::Role'));
    expect(role.Properties.Policies).toBeUndefined();
    expect(role.Properties.AssumeRolePolicyDocument.Statement).toEqual([expect.objectContaining({
      Principal: { Service: 'vpc-flow-logs.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    })]);
    const [group] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    const [{ Properties: policy }] = Object.values(template.findResources('AWS::IAM::ManagedPolicy'));
    expect(policy.Roles).toEqual([{ Ref: roleId }]);
    expect(policy.PolicyDocument.Statement).toEqual([{ Effect: 'Allow', Action: expect.any(Array), Resource: { 'Fn::GetAtt': [group, 'Arn'] } }]);
    expect([...policy.PolicyDocument.Statement[0].Action].sort()).toEqual(['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents']);
  });

  test('is created after the policy of its role', () => {
    const [policy] = Object.keys(template.findResources('AWS::IAM::ManagedPolicy'));
    const [{ DependsOn }] = Object.values(template.findResources('AWS::EC2::FlowLog'));
    expect(DependsOn).toContain(policy);
  });

  test.each([[EnvironmentProfile.production(), 30], [EnvironmentProfile.development(), 7]])('has the retention of profile %# (A-15, E-11)', (profile, days) => {
    const stack = testStack();
    new SecureVpc(stack, 'Network', { profile });
    templateOf(stack).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: days });
  });
});

describe('A flow log with a bucket', () => {
  test('writes hourly Parquet files in Hive partitions, without role, key or log group (E-10)', () => {
    const stack = testStack();
    const { bucket } = new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() });
    new SecureVpc(stack, 'Network', { flowLogBucket: bucket });
    const template = templateOf(stack);
    const [bucketId] = Object.keys(template.findResources('AWS::S3::Bucket'));
    template.hasResourceProperties('AWS::EC2::FlowLog', {
      LogDestinationType: 's3',
      DestinationOptions: { fileFormat: 'parquet', hiveCompatiblePartitions: true, perHourPartition: true },
    });
    const [{ Properties }] = Object.values(template.findResources('AWS::EC2::FlowLog'));
    expect(JSON.stringify(Properties.LogDestination)).toContain(bucketId);
    expect(JSON.stringify(Properties.LogDestination)).toContain('/vpc-flow-logs');
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.resourceCountIs('AWS::IAM::Role', 0);
  });

  test('has no unacknowledged finding of the four packs', () => {
    const stack = testStack();
    new SecureVpc(stack, 'Network', { flowLogBucket: new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() }).bucket });
    expect(unacknowledged(stack)).toEqual([]);
  });
});
