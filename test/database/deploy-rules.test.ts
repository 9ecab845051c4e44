import { Duration, TimeZone } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { CapacitySchedule, CredentialRotation, EnvironmentProfile, MysqlCapacity, PostgresCapacity } from '../../src';
import { brokenRules } from '../deploy-rules/deploy-rules';
import { mysql, postgres } from '../fixtures/database-stack';

test.each<[string, () => Template]>([
  ['PostgreSQL instance with replicas', () => postgres({ capacity: PostgresCapacity.instance({ readReplicas: 2 }) }).template],
  ['PostgreSQL instance with IAM', () => postgres({ credentials: CredentialRotation.iamAuthentication({ automaticallyAfter: Duration.days(14) }) }).template],
  ['PostgreSQL instance in development', () => postgres({}, EnvironmentProfile.development()).template],
  ['PostgreSQL cluster with a schedule', () => postgres({
    capacity: PostgresCapacity.serverless({ readers: 2, schedule: CapacitySchedule.officeHours({ timeZone: TimeZone.ETC_UTC, nightReaders: 1 }) }),
  }).template],
  ['MySQL cluster', () => mysql().template],
  ['MySQL instance', () => mysql({ capacity: MysqlCapacity.instance() }).template],
])('A %s breaks no rule that AWS enforces at deployment and validation does not know', (_name, make) => {
  expect(brokenRules(make().toJSON())).toEqual([]);
});
