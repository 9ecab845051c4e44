import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AuroraMysqlEngineVersion,
  AuroraPostgresEngineVersion,
  MysqlEngineVersion,
  PostgresEngineVersion,
} from 'aws-cdk-lib/aws-rds';
import { MysqlCapacity, PostgresCapacity } from '../../../src';
import { ENGINE_VERSIONS } from '../../../src/database/capacity/engine-versions';
import { mysql, postgres, resources } from '../../fixtures/database-stack';
import { refusal, unacknowledged } from '../../fixtures/test-stack';

const INSTANCE = 'AWS::RDS::DBInstance';
const CLUSTER = 'AWS::RDS::DBCluster';

type Made = ReturnType<typeof postgres> | ReturnType<typeof mysql>;

const DEFAULTS: ReadonlyArray<[string, () => Made, string, string]> = [
  ['a PostgreSQL instance', () => postgres(), INSTANCE, '15'],
  ['a PostgreSQL cluster', () => postgres({ capacity: PostgresCapacity.serverless() }), CLUSTER, '15'],
  ['a MySQL instance', () => mysql({ capacity: MysqlCapacity.instance() }), INSTANCE, '8.4'],
  ['a MySQL cluster', () => mysql(), CLUSTER, '8.0'],
];

/** Minor versions of the caller, of each kind of server. */
const CHOSEN: ReadonlyArray<[string, () => Made]> = [
  [
    'a PostgreSQL instance with replicas',
    () => postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_16_13, readReplicas: 1 }) }),
  ],
  [
    'a PostgreSQL cluster',
    () => postgres({ capacity: PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.VER_16_13 }) }),
  ],
  [
    'a MySQL instance',
    () => mysql({ capacity: MysqlCapacity.instance({ version: MysqlEngineVersion.VER_8_4_10 }) }),
  ],
  [
    'a MySQL cluster',
    () => mysql({ capacity: MysqlCapacity.serverless({ version: AuroraMysqlEngineVersion.VER_3_12_0 }) }),
  ],
];

describe('The version of a database', () => {
  // A change of this table is a new major version of the library (docs/versioning.md).
  test.each(DEFAULTS)('is by default the major one of %s, of which RDS chooses the minor one', (_, make, type, version) => {
    const servers = Object.values(resources(make().template, type)).map(({ Properties }) => Properties);
    servers.forEach(({ EngineVersion }) => expect(EngineVersion).toBe(version));
    autoMinorUpgrades(make().template).forEach((automatic) => expect(automatic).toBe(true));
  });

  test.each(CHOSEN)('stays at the minor one that was asked for, of %s and all its members', (_, make) => {
    const made = make();
    const automatic = autoMinorUpgrades(made.template);
    expect(automatic.length).toBeGreaterThan(0);
    automatic.forEach((one) => expect(one).toBe(false));
    expect(unacknowledged(make().stack)).toEqual([]);
  });

  test('is no other major one, where only the default of the library changes: RDS refuses it', () => {
    const [[, byDefault]] = Object.entries(resources(postgres().template, INSTANCE));
    expect(byDefault.Properties.AllowMajorVersionUpgrade).toBe(false);
    const chosen = postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_16 }) }).template;
    expect(Object.values(resources(chosen, INSTANCE))[0].Properties.AllowMajorVersionUpgrade).toBe(true);
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a minor version of an instance that has ended',
      () => postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.VER_16_9 }) }),
      /capacity\.version is 16\.9, which has ended.*Give the major version 16, or the minor version that the server runs/,
    ],
    [
      'a minor version of a cluster that has ended',
      () => postgres({ capacity: PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.VER_15_6 }) }),
      /capacity\.version is 15\.6, which has ended/,
    ],
    [
      'a release of Aurora MySQL that has ended',
      () => mysql({ capacity: MysqlCapacity.serverless({ version: AuroraMysqlEngineVersion.VER_3_07_1 }) }),
      /capacity\.version is 8\.0\.mysql_aurora\.3\.07\.1, which has ended/,
    ],
    [
      'MySQL 8.0 without extended support',
      () => mysql({ capacity: MysqlCapacity.instance({ version: MysqlEngineVersion.VER_8_0_46 }) }),
      /8\.0\.46, whose standard support ended on 2026-07-31\..* Choose MySQL 8\.4, to which RDS upgrades such a server/,
    ],
    [
      'MySQL 8.0 by its major version',
      () => mysql({ capacity: MysqlCapacity.instance({ version: MysqlEngineVersion.of('8.0', '8.0') }) }),
      /capacity\.version is 8\.0, whose standard support ended/,
    ],
    [
      'more capacity units than an Aurora MySQL has',
      () =>
        mysql({ capacity: MysqlCapacity.serverless({ version: AuroraMysqlEngineVersion.VER_3_04_6, maxAcu: 256 }) }),
      /capacity\.maxAcu is 256, expected at most 128, the maximum of version 8\.0\.mysql_aurora\.3\.04\.6/,
    ],
  ])('is refused where it is %s', (_, make, message) => {
    expect(refusal(make)).toMatch(message);
  });

  test.each<[string, () => unknown]>([
    [
      'a lower minor version with long-term support',
      () => postgres({ capacity: PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.VER_15_10 }) }),
    ],
    [
      'a minor version that is newer than the table',
      () => postgres({ capacity: PostgresCapacity.instance({ version: PostgresEngineVersion.of('16.40', '16') }) }),
    ],
    [
      'Aurora PostgreSQL 18',
      () => postgres({ capacity: PostgresCapacity.serverless({ version: AuroraPostgresEngineVersion.of('18', '18') }) }),
    ],
    [
      'Aurora MySQL 8.4 with 256 capacity units',
      () =>
        mysql({
          capacity: MysqlCapacity.serverless({ version: AuroraMysqlEngineVersion.of('8.4', '8.4'), maxAcu: 256 }),
        }),
    ],
  ])('may be %s', (_, make) => {
    expect(make).not.toThrow();
  });
});

