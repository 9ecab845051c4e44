import { Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkDuration, checkReason, checkWholeNumber } from '../../validation/checks';
import { checkGivenKey } from '../../validation/given-key';
import { checkRules, type Rule } from '../../validation/rules';
import type { TaskContainer } from '../container/task-container';
import { checkEachOnce, checkPaths, checkSecrets, checkUser } from '../container/validate-container';
import { checkNothingSecret, checkNothingSecretIn } from '../container/validate-environment';
import type { ServiceTaskProps } from './service-task-props';

/** Name of the application's container. */
export const APPLICATION = 'web';

const GIB = 1024;

/** Memory in MiB that Fargate offers for each number of CPU units: minimum, maximum and step. */
const FARGATE_SIZES = new Map<number, [min: number, max: number, step: number]>([
  [512, [GIB, 4 * GIB, GIB]],
  [1024, [2 * GIB, 8 * GIB, GIB]],
  [2048, [4 * GIB, 16 * GIB, GIB]],
  [4096, [8 * GIB, 30 * GIB, GIB]],
  [8192, [16 * GIB, 60 * GIB, 4 * GIB]],
  [16384, [32 * GIB, 120 * GIB, 8 * GIB]],
]);

/** Size of a task and the port of its application, with defaults. */
interface TaskSize {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly port: number;
}

/** Refuses props that no task can have. Sidecars and tracing are checked where they are bound. */
export function checkTask(scope: IConstruct, props: ServiceTaskProps, task: TaskSize): void {
  const { environment = {}, notSecret = {}, discoveryName, secretsKey } = props;
  checkRules(scope, fargateRules(task));
  checkUser(scope, 'user', props.user);
  checkPaths(scope, 'writablePaths', props.writablePaths);
  checkDuration(scope, 'stopTimeout', props.stopTimeout, {
    min: Duration.seconds(1),
    max: Duration.minutes(2),
    whole: 'seconds',
    fix: 'set at most two minutes, the limit of Fargate',
  });
  checkWholeNumber(scope, 'ephemeralStorageGiB', props.ephemeralStorageGiB, {
    min: 21,
    max: 200,
    unit: 'GiB',
    fix: 'remove it to get the 20 GiB that Fargate includes',
  });
  if (props.executableWritablePaths) {
    checkReason(scope, 'executableWritablePaths.reason', props.executableWritablePaths.reason);
  }
  checkNothingSecret(scope, { prop: 'environment', environment, notSecret });
  checkNothingSecretIn(scope, { prop: 'command', command: props.command, notSecret });
  checkSecrets(scope, props.secrets);
  if (props.ecsExec) {
    checkReason(scope, 'ecsExec.reason', props.ecsExec.reason);
  }
  checkRules(scope, [
    {
      condition: discoveryName !== undefined && !/^[a-z][a-z0-9-]{0,62}$/.test(discoveryName),
      prop: 'discoveryName',
      value: discoveryName,
      expected: 'a letter, then letters, digits and -, lower-case, at most 63 characters',
      fix: "use a host name: 'api'",
    },
  ]);
  checkGivenKey(scope, 'secretsKey', secretsKey);
}

/** Refuses a physical name that ECS refuses. */
export function checkServiceName(scope: IConstruct, name: string | undefined): void {
  checkRules(scope, [
    {
      condition: name !== undefined && !Token.isUnresolved(name) && !/^[A-Za-z0-9_-]{1,255}$/.test(name),
      prop: 'serviceName',
      value: name,
      expected: '1 to 255 letters, digits, - and _',
      fix: "remove it, or use a name like 'shop-web'",
    },
  ]);
}

/** Application's container, as far as it shares the task with others. */
interface ApplicationShare {
  readonly port: number;
  /** Number of the application's writable paths. */
  readonly paths: number;
  /** Size of each writable path in MiB. */
  readonly writableMiB: number;
  /** Memory of the whole task in MiB. */
  readonly memoryMiB: number;
}

/**
 * Refuses containers that can't share a task.
 * Two of them have one name or port, or together they reserve more memory than the task has.
 */
export function checkContainers(scope: IConstruct, containers: TaskContainer[], application: ApplicationShare): void {
  const { port, paths, writableMiB, memoryMiB } = application;
  const names = containers.map(({ name }) => name);
  checkEachOnce(scope, 'sidecars.name', [APPLICATION, ...names]);
  checkEachOnce(scope, 'sidecars.port', [port, ...containers.flatMap((container) => container.port ?? [])]);
  const ownMiB = writableMiB * paths;
  const sidecarsMiB = containers.reduce(
    (sum, each) => sum + Math.max(each.memoryMiB ?? 0, each.writableMiB * each.writablePaths.length),
    0,
  );
  checkRules(scope, [
    {
      condition: ownMiB >= memoryMiB,
      prop: 'writableMiB',
      value: writableMiB,
      expected: `less than ${memoryMiB} MiB for all ${paths} writable paths, which are kept in the task's memory`,
      fix: 'reduce writableMiB, or increase memoryMiB',
    },
    {
      condition: ownMiB + sidecarsMiB >= memoryMiB,
      prop: 'memoryMiB',
      value: memoryMiB,
      expected:
        `more than the ${sidecarsMiB} MiB of ${names.join(', ')} ` +
        `and the application's ${ownMiB} MiB of writable paths`,
      fix: 'increase memoryMiB, or remove sidecars',
    },
  ]);
}

/**
 * Requires a pair of CPU and memory that Fargate offers.
 * CloudFormation detects another pair only when it creates the task.
 */
function fargateRules({ cpu, memoryMiB }: TaskSize): Rule[] {
  if (Token.isUnresolved(cpu) || Token.isUnresolved(memoryMiB)) {
    return [];
  }
  const memories = memoriesFor(cpu);
  const [first, second, last] = [memories[0], memories[1], memories[memories.length - 1]];
  return [
    {
      condition: memories.length === 0,
      prop: 'cpu',
      value: cpu,
      expected: `256, ${[...FARGATE_SIZES.keys()].join(', ')} CPU units`,
      fix: 'use the next larger size',
    },
    {
      condition: !memories.includes(memoryMiB),
      prop: 'memoryMiB',
      value: memoryMiB,
      expected:
        `${first} to ${last} MiB for ${cpu} CPU units, in steps of ${second - first} ` +
        '(256 units: 512, 1024 or 2048)',
      fix: 'round up to the next step',
    },
  ];
}

/** Smallest memory in MiB that Fargate offers for CPU units. Undefined for a token, and for units that it lacks. */
export function smallestMemoryMiB(cpu: number | undefined): number | undefined {
  return cpu === undefined ? undefined : memoriesFor(cpu)[0];
}

function memoriesFor(cpu: number): number[] {
  if (cpu === 256) {
    return [512, GIB, 2 * GIB];
  }
  const [min, max, step] = FARGATE_SIZES.get(cpu) ?? [0, -1, 1];
  return Array.from({ length: (max - min) / step + 1 }, (_, index) => min + index * step);
}
