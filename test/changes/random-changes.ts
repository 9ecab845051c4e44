import * as fc from 'fast-check';
import type { Outcome } from '../simulators/cloudformation/outcome';
import { BAD, Cloud } from './play';
import { PROCEDURES } from './procedures';
import type { Subject } from './row';
import type { Part, Row } from './rows';
import { type Deployable, Site, type Surroundings } from './site';

/** Changes of one example: a few constructs, then one change after the other. */
interface Walk {
  /** Places of subjects in the list of all. */
  readonly subjects: readonly number[];
  readonly steps: ReadonlyArray<{ readonly row: number; readonly side: 'before' | 'after'; readonly failing: number }>;
}

/** Value that a step has chosen. */
interface Chosen { readonly part: Part; readonly side: 'before' | 'after' }

type State = ReadonlyMap<string, Chosen>;

const STEPS = 5;
/** Rules that speak where something new and protected has to go again. */
const PROTECTED = ['protected-database', 'protected-load-balancer'];
/** Rules of what no rollback undoes. The row of the prop tells it. */
const ONE_WAY = ['no-engine-downgrade', 'storage-does-not-shrink', 'firewall-taken-away'];

/** Random changes of random apps, out of the values of rows. */
export class RandomChanges {
  /** Changes that were judged. Those that synthesis refuses do not count. */
  public judged = 0;
  public refusedAtSynthesis = 0;
  private readonly subjects: readonly Subject<never>[];
  /** Props of the subject that a part sets, its companions included. */
  private readonly touched = new Map<Part, readonly string[]>();
  private readonly templates = new Map<string, readonly Deployable[] | undefined>();

  /** With a function that hears of each judged change. */
  public constructor(
    private readonly rows: readonly Row[],
    private readonly onJudged = (_judged: number): void => {},
  ) {
    this.subjects = [...new Set(rows.flatMap(({ part }) => part?.subject ?? []))];
  }

  /** Walks until so many changes are judged. The seed repeats a run. */
  public check(changes: number, seed: number): void {
    for (let round = 0; this.judged < changes; round++) {
      const numRuns = Math.ceil((changes - this.judged) / STEPS);
      const walks = fc.property(this.walks(), (walk) => this.walk(walk));
      fc.assert(walks, { numRuns, seed: seed + round, endOnFailure: true });
    }
  }

  private walks(): fc.Arbitrary<Walk> {
    const side = fc.constantFrom('before' as const, 'after' as const);
    const step = fc.record({ row: fc.nat(), side, failing: fc.nat() });
    return fc.record({
      subjects: fc.uniqueArray(fc.nat(this.subjects.length - 1), { minLength: 1, maxLength: 2 }),
      steps: fc.array(step, { minLength: STEPS, maxLength: STEPS }),
    });
  }

  private walk({ subjects, steps }: Walk): void {
    const chosen = subjects.map((index) => this.subjects[index]);
    const rows = this.rows.filter(({ part }) => part && chosen.includes(part.subject));
    let state: State = new Map();
    const app = this.appOf(chosen, state);
    if (!app) {
      return;
    }
    const cloud = Cloud.with(app);
    steps.forEach(({ row, side, failing }) => {
      const { part } = rows[row % rows.length];
      const next: State = new Map([...state, [slotOf(part!), { part: part!, side }]]);
      const changed = this.appOf(chosen, next);
      if (!changed) {
        this.refusedAtSynthesis++;
        return;
      }
      const parts = [part!, state.get(slotOf(part!))?.part ?? part!];
      this.holdsRollback(cloud.copy(), changed, failing, parts);
      const outcomes = cloud.deploy(changed);
      this.onJudged(++this.judged);
      this.holdsVerdicts(outcomes, parts);
      // What AWS refuses was rolled back, so that the next step begins where this one did.
      state = outcomes.every(({ state: { status } }) => /^(CREATE|UPDATE)_COMPLETE$/.test(status)) ? next : state;
    });
  }

