import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../environment';
import { SubnetTier } from '../network';
import { checkWholeNumber } from '../validation/checks';
import { PropError } from '../validation/prop-error';
import { checkWindows } from './backup/maintenance-windows';
import { checkInstanceCapacity } from './capacity/instance-capacity';
import type { CredentialRotation } from './credentials/credential-rotation';
import { MASTER_USER } from './credentials/database-credentials';
import type { DatabaseSetup } from './engine-config';
import type { HardenedDatabaseProps } from './hardened-database-props';

/** What is checked of a database before anything is made. */
interface DatabaseToCheck {
  /** As the caller wrote them: read for what has no default, and to name the prop in a refusal. */
  readonly props: HardenedDatabaseProps;
  readonly setup: DatabaseSetup;
  readonly profile: EnvironmentProfile;
  readonly rotation: CredentialRotation;
  readonly port: number;
  /** Of the server; replicas append to it, so that it is shorter than RDS allows. */
  readonly identifier: string;
  readonly databaseName: string;
  readonly userName: string;
  /** `hh:mm-hh:mm` in UTC; its syntax is checked here. */
  readonly backupWindow: string;
  /** `ddd:hh:mm-ddd:hh:mm` in UTC; it must not meet the snapshots. */
  readonly maintenanceWindow: string;
}

const NAME = /^[a-z][a-z0-9_]*$/;
/** RDS allows 63 characters; replicas add their number. */
const IDENTIFIER = /^(?=.{1,50}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const RESERVED_USERS = [MASTER_USER, 'admin', 'postgres', 'root', 'rdsadmin', 'user', 'public', 'rds_iam'];
const INTERVALS = [1, 5, 10, 15, 30, 60];

/** Refuses what AWS would refuse, or what would break a promise of the construct. */
export function checkDatabase(scope: IConstruct, database: DatabaseToCheck): void {
  database.setup.check(scope);
  database.rotation._check(scope);
  checkNames(scope, database);
  checkNetwork(scope, database);
  checkMonitoring(scope, database);
  checkWindows(scope, database.backupWindow, database.maintenanceWindow);
  if (database.setup.capacity.instance) {
    checkInstanceCapacity(scope, database.setup.capacity.instance.props);
    checkReplicasCanBeMade(scope, database);
  }
}

function checkNames(scope: IConstruct, { databaseName, userName, identifier }: DatabaseToCheck): void {
  const refuse = (prop: string, value: string, expected: string, fix: string): never => {
    throw new PropError(scope, { prop, value, expected, fix });
  };
  if (!Token.isUnresolved(databaseName) && (!NAME.test(databaseName) || databaseName.length > 63)) {
    refuse(
      'databaseName',
      databaseName,
      'a lower-case letter, then letters, digits and _, at most 63 characters',
      'take a name like shop',
    );
  }
  if (
    !Token.isUnresolved(userName) &&
    (!NAME.test(userName) || userName.length > 26 || RESERVED_USERS.includes(userName))
  ) {
    refuse(
      'userName',
      userName,
      `a lower-case letter, then letters, digits and _, at most 26 characters, and none of ${RESERVED_USERS.join(', ')}`,
      'take a name like shop',
    );
  }
  if (Token.isUnresolved(identifier) || !IDENTIFIER.test(identifier)) {
    refuse(
      'identifier',
      identifier,
      '1 to 50 lower-case letters, digits and single hyphens, beginning with a letter',
      'leave it out, or write it as shop-production',
    );
  }
}

function checkNetwork(scope: IConstruct, { props: { network }, port, setup }: DatabaseToCheck): void {
  checkWholeNumber(scope, 'port', port, {
    min: 1150,
    max: 65535,
    unit: 'as a port',
    fix: 'RDS takes ports from 1150 on',
  });
  const selected = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
  const zones = new Set(selected.availabilityZones).size;
  if (!selected.isPendingLookup && zones < 2) {
    throw new PropError(scope, {
      prop: 'network',
      value: `${zones} zone in the data tier`,
      expected:
        'a network with a data tier in two zones or more: RDS takes no fewer, and a standby or reader needs the second',
      fix: 'set availabilityZoneCount of the SecureVpc to 2 or 3',
    });
  }
  if (!Token.isUnresolved(port) && !network.dataPorts.includes(port)) {
    throw new PropError(scope, {
      prop: 'port',
      value: port,
      expected: `a port that the data tier lets in (${network.dataPorts.join(', ')})`,
      fix: `add ${port} to dataPorts of the network, or take ${setup.defaultPort}`,
    });
  }
}

function checkMonitoring(scope: IConstruct, { props }: DatabaseToCheck): void {
  const seconds = props.monitoringInterval?.toSeconds({ integral: false });
  if (seconds !== undefined && !INTERVALS.includes(seconds)) {
    throw new PropError(scope, {
      prop: 'monitoringInterval',
      value: `${seconds} s`,
      expected: `${INTERVALS.join(', ')} seconds`,
      fix: 'take the next one',
    });
  }
}

/** Documented by AWS: no replica of an instance whose master user's secret RDS keeps. */
function checkReplicasCanBeMade(scope: IConstruct, { setup, rotation }: DatabaseToCheck): void {
  const replicas = setup.capacity.instance?.props.readReplicas ?? 0;
  if (replicas > 0 && rotation._masterManaged) {
    throw new PropError(scope, {
      prop: 'credentials',
      value: rotation._kind,
      expected: `CredentialRotation.alternatingUsers() with ${replicas} read replicas: RDS makes none of an instance whose secret it manages`,
      fix: 'take alternatingUsers(), or serverless capacity with readers',
    });
  }
}
