import { chatMessage } from '../../../observability/alerting/channels/chat-message';
import { chart, LABEL, type Part, part, put } from '../../asl/asl';
import { choice, type Condition } from '../../asl/conditions';
import { format, toJson } from '../../asl/intrinsics';
import type { AwsCalls } from '../../asl/sdk-integrations';

/** Notification of people. */
export interface Notification {
  /** Name of its first state. */
  readonly name: string;
  /** Subject, cut off after 100 characters. */
  readonly subject: string;
  /** Sentences of the text: paths and intrinsic functions, or plain text. */
  readonly sentences: [string, ...string[]];
  /**
   * Condition under which it is sent.
   * @default - always
   */
  readonly when?: Condition;
  /**
   * State that follows.
   * @default - the step that follows the part
   */
  readonly next?: string;
}

/** Notifies people and continues in any case: a notification that fails is passed over. */
export function notify(calls: AwsCalls, topicArn: string | undefined, notification: Notification): Part {
  const { name, when, next } = notification;
  const transition = next === undefined ? {} : { Next: next };
  if (topicArn === undefined) {
    return part([name, { ...LABEL, ...transition }]);
  }
  const done = `${name}: done`;
  const send = {
    Type: 'Parallel',
    Branches: [chart(publish(calls, topicArn, notification))],
    ResultPath: null,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: done }],
  };
  const end = [done, { ...LABEL, ...transition }] as const;
  return when
    ? part([name, choice([when], `${name}: send`, done)], [`${name}: send`, send], end)
    : part([name, send], end);
}

const TEXT = '$.text';
const CHAT = '$.chat';
const CHANNELS = '$.channels';

/**
 * Publishes to chats, in their own format, and to mail as plain text. Texts are put together as objects and serialized
 * by a function, because a cause that somebody else wrote may have quotes in it.
 */
export function publish(calls: AwsCalls, topicArn: string, { name, subject, sentences }: Notification): Part {
  const { content, ...envelope } = chatMessage(subject);
  const { textType, title } = content;
  const paths = sentences.map((_, index) => `${TEXT}.sentence${index + 1}`);
  const numbered = Object.fromEntries(
    sentences.map((sentence, index) =>
      isExpression(sentence) ? [`sentence${index + 1}.$`, sentence] : [`sentence${index + 1}`, sentence],
    ),
  );
  return part(
    [`${name}: write sentences`, put(TEXT, numbered)],
    [`${name}: write text`, put(TEXT, { 'text.$': format(paths.map(() => '{}').join(' '), ...paths) })],
    [
      `${name}: write chat message`,
      put(CHAT, { ...envelope, content: { textType, title, 'description.$': `${TEXT}.text` } }),
    ],
    [`${name}: choose channels`, put(CHANNELS, { 'default.$': toJson(CHAT), 'email.$': `${TEXT}.text` })],
    [
      `${name}: publish`,
      calls.task(
        'sns:publish',
        {
          'TopicArn': topicArn,
          'Subject': subject.slice(0, 100),
          'MessageStructure': 'json',
          'Message.$': toJson(CHANNELS),
        },
        { resources: [topicArn] },
      ),
    ],
  );
}

function isExpression(sentence: string): boolean {
  return /^(\$|States\.)/.test(sentence);
}
