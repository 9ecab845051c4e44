import { RemovalPolicy } from 'aws-cdk-lib';
import { EnvironmentProfile, HardenedPostgres, type HardenedPostgresProps, PostgresCapacity, SecureVpc } from '../../../src';
import { mysql, postgres } from '../../fixtures/database-stack';
import { ENV, templateOf, testStack } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';
import type { Resource } from '../../simulators/cloudformation/resource';
import type { Template } from '../../simulators/cloudformation/template';

const CLUSTER = 'AWS::RDS::DBCluster';
const INSTANCE = 'AWS::RDS::DBInstance';

const serverless = (props: Partial<HardenedPostgresProps> = {}, readers = 2) => ({
  capacity: PostgresCapacity.serverless({ readers }),
  ...props,
});

/** Template of a cluster, or of its network alone. */
function templateWith(props?: Partial<HardenedPostgresProps>, profile?: EnvironmentProfile): Template {
  const stack = testStack();
  profile?.applyTo(stack);
  const network = new SecureVpc(stack, 'Network');
  if (props) {
    new HardenedPostgres(stack, 'Database', { network, ...props });
  }
  return templateOf(stack).toJSON() as Template;
}

/** Servers that are left, by the end of their logical ids. */
function servers(resources: readonly Resource[]): string[] {
  return resources
    .filter(({ type }) => [CLUSTER, INSTANCE].includes(type))
    .map(({ logicalId }) => /Cluster(Member\d)?/.exec(logicalId)![0])
    .sort();
}

describe('The members of a cluster', () => {
  test.each([
    ['production', EnvironmentProfile.production(), {}],
    ['staging', EnvironmentProfile.staging(), {}],
    ['an environment with RemovalPolicy.RETAIN', EnvironmentProfile.development(), { removalPolicy: RemovalPolicy.RETAIN }],
  ])('stay with the cluster of %s as one, and readers go [E-08]', (_name, profile, props) => {
    const members = Object.entries(templateWith(serverless(props), profile).Resources!)
      .filter(([, { Type }]) => Type === INSTANCE)
      .map(([id, { DeletionPolicy, UpdateReplacePolicy }]) => [/Member\d/.exec(id)![0], DeletionPolicy, UpdateReplacePolicy]);
    expect(members).toEqual([
      ['Member1', 'RetainExceptOnCreate', 'Retain'],
      ['Member2', 'Delete', 'Delete'],
      ['Member3', 'Delete', 'Delete'],
    ]);
  });

  test.each([RemovalPolicy.DESTROY, RemovalPolicy.SNAPSHOT])('go with a cluster that goes (%s)', (removalPolicy) => {
    const { template } = postgres(serverless({ removalPolicy }));
    Object.values(template.findResources(INSTANCE)).forEach(({ DeletionPolicy }) => expect(DeletionPolicy).toBe('Delete'));
  });

  test('leave one that can be reached when the database leaves the template, or the stack is deleted [E-08]', () => {
    const account = new Account(ENV);
    account.deploy('Test', templateWith(serverless()));
    const removed = account.copy();
    expect(servers(account.deploy('Test', templateWith()).state.orphans)).toEqual(['Cluster', 'ClusterMember1']);
    expect(servers(removed.remove('Test').state.orphans)).toEqual(['Cluster', 'ClusterMember1']);
  });

  test('leave none after a first deployment that fails', () => {
    const unprotected = EnvironmentProfile.production().adjust({ deletionProtection: false });
    const template = templateWith(serverless(), unprotected);
    const members = Object.keys(template.Resources!).filter((id) => /ClusterMember\d/.test(id));
    members.forEach((failing) => {
      const { state } = new Account(ENV).deploy('Test', template, { failing: [failing] });
      expect(state).toMatchObject({ status: 'ROLLBACK_COMPLETE', orphans: [] });
    });
  });

  test('are created after what a new account often refuses, as their protected cluster is', () => {
    const template = templateWith(serverless());
    const [refused] = Object.entries(template.Resources!).find(([, { Type }]) => Type === 'AWS::EC2::EIP')!;
    const account = new Account(ENV);
    const failed = account.deploy('Test', template, { failing: [refused] });
    expect(failed.state).toMatchObject({ status: 'ROLLBACK_COMPLETE', orphans: [] });
    expect(failed.steps.filter(({ logicalId }) => /ClusterMember/.test(logicalId))).toEqual([]);
  });

  test('lose a reader without leaving it behind, and get it back', () => {
    const account = new Account(ENV);
    account.deploy('Test', templateWith(serverless()));
    const fewer = account.deploy('Test', templateWith(serverless({}, 1)));
    expect(fewer.state).toMatchObject({ status: 'UPDATE_COMPLETE', orphans: [] });
    expect(account.deploy('Test', templateWith(serverless())).state.status).toBe('UPDATE_COMPLETE');
  });

  test.each([
    ['PostgreSQL', () => postgres(serverless({ maintenanceWindow: 'mon:05:30-mon:06:30', advancedInsights: true })).template],
    ['MySQL', () => mysql({ maintenanceWindow: 'mon:05:30-mon:06:30', advancedInsights: true }).template],
  ])('have the maintenance window, key and retention of insights of a cluster with %s [C-09]', (_engine, make) => {
    const template = make();
    const [cluster] = Object.values(template.findResources(CLUSTER)).map(({ Properties }) => Properties);
    expect(cluster).toMatchObject({
      DatabaseInsightsMode: 'advanced',
      PerformanceInsightsKmsKeyId: expect.anything(),
      PerformanceInsightsRetentionPeriod: 465,
      PreferredMaintenanceWindow: 'mon:05:30-mon:06:30',
    });
    const members = Object.values(template.findResources(INSTANCE));
    expect(members.length).toBeGreaterThan(1);
    members.forEach(({ Properties }) =>
      expect(Properties).toMatchObject({
        EnablePerformanceInsights: true,
        PerformanceInsightsKMSKeyId: cluster.PerformanceInsightsKmsKeyId,
        PerformanceInsightsRetentionPeriod: 465,
        PreferredMaintenanceWindow: 'mon:05:30-mon:06:30',
      }),
    );
  });
});
