import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkRules } from '../../validation/rules';
import type { CapacitySettings } from './capacity-settings';

/**
 * Day on which the tables were compared with AWS's release calendars. Ends that were announced until December count.
 *
 * scripts/check-engine-versions.ts tells when a date of a table has passed. A scheduled workflow runs it.
 */
export const CALENDARS_READ_ON = '2026-08-22';

/** Life of a major version, by AWS's release calendar. */
export interface MajorVersion {
  /**
   * Last day of standard support, `yyyy-mm-dd`. Extended support is off, so that RDS upgrades the server afterwards.
   * @default - not announced
   */
  readonly supportedUntil?: string;
  /**
   * True where this day has passed. RDS creates the version with extended support only, which is paid.
   * @default false
   */
  readonly ended?: boolean;
  /** Lowest minor version that has not ended. */
  readonly lowest: number;
  /**
   * Last day of the lowest minor version, `yyyy-mm-dd`.
   * @default - not announced
   */
  readonly lowestUntil?: string;
  /**
   * Minor versions with long-term support, which stay when they are lower.
   * AWS keeps each for three years at least.
   * @default - none
   */
  readonly longTerm?: number[];
  /**
   * Day by which somebody looks up an end that AWS had not announced, `yyyy-mm-dd`.
   * It is that of a long-term version, of the lowest minor version, or of the major one.
   * @default - each end is in the table
   */
  readonly reviewBy?: string;
}

/** Versions of an engine that the parameters of this library are made for. */
export interface EngineVersions {
  /** Name of the engine in messages. */
  readonly engine: string;
  /** Release calendar of AWS, with the title of the page. */
  readonly source: string;
  /** Number of the minor version in a full version, undefined where a version is a major one. */
  readonly minorOf: (version: string) => number | undefined;
  /** Supported major versions, the lowest first. */
  readonly majors: ReadonlyMap<string, MajorVersion>;
}

/** Version as a caller chose it. */
export interface ChosenVersion {
  /** Major version: `15`, `8.4`. */
  readonly major: string;
  /** Full version, which is the major version where RDS chooses the minor one. */
  readonly full: string;
}

/** Half a year after the tables were compared. */
const REVIEW = '2027-02-22';

const secondPart = (version: string): number | undefined => partOf(version, 1);

/** RDS for PostgreSQL. */
export const POSTGRES_VERSIONS: EngineVersions = {
  engine: 'PostgreSQL',
  source: 'Amazon RDS for PostgreSQL release notes, "Release calendars for Amazon RDS for PostgreSQL"',
  minorOf: secondPart,
  majors: new Map([
    ['15', { supportedUntil: '2028-02-29', lowest: 15, lowestUntil: '2027-03-31' }],
    ['16', { supportedUntil: '2029-02-28', lowest: 11, lowestUntil: '2027-03-31' }],
    ['17', { supportedUntil: '2030-02-28', lowest: 7, lowestUntil: '2027-03-31' }],
    ['18', { supportedUntil: '2031-02-28', lowest: 1, lowestUntil: '2027-03-31' }],
  ]),
};

/** Aurora PostgreSQL. */
export const AURORA_POSTGRES_VERSIONS: EngineVersions = {
  engine: 'Aurora PostgreSQL',
  source: 'Release notes for Aurora PostgreSQL, "Aurora PostgreSQL release calendars"',
  minorOf: secondPart,
  majors: new Map([
    ['15', { supportedUntil: '2028-02-29', lowest: 13, lowestUntil: '2026-12-31', longTerm: [10], reviewBy: REVIEW }],
    ['16', { supportedUntil: '2029-02-28', lowest: 9, lowestUntil: '2026-12-31', longTerm: [8], reviewBy: REVIEW }],
    ['17', { supportedUntil: '2030-02-28', lowest: 5, lowestUntil: '2026-12-31', longTerm: [7], reviewBy: REVIEW }],
    ['18', { supportedUntil: '2031-02-28', lowest: 3, lowestUntil: '2027-11-30' }],
  ]),
};

/** RDS for MySQL. */
export const MYSQL_VERSIONS: EngineVersions = {
  engine: 'MySQL',
  source: 'Amazon RDS User Guide, "MySQL on Amazon RDS versions"',
  minorOf: (version) => partOf(version, 2),
  majors: new Map([
    ['8.0', { supportedUntil: '2026-07-31', ended: true, lowest: 42 }],
    ['8.4', { supportedUntil: '2029-07-31', lowest: 8, lowestUntil: '2027-02-03' }],
  ]),
};

