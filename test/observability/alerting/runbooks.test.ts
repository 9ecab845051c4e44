import * as fs from 'fs';
import * as path from 'path';
import { Lazy } from 'aws-cdk-lib';
import { Runbooks, SavedQueries } from '../../../src';
import { everythingWatched, watchedDatabase, watchedService } from '../../fixtures/monitored-sources';
import { refusal, templateOf, testStack } from '../../fixtures/test-stack';
import { wholeLibrary } from '../../fixtures/whole-library';
import type { TemplateJson } from '../../simulators/cloudwatch/template-alarms';

const FOLDER = 'docs/runbooks';
const SECTIONS = ['Symptom', 'Investigation', 'Mitigation', 'Contact'];
/** Pages of notifications that no alarm sends. */
const OF_RELEASES = ['release-drift', 'release-failed'];
const PAGES = fs.readdirSync(FOLDER).filter((file) => file !== 'README.md').map((file) => path.basename(file, '.md'));

function text(page: string): string {
  return fs.readFileSync(path.join(FOLDER, `${page}.md`), 'utf8');
}

interface AlarmResource { readonly id: string; readonly description: string; readonly tells: boolean }

/** Every alarm that a construct of the library makes in some shape, and every signal that it knows. */
function allAlarms(): AlarmResource[] {
  const stack = testStack();
  everythingWatched(stack);
  return [templateOf(stack).toJSON() as TemplateJson, ...wholeLibrary().synth().stacks.map(({ template }) => template as TemplateJson)].flatMap(alarmsIn);
}

function alarmsIn({ Resources }: TemplateJson): AlarmResource[] {
  const scales = ({ Ref }: { Ref?: string }) => Ref !== undefined && Resources[Ref]?.Type === 'AWS::ApplicationAutoScaling::ScalingPolicy';
  return Object.entries(Resources).filter(([, { Type }]) => ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].includes(Type)).map(([id, { Properties }]) => ({
    id, description: JSON.stringify(Properties.AlarmDescription ?? ''), tells: (Properties.AlarmActions ?? []).some((action: object) => !scales(action)),
  }));
}

const alarms = allAlarms();
const pageIn = (description: string) => /Runbook: https:\/\/github\.com\/org\/prod-constructs\/blob\/main\/docs\/runbooks\/([\w-]+)\.md/.exec(description)?.[1];
const firstOf = (page: string) => /(?<=\*\*First:\*\* ).+/.exec(text(page))![0];

