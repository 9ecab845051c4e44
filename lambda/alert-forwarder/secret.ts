/** Long enough to spare calls in a burst of alerts, short enough that a rotated value is in use before anyone wonders. */
const KEPT_MS = 5 * 60 * 1000;

/** A value of Secrets Manager, kept for a short time. */
export class Secret {
  private kept?: { readonly value: string; readonly at: number };

  public constructor(private readonly fetchValue: () => Promise<string | undefined>, private readonly now: () => number) {}

  /** The last value, or what is there now. */
  public async value(): Promise<string> {
    return this.kept && this.now() - this.kept.at < KEPT_MS ? this.kept.value : this.reread();
  }

  public async reread(): Promise<string> {
    const value = (await this.fetchValue() ?? '').trim();
    this.kept = { value, at: this.now() };
    return value;
  }
}
