/** The simulated time is counted in minutes; the first is the first of a Monday. */
export const HOUR = 60;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** From 01:00 to 06:00. */
export function isNight(minute: number): boolean {
  return minute % DAY >= HOUR && minute % DAY < 6 * HOUR;
}

/** From 20:00 to 06:00. */
export function isPause(minute: number): boolean {
  return minute % DAY >= 20 * HOUR || minute % DAY < 6 * HOUR;
}

/** A minute of a day. */
export function on(day: number, hour: number, minute = 0): number {
  return day * DAY + hour * HOUR + minute;
}
