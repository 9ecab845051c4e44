import { type App, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BucketAccess, BucketPurpose, type IBackingService, SecureBucket, type SecureBucketProps } from '../../src';
import { ENV, refusal, templateOf, testStack, unacknowledged } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

const BUCKETS: Array<[string, () => BucketPurpose]> = [
  ['files', () => BucketPurpose.files()], ['assets', () => BucketPurpose.assets()], ['backups', () => BucketPurpose.backups()],
];

function bucketOf(purpose: BucketPurpose, props: Partial<SecureBucketProps> = {}): { bucket: SecureBucket; stack: Stack } {
  const stack = testStack();
  return { stack, bucket: new SecureBucket(stack, 'Files', { purpose, ...props }) };
}

/** Properties of the bucket itself, not of the one with its access log. */
function propertiesOf({ bucket, stack }: { bucket: SecureBucket; stack: Stack }) {
  const id = stack.getLogicalId(bucket.bucket.node.defaultChild as never);
  return templateOf(stack).toJSON().Resources[id].Properties;
}
const rulesOf = (purpose: BucketPurpose) => propertiesOf(bucketOf(purpose)).LifecycleConfiguration.Rules;

describe.each(BUCKETS)('A bucket for %s', (_, purpose) => {
  test('is private, versioned, without ACLs, and accepts TLS alone (C-11, D-05)', () => {
    const made = bucketOf(purpose());
    expect(propertiesOf(made)).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      VersioningConfiguration: { Status: 'Enabled' },
    });
    templateOf(made.stack).hasResourceProperties('AWS::S3::BucketPolicy', { PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) } });
  });

  test('writes its access log into a bucket for logs, which admits S3 for this account alone', () => {
    const { bucket, stack } = bucketOf(purpose());
    const { LoggingConfiguration: logging } = propertiesOf({ bucket, stack });
    const logs = stack.getLogicalId(bucket.accessLogBucket!.bucket.node.defaultChild as never);

    expect(logging).toEqual({ DestinationBucketName: { Ref: logs }, LogFilePrefix: expect.stringMatching(/^s3\/\w+\/$/) });
    templateOf(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: { Ref: logs },
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Principal: { Service: 'logging.s3.amazonaws.com' }, Action: 's3:PutObject', Condition: { StringEquals: { 'aws:SourceAccount': ENV.account } } })]) },
    });
  });

  test('leaves nothing unacknowledged, and makes no function', () => {
    const { stack } = bucketOf(purpose());
    expect(unacknowledged(stack)).toEqual([]);
    templateOf(stack).resourceCountIs('AWS::Lambda::Function', 0);
  });
});

describe('What a bucket keeps', () => {
  test('files: for ever, and replaced or deleted ones for 30 days (D-05)', () => {
    expect(rulesOf(BucketPurpose.files())).toEqual([{
      Id: 'KeepFiles', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 }, ExpiredObjectDeleteMarker: true, NoncurrentVersionExpiration: { NoncurrentDays: 30 },
    }]);
  });

  test('files: moved, then deleted, where a team asks for it (D-05)', () => {
    const [rule] = rulesOf(BucketPurpose.files({ archiveAfter: Duration.days(90), retention: Duration.days(400), restorableFor: Duration.days(7) }));
    expect(rule).toMatchObject({ Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }], ExpirationInDays: 400, NoncurrentVersionExpiration: { NoncurrentDays: 7 } });
    expect(rule).not.toHaveProperty('ExpiredObjectDeleteMarker');
  });

  test('assets: replaced versions in Glacier after 90 days, and the current one where it is served from (C-11)', () => {
    const [rule] = rulesOf(BucketPurpose.assets());
    expect(rule).toMatchObject({ NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }] });
    expect(rule).not.toHaveProperty('Transitions');
    expect(rule).not.toHaveProperty('ExpirationInDays');
  });

  test('backups: 30 days (C-11)', () => {
    expect(rulesOf(BucketPurpose.backups())).toEqual([expect.objectContaining({ ExpirationInDays: 30, NoncurrentVersionExpiration: { NoncurrentDays: 30 } })]);
  });
});

