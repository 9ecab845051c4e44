import { Duration, type Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { ApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BucketPurpose, EnvironmentProfile, SecureBucket, type SecureBucketProps, SecureVpc } from '../../src';
import { ACCOUNT, refusal, REGION, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';

interface Statement { Sid?: string; Effect: string; Action: string | string[]; Principal: { Service?: string; AWS?: unknown }; Condition?: unknown }

function stackWithBucket(props: Partial<SecureBucketProps> = {}): Stack {
  const stack = testStack();
  new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs(), ...props });
  return stack;
}

function statementsOf(template: Template): Statement[] {
  return Object.values(template.findResources('AWS::S3::BucketPolicy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
}

describe('A bucket for logs', () => {
  let template: Template;
  beforeAll(() => { template = templateOf(stackWithBucket()); });

  test('is private, versioned, without ACLs, and encrypted by S3 itself', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
    });
  });

  test('keeps logs for 90 days, and old versions and incomplete uploads for one (C-11)', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: {
        Rules: [Match.objectLike({ Status: 'Enabled', ExpirationInDays: 90, NoncurrentVersionExpiration: { NoncurrentDays: 1 }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } })],
      },
    });
  });

  test('denies every request without TLS 1.2', () => {
    const denied = statementsOf(template).filter(({ Effect }) => Effect === 'Deny');
    expect(denied).toEqual(expect.arrayContaining([
      expect.objectContaining({ Action: 's3:*', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      expect.objectContaining({ Action: 's3:*', Principal: { AWS: '*' }, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } }),
    ]));
  });

  test('allows log delivery of this account and region only (E-10)', () => {
    const delivery = statementsOf(template).filter(({ Principal }) => Principal.Service === 'delivery.logs.amazonaws.com');
    expect(delivery.map(({ Action }) => Action)).toEqual(['s3:PutObject', ['s3:GetBucketAcl', 's3:ListBucket']]);
    delivery.forEach(({ Condition }) => {
      expect(Condition).toMatchObject({ StringEquals: { 'aws:SourceAccount': ACCOUNT } });
      expect(JSON.stringify(Condition)).toContain(`:logs:${REGION}:${ACCOUNT}:*`);
    });
  });
});

test('A bucket for logs accepts the access logs of load balancers in the region', () => {
  const stack = testStack();
  const { vpc } = new SecureVpc(stack, 'Network');
  const { bucket } = new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() });
  new ApplicationLoadBalancer(stack, 'Balancer', { vpc }).logAccessLogs(bucket, 'access');
  const writers = statementsOf(templateOf(stack)).filter(({ Action, Effect }) => Effect === 'Allow' && Action === 's3:PutObject');
  // 054676820928 is the account of load balancers in eu-central-1.
  expect(JSON.stringify(writers)).toMatch(/054676820928|logdelivery\.elasticloadbalancing/);
});

test.each([
  [EnvironmentProfile.production(), 'RetainExceptOnCreate'],
  [EnvironmentProfile.staging(), 'RetainExceptOnCreate'],
  [EnvironmentProfile.development(), 'Delete'],
])('A bucket has the removal policy of profile %#', (profile, policy) => {
  templateOf(stackWithBucket({ profile })).hasResource('AWS::S3::Bucket', { DeletionPolicy: policy, UpdateReplacePolicy: policy === 'Delete' ? 'Delete' : 'Retain' });
});

test('A bucket in development creates no function that empties it', () => {
  templateOf(stackWithBucket({ profile: EnvironmentProfile.development() })).resourceCountIs('AWS::Lambda::Function', 0);
});

test('A bucket for logs has no unacknowledged finding of the four packs', () => {
  expect(unacknowledged(stackWithBucket())).toEqual([]);
});

test('A bucket for logs has the retention that it is given', () => {
  const stack = stackWithBucket({ purpose: BucketPurpose.logs({ retention: Duration.days(400) }) });
  templateOf(stack).hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 400 })] } });
});

test.each([[Duration.days(0), '0 days'], [Duration.days(3651), '3651 days'], [Duration.hours(36), '1 day 12 hours']])('A bucket refuses a retention out of range (%#)', (retention, shown) => {
  expect(refusal(() => stackWithBucket({ purpose: BucketPurpose.logs({ retention }) }))).toBe(
    `SecureBucket 'Test/Logs': purpose.retention is ${shown}, expected 1 day to 3650 days, in whole days. Give Duration.days(n) with a whole n.`);
});

describe('A bucket for artifacts', () => {
  const make = (retention?: Duration) => {
    const stack = testStack();
    new SecureBucket(stack, 'Artifacts', { purpose: BucketPurpose.artifacts({ key: new Key(stack, 'Key', { enableKeyRotation: true }), retention }) });
    return stack;
  };

  test('is private, encrypted with the given key, and keeps artifacts for 30 days (A-09)', () => {
    const template = templateOf(make());
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } } }],
      },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [Match.objectLike({ Id: 'ExpireArtifacts', ExpirationInDays: 30 })] },
    });
  });

  test('allows no log delivery, and has no unacknowledged finding', () => {
    expect(statementsOf(templateOf(make())).filter(({ Effect }) => Effect === 'Allow')).toEqual([]);
    expect(unacknowledged(make(Duration.days(7)))).toEqual([]);
  });
});
