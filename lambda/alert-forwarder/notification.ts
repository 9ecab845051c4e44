/** What SNS hands over: the part that the forwarder lives by. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  /** When it was published. */
  readonly timestamp?: string;
  readonly message: string;
}

export type Fields = { readonly [name: string]: unknown };

/**
 * The notifications of an invocation: SNS's records, or one notification as it lies in the dead-letter queue of a subscription, so that
 * what failed can be sent again by hand. Anything else is a notification, too: its text must not get lost.
 */
export function notificationsIn(event: unknown): Notification[] {
  const { Records: records, Type: type } = fieldsOf(event);
  if (Array.isArray(records) && records.length > 0) {
    return records.map((record) => notification(fieldsOf(record).Sns ?? record));
  }
  return [type === 'Notification' ? notification(event) : { messageId: '', topicArn: '', message: textOf(event) }];
}

function notification(value: unknown): Notification {
  const { MessageId: messageId, TopicArn: topicArn, Subject: subject, Timestamp: timestamp, Message: message } = fieldsOf(value);
  return {
    messageId: typeof messageId === 'string' ? messageId : '',
    topicArn: typeof topicArn === 'string' ? topicArn : '',
    subject: typeof subject === 'string' && subject !== '' ? subject : undefined,
    timestamp: typeof timestamp === 'string' ? timestamp : undefined,
    message: typeof message === 'string' ? message : textOf(message ?? value),
  };
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : {};
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}
