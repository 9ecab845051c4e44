/** What the parsers of rules and of expressions have in common: they read a text token by token, to its end. */
export abstract class TokenParser {
  private readonly tokens: string[] = [];
  private position = 0;

  /** @param token matches one token, with what blanks precede it; sticky */
  protected constructor(private readonly source: string, token: RegExp) {
    token.lastIndex = 0;
    while (source.slice(token.lastIndex).trim() !== '') {
      const from = token.lastIndex;
      const match = token.exec(source);
      if (!match) {
        throw new Error(`${source.slice(from).trim()} can't be read in ${source}`);
      }
      this.tokens.push(match[1]);
    }
  }

  /** What is read next; undefined at the end. */
  protected get upcoming(): string | undefined {
    return this.tokens[this.position];
  }

  protected next(): string {
    if (this.upcoming === undefined) {
      throw this.unexpected();
    }
    return this.tokens[this.position++];
  }

  protected take(token: string): boolean {
    if (this.upcoming !== token) {
      return false;
    }
    this.position++;
    return true;
  }

  protected expect(token: string): void {
    if (!this.take(token)) {
      throw this.unexpected();
    }
  }

  protected toTheEnd<T>(read: T): T {
    if (this.upcoming !== undefined) {
      throw this.unexpected();
    }
    return read;
  }

  protected unexpected(): Error {
    return new Error(`${this.upcoming ?? 'the end'} is not expected in ${this.source}`);
  }
}
