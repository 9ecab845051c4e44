import { Duration, RemovalPolicy, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../network';
import { checkDuration, checkWholeNumber } from '../validation/checks';
import { checkRules, type Rule } from '../validation/rules';
import { checkedSpans, everyDay, overlap } from '../validation/time-windows';
import type { CapacitySettings } from './capacity/cache-capacity';
import type { HardenedCacheProps } from './hardened-cache-props';
import { READ_PORT } from './server/serverless-cache';

/** Settings that are checked against ElastiCache and the network, with their defaults. */
interface CheckedSettings {
  readonly capacity: CapacitySettings;
  readonly identifier: string;
  readonly defaultIdentifier: string;
  readonly port: number;
  readonly snapshotWindow: string;
  readonly maintenanceWindow: string;
  readonly removalPolicy: RemovalPolicy;
}

/** Shortest window in minutes that ElastiCache accepts. */
const SHORTEST = 60;
const IDENTIFIER = /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Refuses names, ports, networks, windows and restores that ElastiCache would refuse. */
export function checkCache(scope: IConstruct, props: HardenedCacheProps, settings: CheckedSettings): void {
  checkWholeNumber(scope, 'port', settings.port, {
    min: 1150,
    max: 65_535,
    fix: 'choose a port that ElastiCache supports',
  });
  checkDuration(scope, 'snapshotRetention', props.snapshotRetention, {
    min: Duration.days(1),
    max: Duration.days(35),
    whole: 'days',
    fix: 'choose a retention that ElastiCache supports',
  });
  checkRules(scope, [
    ...nameRules(settings),
    ...portRules(props, settings),
    zoneRule(props.network, settings),
    ...serverlessRules(props, settings),
    ...restoreRules(props, settings),
  ]);
  checkWindows(scope, props, settings);
}

function nameRules({ identifier }: CheckedSettings): Rule[] {
  return [
    {
      condition: Token.isUnresolved(identifier) || !IDENTIFIER.test(identifier),
      prop: 'identifier',
      value: identifier,
      expected: '1 to 40 lower-case letters, digits and single hyphens, beginning with a letter',
      fix: 'remove it, or write it like shop-sessions',
    },
  ];
}

function portRules({ network, port }: HardenedCacheProps, settings: CheckedSettings): Rule[] {
  const needed = [settings.port, ...(settings.capacity.serverless?.readFromReplicas ? [READ_PORT] : [])];
  const missing = needed.find((one) => !Token.isUnresolved(one) && !network.dataPorts.includes(one));
  return [
    {
      condition: missing !== undefined && missing === port,
      prop: 'port',
      value: missing,
      expected: `one of the dataPorts of the network (${network.dataPorts.join(', ')})`,
      fix: `add ${missing} to dataPorts of the SecureVpc, or remove port`,
    },
    {
      condition: missing !== undefined,
      prop: 'network',
      problem: `has dataPorts ${network.dataPorts.join(', ')}, expected ${missing} among them`,
      fix: `add ${missing} to dataPorts of the SecureVpc`,
    },
  ];
}

/** Failover to another zone needs two of them. So do the endpoints of a serverless cache. */
function zoneRule(network: ISecureVpc, { capacity }: CheckedSettings): Rule {
  const selected = network.vpc.selectSubnets(network.subnets(SubnetTier.DATA));
  const zones = new Set(selected.availabilityZones).size;
  const needed = capacity.nodes?.replicas === 0 ? 1 : 2;
  return {
    condition: !selected.isPendingLookup && zones < needed,
    prop: 'network',
    problem: `has a data tier in ${zones} Availability Zone, expected two or more, which failover requires`,
    fix: 'set availabilityZoneCount of the SecureVpc to 2 or 3, or give nodes without replicas',
  };
}

/** Refuses what only nodes have. */
function serverlessRules(props: HardenedCacheProps, { capacity, removalPolicy }: CheckedSettings): Rule[] {
  const serverless = capacity.serverless !== undefined;
  const ofNodes = (['port', 'maintenanceWindow', 'slowLog', 'logRetention'] as const).find(
    (prop) => props[prop] !== undefined,
  );
  return [
    {
      condition: serverless && ofNodes !== undefined,
      prop: `${ofNodes}`,
      problem: 'is not supported with CacheCapacity.serverless()',
      fix: 'remove it, or use CacheCapacity.nodes()',
    },
    {
      condition: serverless && removalPolicy === RemovalPolicy.SNAPSHOT,
      prop: 'removalPolicy',
      value: removalPolicy,
      expected: 'a policy without a final snapshot, which CloudFormation takes of nodes alone',
      fix: 'set RETAIN or DESTROY, or use CacheCapacity.nodes()',
    },
  ];
}

function restoreRules({ restoreFrom, identifier }: HardenedCacheProps, settings: CheckedSettings): Rule[] {
  const serverless = settings.capacity.serverless !== undefined;
  const known = restoreFrom !== undefined && !Token.isUnresolved(restoreFrom);
  const isArn = known && restoreFrom.startsWith('arn:');
  return [
    {
      condition: restoreFrom !== undefined && (identifier ?? settings.defaultIdentifier) === settings.defaultIdentifier,
      prop: 'restoreFrom',
      problem:
        'needs an identifier of its own: ElastiCache restores into a new cache, and only a named cache ' +
        'can never be replaced by an empty one',
      fix:
        'Leave the running cache as it is, add a second one under another construct id with a new identifier ' +
        'and restoreFrom, and then move the services to it',
    },
    {
      condition: known && isArn !== serverless,
      prop: 'restoreFrom',
      value: restoreFrom,
      expected: serverless ? 'the ARN of a snapshot, for a serverless cache' : 'the name of a snapshot, for nodes',
      fix: 'look it up with aws elasticache describe-snapshots or describe-serverless-cache-snapshots',
    },
  ];
}

function checkWindows(scope: IConstruct, props: HardenedCacheProps, settings: CheckedSettings): void {
  const { snapshotWindow, maintenanceWindow, capacity } = settings;
  if (Token.isUnresolved(snapshotWindow) || Token.isUnresolved(maintenanceWindow)) {
    return;
  }
  const { daily, weekly } = checkedSpans(scope, {
    daily: { prop: 'snapshotWindow', value: snapshotWindow },
    weekly: { prop: 'maintenanceWindow', value: maintenanceWindow },
    shortest: SHORTEST,
  });
  const given = props.maintenanceWindow !== undefined;
  checkRules(scope, [
    {
      condition: capacity.nodes !== undefined && everyDay(daily).some((span) => overlap(span, weekly)),
      prop: given ? 'maintenanceWindow' : 'snapshotWindow',
      value: given ? maintenanceWindow : snapshotWindow,
      expected: given
        ? `a window outside that of the snapshot (${snapshotWindow})`
        : `a window outside that of maintenance, which is ${maintenanceWindow} by default`,
      fix: 'move maintenanceWindow or snapshotWindow',
    },
  ]);
}
