import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import { checkPort, checkReason, checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { Sidecar } from '../container/sidecar';
import type { TaskContainer } from '../container/task-container';
import { checkNothingSecret } from '../container/validate-environment';
import { checkFargateSize } from './fargate-size';
import type { ServiceTaskProps } from './service-task-props';

export const APPLICATION = 'web';

/** Refuses what no task can have; the rest is refused where it is made. */
export function checkTask(
  scope: IConstruct,
  props: ServiceTaskProps,
  task: { cpu: number; memoryMiB: number; port: number },
): void {
  const { sidecars = [], notSecret = {} } = props;
  checkFargateSize(scope, task.cpu, task.memoryMiB);
  checkUser(scope, 'user', props.user);
  checkPaths(scope, 'writablePaths', props.writablePaths ?? []);
  checkWholeNumber(scope, 'stopTimeout', props.stopTimeout?.toSeconds({ integral: false }), {
    min: 1,
    max: 120,
    unit: 'seconds',
    fix: 'Fargate ends what takes longer',
  });
  checkNothingSecret(scope, { prop: 'environment', environment: props.environment ?? {}, notSecret });
  sidecars.forEach((sidecar) => checkSidecar(scope, sidecar, notSecret));
  checkEachOnce(scope, 'sidecars.port', [task.port, ...sidecars.flatMap(({ port }) => port ?? [])]);
  [props.secrets ?? [], ...sidecars.map(({ secrets }) => secrets ?? [])].forEach((secrets) => {
    secrets.forEach((secret) => secret._check(scope));
    checkEachOnce(
      scope,
      'secrets',
      secrets.map(({ variable }) => variable),
    );
  });
  if (props.ecsExec) {
    checkReason(scope, 'ecsExec.reason', props.ecsExec.reason);
  }
  if (props.discoverableAs !== undefined && !/^[a-z][a-z0-9-]{0,62}$/.test(props.discoverableAs)) {
    throw new PropError(scope, {
      prop: 'discoverableAs',
      value: props.discoverableAs,
      expected: 'a letter, then letters, digits and -, lower-case, at most 63',
      fix: "take a name that can stand in a URL: 'api'",
    });
  }
}

/** Refuses a physical name that ECS refuses. */
export function checkServiceName(scope: IConstruct, name: string | undefined): void {
  if (name !== undefined && !Token.isUnresolved(name) && !/^[A-Za-z0-9_-]{1,255}$/.test(name)) {
    throw new PropError(scope, {
      prop: 'serviceName',
      value: name,
      expected: '1 to 255 letters, digits, - and _',
      fix: "leave it out, or name it as 'shop-web'",
    });
  }
}

/** A sidecar with its defaults. */
export function containerOf(sidecar: Sidecar): TaskContainer {
  return {
    ...sidecar,
    imageProp: 'sidecars.image',
    environment: sortedByName(sidecar.environment),
    secrets: sidecar.secrets ?? [],
    user: sidecar.user ?? '1000:1000',
    writablePaths: sidecar.writablePaths ?? ['/tmp'],
    writableMiB: sidecar.writableMiB ?? 16,
    essential: sidecar.essential ?? true,
  };
}

/** Refuses two containers of one name, and more memory than the task has. */
export function checkTogether(
  scope: IConstruct,
  containers: TaskContainer[],
  application: { paths: string[]; writableMiB: number; memoryMiB: number },
): void {
  checkEachOnce(scope, 'sidecars.name', [APPLICATION, ...containers.map(({ name }) => name)]);
  const { paths, writableMiB, memoryMiB } = application;
  if (writableMiB * paths.length >= memoryMiB) {
    throw new PropError(scope, {
      prop: 'writableMiB',
      value: writableMiB,
      expected: `less than ${memoryMiB} MiB for all ${paths.length} writable paths: they live in the task's memory`,
      fix: 'take smaller paths or more memoryMiB',
    });
  }
  const beside = containers.reduce(
    (sum, each) => sum + Math.max(each.memoryMiB ?? 0, each.writableMiB * each.writablePaths.length),
    0,
  );
  if (writableMiB * paths.length + beside >= memoryMiB) {
    throw new PropError(scope, {
      prop: 'memoryMiB',
      value: memoryMiB,
      expected: `more than the ${beside} MiB of ${containers.map(({ name }) => name).join(', ')} and the application's ${writableMiB * paths.length} MiB of writable paths`,
      fix: 'take more memoryMiB, or fewer containers beside the application',
    });
  }
}

function checkSidecar(scope: IConstruct, sidecar: Sidecar, notSecret: { [variable: string]: string }): void {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,60}$/.test(sidecar.name)) {
    throw new PropError(scope, {
      prop: 'sidecars.name',
      value: sidecar.name,
      expected: 'a letter, then letters, digits, - and _',
      fix: 'name it for what it does: cache',
    });
  }
  checkUser(scope, 'sidecars.user', sidecar.user);
  checkPaths(scope, 'sidecars.writablePaths', sidecar.writablePaths ?? []);
  checkWholeNumber(scope, 'sidecars.memoryMiB', sidecar.memoryMiB, {
    min: 6,
    max: 122880,
    unit: 'MiB',
    fix: 'give what it needs at its busiest',
  });
  checkNothingSecret(scope, { prop: 'sidecars.environment', environment: sidecar.environment ?? {}, notSecret });
  if (sidecar.port !== undefined) {
    checkPort(scope, 'sidecars.port', sidecar.port);
  }
}

function checkUser(scope: IConstruct, prop: string, user: string | undefined): void {
  if (user !== undefined && !Token.isUnresolved(user) && (/^0+(:|$)/.test(user) || !/^\d+(:\d+)?$/.test(user))) {
    throw new PropError(scope, {
      prop,
      value: user,
      expected: 'a numeric user other than 0, with or without a group, as 1000:1000',
      fix: 'build the image for a user that is not root',
    });
  }
}

function checkPaths(scope: IConstruct, prop: string, paths: string[]): void {
  const relative = paths.find((path) => !path.startsWith('/') || path === '/');
  if (relative !== undefined) {
    throw new PropError(scope, {
      prop,
      value: relative,
      expected: 'absolute paths below /',
      fix: 'name the folders that the application writes to',
    });
  }
}

function checkEachOnce(scope: IConstruct, prop: string, values: Array<string | number>): void {
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) {
    throw new PropError(scope, { prop, value: twice, expected: 'each once in a task', fix: 'take another one' });
  }
}
