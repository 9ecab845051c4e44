import type { Construct } from 'constructs';
import { uniqueName } from '../text/stack-path';
import { PropError } from '../validation/prop-error';

/** Beginnings of names that the Parameter Store reserves for AWS, in any case. */
const RESERVED = /^(aws|ssm)/;

/**
 * Name of a parameter of a construct: name of its stack, ids below it, and a last part.
 *
 * Refuses a stack whose name the Parameter Store would refuse at deployment: "No access to reserved parameter name".
 */
export function parameterName(scope: Construct, lastPart: string): string {
  const name = uniqueName(scope, { maxLength: 120, separator: '-' }).toLowerCase();
  if (RESERVED.test(name)) {
    throw new PropError(scope, {
      prop: 'stackName',
      problem: `begins with "${name.slice(0, 3)}", which the Parameter Store reserves for AWS in names of parameters`,
      fix: 'give the stack another name, such as its product first: stackName: "Shop-Registry"',
    });
  }
  return `/${name}/${lastPart}`;
}
