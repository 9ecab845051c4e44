import { type Fields, fieldsOf, type Notification, textOf } from './notification';

/** What happened, whoever tells it. */
export interface Alert {
  readonly title: string;
  readonly text: string;
  /** Under which later messages about the same thing are found again. */
  readonly key: string;
  /** Whether the thing is over. */
  readonly over: boolean;
  /** What it happened to. */
  readonly source: string;
}

/** Understands alarms, notifications of this library and of chat integration, events, and those of RDS. The rest goes on as it came. */
export function alertIn(notification: Notification): Alert {
  const fields = parsed(notification.message);
  const known = [alarm, chatNotification, databaseEvent, event].map((reader) => reader(fields)).find((found) => found !== undefined);
  const unknown = { title: notification.subject ?? 'Message without a subject', text: notification.message };
  return { key: notification.messageId, over: false, source: 'AWS', ...(known ?? unknown) };
}

/** Whether chat integration shows a message as it is: an alarm, or its own form. */
export function isShownInChat(message: string): boolean {
  const fields = parsed(message);
  return (alarm(fields) ?? chatNotification(fields)) !== undefined;
}

type Read = Pick<Alert, 'title' | 'text'> & Partial<Alert>;

/** Metric, composite and log alarms. */
function alarm(fields: Fields): Read | undefined {
  const { AlarmName: name, AlarmArn: arn, NewStateValue: state, NewStateReason: reason, AlarmDescription: description } = fields;
  if (!isText(name) || !isText(state)) {
    return undefined;
  }
  const over = state === 'OK';
  // Who is woken reads this line: names of alarms are often made up by CloudFormation.
  const happened = isText(description) ? description.split(/(?<=\.)\s|\n/)[0] : name;
  return {
    title: over ? `Over: ${happened}` : state === 'ALARM' ? happened : `${state}: ${happened}`,
    text: [name, description, reason].filter(isText).join('\n\n'),
    over,
    source: name,
    ...(isText(arn) && { key: arn }),
  };
}

/** The form that chat integration shows: deployments and releases are told in it. */
function chatNotification(fields: Fields): Read | undefined {
  const { source, content } = fields;
  const { title, description, nextSteps } = fieldsOf(content);
  if (source !== 'custom' || !(isText(title) || isText(description))) {
    return undefined;
  }
  const steps = Array.isArray(nextSteps) ? nextSteps.filter(isText).map((step) => `- ${step}`) : [];
  const text = [description, steps.join('\n')].filter(isText).join('\n\n');
  return { title: isText(title) ? title : text.split('\n')[0], text };
}

/** What RDS tells about a database. */
function databaseEvent(fields: Fields): Read | undefined {
  const { 'Source ID': id, 'Event Message': message, 'Event Source': kind, 'Identifier Link': link } = fields;
  return isText(message) && isText(id) ? { title: `${isText(kind) ? kind : 'RDS'} ${id}`, text: [message, link].filter(isText).join('\n'), source: id } : undefined;
}

/** EventBridge, and notification rules of developer tools. */
function event(fields: Fields): Read | undefined {
  const kind = fields['detail-type'] ?? fields.detailType;
  if (!isText(kind)) {
    return undefined;
  }
  const resources = Array.isArray(fields.resources) ? fields.resources.filter(isText) : [];
  const { eventName, reason } = fieldsOf(fields.detail);
  const told = [eventName, reason].filter(isText);
  return { title: kind, text: [...told.length > 0 ? told : [textOf(fields.detail)], ...resources].join('\n'), ...(resources[0] && { source: resources[0] }) };
}

function parsed(message: string): Fields {
  try {
    return fieldsOf(JSON.parse(message));
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
