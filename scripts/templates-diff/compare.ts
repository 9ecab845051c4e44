import { fullDiff, ResourceImpact } from '@aws-cdk/cloudformation-diff';

export interface Template {
  readonly [section: string]: unknown;
}

/** One place of an element where two templates differ; what is on one side only has no value on the other. */
export interface Change {
  readonly jsonPath: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What differs in one element of two templates. */
export interface Difference {
  /** The construct path; for what has none, the section and the logical id. */
  readonly constructPath: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'unchanged';
  /** What CloudFormation calls a resource of this kind. */
  readonly resourceType?: string;
  /** The logical ids, when one became another: CloudFormation creates one resource and removes the other. */
  readonly logicalIds?: { readonly before: string; readonly after: string };
  /** What deploying does, apart from an update in place. */
  readonly impact?: 'replaces' | 'may replace' | 'keeps the resource in the account';
  readonly changes: Change[];
}

interface Element {
  readonly section: string;
  readonly logicalId: string;
  readonly value: unknown;
}

interface Pair {
  readonly before?: Element;
  readonly after?: Element;
}

const IMPACTS: { [impact in ResourceImpact]?: Difference['impact'] } = {
  [ResourceImpact.WILL_REPLACE]: 'replaces',
  [ResourceImpact.MAY_REPLACE]: 'may replace',
  [ResourceImpact.WILL_ORPHAN]: 'keeps the resource in the account',
};

/** The differences of two templates, by construct path; none when they are the same bytes. */
export function differences(before: Template, after: Template): Difference[] {
  const impacts = fullDiff({ ...before }, { ...after }).resources.changes;
  const found = pairs(elements(before), elements(after)).flatMap((pair) => {
    const { section, logicalId } = (pair.after ?? pair.before)!;
    const impact = section === 'Resources' && impacts[logicalId] ? IMPACTS[impacts[logicalId].changeImpact] : undefined;
    return differenceOf(pair, impact) ?? [];
  });
  if (found.length === 0 && JSON.stringify(before) !== JSON.stringify(after)) {
    return [{ constructPath: '(template)', kind: 'changed', changes: [{ jsonPath: '(order of the elements)' }] }];
  }
  return found.sort((a, b) => compareStrings(a.constructPath, b.constructPath));
}

function differenceOf({ before, after }: Pair, impact: Difference['impact']): Difference | undefined {
  const element = (after ?? before)!;
  const described = {
    constructPath: constructPath(element) ?? [element.section, element.logicalId].filter(Boolean).join('.'),
    resourceType: element.section === 'Resources' ? (element.value as { Type?: string }).Type : undefined,
    impact,
  };
  if (!before || !after) {
    return { ...described, kind: after ? 'added' : 'removed', changes: [] };
  }
  const changes = changesOf(before.value, after.value, '');
  if (before.logicalId !== after.logicalId) {
    const logicalIds = { before: before.logicalId, after: after.logicalId };
    return { ...described, impact: 'replaces', kind: 'changed', logicalIds, changes };
  }
  if (changes.length > 0) {
    return { ...described, kind: 'changed', changes };
  }
  if (JSON.stringify(before.value) !== JSON.stringify(after.value)) {
    return { ...described, kind: 'changed', changes: [{ jsonPath: '(order of the keys)' }] };
  }
  // Its own text is the same, but a resource that it refers to is replaced.
  return impact ? { ...described, kind: 'unchanged', changes: [] } : undefined;
}

/** What has the same logical id belongs together; of what is left, resources with the same construct path. */
function pairs(before: Map<string, Element>, after: Map<string, Element>): Pair[] {
  const removed = new Map([...before].filter(([key]) => !after.has(key)));
  const added = [...after].filter(([key]) => !before.has(key)).map(([, element]): Pair => {
    const former = [...removed].find(([, one]) => constructPath(one) && constructPath(one) === constructPath(element));
    removed.delete(former?.[0] ?? '');
    return { before: former?.[1], after: element };
  });
  const same = [...after].filter(([key]) => before.has(key))
    .map(([key, element]): Pair => ({ before: before.get(key), after: element }));
  return [...same, ...added, ...[...removed.values()].map((element) => ({ before: element }))];
}

/** Everything with a logical id, and the sections that have none as one element each. */
function elements(template: Template): Map<string, Element> {
  const all = Object.entries(template).flatMap(([section, content]): Element[] => isObject(content)
    ? Object.entries(content).map(([logicalId, value]) => ({ section, logicalId, value }))
    : [{ section, logicalId: '', value: content }]);
  return new Map(all.map((element) => [`${element.section}.${element.logicalId}`, element]));
}

function constructPath({ section, value }: Element): string | undefined {
  const { Metadata: metadata } = value as { Metadata?: { 'aws:cdk:path'?: string } };
  return section === 'Resources' ? metadata?.['aws:cdk:path'] : undefined;
}

function changesOf(before: unknown, after: unknown, jsonPath: string): Change[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => changesOf(before[key], after[key], jsonPath === '' ? key : `${jsonPath}.${key}`));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return changesOfLists(before, after, jsonPath);
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ jsonPath, before, after }];
}

/** An item that comes or goes leaves those around it alone, although their index changes. */
function changesOfLists(before: unknown[], after: unknown[], jsonPath: string): Change[] {
  if (before.length === after.length) {
    return before.flatMap((item, index) => changesOf(item, after[index], `${jsonPath}[${index}]`));
  }
  const kept = longestCommon(before.map((value) => JSON.stringify(value)), after.map((value) => JSON.stringify(value)));
  const item = (index: number): string => `${jsonPath}[${index}]`;
  return [
    ...before.flatMap((value, index) => kept.some(([i]) => i === index) ? [] : { jsonPath: item(index), before: value }),
    ...after.flatMap((value, index) => kept.some(([, j]) => j === index) ? [] : { jsonPath: item(index), after: value }),
  ];
}

/** The indexes, in both lists, of the most items that both have in the same order. */
function longestCommon(before: string[], after: string[]): [number, number][] {
  // At [i][j]: how many of the items from i and j on are common.
  const counts = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      counts[i][j] = before[i] === after[j] ? counts[i + 1][j + 1] + 1 : Math.max(counts[i + 1][j], counts[i][j + 1]);
    }
  }
  const common: [number, number][] = [];
  for (let i = 0, j = 0; i < before.length && j < after.length;) {
    if (before[i] === after[j]) {
      common.push([i++, j++]);
    } else if (counts[i + 1][j] >= counts[i][j + 1]) {
      i++;
    } else {
      j++;
    }
  }
  return common;
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compareStrings(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
