import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BackupPolicy,
  EnvironmentProfile,
  HardenedMysql,
  type HardenedMysqlProps,
  HardenedPostgres,
  type HardenedPostgresProps,
  MysqlCapacity,
  PostgresCapacity,
  SecureVpc,
} from '../../../src';
import { ENV, templateOf, testStack } from '../../fixtures/test-stack';
import { Account } from '../../simulators/cloudformation/account';
import { described, type Outcome } from '../../simulators/cloudformation/outcome';
import type { Template } from '../../simulators/cloudformation/template';

/** Only the protection is off, as before a removal that somebody wants. */
const UNPROTECTED = EnvironmentProfile.production().adjust({ deletionProtection: false });

function templateWith(make: (stack: ReturnType<typeof testStack>, network: SecureVpc) => void): Template {
  const stack = testStack();
  UNPROTECTED.applyTo(stack);
  make(stack, new SecureVpc(stack, 'Network'));
  return templateOf(stack).toJSON() as Template;
}

const postgresTemplate = (props: Partial<HardenedPostgresProps>) =>
  templateWith((stack, network) => new HardenedPostgres(stack, 'Database', { network, ...props }));
const mysqlTemplate = (props: Partial<HardenedMysqlProps> = {}) =>
  templateWith(
    (stack, network) =>
      new HardenedMysql(stack, 'Database', { network, capacity: MysqlCapacity.instance(), ...props }),
  );

/** Removal of the database, after which its network stays. */
function removed(template: Template): Outcome {
  const account = new Account(ENV);
  account.deploy('Test', template);
  return account.deploy('Test', templateWith(() => undefined));
}

const orphans = ({ state }: Outcome) => [...new Set(state.orphans.map(({ type }) => type))].sort();
const refused = (outcome: Outcome) => described(outcome).filter((line) => line.startsWith('refused by AWS'));

describe('A database that goes with a final snapshot', () => {
  test.each([
    ['an instance', PostgresCapacity.instance()],
    ['a cluster', PostgresCapacity.serverless()],
  ])('leaves the vault with its snapshots, and their key, and blocks nothing: %s', (_name, capacity) => {
    const outcome = removed(postgresTemplate({ capacity, removalPolicy: RemovalPolicy.SNAPSHOT }));
    expect(refused(outcome)).toEqual([]);
    expect(orphans(outcome)).toEqual(['AWS::Backup::BackupVault', 'AWS::KMS::Key']);
  });

  test('leaves the option group of MySQL, which the snapshot names', () => {
    const outcome = removed(mysqlTemplate({ removalPolicy: RemovalPolicy.SNAPSHOT }));
    expect(refused(outcome)).toEqual([]);
    expect(orphans(outcome)).toEqual(['AWS::Backup::BackupVault', 'AWS::KMS::Key', 'AWS::RDS::OptionGroup']);
  });
});

test('A retained MySQL instance keeps its option group, which AWS does not delete beneath it', () => {
  const outcome = removed(mysqlTemplate());
  expect(refused(outcome)).toEqual([]);
  expect(orphans(outcome)).toContain('AWS::RDS::OptionGroup');
});

test('A destroyed database whose snapshots somebody keeps leaves their vault and key [E-08]', () => {
  const outcome = removed(
    postgresTemplate({
      removalPolicy: RemovalPolicy.DESTROY,
      backup: BackupPolicy.daily({ snapshotRetention: Duration.days(7) }),
    }),
  );
  expect(refused(outcome)).toEqual([]);
  expect(orphans(outcome)).toEqual(['AWS::Backup::BackupVault', 'AWS::KMS::Key']);
});

test('A destroyed database leaves nothing where no snapshots are kept [E-08]', () => {
  const outcome = removed(postgresTemplate({ removalPolicy: RemovalPolicy.DESTROY }));
  expect(refused(outcome)).toEqual([]);
  expect(orphans(outcome)).toEqual([]);
});
