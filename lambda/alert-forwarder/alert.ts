import { type Fields, fieldsOf, type Notification, textOf } from './notification';

/** Alert, whichever service published it. */
export interface Alert {
  readonly title: string;
  readonly text: string;
  /** Key that correlates messages about the same incident. */
  readonly key: string;
  /** True if the incident is resolved. */
  readonly over: boolean;
  /** True for the first OK of a new alarm, which ends nothing. */
  readonly first?: boolean;
  /** Affected resource. */
  readonly source: string;
  /** Time, as ISO 8601 in UTC. */
  readonly at?: string;
  /** URL of the runbook page. */
  readonly runbook?: string;
}

/**
 * Alert of a notification.
 *
 * Alarms, chat notifications, events of EventBridge and events of RDS are parsed. Any other message is kept as text.
 *
 * @param notification the notification
 * @param home where the forwarder runs, and all its alarms are
 */
export function alertIn(notification: Notification, home: Home): Alert {
  const fields = parsed(notification.message);
  const alarmOfHome = (of: Fields): Content | undefined => alarm(of, home);
  const known = [alarmOfHome, chatNotification, databaseEvent, event]
    .map((parser) => parser(fields))
    .find((found) => found !== undefined);
  const unknown = { title: notification.subject ?? 'Message without a subject', text: notification.message };
  const content: Content = known ?? unknown;
  const at = content.at ?? timeIn(notification.timestamp);
  return { key: notification.messageId, over: false, source: 'AWS', ...content, at };
}

/** True if chat clients show a message as it is: an alarm or a chat notification. */
export function isShownInChat(message: string, home: Home): boolean {
  const fields = parsed(message);
  const isAlarm = isAlarmPayload(fields);
  return isAlarm ? isOfHome(fields, home) : chatNotification(fields) !== undefined;
}

/** Partition, region and account of the forwarder, which the alarms that notify it share. */
export interface Home {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** Home of a function by its ARN. */
export function homeOf(functionArn: string): Home {
  const [, partition, , region, account] = functionArn.split(':');
  return { partition, region, account };
}

type Content = Pick<Alert, 'title' | 'text'> & Partial<Alert>;

function isAlarmPayload(fields: Fields): boolean {
  return isText(fields.AlarmName) && isText(fields.NewStateValue);
}

/** The topics admit alarms of their own account alone, and an alarm notifies topics of its own region alone. */
function isOfHome({ AlarmArn: arn }: Fields, { partition, region, account }: Home): boolean {
  return isText(arn) && arn.startsWith(`arn:${partition}:cloudwatch:${region}:${account}:alarm:`);
}

/** Metric, composite and log alarms. Only those of this account and region may trigger or resolve an incident. */
function alarm(fields: Fields, home: Home): Content | undefined {
  const { AlarmName: name, AlarmArn: arn, AlarmDescription: description, NewStateReason: reason } = fields;
  const { NewStateValue: state, OldStateValue: before } = fields;
  if (!isText(name) || !isText(state)) {
    return undefined;
  }
  if (!isOfHome(fields, home)) {
    return forged(home);
  }
  const over = state === 'OK';
  // A new alarm sends OK as its first state, which resolves nothing.
  const end = before === 'INSUFFICIENT_DATA' ? 'Watching: ' : 'Over: ';
  const begin = state === 'ALARM' ? '' : `${state}: `;
  const prefix = over ? end : begin;
  const at = timeIn(fields.StateChangeTime);
  const where = timeAndPlace(at && `since ${at}`, partOf(arn, 'account'), partOf(arn, 'region'));
  // The title is the first sentence of the description, because CloudFormation generates most names of alarms.
  const summary = isText(description) ? description.split(/(?<=\.)\s|\n/)[0] : name;
  return {
    title: `${prefix}${summary}`,
    text: [name, description, reason, where].filter(isText).join('\n\n'),
    over,
    first: over && before === 'INSUFFICIENT_DATA',
    source: name,
    at,
    runbook: isText(description) ? /\bRunbook: (https:\/\/\S+)/.exec(description)?.[1] : undefined,
    ...(isText(arn) && { key: arn }),
  };
}

/**
 * Notice of an alarm payload that CloudWatch can't have sent. It repeats nothing of the payload, whose links may lead
 * anywhere, and has one key, so that many of them are one incident.
 */
function forged({ account, region }: Home): Content {
  return {
    title: 'A message imitates an alarm of another account',
    text: [
      `Its ARN is of no alarm of account ${account} in ${region}. Its text is not shown.`,
      'No incident was resolved by it. Find who may publish to the topics in their policies.',
    ].join('\n\n'),
    key: `imitated-alarm-${account}-${region}`,
  };
}

/** Notification for chat clients, which deployments and releases publish. */
function chatNotification(fields: Fields): Content | undefined {
  const { source, content } = fields;
  const { title, description, nextSteps } = fieldsOf(content);
  if (source !== 'custom' || !(isText(title) || isText(description))) {
    return undefined;
  }
  const steps = Array.isArray(nextSteps) ? nextSteps.filter(isText).map((step) => `- ${step}`) : [];
  const text = [description, steps.join('\n')].filter(isText).join('\n\n');
  return { title: isText(title) ? title : text.split('\n')[0], text };
}

/** Event of RDS about a database. */
function databaseEvent(fields: Fields): Content | undefined {
  const { 'Source ID': id, 'Source ARN': arn, 'Event Source': kind, 'Event Message': message } = fields;
  if (!isText(message) || !isText(id)) {
    return undefined;
  }
  const at = timeIn(fields['Event Time'], 'Z');
  const where = timeAndPlace(at, partOf(arn, 'account'), partOf(arn, 'region'));
  const text = [message, fields['Identifier Link'], where].filter(isText).join('\n');
  return { title: `${isText(kind) ? kind : 'RDS'} ${id}`, text, source: id, at };
}

/** Event of EventBridge or of a notification rule of the developer tools. */
function event(fields: Fields): Content | undefined {
  const kind = fields['detail-type'] ?? fields.detailType;
  if (!isText(kind)) {
    return undefined;
  }
  const resources = Array.isArray(fields.resources) ? fields.resources.filter(isText) : [];
  const { eventName, reason } = fieldsOf(fields.detail);
  const reasons = [eventName, reason].filter(isText);
  const at = timeIn(fields.time);
  const where = timeAndPlace(at, fields.account, fields.region);
  const lines = [...(reasons.length > 0 ? reasons : [textOf(fields.detail)]), ...resources, where];
  return { title: kind, text: lines.filter(isText).join('\n'), at, ...(resources[0] && { source: resources[0] }) };
}

/** For example `since 2026-01-01T12:00:00.000Z, account 111111111111, eu-central-1`. */
function timeAndPlace(time: string | undefined, account: unknown, region: unknown): string {
  return [time, isText(account) ? `account ${account}` : undefined, region].filter(isText).join(', ');
}

function partOf(arn: unknown, part: 'region' | 'account'): string | undefined {
  return isText(arn) ? arn.split(':')[part === 'region' ? 3 : 4] : undefined;
}

/** Parses the time formats of the services. RDS omits the zone. */
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
