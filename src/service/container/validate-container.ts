import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { repeatedIn } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { ServiceSecret } from './service-secret';

/** True for the user 0, with or without a group. */
export function isRoot(user: string): boolean {
  return /^0+(:|$)/.test(user);
}

/** Refuses root, and a user that is known by its name alone. */
export function checkUser(scope: IConstruct, prop: string, user: string | undefined): void {
  if (user !== undefined && !Token.isUnresolved(user) && (isRoot(user) || !/^\d+(:\d+)?$/.test(user))) {
    throw new PropError(scope, {
      prop,
      value: user,
      expected: 'a numeric user other than 0, with or without a group, for example 1000:1000',
      fix: 'build the image for a user that is not root, and pass its number',
    });
  }
}

/** Refuses relative paths and the root directory. */
export function checkPaths(scope: IConstruct, prop: string, paths: string[] = []): void {
  const relative = paths.find((path) => !path.startsWith('/') || path === '/');
  if (relative !== undefined) {
    throw new PropError(scope, {
      prop,
      value: relative,
      expected: 'absolute paths below /',
      fix: 'name the directories that the application writes to',
    });
  }
}

/** Refuses secrets that ECS can't inject, and two secrets of one variable. */
export function checkSecrets(scope: IConstruct, secrets: ServiceSecret[] = []): void {
  secrets.forEach((secret) => secret._check(scope));
  checkEachOnce(
    scope,
    'secrets',
    secrets.map(({ variable }) => variable),
  );
}

/** Refuses a value that is given twice in a task. */
export function checkEachOnce(scope: IConstruct, prop: string, values: Array<string | number>): void {
  const twice = repeatedIn(values);
  if (twice !== undefined) {
    throw new PropError(scope, {
      prop,
      value: twice,
      expected: 'a value that no other container of the task uses',
      fix: 'use another value for one of the two',
    });
  }
}
