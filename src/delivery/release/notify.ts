import { chatMessage } from '../../observability/alerting/chat-message';
import { chart, choice, type Condition, put, type State, type States } from '../asl/asl';
import type { AwsCalls } from '../asl/sdk-integrations';

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
export function tell(
  calls: AwsCalls,
  topicArn: string | undefined,
  { name, subject, message, where, next }: Telling,
): States {
  const going = next === undefined ? {} : { Next: next };
  if (topicArn === undefined) {
    return [[name, { Type: 'Pass', ...going }]];
  }
  const told = `${name}: told`;
  const telling: State = {
    Type: 'Parallel',
    Branches: [chart(publish(calls, topicArn, { name, subject, message }))],
    ResultPath: null,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: told }],
  };
  const after: [string, State] = [told, { Type: 'Pass', ...going }];
  return where
    ? [[name, choice([where], `${name}: tell`, told)], [`${name}: tell`, telling], after]
    : [[name, telling], after];
}

/**
 * Tells people, in chat's own form, and by mail as plain text; begins with `<name>: words`. Texts are put together as objects and written out by
 * a function: a cause that somebody else wrote has quotes in it.
 */
export function publish(calls: AwsCalls, topicArn: string, { name, subject, message }: Telling): States {
  const {
    content: { textType, title },
    ...envelope
  } = chatMessage(subject);
  return [
    [`${name}: words`, put('$.words', { 'text.$': message })],
    [`${name}: chat`, put('$.chat', { ...envelope, content: { textType, title, 'description.$': '$.words.text' } })],
    [`${name}: channels`, put('$.channels', { 'default.$': 'States.JsonToString($.chat)', 'email.$': '$.words.text' })],
    [
      `${name}: publish`,
      calls.task(
        'sns:publish',
        {
          'TopicArn': topicArn,
          'Subject': subject.slice(0, 100),
          'MessageStructure': 'json',
          'Message.$': 'States.JsonToString($.channels)',
        },
        { resources: [topicArn] },
      ),
    ],
  ];
}