test('files and backups are encrypted with a dedicated key or a given one, assets by S3 (C-11)', () => {
  const algorithm = (purpose: BucketPurpose) => propertiesOf(bucketOf(purpose)).BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.SSEAlgorithm;
  expect([BucketPurpose.files(), BucketPurpose.backups(), BucketPurpose.assets()].map(algorithm)).toEqual(['aws:kms', 'aws:kms', 'AES256']);

  const stack = testStack();
  const key = new Key(stack, 'Key');
  expect(new SecureBucket(stack, 'Files', { purpose: BucketPurpose.files({ key }) }).key).toBe(key);
  templateOf(stack).resourceCountIs('AWS::KMS::Key', 1);
});

test('pages of named origins upload and read files, and read assets (C-11)', () => {
  const origins = ['https://app.example.com'];
  const methods = (purpose: BucketPurpose) => (propertiesOf(bucketOf(purpose)).CorsConfiguration.CorsRules as Array<{ [name: string]: string[] }>)
    .map((rule) => [rule.AllowedOrigins, rule.AllowedMethods, rule.ExposedHeaders]);
  expect(methods(BucketPurpose.files({ uploadOrigins: origins }))).toEqual([[origins, ['GET', 'HEAD', 'PUT', 'POST'], ['ETag']]]);
  expect(methods(BucketPurpose.assets({ origins }))).toEqual([[origins, ['GET', 'HEAD'], ['ETag']]]);
  expect(propertiesOf(bucketOf(BucketPurpose.files())).CorsConfiguration).toBeUndefined();
});

test('events go to EventBridge by a property of the bucket', () => {
  expect(propertiesOf(bucketOf(BucketPurpose.files({ events: true }))).NotificationConfiguration).toEqual({ EventBridgeConfiguration: { EventBridgeEnabled: true } });
});

test('several buckets share one bucket for their access logs', () => {
  const stack = testStack();
  const accessLogBucket = new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() });
  ['One', 'Two'].forEach((id) => new SecureBucket(stack, id, { purpose: BucketPurpose.assets(), accessLogBucket }));
  const template = templateOf(stack);
  template.resourceCountIs('AWS::S3::Bucket', 3);
  expect(JSON.stringify(template.toJSON()).match(/logging\.s3\.amazonaws\.com/g)).toHaveLength(1);
  expect(unacknowledged(stack)).toEqual([]);
});

