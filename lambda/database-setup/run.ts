import { setMaxListeners } from 'node:events';
import { SetupError } from './failure';

/** Part of the time that attempts to connect may take, so that their failure is told rather than a timeout. */
const CONNECTING = 1 / 3;
const MAX_CONNECTING_MS = 90_000;

/** One run of the setup: its step, its time, and the passwords that no line may contain. */
export class Run {
  private readonly controller = new AbortController();
  private readonly secrets = new Set<string>();
  private readonly endsAt: number;
  private timer?: NodeJS.Timeout;
  private step = 'the start';

  public constructor(
    private readonly milliseconds: number,
    private readonly write: (line: string) => void,
  ) {
    this.endsAt = Date.now() + milliseconds;
    // Each session listens, and there may be one for each user.
    setMaxListeners(0, this.controller.signal);
  }

  /** Aborted at the end of the run. Open sessions close then. */
  public get signal(): AbortSignal {
    return this.controller.signal;
  }

  public get remainingMs(): number {
    return Math.max(0, this.endsAt - Date.now());
  }

  /** Time within which a server or an endpoint must accept a connection. */
  public get connectMs(): number {
    return Math.min(MAX_CONNECTING_MS, this.milliseconds * CONNECTING, this.remainingMs);
  }

  /** Logs a step, and keeps it for the error of a timeout. */
  public begin(step: string): void {
    this.step = step;
    this.log(step);
  }

  public log(line: string): void {
    this.write(this.redact(line));
  }

  /** Rejects when the time is over. */
  public async timeout(): Promise<never> {
    return new Promise((_, reject) => {
      this.timer = setTimeout(() => {
        const seconds = Math.round(this.milliseconds / 1000);
        reject(new SetupError(`the setup has not ended within ${seconds} s. Its last step: ${this.step}`));
      }, this.milliseconds);
    });
  }

  public end(): void {
    clearTimeout(this.timer);
    this.controller.abort();
  }

  /** Keeps a password, or what is derived from it, out of each line and error. */
  public conceal(secret: string): void {
    if (secret !== '') {
      this.secrets.add(secret);
    }
  }

  public redact(line: string): string {
    return [...this.secrets].reduce((text, secret) => text.replaceAll(secret, '***'), line);
  }
}
