import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../network';
import { checkWholeNumber } from '../validation/checks';
import { checkRules, type Rule } from '../validation/rules';
import { checkWindows } from './backup/maintenance-windows';
import { RESERVED_USERS } from './credentials/user-names';

/** Settings that are checked against RDS and the network, with their defaults. */
interface CheckedSettings {
  readonly databaseName: string;
  readonly userName: string;
  readonly identifier: string;
  readonly port: number;
  readonly monitoringInterval: Duration;
  readonly backup: { readonly window: string };
  readonly maintenanceWindow: string;
}

const NAME = /^[a-z][a-z0-9_]*$/;
/** RDS allows 63 characters, of which replicas need some for their number. */
const IDENTIFIER = /^(?=.{1,50}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MONITORING_SECONDS = [1, 5, 10, 15, 30, 60];

/** Refuses names, ports, networks and windows that RDS would refuse. */
export function checkDatabase(scope: IConstruct, network: ISecureVpc, settings: CheckedSettings): void {
  checkRules(scope, nameRules(settings));
  checkWholeNumber(scope, 'port', settings.port, {
    min: 1150,
    max: 65535,
    fix: 'choose a port that RDS supports',
  });
  checkRules(scope, networkRules(network, settings));
  checkRules(scope, monitoringRules(settings));
  checkWindows(scope, settings.backup.window, settings.maintenanceWindow);
}

function nameRules({ databaseName, userName, identifier }: CheckedSettings): Rule[] {
  return [
    {
      condition: !Token.isUnresolved(databaseName) && (!NAME.test(databaseName) || databaseName.length > 63),
      prop: 'databaseName',
      value: databaseName,
      expected: 'a lower-case letter, then letters, digits and _, at most 63 characters',
      fix: 'choose a name like shop',
    },
    {
      condition: !Token.isUnresolved(userName) && !isUserName(userName),
      prop: 'userName',
      value: userName,
      expected:
        'a lower-case letter, then letters, digits and _, at most 26 characters, ' +
        `and none of ${RESERVED_USERS.join(', ')}`,
      fix: 'choose a name like shop',
    },
    {
      condition: Token.isUnresolved(identifier) || !IDENTIFIER.test(identifier),
      prop: 'identifier',
      value: identifier,
      expected: '1 to 50 lower-case letters, digits and single hyphens, beginning with a letter',
      fix: 'remove it, or write it like shop-production',
    },
  ];
}

function isUserName(name: string): boolean {
  return NAME.test(name) && name.length <= 26 && !RESERVED_USERS.includes(name);
}

function networkRules(network: ISecureVpc, { port }: CheckedSettings): Rule[] {
  const selected = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
  const zones = new Set(selected.availabilityZones).size;
  return [
    {
      condition: !selected.isPendingLookup && zones < 2,
      prop: 'network',
      value: `${zones} zone in the data tier`,
      expected: 'a network with a data tier in two zones or more, which RDS requires',
      fix: 'set availabilityZoneCount of the SecureVpc to 2 or 3',
    },
    {
      condition: !Token.isUnresolved(port) && !network.dataPorts.includes(port),
      prop: 'port',
      value: port,
      expected: `a port that the data tier accepts (${network.dataPorts.join(', ')})`,
      fix: `add ${port} to dataPorts of the network, or remove port`,
    },
  ];
}

function monitoringRules({ monitoringInterval }: CheckedSettings): Rule[] {
  const seconds = monitoringInterval.toSeconds({ integral: false });
  return [
    {
      condition: !MONITORING_SECONDS.includes(seconds),
      prop: 'monitoringInterval',
      value: `${seconds} s`,
      expected: `${MONITORING_SECONDS.join(', ')} seconds`,
      fix: 'choose one of these intervals',
    },
  ];
}
