import { createHash } from 'node:crypto';
import type { ChatMessage } from '../../src/observability/alerting/channels/chat-message';
import type { Urgency } from '../../src/observability/alerting/channels/forwarder-plan';
import type { Alert } from './alert';

/** Limits of PagerDuty. */
const MAX_SUMMARY_LENGTH = 1024;
const MAX_KEY_LENGTH = 255;
/** Readable length, below the limit of Slack. */
const MAX_TEXT_LENGTH = 3500;
/** Limit of SNS. */
const MAX_SUBJECT_LENGTH = 99;
/** Limit of chat notifications. */
const MAX_CHAT_TITLE_LENGTH = 200;

const EMOJIS: { readonly [urgency in Urgency]: string } = {
  critical: ':rotating_light:',
  error: ':red_circle:',
  warning: ':warning:',
  info: ':information_source:',
};

/** Body for an incoming webhook of Slack. It is escaped, so that an alert can't contain links or mentions. */
export function slackMessage(alert: Alert, urgency: Urgency): object {
  const emoji = alert.over ? ':white_check_mark:' : EMOJIS[urgency];
  const title = escape(truncate(alert.title, MAX_SUMMARY_LENGTH));
  const text = escape(truncate(alert.text, MAX_TEXT_LENGTH));
  return { text: `${emoji} *${title}*${text && `\n${text}`}` };
}

/** Event for the Events API v2 of PagerDuty. The end of an alarm resolves the incident that it triggered. */
export function pagerDutyEvent(alert: Alert, urgency: Urgency, routingKey: string): object {
  const { key } = alert;
  return {
    routing_key: routingKey,
    event_action: alert.over ? 'resolve' : 'trigger',
    dedup_key: key.length > MAX_KEY_LENGTH ? createHash('sha256').update(key).digest('hex') : key || undefined,
    payload: {
      summary: truncate(alert.title, MAX_SUMMARY_LENGTH),
      source: truncate(alert.source, MAX_SUMMARY_LENGTH),
      severity: urgency,
      timestamp: alert.at,
      custom_details: { text: alert.text },
    },
    links: alert.runbook === undefined ? undefined : [{ href: alert.runbook, text: 'Runbook' }],
  };
}

/** Message for a topic: text for mails, and a chat notification for other protocols. */
export function topicMessage(alert: Alert): { readonly subject: string; readonly message: string } {
  const notification: ChatMessage = {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: truncate(alert.title, MAX_CHAT_TITLE_LENGTH),
      description: truncate(alert.text, MAX_TEXT_LENGTH) || alert.title,
    },
  };
  return {
    subject: truncate(alert.title.replace(/[^\x20-\x7e]+/g, ' ').trim() || 'Alert', MAX_SUBJECT_LENGTH, '...'),
    message: JSON.stringify({ default: JSON.stringify(notification), email: `${alert.title}\n\n${alert.text}` }),
  };
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** Truncates by code points, so that a surrogate pair is not split. */
function truncate(text: string, maxLength: number, end = '…'): string {
  const characters = [...text];
  return characters.length > maxLength ? `${characters.slice(0, maxLength - end.length).join('')}${end}` : text;
}
