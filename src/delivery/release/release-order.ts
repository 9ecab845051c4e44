import type { IConstruct } from 'constructs';
import type { IReleasedService } from '../../contracts';
import { stackPath } from '../../text/stack-path';
import { PropError } from '../../validation/prop-error';

/** Service that is released after others. */
interface Dependency {
  readonly service: IReleasedService;
  readonly earlier: readonly IReleasedService[];
}

/**
 * Order in which a release deploys its services.
 *
 * Services are deployed in waves. A wave begins when all deployments of the wave before have ended, bake times
 * included. Migrations run before the first wave. A rollback moves all services at once, whatever their order.
 *
 * @example
 * new Release(this, 'Release', {
 *   stageName: 'production',
 *   services: [api, admin, web],
 *   order: ReleaseOrder.sideBySide().after(web, [api]),
 * });
 */
export class ReleaseOrder {
  /** One service after another, in the order in which they are declared. */
  public static declared(): ReleaseOrder {
    return new ReleaseOrder(true, []);
  }

  /**
   * All services at the same time, apart from those with {@link ReleaseOrder.after}.
   *
   * Each version of a service must work with both versions of every other one.
   */
  public static sideBySide(): ReleaseOrder {
    return new ReleaseOrder(false, []);
  }

  private constructor(
    private readonly oneByOne: boolean,
    private readonly dependencies: readonly Dependency[],
  ) {}

  /**
   * Order in which a service also waits for others. Returns a new object.
   *
   * @param service the service that begins later
   * @param earlier the services whose deployments must have succeeded
   */
  public after(service: IReleasedService, earlier: IReleasedService[]): ReleaseOrder {
    return new ReleaseOrder(this.oneByOne, [...this.dependencies, { service, earlier }]);
  }

  /**
   * Indices of the services by wave. Throws a PropError for an order that can't be kept.
   * @internal
   */
  public _waves(scope: IConstruct, services: readonly IReleasedService[]): number[][] {
    const earlier = services.map((service, index) => [
      ...this.dependencies.filter((one) => one.service === service).flatMap((one) => one.earlier),
      ...(this.oneByOne ? services.slice(0, index) : []),
    ]);
    this.checkServices(scope, services);
    const waves: number[][] = [];
    const done = new Set<IReleasedService>();
    while (done.size < services.length) {
      const wave = services.flatMap((service, index) =>
        !done.has(service) && earlier[index].every((one) => done.has(one)) ? [index] : [],
      );
      if (wave.length === 0) {
        const left = services.filter((service) => !done.has(service));
        throw this.error(scope, `has services that wait for each other: ${left.map(nameOf).join(', ')}`);
      }
      wave.forEach((index) => done.add(services[index]));
      waves.push(wave);
    }
    return waves;
  }

  private checkServices(scope: IConstruct, services: readonly IReleasedService[]): void {
    const named = this.dependencies.flatMap(({ service, earlier }) => [service, ...earlier]);
    const other = named.find((service) => !services.includes(service));
    if (other) {
      throw this.error(scope, `names ${nameOf(other)}, which is none of the services of the release`);
    }
  }

  private error(scope: IConstruct, problem: string): PropError {
    return new PropError(scope, { prop: 'order', problem, fix: 'change the calls of after()' });
  }
}

function nameOf({ releaseTarget: { source } }: IReleasedService): string {
  return stackPath(source);
}
