import { Random } from './random';
import { DAY, HOUR } from './time';

/** Requests a minute on a working day, at each full hour: next to none at night. */
const BY_HOUR = [20, 8, 3, 2, 2, 8, 60, 200, 400, 540, 600, 590, 520, 560, 600, 590, 550, 480, 400, 330, 260, 170, 90, 40];
const WEEKEND = 0.45;
/** How much days differ from each other, and ten minutes from the next. */
const DAY_SPREAD = 0.06;
const MOMENT_SPREAD = 0.03;
const MOMENT = 10;

/** Requests that users make in a minute, on average. */
export function demandAt(minute: number, seed: number): number {
  const hour = (minute % DAY) / HOUR;
  const [from, to] = [BY_HOUR[Math.floor(hour)], BY_HOUR[(Math.floor(hour) + 1) % 24]];
  const usual = from + (to - from) * (hour % 1);
  const weekend = Math.floor(minute / DAY) % 7 >= 5 ? WEEKEND : 1;
  const day = 1 + DAY_SPREAD * new Random(seed + 1, Math.floor(minute / DAY)).normal();
  const moment = 1 + MOMENT_SPREAD * new Random(seed + 2, Math.floor(minute / MOMENT)).normal();
  return Math.max(0, usual * weekend * day * moment);
}
