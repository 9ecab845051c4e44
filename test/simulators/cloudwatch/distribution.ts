/** Held here, because what is global is looked up slowly within a test. */
const { log, floor } = Math;
const SMALLEST = 0.001;
const GROWTH = Math.log(1.05);
const BINS = 260;

/** How the values of each minute are spread, in bins 5 % wide from a thousandth to 320. Smaller and larger values fall into the outermost. */
export class Distribution {
  private readonly counts: Uint16Array;
  /** The lowest and the highest bin of each minute that is not empty. */
  private readonly lowest: Uint16Array;
  private readonly highest: Int16Array;

  public constructor(private readonly minutes: number) {
    this.counts = new Uint16Array(minutes * BINS);
    this.lowest = new Uint16Array(minutes).fill(BINS);
    this.highest = new Int16Array(minutes).fill(-1);
  }

  /** So many values alike. */
  public add(minute: number, value: number, times = 1, bin = binOf(value)): void {
    this.counts[minute * BINS + bin] += times;
    if (bin < this.lowest[minute]) {
      this.lowest[minute] = bin;
    }
    if (bin > this.highest[minute]) {
      this.highest[minute] = bin;
    }
  }

  public continueFrom(past: Distribution, minutes: number): void {
    this.counts.set(past.counts.subarray(0, minutes * BINS));
    this.lowest.set(past.lowest.subarray(0, minutes));
    this.highest.set(past.highest.subarray(0, minutes));
  }

  /** One value for each minute from one on, of the window of a period that ends with it; the last minutes of the window may not be known yet. */
  public sliding({ period, late, from }: { period: number; late: number; from: number }, statistic: (window: Window) => number): Float64Array {
    const result = new Float64Array(this.minutes).fill(NaN);
    const window = new Window();
    const first = Math.max(period, late);
    for (let minute = from - first; minute < from - late; minute++) {
      this.move(window, minute, 1);
    }
    for (let minute = from; minute < this.minutes; minute++) {
      this.move(window, minute - late, 1);
      this.move(window, minute - first, -1);
      if (window.total > 0) {
        result[minute] = statistic(window);
      }
    }
    return result;
  }

  private move(window: Window, minute: number, direction: 1 | -1): void {
    if (minute < 0) {
      return;
    }
    const start = minute * BINS;
    for (let bin = this.lowest[minute]; bin <= this.highest[minute]; bin++) {
      const count = this.counts[start + bin];
      window.counts[bin] += direction * count;
      window.total += direction * count;
    }
  }
}

/** The values of one window. */
export class Window {
  public readonly counts = new Float64Array(BINS);
  public total = 0;

  /** The value below which a share of all values lies. */
  public percentile(share: number): number {
    let left = share * this.total;
    for (let bin = 0; bin < BINS; bin++) {
      if (this.counts[bin] >= left && this.counts[bin] > 0) {
        return lowerEdge(bin + left / this.counts[bin]);
      }
      left -= this.counts[bin];
    }
    return lowerEdge(BINS);
  }

  /** How many values lie above one limit and not above another. */
  public countBetween(from: number, to: number): number {
    return this.countUpTo(to) - this.countUpTo(from);
  }

  private countUpTo(limit: number): number {
    if (limit === Infinity) {
      return this.total;
    }
    if (!(limit > SMALLEST)) {
      return 0;
    }
    const edge = log(limit / SMALLEST) / GROWTH;
    const whole = edge < BINS ? floor(edge) : BINS;
    let below = 0;
    for (let bin = 0; bin < whole; bin++) {
      below += this.counts[bin];
    }
    return whole < BINS ? below + this.counts[whole] * (edge - whole) : below;
  }
}

/** The bin of a value, which serves several distributions. */
export function binOf(value: number): number {
  const bin = value > SMALLEST ? floor(log(value / SMALLEST) / GROWTH) : 0;
  return bin < BINS ? bin : BINS - 1;
}

function lowerEdge(bin: number): number {
  return SMALLEST * Math.exp(GROWTH * bin);
}
