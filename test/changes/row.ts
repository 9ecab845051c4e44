import type { Site } from './site';

/** Value of a prop: itself, or what a site makes of it. What is no plain value is written as a function, which the page shows. */
export type Value<T> = T | undefined | ((site: Site) => T | undefined);

/** More than the two values of a change. */
export interface Remarks<Props = object> {
  /** What one does instead, or before. A change that interrupts, risks data or is refused needs one. */
  readonly procedure?: string;
  /** What else a reader should know. A change without any effect needs one. */
  readonly note?: string;
  /** Other props that the change needs, before and after. */
  readonly with?: Partial<Props> | ((site: Site) => Partial<Props>);
}

/** A change of one prop, from the first value to the second. */
export type Change<T, Props = object> = readonly [before: Value<T>, after: Value<T>, remarks?: Remarks<Props>];

/** A prop that no deployed system has changed, with the reason. */
export interface Exempt { readonly exempt: string }

/** Several changes of one prop. */
export interface Several<T, Props> { readonly several: readonly Change<T, Props>[] }

/** Changes by prop. */
export type Changes<Props> = {
  readonly [P in keyof Props]?: Change<Props[P], Props> | Several<Props[P], Props> | Exempt;
};

/** Construct that rows change, in the smallest app that holds it. */
export interface Subject<Props> {
  /** Heading of the page: name of the construct, and what kind of it. */
  readonly name: string;
  /** Remarks on changes around it, by their names. */
  readonly around?: { readonly [change: string]: Remarks };
  /** Makes it. Props that it needs are filled in. */
  make(site: Site, id: string, props: Partial<Props>): void;
  /** Makes the app without it, where more than the construct itself has to go. */
  without?(site: Site): unknown;
  /** Props of a second one beside it. */
  second?(site: Site): Partial<Props>;
}

/** Rows of one struct of the API. */
export interface Group<Props, Own> {
  readonly subject: Subject<Own>;
  /** Name of the struct in the API. */
  readonly struct: string;
  /**
   * Where the struct stands in the subject's props, as the page shows it.
   * @default - the subject's own props, or the name of the struct
   */
  readonly at?: string;
  /** Props that the struct always needs. */
  readonly required?: Partial<Props> | ((site: Site) => Partial<Props>);
  readonly changes: Changes<Props>;
  /** Props of the subject that hold the struct. */
  within?(props: Props, site: Site): Partial<Own>;
}
