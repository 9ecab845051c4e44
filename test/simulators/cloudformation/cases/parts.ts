import type { Outcome } from '../outcome';
import type { Properties } from '../template';
import { resource } from './case';

/** Topic. */
export const topic = (properties: Properties = {}, more = {}) => resource('AWS::SNS::Topic', properties, more);
/** Parameter of the Parameter Store. */
export const parameter = (Name: string, Value: unknown, more = {}) =>
  resource('AWS::SSM::Parameter', { Name, Type: 'String', Value }, more);
/** Log group. */
export const logs = (LogGroupName: string, more = {}) => resource('AWS::Logs::LogGroup', { LogGroupName }, more);

/** Steps as `phase: does id`. */
export function steps({ steps: all }: Outcome): string[] {
  return all.map(({ phase, does, logicalId }) => `${phase}: ${does} ${logicalId}`);
}

/** Logical ids of resources. */
export function names(resources: ReadonlyArray<{ logicalId: string }>): string[] {
  return resources.map(({ logicalId }) => logicalId);
}
