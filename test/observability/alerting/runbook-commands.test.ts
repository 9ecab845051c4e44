import { execFileSync, spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';

const FOLDER = 'docs/runbooks';
const PARSER = path.resolve(__dirname, 'runbook-commands.py');
const PAGES = fs.readdirSync(FOLDER).sort();
/** Commands that a page may use next to the CLI of AWS. They say one word, so that loops have something to loop over. */
const STUBBED = ['sleep', 'jq', 'curl', 'dig', 'openssl', 'psql', 'mysql', 'docker'];
/** Options that version 2 of the CLI has and version 1, which is on PyPI, has not. */
const OF_VERSION_TWO = new Set(['--cli-binary-format', 'raw-in-base64-out', '--no-cli-pager']);
/** Commands of version 2 alone. */
const isOfVersionTwo = ([service, command]: string[]) => service === 'logs' && command === 'tail';
const hasCli = spawnSync('python3', ['-c', 'import awscli']).status === 0;

function text(page: string): string {
  return fs.readFileSync(path.join(FOLDER, page), 'utf8');
}

/** Each block of shell commands, and each command within a sentence that has its options. */
function commandsOf(page: string): string[] {
  const blocks = [...text(page).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block);
  const prose = text(page).replace(/^```[\s\S]*?^```/gm, '');
  return [...blocks, ...[...prose.matchAll(/`(aws [^`]* --[^`]*)`/g)].map(([, command]) => command)];
}

/** A value of a variable that a reader would have set. */
function valueOf(name: string): string {
  return /^(START|END)$/.test(name) ? '2026-01-01T12:00:00Z' : name.endsWith('_ARN') ? 'arn:aws:service:eu-central-1:111111111111:name' : 'some-name';
}

/** Pastes commands into a shell in which `aws` notes its arguments. */
function pasted(commands: string): { readonly calls: string[][]; readonly errors: string } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'runbook-'));
  try {
    const stub = (name: string, body: string) => fs.writeFileSync(path.join(folder, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
    stub('aws', `printf '%s\\0' "$@" >> '${folder}/calls'; printf '\\n\\0' >> '${folder}/calls'; for last in "$@"; do :; done; [[ "$last" != *.json ]] || echo 1 > "$last"; echo some-name`);
    STUBBED.forEach((name) => stub(name, 'echo 1'));
    const variables = Object.fromEntries([...commands.matchAll(/\$\{?([A-Z][A-Z_]*)\b/g)].map(([, name]) => [name, valueOf(name)]));
    const { stderr } = spawnSync('bash', ['--norc', '-u', '-c', commands], {
      cwd: folder, input: 'pasted', encoding: 'utf8', env: { ...variables, PATH: `${folder}:${process.env.PATH}`, HOME: folder },
    });
    const noted = path.join(folder, 'calls');
    const calls = fs.existsSync(noted) ? fs.readFileSync(noted, 'utf8').split('\0\n\0').filter((call) => call !== '').map((call) => call.split('\0')) : [];
    return { calls, errors: stderr };
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** What the CLI's own parser says of each call: nothing, or the fault. */
function faultsOf(calls: string[][]): Array<string | null> {
  const plain = calls.map((call) => call.filter((argument) => !OF_VERSION_TWO.has(argument)).map((argument) => argument.replace(/^fileb:.*/, 'the file')));
  return JSON.parse(execFileSync('python3', [PARSER], { input: JSON.stringify(plain), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })) as Array<string | null>;
}

describe('The commands of runbooks, pasted into a shell [A-23]', () => {
  const runs = PAGES.flatMap((page) => commandsOf(page).map((commands) => ({ page, commands, ...pasted(commands) })));

  test('are many, and on most pages', () => {
    expect(runs.flatMap(({ calls }) => calls).length).toBeGreaterThan(80);
    expect(new Set(runs.map(({ page }) => page)).size).toBeGreaterThan(0.9 * PAGES.length);
  });

  test('are understood by the shell', () => {
    expect(runs.filter(({ errors }) => errors !== '').map(({ page, commands, errors }) => `${page}: ${errors}${commands}`)).toEqual([]);
  });

  (hasCli ? test : test.skip)('are accepted by the parser of the CLI, with every option, parameter and query', () => {
    const all = runs.flatMap(({ page, calls }) => calls.filter((call) => !isOfVersionTwo(call)).map((call) => ({ page, call })));
    const faults = faultsOf(all.map(({ call }) => call));
    expect(all.flatMap(({ page, call }, index) => (faults[index] === null ? [] : [`${page}: aws ${call.join(' ')}\n${faults[index]}`]))).toEqual([]);
  });

  (hasCli ? test : test.skip)('would be refused with an unknown option, a missing one, a wrong type and a broken query', () => {
    const wrong = [
      ['cloudwatch', 'describe-alarms', '--no-such-option'], ['ecs', 'describe-tasks', '--cluster', 'c'],
      ['cloudwatch', 'describe-alarms', '--max-records', 'many'], ['cloudwatch', 'describe-alarms', '--query', 'MetricAlarms[.'],
    ];
    expect(faultsOf(wrong).map((fault) => fault !== null)).toEqual([true, true, true, true]);
  });

  test('ask for the type of a composite alarm, which CloudWatch leaves out of a history unless told', () => {
    const histories = runs.flatMap(({ calls }) => calls).filter(([, operation]) => operation === 'describe-alarm-history');
    expect(histories.length).toBeGreaterThan(1);
    expect(histories.filter((call) => !call.includes('--alarm-types')).map((call) => call.join(' '))).toEqual([]);
  });
});

test('runbooks end sessions of both users between which a rotation alternates, whatever they are called', () => {
  const filters = PAGES.flatMap((page) => [...text(page).matchAll(/usename (\S+) .*/g)].map(([, operator]) => `${page}: ${operator}`)).filter((one) => !one.endsWith(','));
  expect(filters.filter((one) => !one.endsWith(': LIKE'))).toEqual([]);
});
