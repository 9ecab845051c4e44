/** Held here, because what is global is looked up slowly within a test, and these are asked for with every request. */
const { imul, sqrt, log, cos, exp, round, min, max } = Math;
const FULL_TURN = 2 * Math.PI;

/* eslint-disable no-bitwise -- mixing bits is what it does */

/** Numbers that look random and are the same in every run. Each minute has its own, so that what happens in one changes no other. */
export class Random {
  private state: number;

  public constructor(seed: number, minute: number) {
    this.state = (imul(seed, 0x9e3779b1) ^ imul(minute + 1, 0x85ebca6b)) >>> 0;
    this.next();
    this.next();
  }

  /** From 0 to below 1. */
  public next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** Of the standard normal distribution. */
  public normal(): number {
    return sqrt(-2 * log(1 - this.next())) * cos(FULL_TURN * this.next());
  }

  /** How many of independent events happen, where so many are expected. */
  public poisson(expected: number): number {
    if (expected > 60) {
      return max(0, round(expected + sqrt(expected) * this.normal()));
    }
    let events = -1;
    for (let left = exp(-expected), product = 1; product > left; events++) {
      product *= this.next();
    }
    return max(0, events);
  }

  /** How many of a number have a property that each has with this probability. */
  public binomial(number: number, probability: number): number {
    if (probability <= 0 || number === 0) {
      return 0;
    }
    if (probability >= 1) {
      return number;
    }
    if (number * probability < 20) {
      return min(number, this.poisson(number * probability));
    }
    const spread = sqrt(number * probability * (1 - probability));
    return min(number, max(0, round(number * probability + spread * this.normal())));
  }
}
