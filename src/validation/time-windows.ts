import type { IConstruct } from 'constructs';
import { PropError } from './prop-error';

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Part of a day or week, in minutes from its beginning. */
export interface Span {
  /** First minute. */
  readonly start: number;
  /** Number of minutes. */
  readonly length: number;
}

/** Time of day in UTC. */
export interface TimeOfDay {
  /** 0 to 23. */
  readonly hour: number;
  /** 0 to 59. */
  readonly minute: number;
}

/** Span of `hh:mm-hh:mm`. */
export function dailySpan(scope: IConstruct, prop: string, value: string): Span {
  const found = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(value);
  if (!found) {
    throw new PropError(scope, { prop, value, expected: 'hh:mm-hh:mm in UTC', fix: 'write it as 02:00-03:00' });
  }
  const [startHour, startMinute, endHour, endMinute] = found.slice(1).map(Number);
  const start = startHour * 60 + startMinute;
  return { start, length: (endHour * 60 + endMinute - start + DAY) % DAY };
}

/** Span of `ddd:hh:mm-ddd:hh:mm`. */
export function weeklySpan(scope: IConstruct, prop: string, value: string): Span {
  const days = DAYS.join('|');
  const found = new RegExp(`^(${days}):(\\d\\d:\\d\\d)-(${days}):(\\d\\d:\\d\\d)$`).exec(value);
  if (!found) {
    throw new PropError(scope, {
      prop,
      value,
      expected: 'ddd:hh:mm-ddd:hh:mm in UTC',
      fix: 'write it as sun:05:30-sun:06:30',
    });
  }
  const from = dailySpan(scope, prop, `${found[2]}-${found[4]}`);
  const [fromDay, toDay] = [DAYS.indexOf(found[1]), DAYS.indexOf(found[3])];
  const end = Number(found[4].slice(0, 2)) * 60 + Number(found[4].slice(3));
  const start = fromDay * DAY + from.start;
  return { start, length: (toDay * DAY + end - start + WEEK) % WEEK };
}

/** The same span on each day of a week. */
export function everyDay({ start, length }: Span): Span[] {
  return DAYS.map((_, day) => ({ start: day * DAY + start, length }));
}

/** Span of a week that begins some minutes earlier. */
export function withMinutesBefore({ start, length }: Span, minutes: number): Span {
  return { start: (start - minutes + WEEK) % WEEK, length: length + minutes };
}

/** Compares two spans of a week that begins again when it ends. */
export function overlap(a: Span, b: Span): boolean {
  return (b.start - a.start + WEEK) % WEEK < a.length || (a.start - b.start + WEEK) % WEEK < b.length;
}

/** Time of day at which a daily span ends. */
export function endOf({ start, length }: Span): TimeOfDay {
  const end = (start + length) % DAY;
  return { hour: Math.floor(end / 60), minute: end % 60 };
}

/** Windows of a store as the caller wrote them, with their props. */
export interface StoreWindows {
  /** `hh:mm-hh:mm` in UTC. */
  readonly daily: { readonly prop: string; readonly value: string };
  /** `ddd:hh:mm-ddd:hh:mm` in UTC. */
  readonly weekly: { readonly prop: string; readonly value: string };
  /** Shortest window in minutes that AWS accepts. */
  readonly shortest: number;
}

/** Spans of both windows. Refuses one that is too short, or longer than a day. */
export function checkedSpans(
  scope: IConstruct,
  { daily, weekly, shortest }: StoreWindows,
): { readonly daily: Span; readonly weekly: Span } {
  const spans = {
    daily: dailySpan(scope, daily.prop, daily.value),
    weekly: weeklySpan(scope, weekly.prop, weekly.value),
  };
  checkLength(scope, { ...daily, span: spans.daily, format: 'hh:mm-hh:mm', shortest });
  checkLength(scope, { ...weekly, span: spans.weekly, format: 'ddd:hh:mm-ddd:hh:mm', shortest });
  return spans;
}

interface MeasuredWindow {
  readonly prop: string;
  readonly value: string;
  readonly span: Span;
  /** Format of the window, for the message. */
  readonly format: string;
  readonly shortest: number;
}

function checkLength(scope: IConstruct, { prop, value, span, format, shortest }: MeasuredWindow): void {
  if (span.length < shortest || span.length > DAY) {
    throw new PropError(scope, {
      prop,
      value,
      expected: `${shortest} minutes to 24 hours as ${format} in UTC`,
      fix: 'change the end of the window',
    });
  }
}