describe('A service with a bucket', () => {
  /** Variables, and actions by resource, of a service in the stack of the bucket or in another one. */
  function bound(backing: (bucket: SecureBucket) => IBackingService, own = false) {
    const { stack } = serviceFixture(({ stack: scope }) => ({
      backingServices: [backing(new SecureBucket(own ? testStack({ app: scope.node.root as App, id: 'Storage' }) : scope, 'Files', { purpose: BucketPurpose.files() }))],
    }));
    const findings = unacknowledged(stack);
    const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy'));
    const [{ Properties }] = policies.filter(({ Properties: { PolicyDocument } }) => JSON.stringify(PolicyDocument).includes('s3:PutObject') || JSON.stringify(PolicyDocument).includes('s3:ListBucket'));
    return { findings, actions: (Properties.PolicyDocument.Statement as Array<{ Action: string | string[] }>).flatMap(({ Action }) => Action) };
  }

  test.each([false, true])('lists, reads, writes and deletes objects of it, and of no other; in another stack: %s (C-11)', (own) => {
    const { actions, findings } = bound((bucket) => bucket, own);
    expect(actions.sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:ListBucket', 's3:PutObject']);
    expect(findings).toEqual([]);
  });

  test('only reads, or only writes, where the app says so', () => {
    expect(bound((bucket) => bucket.withAccess(BucketAccess.READ_ONLY)).actions.sort()).toEqual(['kms:Decrypt', 's3:GetObject', 's3:ListBucket']);
    expect(bound((bucket) => bucket.withAccess(BucketAccess.WRITE_ONLY)).actions.sort()).toEqual(['kms:Decrypt', 'kms:GenerateDataKey', 's3:AbortMultipartUpload', 's3:DeleteObject', 's3:PutObject']);
  });

  test('gets the name as BUCKET_NAME, or by another variable, so that it can have two', () => {
    const { stack } = serviceFixture(({ stack: scope }) => {
      const [files, reports] = ['Files', 'Reports'].map((id) => new SecureBucket(scope, id, { purpose: BucketPurpose.files() }));
      return { backingServices: [files, reports.withAccess(BucketAccess.READ_WRITE, { bucketName: 'REPORTS_BUCKET' })] };
    });
    const [{ Properties }] = Object.values(templateOf(stack).findResources('AWS::ECS::TaskDefinition'));
    const names = Properties.ContainerDefinitions[0].Environment.map(({ Name }: { Name: string }) => Name);
    expect(names).toEqual(expect.arrayContaining(['BUCKET_NAME', 'REPORTS_BUCKET']));
  });
});

describe('Refused', () => {
  const of = (purpose: BucketPurpose, props: Partial<SecureBucketProps> = {}) => refusal(() => bucketOf(purpose, props));

  test.each<[string, () => BucketPurpose, RegExp]>([
    ['deletes before it moves', () => BucketPurpose.files({ archiveAfter: Duration.days(90), retention: Duration.days(90) }), /purpose\.retention is 90 days, expected more than the 90 days after which an object is moved\. Delete files later/],
    ['a part of a day', () => BucketPurpose.files({ restorableFor: Duration.hours(12) }), /purpose\.restorableFor is 12 hours, expected 1 day to/],
    ['any origin', () => BucketPurpose.files({ uploadOrigins: ['*'] }), /purpose\.uploadOrigins is "\*", expected an origin with https, without path and wildcard/],
    ['an origin without TLS', () => BucketPurpose.assets({ origins: ['http://app.example.com'] }), /purpose\.origins is "http:/],
    ['an origin with a path', () => BucketPurpose.assets({ origins: ['https://example.com/app'] }), /purpose\.origins is "https/],
    ['a key of another region', () => BucketPurpose.files({ key: Key.fromKeyArn(new Stack(), 'Key', `arn:aws:kms:us-east-1:${ENV.account}:key/11111111-2222-3333-4444-555555555555`) }), /purpose\.key is in us-east-1/],
  ])('%s', (_, purpose, message) => {
    expect(of(purpose())).toMatch(message);
  });

  test('nothing of what is not known yet', () => {
    const days = Duration.days(Lazy.number({ produce: () => 400 }));
    const purpose = BucketPurpose.files({ archiveAfter: Duration.days(90), retention: days, uploadOrigins: ['http://localhost:3000'] });
    expect(rulesOf(purpose)).toEqual([expect.objectContaining({ ExpirationInDays: 400 })]);
  });

  test('an access log in a bucket for files', () => {
    const stack = testStack();
    const files = new SecureBucket(stack, 'Files', { purpose: BucketPurpose.files() });
    expect(refusal(() => new SecureBucket(stack, 'Assets', { purpose: BucketPurpose.assets(), accessLogBucket: files }))).toMatch(/accessLogBucket is "Test\/Files", expected a bucket with BucketPurpose\.logs\(\)/);
  });

  test('a bucket of logs as a backing service', () => {
    const { bucket } = bucketOf(BucketPurpose.logs());
    expect(refusal(() => bucket.withAccess(BucketAccess.READ_ONLY))).toMatch(/purpose is logs: services of AWS write it/);
  });
});
