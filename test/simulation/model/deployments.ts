/** One of the two target groups between which production moves. */
export type Colour = 0 | 1;

/** One deployment of a blue/green service. */
export interface Deployment {
  /** Minute in which it starts. */
  readonly at: number;
  /** Share of the traffic that the new version gets first, and for how long. None: all at once. */
  readonly canary?: { readonly share: number; readonly minutes: number };
  /** Minutes for which both versions run with all traffic on the new one. */
  readonly bake: number;
}

/** What is true of a target group in a minute. */
export interface GroupState {
  /** Share of production's traffic. */
  readonly share: number;
  /** Whether tasks stand in it: registered in this minute, serving, or leaving it in this minute. */
  readonly tasks: 'none' | 'starting' | 'ready' | 'leaving';
}

/** Minutes from the start of a deployment: tasks are placed and pulled, registered, healthy, then traffic moves. */
const REGISTERED = 2;
const READY = 3;
const SHIFT = 4;

/** What becomes of the groups, deployment after deployment. */
export class Schedule {
  public constructor(private readonly deployments: Deployment[]) {}

  /** Both groups in a minute. */
  public at(minute: number): { readonly groups: readonly [GroupState, GroupState]; readonly deploying: boolean; readonly fresh: Colour } {
    const begun = this.deployments.filter(({ at }) => at <= minute);
    const fresh = (begun.length % 2) as Colour;
    const latest = begun.at(-1);
    if (!latest || minute > endOf(latest)) {
      return { groups: pair(fresh, { share: 1, tasks: 'ready' }, { share: 0, tasks: 'none' }), deploying: false, fresh };
    }
    const since = minute - latest.at;
    const share = shareOfNew(latest, since);
    const tasks = since < REGISTERED ? 'none' : since < READY ? 'starting' : 'ready';
    const old = minute === endOf(latest) ? 'leaving' : 'ready';
    return { groups: pair(fresh, { share, tasks }, { share: 1 - share, tasks: old }), deploying: true, fresh };
  }

  /** Tasks that run for each that is wanted of one version. */
  public versionsRunning(minute: number): number {
    const { deploying, groups } = this.at(minute);
    const latest = this.deployments.filter(({ at }) => at <= minute).at(-1);
    return deploying && latest && minute - latest.at >= REGISTERED - 1 && groups.every(({ tasks }) => tasks !== 'leaving') ? 2 : 1;
  }
}

/** The minute in which the old tasks leave. */
export function endOf({ at, canary, bake }: Deployment): number {
  return at + SHIFT + (canary?.minutes ?? 0) + bake;
}

/** The minute in which traffic begins to move. */
export function shiftOf({ at }: Deployment): number {
  return at + SHIFT;
}

function shareOfNew({ canary }: Deployment, since: number): number {
  if (since < SHIFT) {
    return 0;
  }
  return canary && since < SHIFT + canary.minutes ? canary.share : 1;
}

function pair(fresh: Colour, of: GroupState, other: GroupState): readonly [GroupState, GroupState] {
  return fresh === 0 ? [of, other] : [other, of];
}