/** Aurora MySQL, whose version 3 is MySQL 8.0. */
export const AURORA_MYSQL_VERSIONS: EngineVersions = {
  engine: 'Aurora MySQL',
  source: 'Release notes for Aurora MySQL, "Release calendars for Aurora MySQL"',
  minorOf: auroraMysqlMinor,
  majors: new Map([
    // The three years of 3.04, of July 2023, are over.
    ['8.0', { supportedUntil: '2028-04-30', lowest: 8, longTerm: [4, 10], reviewBy: '2026-12-31' }],
    ['8.4', { lowest: 7, reviewBy: REVIEW }],
  ]),
};

/** Tables of all engines. */
export const ENGINE_VERSIONS = [POSTGRES_VERSIONS, AURORA_POSTGRES_VERSIONS, MYSQL_VERSIONS, AURORA_MYSQL_VERSIONS];

const DAY_MS = 24 * 3600 * 1000;
/** Days before the end of standard support from which synthesis warns: half a year. */
const WARNING_DAYS = 183;

/** Checks a version, warns of its end, and decides who chooses the minor version. */
export function versionSettings(
  scope: IConstruct,
  versions: EngineVersions,
  version: ChosenVersion,
): Pick<CapacitySettings, 'majorVersion' | 'autoMinorVersionUpgrade'> {
  checkVersion(scope, versions, version);
  warnOfEnd(scope, versions, version.major);
  // RDS would move on from a minor version of the template, and its next change would be a downgrade.
  return { majorVersion: version.major, autoMinorVersionUpgrade: versions.minorOf(version.full) === undefined };
}

/** Refuses versions that RDS no longer creates, and those whose parameters are not tested. */
function checkVersion(scope: IConstruct, versions: EngineVersions, { major, full }: ChosenVersion): void {
  const { engine, majors, minorOf } = versions;
  const life = majors.get(major);
  const minor = minorOf(full);
  const supported = [...majors].filter(([, { ended }]) => !ended).map(([version]) => version);
  const prop = 'capacity.version';
  checkRules(scope, [
    {
      condition: life === undefined,
      prop,
      value: full,
      expected: `one of ${engine} ${supported.join(', ')}`,
      fix: 'choose one of these major versions',
    },
    {
      condition: life?.ended === true,
      prop,
      problem:
        `is ${full}, whose standard support ended on ${life?.supportedUntil}. ` +
        'RDS creates such a server with extended support only, which is paid and off',
      fix: `choose ${engine} ${supported.join(' or ')}, to which RDS upgrades such a server by itself`,
    },
    {
      condition: life !== undefined && minor !== undefined && minor < life.lowest && !life.longTerm?.includes(minor),
      prop,
      problem: `is ${full}, which has ended: RDS creates no such server, and has upgraded those that exist`,
      fix: `give the major version ${major}, or the minor version that the server runs`,
    },
  ]);
}

/** Warns from half a year before the end of standard support on. No template has a date. */
function warnOfEnd(scope: IConstruct, { engine, majors }: EngineVersions, major: string): void {
  const until = majors.get(major)?.supportedUntil;
  if (until !== undefined && daysUntil(until, new Date()) <= WARNING_DAYS) {
    Validations.of(scope).addWarning(
      '@org/prod-constructs:endOfStandardSupport',
      `Standard support of ${engine} ${major} ends on ${until}. Extended support is off, so that RDS upgrades the ` +
        'server to the next major version afterwards, in a maintenance window. Upgrade it before (docs/database.md).',
    );
  }
}

/** Days from a moment to the end of a day, negative afterwards. */
export function daysUntil(day: string, now: Date): number {
  return (Date.parse(`${day}T23:59:59Z`) - now.getTime()) / DAY_MS;
}

function partOf(version: string, index: number): number | undefined {
  const part = version.split('.')[index];
  return part === undefined ? undefined : parseInt(part, 10);
}

/** Release of `8.0.mysql_aurora.3.10.1`, which is 10, and of `8.4.mysql_aurora.8.4.7`, which is 7. */
function auroraMysqlMinor(version: string): number | undefined {
  const found = /mysql_aurora\.(?:8\.4|3)\.(\d+)/.exec(version);
  return found ? Number(found[1]) : undefined;
}
