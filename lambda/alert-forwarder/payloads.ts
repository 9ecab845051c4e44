import { createHash } from 'node:crypto';
import type { Alert } from './alert';
import type { Urgency } from './plan';

/** PagerDuty's limits. */
const MOST_OF_A_SUMMARY = 1024;
const MOST_OF_A_KEY = 255;
/** Slack takes more, nobody reads more. */
const MOST_OF_A_TEXT = 3500;
/** What SNS takes as a subject. */
const MOST_OF_A_SUBJECT = 99;

const MARKS: { readonly [urgency in Urgency]: string } = { critical: ':rotating_light:', error: ':red_circle:', warning: ':warning:', info: ':information_source:' };

/** For an incoming webhook of Slack. Nothing that came from outside becomes a link or a mention. */
export function slackMessage(alert: Alert, urgency: Urgency): object {
  const text = escaped(cut(alert.text, MOST_OF_A_TEXT));
  return { text: `${alert.over ? ':white_check_mark:' : MARKS[urgency]} *${escaped(cut(alert.title, MOST_OF_A_SUMMARY))}*${text && `\n${text}`}` };
}

/** For PagerDuty's Events API, version 2. The end of an alarm closes what its beginning opened. */
export function pagerDutyEvent(alert: Alert, urgency: Urgency, routingKey: string): object {
  return {
    routing_key: routingKey,
    event_action: alert.over ? 'resolve' : 'trigger',
    dedup_key: alert.key.length > MOST_OF_A_KEY ? createHash('sha256').update(alert.key).digest('hex') : alert.key || undefined,
    payload: {
      summary: cut(alert.title, MOST_OF_A_SUMMARY),
      source: cut(alert.source, MOST_OF_A_SUMMARY),
      severity: urgency,
      timestamp: alert.at,
      custom_details: { text: alert.text },
    },
    links: alert.runbook === undefined ? undefined : [{ href: alert.runbook, text: 'Runbook' }],
  };
}

/** For a topic: mails as text, everyone else the form that chat integration shows. */
export function topicMessage(alert: Alert): { readonly subject: string; readonly message: string } {
  const notification = { version: '1.0', source: 'custom', content: { textType: 'client-markdown', title: cut(alert.title, 200), description: cut(alert.text, MOST_OF_A_TEXT) || alert.title } };
  return {
    subject: cut(alert.title.replace(/[^\x20-\x7e]+/g, ' ').trim() || 'Alert', MOST_OF_A_SUBJECT, '...'),
    message: JSON.stringify({ default: JSON.stringify(notification), email: `${alert.title}\n\n${alert.text}` }),
  };
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** By characters, of which some are two units of a string: half of one is none. */
function cut(text: string, most: number, end = '…'): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most - end.length).join('')}${end}` : text;
}
