import type { Conditions } from './conditions';
import { Random } from './random';
import { DAY } from './time';

/**
 * What happens in a month about which nobody needs to be woken: every other day a minute in which half a percent of requests fails, every other
 * day a minute in which a tenth of them takes twenty times as long, and every tenth day a task that dies: a few connections
 * are refused, it fails its checks and leaves, and another one starts in its place.
 */
export function hiccupAt(minute: number, seed: number): Conditions {
  const random = new Random(seed + 3, Math.floor(minute / DAY));
  const [failing, slow, dying] = [2, 2, 10].map((days) => (random.next() < 1 / days ? Math.floor(random.next() * DAY) : (random.next(), -10)));
  const now = minute % DAY;
  if (now === failing) {
    return { all: { errors: 0.005 } };
  }
  if (now === slow) {
    return { all: { slower: 20, slowShare: 0.1 } };
  }
  if (now === dying) {
    return { all: { refused: 0.005 } };
  }
  if (now === dying + 1 || now === dying + 3) {
    return { all: { unhealthy: 0.25 } };
  }
  return {};
}
