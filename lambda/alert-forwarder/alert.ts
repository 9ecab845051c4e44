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
  /** When, as ISO 8601 in UTC. */
  readonly at?: string;
  /** The address of the page that says what to do. */
  readonly runbook?: string;
}

/** Understands alarms, notifications of this library and of chat integration, events, and those of RDS. The rest goes on as it came. */
export function alertIn(notification: Notification): Alert {
  const fields = parsed(notification.message);
  const known = [alarm, chatNotification, databaseEvent, event].map((reader) => reader(fields)).find((found) => found !== undefined);
  const unknown = { title: notification.subject ?? 'Message without a subject', text: notification.message };
  const read: Read = known ?? unknown;
  return { key: notification.messageId, over: false, source: 'AWS', ...read, at: read.at ?? timeIn(notification.timestamp) };
}

/** Whether chat integration shows a message as it is: an alarm, or its own form. */
export function isShownInChat(message: string): boolean {
  const fields = parsed(message);
  return (alarm(fields) ?? chatNotification(fields)) !== undefined;
}

type Read = Pick<Alert, 'title' | 'text'> & Partial<Alert>;

/** Metric, composite and log alarms. */
function alarm(fields: Fields): Read | undefined {
  const { AlarmName: name, AlarmArn: arn, NewStateValue: state, OldStateValue: before, NewStateReason: reason, AlarmDescription: description } = fields;
  if (!isText(name) || !isText(state)) {
    return undefined;
  }
  const over = state === 'OK';
  // The first state of a new alarm is sent as an end, too: nothing had begun.
  const began = over ? before === 'INSUFFICIENT_DATA' ? 'Watching: ' : 'Over: ' : state === 'ALARM' ? '' : `${state}: `;
  const at = timeIn(fields.StateChangeTime);
  // Who is woken reads this line: names of alarms are often made up by CloudFormation.
  const happened = isText(description) ? description.split(/(?<=\.)\s|\n/)[0] : name;
  return {
    title: `${began}${happened}`,
    text: [name, description, reason, whenAndWhere(at && `since ${at}`, partOf(arn, 'account'), partOf(arn, 'region'))].filter(isText).join('\n\n'),
    over,
    source: name,
    at,
    runbook: isText(description) ? /\bRunbook: (https:\/\/\S+)/.exec(description)?.[1] : undefined,
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
  const { 'Source ID': id, 'Event Message': message, 'Event Source': kind, 'Identifier Link': link, 'Source ARN': arn } = fields;
  if (!isText(message) || !isText(id)) {
    return undefined;
  }
  const at = timeIn(fields['Event Time'], 'Z');
  const where = whenAndWhere(at, partOf(arn, 'account'), partOf(arn, 'region'));
  return { title: `${isText(kind) ? kind : 'RDS'} ${id}`, text: [message, link, where].filter(isText).join('\n'), source: id, at };
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
  const at = timeIn(fields.time);
  const where = whenAndWhere(at, fields.account, fields.region);
  return {
    title: kind, text: [...told.length > 0 ? told : [textOf(fields.detail)], ...resources, where].filter(isText).join('\n'), at, ...(resources[0] && { source: resources[0] }),
  };
}

/** In words: `since 2026-01-01T12:00:00.000Z, account 111111111111, eu-central-1`. */
function whenAndWhere(when: string | undefined, account: unknown, region: unknown): string {
  return [when, isText(account) ? `account ${account}` : undefined, region].filter(isText).join(', ');
}

function partOf(arn: unknown, part: 'region' | 'account'): string | undefined {
  return isText(arn) ? arn.split(':')[part === 'region' ? 3 : 4] : undefined;
}

/** Each service writes times in its own way, RDS without a zone. */
function timeIn(value: unknown, zone = ''): string | undefined {
  const time = isText(value) ? new Date(`${value}${zone}`) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
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