  private holdsVerdicts(outcomes: readonly Outcome[], parts: readonly Part[]): void {
    const findings = outcomes
      .flatMap(({ changes }) => changes)
      .flatMap(({ logicalId, findings: all }) => all.map((finding) => ({ ...finding, logicalId })));
    const isTold = (rule: string) => rule in PROCEDURES || parts.some((part) => this.isTold(part));
    const untold = findings
      .filter(({ verdict, rule }) => verdict === 'unknown' || (BAD.includes(verdict) && !isTold(rule)))
      .map(({ verdict, logicalId, says, rule }) => `${verdict}: ${logicalId}: ${says} [${rule}]`);
    if (untold.length > 0) {
      throw new Error(`${slotOf(parts[0])} does what no row tells:\n${untold.join('\n')}`);
    }
  }

  /** Tells if a row of a prop that the part sets has a procedure. */
  private isTold(part: Part): boolean {
    const props = [part.slot, ...this.touched.get(part) ?? []];
    return this.rows.some(({ part: other, remarks }) =>
      other?.subject === part.subject && props.includes(other.slot) && remarks.procedure);
  }

  /** Lets one changed resource fail, and compares its stack with the one before. */
  private holdsRollback(cloud: Cloud, changed: readonly Deployable[], failing: number, parts: readonly Part[]): void {
    const changes = cloud.copy().deploy(changed)
      .flatMap((outcome) => outcome.changes)
      .filter(({ action }) => ['create', 'update', 'replace'].includes(action));
    if (changes.length === 0 || changes.some(({ verdict }) => verdict === 'refused by AWS')) {
      return;
    }
    const { logicalId } = changes[failing % changes.length];
    const before = new Map(changed.map(({ stack }) => [stack, cloud.snapshot(stack)]));
    const failed = cloud.deploy(changed, { failing: [logicalId] });
    const last = changed[failed.length - 1].stack;
    const spoken = failed.flatMap(({ changes: made }) => made.flatMap(({ findings }) => findings));
    const speaks = (rules: readonly string[]) => spoken.some(({ rule }) => rules.includes(rule));
    const isTold = speaks(PROTECTED) || (speaks(ONE_WAY) && parts.some((part) => this.isTold(part)));
    if (!isTold && cloud.snapshot(last) !== before.get(last)) {
      const { status } = failed.at(-1)!.state;
      throw new Error(`${slotOf(parts[0])}: when ${logicalId} fails, `
        + `the rollback of ${last} does not end in the state before (${status})`);
    }
  }

  /** Templates of a state, each made once; `undefined` where synthesis refuses it. */
  private appOf(subjects: readonly Subject<never>[], state: State): readonly Deployable[] | undefined {
    const values = [...state].map(([slot, { part, side }]) =>
      [slot, this.rows.findIndex((row) => row.part === part), side]);
    const key = JSON.stringify([subjects.map(({ name }) => name), values.sort()]);
    if (!this.templates.has(key)) {
      this.templates.set(key, this.synthesized(subjects, state));
    }
    return this.templates.get(key);
  }

  private synthesized(subjects: readonly Subject<never>[], state: State): readonly Deployable[] | undefined {
    const site = new Site(SURROUNDINGS);
    try {
      subjects.forEach((subject, index) => {
        const own = [...state.values()].filter(({ part }) => part.subject === subject);
        const given = own.map(({ part, side }) => {
          const props = part.props(site, side);
          this.touched.set(part, [...this.touched.get(part) ?? [], ...Object.keys(props)]);
          return props;
        });
        const props = Object.assign({}, ...given) as object;
        subject.make(site, `Subject${index}`, props as never);
      });
      return site.synthesized();
    } catch (error) {
      if (error instanceof Error && isRefusal(error)) {
        return undefined;
      }
      throw error;
    }
  }
}

function slotOf({ subject, slot }: Part): string {
  return `${subject.name}.${slot}`;
}

/** Surroundings of every random app: two zones keep it small. */
const SURROUNDINGS: Surroundings = { zones: 2 };

/** Tells if the library or CDK refused props that do not go together. */
function isRefusal({ name, message }: Error): boolean {
  return name === 'PropError' || /ValidationError|There is already a Construct with name/.test(`${name} ${message}`);
}
