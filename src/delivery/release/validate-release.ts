import { type Duration, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { DeploymentEngine, type ReleaseTarget } from '../../contracts';
import { checkList, checkWholeNumber, knownToDiffer } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { checkRules, type Rule } from '../../validation/rules';
import { MAX_INTERVAL_SECONDS } from '../asl/polling';
import type { MigrationConfig } from './context/migration-config';
import { databaseItself } from './database-sign-in';
import type { ReleaseProps } from './release-props';

const MAX_SERVICES = 8;
/** `DescribeAlarms` takes 100 names. */
const MAX_ALARMS = 100;
/** Each has states of its own, and a share of the events of an execution. */
const MAX_TASKS = 5;

/** Checks stage, services and times of a release. Throws a PropError. */
export function validateRelease(scope: IConstruct, props: ReleaseProps): void {
  (['services', 'migrations', 'afterRelease'] as const).forEach((prop) => checkList(scope, prop, props[prop]));
  checkRules(scope, stageRules(props));
  const targets = props.services.map(({ releaseTarget }) => releaseTarget);
  targets.forEach((target, index) => checkRules(scope, targetRules(scope, target, index, props)));
  validateTimes(scope, props);
  checkRules(scope, [timeoutRule(props, plannedRolloutMinutes(targets))]);
}

/** Checks that the migrations of a release share one window. Throws a PropError. */
export function validateWindows(scope: IConstruct, migrations: MigrationConfig[]): void {
  const windows = migrations.map(({ window }) => JSON.stringify(window ?? {})).filter((window) => window !== '{}');
  checkRules(scope, [
    {
      condition: new Set(windows).size > 1,
      prop: 'migrations',
      problem: 'have several windows, but a release waits for one',
      fix: 'give each migration the same window',
    },
  ]);
}

/** Checks that each deployment is polled at least once an hour. Throws a PropError. */
export function validateInterval(scope: IConstruct, services: number, timeout: Duration, maxInterval: number): void {
  const minutes = timeout.toMinutes();
  const possible = Math.floor((minutes * MAX_INTERVAL_SECONDS) / maxInterval);
  checkRules(scope, [
    {
      condition: maxInterval > MAX_INTERVAL_SECONDS,
      prop: 'deploymentTimeout',
      problem:
        `of ${minutes} minutes for each of ${services} services is too long: an execution of Step Functions has ` +
        '25,000 events, which do not suffice for one poll of each deployment an hour',
      fix: `give about ${possible} minutes, or release some of the services in another stage`,
    },
  ]);
}

/** Reports more alarms than one question to CloudWatch may name. Services get alarms until synthesis. */
export function validateAlarmCount(release: IConstruct, targets: ReleaseTarget[], gateAlarmNames: string[]): void {
  release.node.addValidation({
    validate: () => {
      const stack = Stack.of(release);
      const names = targets.flatMap(({ rollbackAlarmNames }): unknown => stack.resolve(rollbackAlarmNames));
      return [names, gateAlarmNames]
        .filter((some) => new Set(some).size > MAX_ALARMS)
        .map((some) => new PropError(release, {
          prop: some === names ? 'services' : 'gateAlarmNames',
          problem: `have ${new Set(some).size} alarms, and CloudWatch tells the states of ${MAX_ALARMS} at a time`,
          fix: 'fold alarms into composite ones, or release some services in another stage',
        }).message);
    },
  });
}

/** Planned minutes of the longest rollout of the services. */
export function plannedRolloutMinutes(targets: ReleaseTarget[]): number {
  return Math.max(
    ...targets.map(({ longestDeployment }) => Math.ceil(longestDeployment.toMinutes({ integral: false }))),
  );
}

function stageRules(props: ReleaseProps): Rule[] {
  const { stageName, stateMachineName, services, snapshot, migrations = [], afterRelease = [] } = props;
  return [
    {
      condition: !/^[a-z][a-z0-9-]{0,30}$/.test(stageName),
      prop: 'stageName',
      value: stageName,
      expected: 'lower-case letters, digits and hyphens, at most 31 characters',
      fix: "write 'production'",
    },
    {
      condition:
        stateMachineName !== undefined &&
        !Token.isUnresolved(stateMachineName) &&
        !/^[\w-]{1,80}$/.test(stateMachineName),
      prop: 'stateMachineName',
      value: stateMachineName,
      expected: '1 to 80 letters, digits, hyphens and underscores',
      fix: "write 'shop-production'",
    },
    {
      condition: services.length < 1 || services.length > MAX_SERVICES,
      prop: 'services',
      problem: `has ${services.length} services, expected 1 to ${MAX_SERVICES}`,
      fix: 'release the others in another stage',
    },
    {
      condition: new Set(services).size < services.length,
      prop: 'services',
      problem: 'has a service twice',
      fix: 'name each service once',
    },
    ...Object.entries({ migrations, afterRelease }).map(([prop, tasks]) => ({
      condition: tasks.length > MAX_TASKS,
      prop,
      problem: `has ${tasks.length} tasks, expected at most ${MAX_TASKS}`,
      fix: 'run some of them in one command, or in another stage',
    })),
    databaseItself('snapshot', snapshot, 'give the database itself'),
    {
      condition: snapshot !== undefined && snapshot.snapshotTarget === undefined,
      prop: 'snapshot',
      problem: 'is a database without a backup vault',
      fix: 'give the database BackupPolicy.daily(), or remove snapshot',
    },
  ];
}

function targetRules(scope: IConstruct, target: ReleaseTarget, index: number, props: ReleaseProps): Rule[] {
  const { releasedImageParameterName: parameterName, engine, source } = target;
  const [own, theirs] = [Stack.of(scope), Stack.of(source)];
  const rule = (condition: boolean, problem: string, fix: string): Rule => ({
    condition,
    prop: `services[${index}]`,
    problem: `(${source.node.path}) ${problem}`,
    fix,
  });
  return [
    rule(
      parameterName === undefined,
      'has a declared image: cdk deploy deploys it, and the two deployers would undo each other',
      'use ServiceImage.released(repository, track)',
    ),
    rule(
      Token.isUnresolved(parameterName),
      'has a parameter whose name is a reference: its ARN depends on whether the name begins with a slash',
      "write the name, as in releasedImageParameterName: '/shop/released'",
    ),
    rule(
      engine === DeploymentEngine.CODE_DEPLOY,
      'is deployed by CodeDeploy: ECS refuses other updates of it',
      'use Rollout.linear(), or start a deployment of its deploymentGroup',
    ),
    rule(
      engine === DeploymentEngine.ROLLING && (props.verifyBeforeTraffic ?? true),
      'has a rolling rollout: it does not verify new versions before they get traffic',
      'use Rollout.blueGreen(), or set verifyBeforeTraffic to false',
    ),
    rule(
      knownToDiffer(own.account, theirs.account) || knownToDiffer(own.region, theirs.region),
      `is in another account or region than the release, which is in ${own.account} and ${own.region}`,
      'create the Release in the stack of the services, and start it from the pipeline by its ARN',
    ),
  ];
}

function validateTimes(scope: IConstruct, props: ReleaseProps): void {
  const ranges: Array<[prop: 'monitoringTime' | 'deploymentTimeout' | 'snapshotTimeout', min: number, max: number]> = [
    ['monitoringTime', 0, 1440],
    ['deploymentTimeout', 10, 20160],
    ['snapshotTimeout', 10, 1440],
  ];
  ranges.forEach(([prop, min, max]) =>
    checkWholeNumber(scope, prop, props[prop]?.toMinutes({ integral: false }), {
      min,
      max,
      unit: 'minutes',
      fix: 'give Duration.minutes(n) with a whole n',
    }),
  );
}

function timeoutRule({ deploymentTimeout }: ReleaseProps, planned: number): Rule {
  const minutes = deploymentTimeout?.toMinutes();
  return {
    condition: minutes !== undefined && minutes < planned,
    prop: 'deploymentTimeout',
    value: `${minutes} minutes`,
    expected: `at least the ${planned} planned minutes of the longest rollout`,
    fix: 'remove deploymentTimeout, or shorten the rollout',
  };
}
