import { exampleOf } from './example';
import { Cloud, type Judgement, judgementOf } from './play';
import type { Change, Changes, Exempt, Group, Remarks, Subject, Value } from './row';
import { type Deployable, Site, type Surroundings } from './site';

/** One line of the page. */
export interface Row {
  /** Subject, what changes, and the two values. */
  readonly id: string;
  readonly subject: string;
  /** Prop, or what changes around the subject. */
  readonly what: string;
  readonly example: string;
  /** Names in the API that the row covers. */
  readonly covers: readonly string[];
  readonly remarks: Remarks;
  readonly exempt?: string;
  /** Whether every construct has this row. */
  readonly general?: boolean;
  /** Whether it must not interrupt or be refused, whatever is usual: nothing was asked of what runs. */
  readonly strict?: boolean;
  /** The change as part of a larger app. It is absent where the row is not about props. */
  readonly part?: Part;
  /** Judgement of the change, and of the way back where there is one. */
  judge(): { readonly there: Judgement; readonly back?: Judgement };
}

/** One value of a row in an app of several changes. */
export interface Part {
  readonly subject: Subject<never>;
  /** Prop of the subject that the row changes. Rows of one slot exclude each other. */
  readonly slot: string;
  props(site: Site, side: 'before' | 'after'): object;
}

/** Rows of a struct of the API. */
export function changesOf<Props extends object, Own extends object = Props>(group: Group<Props, Own>): Row[] {
  return Object.entries(group.changes as Changes<Record<string, unknown>>).flatMap(([prop, entry]) => {
    const covers = [`${group.struct}.${prop}`];
    if ('exempt' in entry!) {
      return [exempt(group.subject.name, shownProp(group, prop), covers, entry)];
    }
    return ('several' in entry! ? entry.several : [entry!]).map((change) => changeRow({
      subject: group.subject,
      what: shownProp(group, prop),
      slot: group.within ? slotOf(group.within) ?? prop : prop,
      covers,
      change,
      props: (value, site, extra) => {
        const props = { ...resolved(group.required, site), ...extra, ...(value === undefined ? {} : { [prop]: value }) } as Props;
        return group.within ? group.within(props, site) : props as unknown as Partial<Own>;
      },
      plain: group.within || group.required ? group : group.subject,
    }));
  });
}

/** Choice between factories of a class of the API, each named as in the API. */
export interface Choice<T, Own> {
  readonly subject: Subject<Own>;
  readonly class: string;
  readonly prop: string;
  readonly values: { readonly [factory: string]: (site: Site) => T };
  /** Each to each other instead of each to the next. */
  readonly each?: boolean;
  /** Remarks by `before → after`, `* → after`, `before → *`, or `*` for all others. */
  readonly remarks?: { readonly [pair: string]: Remarks };
  within(value: T, site: Site): Partial<Own>;
}

/** Rows of a choice. A way that is not judged on its own is judged as the way back. */
export function choicesOf<T, Own>(choice: Choice<T, Own>): Row[] {
  const names = Object.keys(choice.values);
  const pairs = choice.each
    ? names.flatMap((before, index) => names.slice(index + 1).map((after) => [before, after] as const))
    : names.slice(1).map((after, index) => [names[index], after] as const);
  return pairs.map(([before, after]) => changeRow({
    subject: choice.subject,
    what: choice.prop,
    slot: slotOf(choice.within) ?? choice.prop,
    covers: [before, after].map((name) => `${choice.class}.${name.replace(/\W.*/, '')}`),
    change: [choice.values[before], choice.values[after], remarksOf(choice, before, after)],
    props: (value, site) => choice.within(value as T, site),
    plain: choice,
  }));
}

function remarksOf({ remarks = {} }: Pick<Choice<unknown, never>, 'remarks'>, before: string, after: string): Remarks {
  return remarks[`${before} → ${after}`] ?? remarks[`* → ${after}`] ?? remarks[`${before} → *`] ?? remarks['*'] ?? {};
}

/** Rows of parameters of factories, by `Class.factory`. */
export function parametersOf<T, Own>(
  { subject, prop, within, changes }: {
    readonly subject: Subject<Own>;
    readonly prop: string;
    readonly changes: { readonly [factory: string]: Change<T> };
    within(value: T, site: Site): Partial<Own>;
  },
): Row[] {
  return Object.entries(changes).map(([factory, change]) => changeRow({
    subject, what: prop, slot: slotOf(within) ?? prop, covers: [factory, `${factory}()`], change, props: (value, site) => within(value as T, site), plain: change,
  }));
}

