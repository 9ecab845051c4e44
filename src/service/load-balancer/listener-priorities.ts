import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import type { Route } from './route';

/** A service's place among the rules of a load balancer. */
interface Claim {
  readonly route: Route;
  readonly priority: number;
  readonly owner: string;
}

/**
 * The routes that the services of a load balancer have claimed. None ever moves another; what would clash, or be
 * hidden behind another, is refused.
 */
export class RouteTable {
  private readonly claims: Claim[] = [];

  public constructor(private readonly loadBalancer: IConstruct) {}

  /** Gives out the priority of a service's rule. */
  public claim(owner: IConstruct, route: Route, explicit?: number): number {
    route._check(owner);
    const priority = explicit ?? route._priority(owner.node.path);
    this.refuseSameRoute(owner, route);
    this.refuseSamePriority(owner, priority);
    this.refuseHidden(owner, route, priority);
    this.claims.push({ route, priority, owner: owner.node.path });
    return priority;
  }

  private refuseSameRoute(owner: IConstruct, route: Route): void {
    const same = this.claims.find((claim) => claim.route._name() === route._name());
    if (same) {
      throw new PropError(owner, {
        prop: 'route',
        value: route._name(),
        expected: `a route that no other service of ${this.loadBalancer.node.path} has ('${same.owner}' has it)`,
        fix: 'give each service its own Route.path or Route.host',
      });
    }
  }

  private refuseSamePriority(owner: IConstruct, priority: number): void {
    const same = this.claims.find((claim) => claim.priority === priority);
    if (same) {
      throw new PropError(owner, {
        prop: 'routePriority',
        value: priority,
        expected: `a priority that '${same.owner}' doesn't have`,
        fix: `set routePriority on the newer of the two, for example ${this.freeAfter(priority)}`,
      });
    }
  }

  /** A rule behind one that takes all of its requests never serves. */
  private refuseHidden(owner: IConstruct, route: Route, priority: number): void {
    const before = this.claims.find((claim) => claim.priority < priority && claim.route._covers(route));
    if (before) {
      throw new PropError(owner, {
        prop: 'routePriority',
        value: priority,
        expected: `below ${before.priority}: '${before.owner}' takes all requests of '${route._name()}' before`,
        fix: 'set a lower routePriority',
      });
    }
    const after = this.claims.find((claim) => claim.priority > priority && route._covers(claim.route));
    if (after) {
      throw new PropError(owner, {
        prop: 'routePriority',
        value: priority,
        expected: `above ${after.priority}: '${route._name()}' takes all requests of '${after.owner}' before`,
        fix: 'set a higher routePriority',
      });
    }
  }

  private freeAfter(priority: number): number {
    const taken = new Set(this.claims.map((claim) => claim.priority));
    let free = priority;
    while (taken.has(free)) {
      free += 1;
    }
    return free;
  }
}