describe('pages and alarms [A-23]', () => {
  /** Those that notify, and those of an incident, which the message of the incident names. */
  const telling = alarms.filter(({ tells, description }) => tells || pageIn(description) !== undefined);

  test('every alarm that notifies people links to its page, and every page has an alarm, or is linked by a release', () => {
    expect(telling.filter(({ description }) => pageIn(description) === undefined)).toEqual([]);
    expect([...new Set(telling.map(({ description }) => pageIn(description)))].sort()).toEqual(PAGES.filter((page) => !OF_RELEASES.includes(page)).sort());
  });

  test('releases link to their pages, and name no file of a repository', () => {
    const definitions = wholeLibrary().synth().stacks.flatMap(({ template }) => Object.values((template as TemplateJson).Resources))
      .filter(({ Type }) => Type === 'AWS::StepFunctions::StateMachine').map(({ Properties }) => JSON.stringify(Properties));
    const linked = definitions.flatMap((definition) => [...definition.matchAll(/docs\/runbooks\/([\w-]+)\.md/g)].map(([, page]) => page));
    expect([...new Set(linked)].sort()).toEqual(OF_RELEASES);
    expect(definitions.filter((definition) => /docs\/(?!runbooks\/)/.test(definition))).toEqual([]);
  });

  test('every alarm that notifies people has the first step of its page', () => {
    expect(telling.filter(({ description }) => !description.includes(firstOf(pageIn(description)!)))).toEqual([]);
  });

  test('every other alarm says what acts on it: a deployment, scaling, or the alarm that notifies people', () => {
    const others = alarms.filter((alarm) => !telling.includes(alarm));
    expect(others.length).toBeGreaterThan(20);
    const acting = [/a running deployment .*rolls back/, /[Pp]art of .*(notifies no channel|that notifies)/, /^"Adds tasks to /, /^"Removes a task from /];
    expect(others.filter(({ description }) => !acting.some((words) => words.test(description)))).toEqual([]);
  });

  test.each(PAGES)('%s begins with what to do first, and has the four parts in their order, none of them empty', (page) => {
    const [title, blank, first] = text(page).split('\n');
    expect([title.startsWith(`# ${page}: `), blank, first.startsWith('**First:** ')]).toEqual([true, '', true]);
    const [, ...parts] = text(page).split(/^## /m);
    expect(parts.map((part) => part.split('\n')[0])).toEqual(SECTIONS);
    parts.forEach((part) => expect(part.split('\n').slice(1).join(' ').trim().length).toBeGreaterThan(60));
  });

  test.each([...PAGES, 'README'])('%s fits on two screens, and its code blocks are closed', (page) => {
    expect(text(page).split('\n').length).toBeLessThanOrEqual(page === 'README' ? 160 : 62);
    expect((text(page).match(/^```/gm) ?? []).length % 2).toBe(0);
  });

  test('the page of a failed forwarder sends what waits again, as docs/alerting.md does, and throws nothing away', () => {
    const calls = (page: string) => [...page.matchAll(/^aws (?:sqs (?:receive|delete)-message|lambda invoke).*$/gm)].map(([line]) => line.replace(/"?\$?(QUEUE|DEAD_LETTERS|FUNCTION|FORWARDER)\b"?/, '').replace(/ +#.*/, ''));
    const documented = calls(fs.readFileSync('docs/alerting.md', 'utf8'));
    expect(documented).toHaveLength(3);
    expect(calls(text('alert-forwarder-failed'))).toEqual(expect.arrayContaining(documented));
    expect(text('alert-forwarder-failed')).not.toContain('purge-queue');
  });

  test('the index lists every page', () => {
    expect(PAGES.filter((page) => !text('README').includes(`[${page}](${page}.md)`))).toEqual([]);
  });

  test.each([...PAGES, 'README'])('links of %s lead somewhere', (page) => {
    const headings = (file: string) => fs.readFileSync(path.join(FOLDER, file), 'utf8').match(/^#+ .+/gm)!.map((heading) => heading.replace(/^#+ /, '').toLowerCase().replace(/[^\w -]/g, '').replace(/ /g, '-'));
    const dead = [...text(page).matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)].filter(([, file, anchor]) =>
      !fs.existsSync(path.join(FOLDER, file)) || (anchor !== undefined && !headings(file).includes(anchor)));
    expect(dead.map(([link]) => link)).toEqual([]);
  });

  test('variables that a page uses are explained, or set by the page itself', () => {
    const unexplained = PAGES.flatMap((page) => [...new Set([...text(page).matchAll(/\$\{?([A-Z][A-Z_]+)\b/g)].map(([, name]) => name))]
      .filter((name) => !text('README').includes(`$${name}`) && !new RegExp(`\\b${name}=|for ${name} in`).test(text(page)) && !text('README').includes(`${name}=`))
      .map((name) => `${page}: $${name}`));
    expect(unexplained).toEqual([]);
  });

  test('saved queries that a page names exist [A-16]', () => {
    const stack = testStack();
    const { queries } = new SavedQueries(stack, 'Queries', { services: [watchedService(stack, 'Api')], databases: [watchedDatabase(stack, 'Orders')] });
    const titles = Object.values(templateOf(stack).findResources('AWS::Logs::QueryDefinition')).map(({ Properties }) => (Properties.Name as string).split('/').pop());
    expect(queries).toHaveLength(titles.length);
    const named = [...PAGES, 'README'].flatMap((page) => [...text(page).matchAll(/[Ss]aved quer(?:y|ies) ((?:`[^`]+`(?:, | and )?)+)/g)].flatMap(([, list]) => [...list.matchAll(/`([^`]+)`/g)].map(([, title]) => title)));
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((title) => !titles.includes(title))).toEqual([]);
  });
});

describe('where pages are [A-23]', () => {
  test('those of this repository, unless said otherwise', () => {
    expect(Runbooks.published().pageOf('service-cpu')).toBe('https://github.com/org/prod-constructs/blob/main/docs/runbooks/service-cpu.md');
  });

  test.each(['https://wiki.example.com/runbooks', 'https://wiki.example.com/runbooks/'])('%s stands before the key with one slash', (url) => {
    expect(Runbooks.at(url).pageOf('service-cpu')).toBe('https://wiki.example.com/runbooks/service-cpu.md');
  });

  test('a token passes', () => {
    const url = Lazy.string({ produce: () => 'https://later.example.com' });
    const stack = testStack();
    Runbooks.at(url)._check(stack);
    expect(stack.resolve(Runbooks.at(url).pageOf('service-cpu'))).toBe('https://later.example.com/service-cpu.md');
  });

  test.each(['http://wiki.example.com', 'wiki.example.com/runbooks', 'https://', 'https://wiki.example.com/a b', 'https://wiki.example.com/?page=', 'https://wiki.example.com/#', 'https://me@wiki.example.com', ''])('%j is refused', (url) => {
    const stack = testStack();
    expect(refusal(() => everythingWatched(stack, { runbooks: Runbooks.at(url) }))).toMatch(/^GoldenSignalAlarms 'Test\/Signals': runbooks is .*expected an https address .*/);
  });
});