interface RowOfChange<Own> {
  readonly subject: Subject<Own>;
  readonly what: string;
  readonly slot: string;
  readonly covers: readonly string[];
  readonly change: Change<unknown>;
  /** Owner of the apps whose value is unset or shared by rows: each of them is made once. */
  readonly plain: object;
  props(value: unknown, site: Site, extra: object): Partial<Own>;
}

function changeRow<Own>({ subject, what, slot, covers, change, props, plain }: RowOfChange<Own>): Row {
  const [before, after, remarks = {}] = change;
  const example = `${exampleOf(before)} → ${exampleOf(after)}`;
  const built = (value: Value<unknown>, site: Site) => props(resolved(value, site), site, (resolved(remarks.with, site) ?? {}) as object);
  const made = (value: Value<unknown>) => {
    const build = (site: Site) => built(value, site);
    const own = remarks.with !== undefined || (value !== undefined && typeof value !== 'function');
    return own ? appOf(subject, {}, build) : shared(plain, value, () => appOf(subject, {}, build));
  };
  return {
    id: `${subject.name}, ${what}: ${example.replace(/`/g, '')}`,
    subject: subject.name,
    what: `\`${what}\``,
    example,
    covers,
    remarks,
    part: { subject: subject as Subject<never>, slot, props: (site, side) => built(side === 'before' ? before : after, site) },
    judge: once(() => bothWays(made(before), made(after))),
  };
}

/** First prop of the subject that a function of props returns, read from its source. */
function slotOf(within: (...args: never[]) => unknown): string | undefined {
  return /\(\{\s*(\w+)/.exec(within.toString().replace(/^[^=]*=>/, ''))?.[1];
}

/** A function that computes its result when it is first asked. */
export function once<T>(make: () => T): () => T {
  let made: { readonly result: T } | undefined;
  return () => {
    made ??= { result: make() };
    return made.result;
  };
}

function exempt(subject: string, what: string, covers: string[], { exempt: reason }: Exempt): Row {
  return {
    id: `${subject}, ${what}`,
    subject,
    what: `\`${what}\``,
    example: '',
    covers,
    remarks: {},
    exempt: reason,
    judge: () => { throw new Error('an exempt prop has no change'); },
  };
}

/** Judgement of the change from one app to another, and of the way back from where it ended. */
export function bothWays(before: readonly Deployable[], after: readonly Deployable[]): { there: Judgement; back: Judgement } {
  const cloud = Cloud.with(before);
  const there = judgementOf(cloud.deploy(after));
  // A refused change ends nowhere: its way back begins with a first deployment.
  const changed = there.verdict === 'refused by AWS' ? Cloud.with(after) : cloud;
  return { there, back: judgementOf(changed.deploy(before)) };
}

/** Templates of the smallest app with a subject. */
export function appOf<Own>(subject: Subject<Own>, surroundings: Surroundings = {}, props: (site: Site) => Partial<Own> = () => ({})): Deployable[] {
  const site = new Site(surroundings);
  const { copies = 1 } = surroundings;
  subject.make(site, 'Subject', props(site));
  if (copies > 1) {
    subject.make(site, 'Second', { ...props(site), ...subject.second?.(site) });
  }
  return site.synthesized();
}

/** The same without any props, made once. */
export function plainApp<Own>(subject: Subject<Own>): readonly Deployable[] {
  return shared(subject, undefined, () => appOf(subject));
}

const SHARED = new WeakMap<object, Map<unknown, readonly Deployable[]>>();

/** An app that several rows begin or end with, made once for an unset value, and for each function that makes a value. */
function shared(owner: object, value: unknown, make: () => readonly Deployable[]): readonly Deployable[] {
  const made = SHARED.get(owner) ?? new Map<unknown, readonly Deployable[]>();
  SHARED.set(owner, made);
  if (!made.has(value)) {
    made.set(value, make());
  }
  return made.get(value)!;
}

function shownProp<Props, Own>({ at, struct, within }: Group<Props, Own>, prop: string): string {
  const holder = at ?? (within ? struct.replace(/Props$/, '') : undefined);
  return holder ? `${holder}.${prop}` : prop;
}

function resolved<T>(value: T | ((site: Site) => T), site: Site): T {
  return typeof value === 'function' ? (value as (site: Site) => T)(site) : value;
}