describe('Before the end of standard support', () => {
  afterEach(() => jest.useRealTimers());

  test('synthesis warns from half a year on, and the template stays the same', () => {
    const [early, late] = ['2027-08-29T00:00:00Z', '2027-09-01T00:00:00Z'].map((now) => {
      jest.useFakeTimers({ now: new Date(now), doNotFake: ['nextTick', 'setImmediate'] });
      const { stack } = postgres();
      return { template: Template.fromStack(stack).toJSON() as object, warnings: warningsOf(stack) };
    });
    expect(early.warnings).toEqual([]);
    expect(late.warnings).toEqual([
      expect.stringMatching(/Standard support of PostgreSQL 15 ends on 2028-02-29.*Upgrade it before/),
    ]);
    expect(late.template).toEqual(early.template);
    expect(JSON.stringify(late.template)).not.toContain('2028-02-29');
  });

  test('each version of the tables has its end, or a day by which somebody looks for it', () => {
    const open = ENGINE_VERSIONS.flatMap(({ engine, majors }) =>
      [...majors]
        .filter(([, { supportedUntil, lowestUntil, longTerm, ended }]) => !ended && (!supportedUntil || !lowestUntil || longTerm))
        .map(([major, { reviewBy }]) => ({ name: `${engine} ${major}`, reviewBy })),
    );
    expect(open.length).toBeGreaterThan(3);
    expect(open.filter(({ reviewBy }) => reviewBy === undefined)).toEqual([]);
  });

  test('each date of the tables is a day', () => {
    const dates = ENGINE_VERSIONS.flatMap(({ majors }) =>
      [...majors.values()].flatMap(({ supportedUntil, lowestUntil, reviewBy }) => [supportedUntil, lowestUntil, reviewBy]),
    ).filter((date) => date !== undefined);
    expect(dates.length).toBeGreaterThan(10);
    dates.forEach((date) => expect(new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10)).toBe(date));
  });
});

/** AutoMinorVersionUpgrade of all servers that have it. */
function autoMinorUpgrades(template: Template): unknown[] {
  return [INSTANCE, CLUSTER].flatMap((type) =>
    Object.values(resources(template, type))
      .map(({ Properties }) => Properties.AutoMinorVersionUpgrade)
      .filter((value) => value !== undefined),
  );
}

function warningsOf(stack: Made['stack']): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.stringLikeRegexp('Standard support'))
    .map(({ entry }) => String(entry.data));
}
