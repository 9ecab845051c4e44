import { Duration, RemovalPolicy, TimeZone } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  BackupPolicy, CapacitySchedule, CredentialRotation, DatabaseEvents, EnvironmentProfile, type HardenedDatabaseProps,
  type InstanceCapacityProps, QueryText, SecureVpc, type ServerlessCapacityProps,
} from '../../../../src';
import type { Changes, Remarks } from '../../row';
import type { Site } from '../../site';
import { CREDENTIALS, FORMER_OWNER, FORMER_USER, REASON, RESTORE, SCHEDULE, STORAGE, UNSAVED } from './procedures';

/** Changes that every database has. The parameter is one that its engine knows, with remarks on its change. */
export function databaseChanges(parameter: string, remarks: Remarks = {}): Changes<HardenedDatabaseProps> {
  return {
    network: [undefined, (site: Site) => new SecureVpc(site.stack, 'Other'), { procedure: RESTORE }],
    advancedInsights: [undefined, true],
    backup: [undefined, () => BackupPolicy.daily({ retention: Duration.days(14) })],
    credentials: [undefined, () => CredentialRotation.iamAuthentication(), { procedure: CREDENTIALS }],
    additionalDatabases: { several: [[undefined, ['archive']], [['archive'], ['archive', 'reports']]] },
    databaseName: [undefined, 'shop', { procedure: RESTORE }],
    events: [undefined, (site: Site) => site.part('Events', (scope, id) => new DatabaseEvents(scope, id))],
    identifier: {
      several: [
        [undefined, 'shop', { procedure: RESTORE }],
        ['shop', 'shop2', { with: { setup: false }, procedure: RESTORE }],
      ],
    },
    logRetention: [undefined, () => RetentionDays.ONE_MONTH],
    maintenanceWindow: [undefined, 'mon:05:30-mon:06:30'],
    monitoringInterval: [undefined, Duration.seconds(30)],
    ownerName: [undefined, 'boss', { note: FORMER_OWNER }],
    parameters: [undefined, { [parameter]: '65536' }, remarks],
    parameterWaiver: [
      undefined, { reason: REASON }, { note: 'It has an effect with `parameters` that break a guarantee.' },
    ],
    port: [undefined, 6379, { procedure: RESTORE }],
    profile: [undefined, () => EnvironmentProfile.staging()],
    queryText: [QueryText.NEVER, QueryText.IN_ERRORS, remarks],
    setup: [undefined, false, { note: 'Users stay in the server.' }],
    removalPolicy: {
      several: [
        [undefined, () => RemovalPolicy.SNAPSHOT, { note: 'It has an effect when the database is removed.' }],
        [undefined, () => RemovalPolicy.DESTROY, { procedure: UNSAVED, note: 'A removal then deletes the data.' }],
      ],
    },
  };
}

/** Changes that every database has and that services notice which use it. */
export const CLIENT_CHANGES: Changes<HardenedDatabaseProps> = {
  caBundlePath: [undefined, '/app/rds.pem', { note: 'The image must have the file before.' }],
  userName: [undefined, 'shop', { note: FORMER_USER }],
};

const ONE_CHANGE =
  'RDS refuses a second change of the storage for six hours, and until it is optimized ([storage](database.md#storage)).';

export const INSTANCE_CAPACITY: Changes<InstanceCapacityProps> = {
  instanceType: [undefined, () => new InstanceType('m7g.large')],
  iops: [12_000, 16_000, { with: { storageGiB: 400 }, note: ONE_CHANGE }],
  maxStorageGiB: [undefined, 400],
  multiAz: [true, false],
  readReplicas: {
    several: [[1, 2], [2, 1, { note: 'The replica is deleted with its logs. It holds nothing of its own.' }]],
  },
  storageGiB: [undefined, 200, { procedure: STORAGE }],
  storageThroughputMiB: [500, 1000, { with: { storageGiB: 400, iops: 16_000 }, note: ONE_CHANGE }],
};

export const SERVERLESS_CAPACITY: Changes<ServerlessCapacityProps> = {
  autoPauseAfter: [Duration.minutes(10), Duration.minutes(20), { with: { minAcu: 0 } }],
  maxAcu: [undefined, 32],
  minAcu: [undefined, 4],
  readers: [1, 2],
  schedule: [
    undefined, () => CapacitySchedule.officeHours({ timeZone: TimeZone.EUROPE_BERLIN }), { note: SCHEDULE },
  ],
};
