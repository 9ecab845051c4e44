import * as fs from 'fs';
import * as path from 'path';
import type { Template } from 'aws-cdk-lib/assertions';
import { BucketPurpose, CacheCapacity, CacheCredentials, CachePurpose, Egress, HardenedCache, ImageRepository, SecureBucket, SecureVpc, type SecureVpcProps, ServiceCluster, SubnetPlan } from '../../src';
import { templateOf, testStack } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';

/** What must not be replaced: it holds data, or everything stands in it, or others have written down its address. */
const STATEFUL = [
  'AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::EIP', 'AWS::ECR::Repository', 'AWS::SSM::Parameter', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Logs::LogGroup',
  'AWS::SecretsManager::Secret', 'AWS::ElastiCache::ReplicationGroup', 'AWS::ElastiCache::ServerlessCache', 'AWS::ElastiCache::User', 'AWS::ElastiCache::UserGroup',
];

function network(props?: SecureVpcProps): Template {
  const stack = testStack();
  new SecureVpc(stack, 'Network', props);
  return templateOf(stack);
}

const LANDSCAPES: { [name: string]: () => Template } = {
  'network': () => network(),
  'network of two named zones': () => network({ availabilityZones: ['eu-central-1a', 'eu-central-1b'] }),
  'network without public tier': () => network({ availabilityZoneCount: 2, plan: SubnetPlan.blocks({ cidr: '10.0.0.0/16', applicationBlocks: ['10.0.16.0/20', '10.0.32.0/20'] }), egress: Egress.endpointsOnly() }),
  'image repository': () => {
    const stack = testStack();
    new ImageRepository(stack, 'Images');
    return templateOf(stack);
  },
  'bucket of logs': () => {
    const stack = testStack();
    new SecureBucket(stack, 'Logs', { purpose: BucketPurpose.logs() });
    return templateOf(stack);
  },
  'cache of nodes': () => {
    const stack = testStack();
    new HardenedCache(stack, 'Cache', { network: new SecureVpc(stack, 'Network'), purpose: CachePurpose.SESSIONS });
    return templateOf(stack);
  },
  'serverless cache with IAM': () => {
    const stack = testStack();
    const credentials = CacheCredentials.iam();
    new HardenedCache(stack, 'Cache', { network: new SecureVpc(stack, 'Network'), purpose: CachePurpose.CACHE, capacity: CacheCapacity.serverless(), credentials });
    return templateOf(stack);
  },
  'service in its network': () => templateOf(serviceFixture().stack),
  'cluster with sessions': () => {
    const stack = testStack();
    new ServiceCluster(stack, 'Cluster', { network: new SecureVpc(stack, 'Network'), ecsExec: true });
    return templateOf(stack);
  },
};

const BASELINE = path.join(__dirname, 'stateful-logical-ids.json');

if (process.env.WRITE_BASELINE) {
  const ids = Object.fromEntries(Object.entries(LANDSCAPES).map(([name, make]) => [name, statefulIds(make())]));
  fs.writeFileSync(BASELINE, `${JSON.stringify(ids, undefined, 2)}\n`);
}

describe('Logical ids of what must not be replaced', () => {
  const baseline = JSON.parse(fs.readFileSync(BASELINE, 'utf8')) as { [name: string]: string[] };

  test.each(Object.keys(LANDSCAPES))('of the %s are those that are deployed', (name) => {
    expect(statefulIds(LANDSCAPES[name]())).toEqual(baseline[name]);
  });
});

function statefulIds(template: Template): string[] {
  return STATEFUL.flatMap((type) => Object.keys(template.findResources(type))).sort();
}
