/** Part of a notification of SNS that the forwarder needs. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  /** Time of publication. */
  readonly timestamp?: string;
  readonly message: string;
}

export type Fields = { readonly [name: string]: unknown };

/**
 * Notifications of an invocation.
 *
 * The event has records of SNS, or is one notification from the dead-letter queue of a subscription that is sent again
 * by hand. Any other event is forwarded as text, so that no alert gets lost.
 */
export function notificationsIn(event: unknown): Notification[] {
  const { Records: records, Type: type } = fieldsOf(event);
  if (Array.isArray(records) && records.length > 0) {
    return records.map((record) => notification(fieldsOf(record).Sns ?? record));
  }
  return [type === 'Notification' ? notification(event) : { messageId: '', topicArn: '', message: textOf(event) }];
}

function notification(value: unknown): Notification {
  const { MessageId, TopicArn, Subject, Timestamp, Message } = fieldsOf(value);
  return {
    messageId: typeof MessageId === 'string' ? MessageId : '',
    topicArn: typeof TopicArn === 'string' ? TopicArn : '',
    subject: typeof Subject === 'string' && Subject !== '' ? Subject : undefined,
    timestamp: typeof Timestamp === 'string' ? Timestamp : undefined,
    message: typeof Message === 'string' ? Message : textOf(Message ?? value),
  };
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
