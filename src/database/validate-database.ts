import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { SubnetTier } from '../network';
import { checkWholeNumber } from '../validation/checks';
import type { Conflict, Refusal } from '../validation/prop-error';
import { checkRules, type Rule } from '../validation/rules';
import { checkWindows } from './backup/maintenance-windows';
import type { CapacitySettings } from './capacity/capacity-settings';
import { databaseNames, type NamedEngine } from './credentials/reserved-words';
import { isUserName, USER_NAMES } from './credentials/user-names';
import type { HardenedDatabaseProps } from './hardened-database-props';

/** Settings that are checked against RDS and the network, with their defaults. */
interface CheckedSettings {
  readonly engine: NamedEngine;
  readonly databaseName: string;
  readonly userName: string;
  readonly identifier: string;
  readonly port: number;
  readonly monitoringInterval: Duration;
  readonly capacity: Pick<CapacitySettings, 'instance'>;
  readonly backup: { readonly window: string };
  readonly maintenanceWindow: string;
}

/** Props as the caller wrote them, so that no message shows a default as theirs. */
type WrittenProps = Pick<HardenedDatabaseProps, 'network' | 'port' | 'maintenanceWindow' | 'advancedInsights'>;

/** RDS allows 63 characters, of which replicas need some for their number. */
const IDENTIFIER = /^(?=.{1,50}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MONITORING_SECONDS = [1, 5, 10, 15, 30, 60];

/** Refuses names, ports, networks and windows that RDS would refuse. */
export function checkDatabase(scope: IConstruct, props: WrittenProps, settings: CheckedSettings): void {
  checkRules(scope, nameRules(settings));
  checkWholeNumber(scope, 'port', settings.port, {
    min: 1150,
    max: 65535,
    fix: 'choose a port that RDS supports',
  });
  checkRules(scope, networkRules(props, settings.port));
  checkRules(scope, [...monitoringRules(settings), insightsRule(props, settings)]);
  checkWindows(scope, {
    backup: settings.backup.window,
    maintenance: settings.maintenanceWindow,
    maintenanceGiven: props.maintenanceWindow !== undefined,
  });
}

function nameRules({ engine, databaseName, userName, identifier }: CheckedSettings): Rule[] {
  const { allows, expected } = databaseNames(engine);
  return [
    {
      condition: !Token.isUnresolved(databaseName) && !allows(databaseName),
      prop: 'databaseName',
      value: databaseName,
      expected,
      fix: 'choose a name like shop',
    },
    {
      condition: !Token.isUnresolved(userName) && !isUserName(userName),
      prop: 'userName',
      value: userName,
      expected: USER_NAMES,
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

function networkRules({ network, port: given }: WrittenProps, port: number): Rule[] {
  const selected = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
  const zones = new Set(selected.availabilityZones).size;
  return [
    {
      condition: !selected.isPendingLookup && zones < 2,
      prop: 'network',
      problem: `has a data tier in ${zones} Availability Zone, expected two or more, which RDS requires`,
      fix: 'set availabilityZoneCount of the SecureVpc to 2 or 3',
    },
    {
      condition: !Token.isUnresolved(port) && !network.dataPorts.includes(port),
      ...portRefusal(network.dataPorts, port, given !== undefined),
    },
  ];
}

/** Error about the port that the caller gave, or about the network that lacks the default port. */
function portRefusal(dataPorts: number[], port: number, given: boolean): Refusal | Conflict {
  return given
    ? {
      prop: 'port',
      value: port,
      expected: `one of the dataPorts of the network (${dataPorts.join(', ')})`,
      fix: `add ${port} to dataPorts of the SecureVpc, or remove port`,
    }
    : {
      prop: 'network',
      problem: `has dataPorts ${dataPorts.join(', ')}, expected ${port} among them`,
      fix: `add ${port} to dataPorts of the SecureVpc`,
    };
}

/** The advanced mode needs insights, which would be left out without a word on a class that has none. */
function insightsRule({ advancedInsights }: WrittenProps, { capacity: { instance } }: CheckedSettings): Rule {
  return {
    condition: advancedInsights === true && instance?.performanceInsights === false,
    prop: 'advancedInsights',
    value: true,
    expected: `false on db.${instance?.instanceType}, on which RDS has no Performance Insights with MySQL`,
    fix: 'set instanceType to medium or larger, or remove advancedInsights',
  };
}

function monitoringRules({ monitoringInterval }: CheckedSettings): Rule[] {
  const seconds = monitoringInterval.toSeconds({ integral: false });
  return [
    {
      condition: !MONITORING_SECONDS.includes(seconds),
      prop: 'monitoringInterval',
      value: `${seconds} s`,
      expected: `one of ${MONITORING_SECONDS.join(', ')} seconds`,
      fix: 'choose one of these intervals',
    },
  ];
}
