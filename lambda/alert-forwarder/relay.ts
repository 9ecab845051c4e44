import { alertIn, type Home, isShownInChat } from './alert';
import { notificationsIn } from './notification';
import { topicMessage } from './payloads';

/** Input of a publication to SNS. */
export interface Publication {
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
  readonly MessageStructure?: 'json';
}

/**
 * Relays notifications of other topics to a topic with channels.
 *
 * Chat clients silently drop a message that is neither an alarm nor a chat notification, such as an event of RDS. It is
 * converted to a chat notification. An alarm is relayed unchanged, so that chat clients recognize its end.
 */
export async function relay(
  event: unknown,
  { topicArn, home }: { readonly topicArn: string; readonly home: Home },
  publish: (message: Publication) => Promise<unknown>,
): Promise<void> {
  for (const notification of notificationsIn(event)) {
    const { subject, message } = topicMessage(alertIn(notification, home));
    await publish(
      isShownInChat(notification.message, home)
        ? { TopicArn: topicArn, Subject: notification.subject, Message: notification.message }
        : { TopicArn: topicArn, Subject: subject, Message: message, MessageStructure: 'json' },
    );
  }
}
