import { type Change, type Difference, differences, type Template } from './compare';

/** Templates by app and file name. */
export type Apps = Map<string, Map<string, string>>;

export interface Report {
  readonly lines: string[];
  readonly identical: boolean;
}

/** Numbers of templates, and of the places in them that differ. */
interface Counts {
  identical: number;
  different: number;
  onOneSide: number;
  places: number;
}

/** How much of a value is shown. */
const EXCERPT = 60;
/** How much stands before the first character that differs. */
const LEAD = 15;

/** What differs between the templates of a revision and those of the working tree, for people to read. */
export function report(revision: string, before: Apps, after: Apps): Report {
  const counts: Counts = { identical: 0, different: 0, onOneSide: 0, places: 0 };
  const apps = [...new Set([...before.keys(), ...after.keys()])].sort();
  const lines = apps.flatMap((app) => {
    const [old, current] = [before.get(app) ?? new Map<string, string>(), after.get(app) ?? new Map<string, string>()];
    const names = [...new Set([...old.keys(), ...current.keys()])].sort();
    return [app, ...names.flatMap((name) => {
      const [was, is] = [old.get(name), current.get(name)];
      if (was === undefined || is === undefined) {
        counts.onOneSide += 1;
        return [`  ${name}: only in ${was === undefined ? 'the working tree' : revision}`];
      }
      if (was === is) {
        counts.identical += 1;
        return [`  ${name}: identical, ${Buffer.byteLength(is).toLocaleString('en')} bytes`];
      }
      const found = differences(JSON.parse(was) as Template, JSON.parse(is) as Template);
      counts.different += 1;
      counts.places += found.length;
      return [`  ${name}: differs`, ...found.flatMap(describe)];
    })];
  });
  return { lines: [...lines, '', summary(revision, counts)], identical: counts.different + counts.onOneSide === 0 };
}

function summary(revision: string, { identical, different, onOneSide, places }: Counts): string {
  if (different + onOneSide === 0) {
    return `All ${identical} templates are identical to those of ${revision}.`;
  }
  const counts = `${identical} templates identical, ${different} with differences in ${places} places`;
  return `Compared with ${revision}: ${counts}, ${onOneSide} on one side only.`;
}

function describe({ constructPath, kind, resourceType, logicalIds, impact, changes }: Difference): string[] {
  const facts = [kind === 'unchanged' ? 'refers to what is replaced' : kind, impact].filter(Boolean).join(', ');
  return [
    `    ${constructPath}${resourceType ? ` (${resourceType})` : ''}: ${facts}`,
    ...logicalIds ? [`      logical id: ${logicalIds.before} → ${logicalIds.after}`] : [],
    ...changes.map((change) => `      ${describeChange(change)}`),
  ];
}

function describeChange({ jsonPath, before, after }: Change): string {
  const [was, is] = [JSON.stringify(before), JSON.stringify(after)];
  if (was === undefined || is === undefined) {
    const values = [was && `removed ${excerpt(was, 0)}`, is && `added ${excerpt(is, 0)}`].filter(Boolean).join(', ');
    return values === '' ? jsonPath : `${jsonPath}: ${values}`;
  }
  const differsAt = [...was].findIndex((character, index) => character !== is[index]);
  const from = Math.max(0, (differsAt < 0 ? was.length : differsAt) - LEAD);
  return `${jsonPath}: ${excerpt(was, from)} → ${excerpt(is, from)}`;
}

/** A short value whole, of a long one what stands around the difference. */
function excerpt(value: string, from: number): string {
  if (value.length <= EXCERPT) {
    return value;
  }
  return `${from > 0 ? '…' : ''}${value.slice(from, from + EXCERPT)}${from + EXCERPT < value.length ? '…' : ''}`;
}
