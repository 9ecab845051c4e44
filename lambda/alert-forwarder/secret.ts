/** Spares calls in a burst of alerts, and picks up a rotated value soon. */
const CACHE_MS = 5 * 60 * 1000;

/** Secret of Secrets Manager with a short-lived cache. */
export class Secret {
  private cached?: { readonly value: string; readonly at: number };

  public constructor(
    private readonly fetchValue: () => Promise<string | undefined>,
    private readonly now: () => number,
  ) {}

  /** Cached value, or the current one if the cache has expired. */
  public async value(): Promise<string> {
    return this.cached && this.now() - this.cached.at < CACHE_MS ? this.cached.value : this.reread();
  }

  /** Current value. */
  public async reread(): Promise<string> {
    const value = ((await this.fetchValue()) ?? '').trim();
    this.cached = { value, at: this.now() };
    return value;
  }
}
