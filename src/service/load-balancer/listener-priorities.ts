import type { IConstruct } from 'constructs';
import { stackPath } from '../../text/stack-path';
import { checkRules } from '../../validation/rules';
import type { Route } from './route';

/** Priority that a service's rule has on a load balancer. */
interface Claim {
  readonly route: Route;
  readonly priority: number;
  /** Construct path of the service. */
  readonly owner: string;
}

/**
 * Priorities of the listener rules that the services of a load balancer have.
 * A new route never changes the priority of another. Routes that collide with or hide others are refused.
 */
export class ListenerPriorities {
  private readonly claims: Claim[] = [];

  public constructor(private readonly loadBalancer: IConstruct) {}

  /** Reserves the priority of a service's rule. */
  public claim(owner: IConstruct, route: Route, explicit?: number): number {
    route._checkTokens(owner, explicit);
    route._check(owner);
    const priority = explicit ?? route._priority(stackPath(owner));
    this.check(owner, route, { priority, explicit });
    this.claims.push({ route, priority, owner: owner.node.path });
    return priority;
  }

  private check(
    owner: IConstruct,
    route: Route,
    { priority, explicit }: { readonly priority: number; readonly explicit?: number },
  ): void {
    const name = route._name();
    const sameRoute = this.claims.find((claim) => claim.route._name() === name);
    const samePriority = this.claims.find((claim) => claim.priority === priority);
    const hiding = this.claims.find((claim) => claim.priority < priority && claim.route._covers(route));
    const hidden = this.claims.find((claim) => claim.priority > priority && route._covers(claim.route));
    const unset = explicit === undefined;
    checkRules(owner, [
      {
        condition: sameRoute !== undefined,
        prop: 'route',
        value: name,
        expected:
          `a route that no other service of ${this.loadBalancer.node.path} has ('${sameRoute?.owner}' has it)`,
        fix: 'use a different Route.path or Route.host for each service',
      },
      {
        condition: samePriority !== undefined,
        ...(unset
          ? { prop: 'route', problem: `'${name}' has the same priority as '${samePriority?.owner}', ${priority}` }
          : {
            prop: 'routePriority',
            value: priority,
            expected: `a priority that '${samePriority?.owner}' doesn't have`,
          }),
        fix:
          `set routePriority on the newer of the two, for example ${this.freeAfter(priority)}; ` +
          'a number that a rule gives up is free in the deployment after that',
      },
      {
        condition: hiding !== undefined,
        ...(unset
          ? { prop: 'route', problem: `'${name}' is hidden by '${hiding?.owner}' at priority ${hiding?.priority}` }
          : {
            prop: 'routePriority',
            value: priority,
            expected: `below ${hiding?.priority}: '${hiding?.owner}' receives all requests of '${name}' first`,
          }),
        fix: `set a routePriority below ${hiding?.priority}, or raise that of '${hiding?.owner}'`,
      },
      {
        condition: hidden !== undefined,
        ...(unset
          ? { prop: 'route', problem: `'${name}' would hide '${hidden?.owner}' at priority ${hidden?.priority}` }
          : {
            prop: 'routePriority',
            value: priority,
            expected: `above ${hidden?.priority}: '${name}' would receive all requests of '${hidden?.owner}' first`,
          }),
        fix: `set a routePriority above ${hidden?.priority}, or lower that of '${hidden?.owner}'`,
      },
    ]);
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
