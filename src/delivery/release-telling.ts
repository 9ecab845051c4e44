import type { AwsCalls } from './aws-calls';
import { choice, type Condition, type State, type States } from './state-chart';

/** What people are told. */
export interface Telling {
  /** Of the state. */
  readonly name: string;
  /** At most 100 characters of it. */
  readonly subject: string;
  /** A function of the states language. */
  readonly message: string;
  /**
   * Told only where this holds.
   * @default - always
   */
  readonly where?: Condition;
  /**
   * State that follows.
   * @default - the one that is written behind
   */
  readonly next?: string;
}

/** Nobody has to hear of it for a release to go on: what can't be told is passed over. */
export function tell(calls: AwsCalls, topicArn: string | undefined, { name, subject, message, where, next }: Telling): States {
  const going = next === undefined ? {} : { Next: next };
  if (topicArn === undefined) {
    return [[name, { Type: 'Pass', ...going }]];
  }
  const told = `${name}: told`;
  const publish = calls.task('sns:publish', { 'TopicArn': topicArn, 'Subject': subject.slice(0, 100), 'Message.$': message }, {
    resources: [topicArn], rest: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: told }] },
  });
  const after: [string, State] = [told, { Type: 'Pass', ...going }];
  return where ? [[name, choice([where], `${name}: publish`, told)], [`${name}: publish`, publish], after] : [[name, publish], after];
}
