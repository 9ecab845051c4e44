import type { EventEmitter } from 'node:events';

/**
 * Password that is only proved, never sent.
 *
 * With the other methods the server gets the password, or a hash that opens a session as well.
 */
export class ScramOnly {
  private asked?: string;
  private proved = false;

  /** Passed to the client, which calls it when the server has asked. */
  public readonly password: () => string;

  public constructor(password: string) {
    this.password = () => {
      if (this.asked) {
        throw Object.assign(new Error(`the server asks for the password ${this.asked}, which is refused: use SCRAM`), {
          code: 'SCRAM_ONLY',
        });
      }
      return password;
    };
  }

  /** Before the client connects, so that this listener is called before the client's own. */
  public watch(connection: EventEmitter): void {
    connection.on('authenticationCleartextPassword', () => (this.asked = 'in clear'));
    connection.on('authenticationMD5Password', () => (this.asked = 'as MD5'));
    connection.on('authenticationSASLFinal', () => (this.proved = true));
  }

  /** True if the server has accepted the password. It says so before it looks at anything else of the user. */
  public get accepted(): boolean {
    return this.proved;
  }

  /** Throws if the server opened a session unasked. One that knows the user proves that it knows the password, too. */
  public check(): void {
    if (!this.proved) {
      throw new Error('the server asked for no password, which is refused: use SCRAM');
    }
  }
}
