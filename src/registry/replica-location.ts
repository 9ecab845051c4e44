/**
 * Account and region that receive replicated images.
 *
 * @example
 * const destination = ReplicaLocation.of('222222222222', 'eu-central-1');
 */
export class ReplicaLocation {
  /**
   * Registry of an account in a region.
   *
   * @param account account, 12 digits
   * @param region region such as eu-central-1
   */
  public static of(account: string, region: string): ReplicaLocation {
    return new ReplicaLocation(account, region);
  }

  private constructor(
    /** Account, 12 digits. */
    public readonly account: string,
    /** Region such as eu-central-1. */
    public readonly region: string,
  ) {}
}
