import { alertIn, isShownInChat } from './alert';
import { notificationsIn } from './notification';
import { topicMessage } from './payloads';

/** What the relay hands to SNS. */
export interface Published { readonly TopicArn: string; readonly Subject?: string; readonly Message: string; readonly MessageStructure?: 'json' }

/**
 * Tells a topic's channels what happened on another topic. Chat integration drops, without a word, what is neither an alarm nor of its own
 * form: an event of RDS would never be seen. An alarm goes on as it is, so that its end is known as such.
 */
export async function relay(event: unknown, topicArn: string, publish: (message: Published) => Promise<unknown>): Promise<void> {
  for (const notification of notificationsIn(event)) {
    const { subject, message } = topicMessage(alertIn(notification));
    await publish(isShownInChat(notification.message)
      ? { TopicArn: topicArn, Subject: notification.subject, Message: notification.message }
      : { TopicArn: topicArn, Subject: subject, Message: message, MessageStructure: 'json' });
  }
}
