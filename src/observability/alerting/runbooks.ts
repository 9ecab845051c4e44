import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** The pages of this library, one for each alarm that it makes. */
const PUBLISHED = 'https://github.com/org/prod-constructs/blob/main/docs/runbooks';

/** Where the page of each alarm is (requirement A-23). */
export class Runbooks {
  /** The pages that come with this library, in its repository under `docs/runbooks`. */
  public static published(): Runbooks {
    return new Runbooks(PUBLISHED);
  }

  /**
   * At an address of your own: the page of an alarm is `<url>/<key>.md`. Copy `docs/runbooks` there to begin with, and fill in who is called.
   *
   * @param url an https address without query and fragment; a slash at its end makes no difference
   */
  public static at(url: string): Runbooks {
    return new Runbooks(url);
  }

  private constructor(private readonly url: string) {}

  /** The address of an alarm's page. */
  public pageOf(alarm: string): string {
    return `${Token.isUnresolved(this.url) ? this.url : this.url.replace(/\/+$/, '')}/${alarm}.md`;
  }

  /**
   * Refuses an address that nobody could open out of a message.
   *
   * @internal
   */
  public _check(scope: IConstruct): void {
    if (!Token.isUnresolved(this.url) && !isPlainHttpsAddress(this.url)) {
      throw new PropError(scope, {
        prop: 'runbooks',
        value: this.url,
        expected: 'an https address without spaces, query and fragment, to which /<alarm>.md is added',
        fix: "give the address of the folder of your pages, Runbooks.at('https://wiki.example.com/runbooks'), or leave it out for Runbooks.published()",
      });
    }
  }
}

function isPlainHttpsAddress(url: string): boolean {
  const address = /\s/.test(url) || !URL.canParse(url) ? undefined : new URL(url);
  return address !== undefined && address.protocol === 'https:' && !/[?#]/.test(url) && address.username === '';
}
