import { due } from '../../scripts/check-engine-versions';

describe('The scheduled check of engine versions', () => {
  test('says nothing while the tables are fresh and no date has passed', () => {
    expect(due(new Date('2026-09-01T00:00:00Z'))).toEqual([]);
  });

  test('names a minor version that has ended, with the page to read', () => {
    expect(due(new Date('2027-01-01T12:00:00Z'))).toContain(
      'Aurora PostgreSQL 17: minor version 5 ended on 2026-12-31. Raise `lowest` by: ' +
        'Release notes for Aurora PostgreSQL, "Aurora PostgreSQL release calendars".',
    );
  });

  test('names an end that was not announced, from the day on by which somebody looks it up', () => {
    const line =
      'Aurora MySQL 8.0: an end that was not announced is due for a look since 2026-12-31. Look it up by: ' +
      'Release notes for Aurora MySQL, "Release calendars for Aurora MySQL".';
    expect(due(new Date('2026-12-31T12:00:00Z'))).not.toContain(line);
    expect(due(new Date('2027-01-01T12:00:00Z'))).toContain(line);
  });

  test('names a major version a year before its end, and when it has ended', () => {
    expect(due(new Date('2027-06-01T00:00:00Z')).join('\n')).toContain(
      'PostgreSQL 15: standard support ends on 2028-02-29',
    );
    expect(due(new Date('2028-03-01T12:00:00Z')).join('\n')).toContain(
      'PostgreSQL 15: standard support ended on 2028-02-29',
    );
  });

  test('asks for another comparison after half a year', () => {
    expect(due(new Date('2027-03-01T00:00:00Z'))[0]).toMatch(/compared with AWS's calendars on 2026-08-22/);
  });
});
