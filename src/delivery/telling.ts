import { chatMessage } from '../observability/chat-message';
import type { AwsCalls } from './aws-calls';
import { put, type States } from './state-chart';

/** What people are told of by a state machine. */
export interface Telling {
  /** Who is told. */
  readonly topicArn: string;
  /** What happened, in a line. */
  readonly subject: string;
  /** The rest, by a function of the states language. */
  readonly text: string;
}

/** SNS takes no longer subject. */
const LONGEST_SUBJECT = 100;

/**
 * Tells people, in chat's own form, and by mail as plain text. Texts are put together as objects and written out by a function: a cause that
 * somebody else wrote has quotes in it.
 */
export function tell(name: string, calls: AwsCalls, { topicArn, subject, text }: Telling): States {
  const { content: { textType, title }, ...envelope } = chatMessage(subject);
  return [
    [`${name}: words`, put('$.words', { 'text.$': text })],
    [`${name}: chat`, put('$.chat', { ...envelope, content: { textType, title, 'description.$': '$.words.text' } })],
    [`${name}: channels`, put('$.channels', { 'default.$': 'States.JsonToString($.chat)', 'email.$': '$.words.text' })],
    [`${name}: publish`, calls.task('sns:publish', {
      'TopicArn': topicArn, 'Subject': subject.slice(0, LONGEST_SUBJECT), 'MessageStructure': 'json', 'Message.$': 'States.JsonToString($.channels)',
    }, { resources: [topicArn] })],
  ];
}
