import { CALENDARS_READ_ON, daysUntil, ENGINE_VERSIONS } from '../src/database/capacity/engine-versions';

/** Days after which somebody compares the tables with AWS's calendars again. */
const READ_EVERY_DAYS = 180;
/** Days before the end of a major version in which a new default is due. */
const BEFORE_THE_END = 365;

/** Lines about dates of the tables of engine versions that have passed, or are near. Empty if there is nothing to do. */
export function due(now: Date): string[] {
  const entries = ENGINE_VERSIONS.flatMap(({ engine, source, majors }) =>
    [...majors].map(([major, life]) => ({ name: `${engine} ${major}`, source, ...life })),
  ).filter(({ ended }) => !ended);
  const passed = (day: string | undefined, before = 0) => day !== undefined && daysUntil(day, now) < before;
  return [
    ...(daysUntil(CALENDARS_READ_ON, now) < -READ_EVERY_DAYS
      ? [`The tables were compared with AWS's calendars on ${CALENDARS_READ_ON}: compare them again.`]
      : []),
    ...entries
      .filter(({ lowestUntil }) => passed(lowestUntil))
      .map(({ name, lowest, lowestUntil, source }) =>
        `${name}: minor version ${lowest} ended on ${lowestUntil}. Raise \`lowest\` by: ${source}.`),
    ...entries
      .filter(({ reviewBy }) => passed(reviewBy))
      .map(({ name, reviewBy, source }) =>
        `${name}: an end that was not announced is due for a look since ${reviewBy}. Look it up by: ${source}.`),
    ...entries
      .filter(({ supportedUntil }) => passed(supportedUntil))
      .map(({ name, supportedUntil, source }) =>
        `${name}: standard support ended on ${supportedUntil}. Set \`ended\`, by: ${source}.`),
    ...entries
      .filter(({ supportedUntil }) => !passed(supportedUntil) && passed(supportedUntil, BEFORE_THE_END))
      .map(({ name, supportedUntil }) =>
        `${name}: standard support ends on ${supportedUntil}. Decide on defaults (docs/versioning.md).`),
  ];
}

if (require.main === module) {
  const lines = due(new Date());
  console.log(lines.length === 0 ? 'No date of an engine version has passed.' : lines.join('\n'));
  process.exitCode = lines.length === 0 ? 0 : 1;
}
