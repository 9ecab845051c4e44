import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** Pages of this library, one for each of its alarms. */
const PUBLISHED = 'https://github.com/org/prod-constructs/blob/main/docs/runbooks';

/**
 * Location of the runbook pages that alarms link to.
 *
 * Source: requirement A-23.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   services: [api],
 *   alertRouting,
 *   runbooks: Runbooks.at('https://wiki.example.com/runbooks'),
 * });
 */
export class Runbooks {
  /** Pages that come with this library, in its repository under `docs/runbooks`. */
  public static published(): Runbooks {
    return new Runbooks(PUBLISHED);
  }

  /**
   * Custom pages, at `<url>/<key>.md` for each alarm.
   *
   * Copy `docs/runbooks` there as a start, and fill in the contacts.
   *
   * @param url https address without query and fragment, with or without a slash at its end
   */
  public static at(url: string): Runbooks {
    return new Runbooks(url);
  }

  private constructor(private readonly url: string) {}

  /**
   * Address of an alarm's page.
   *
   * @param alarm key of the alarm, such as `service-errors-many`
   */
  public pageOf(alarm: string): string {
    return `${Token.isUnresolved(this.url) ? this.url : this.url.replace(/\/+$/, '')}/${alarm}.md`;
  }

  /**
   * Throws a PropError for an address that can't be opened from a message.
   *
   * @internal
   */
  public _check(scope: IConstruct): void {
    if (!Token.isUnresolved(this.url) && !isPlainHttpsAddress(this.url)) {
      throw new PropError(scope, {
        prop: 'runbooks',
        value: this.url,
        expected: 'an https address without spaces, query and fragment, to which /<alarm>.md is added',
        fix:
          "give the folder of your pages, Runbooks.at('https://wiki.example.com/runbooks'), " +
          'or remove runbooks to use Runbooks.published()',
      });
    }
  }
}

function isPlainHttpsAddress(url: string): boolean {
  const address = /\s/.test(url) || !URL.canParse(url) ? undefined : new URL(url);
  return address !== undefined && address.protocol === 'https:' && !/[?#]/.test(url) && address.username === '';
}
