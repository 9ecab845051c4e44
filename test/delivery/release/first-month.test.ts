import * as fs from 'fs';
import * as path from 'path';
import type { DeliveryAccount } from '../../simulators/delivery-account';
import { DeployedRelease } from '../../simulators/deployed-release';
import type { Ended } from '../../simulators/state-machines';

jest.setTimeout(300_000);

/** A case of the first month, played with the deployed state machines. */
interface Case {
  readonly name: string;
  readonly happens: string;
  /** The account before the case. */
  readonly before?: (world: DeliveryAccount) => Promise<unknown> | void;
  readonly play: (world: DeliveryAccount) => Promise<Ended>;
  readonly status: Ended['status'];
  readonly serving: readonly string[];
  /** Part of the message of the last notification, or of the error. */
  readonly told: RegExp;
}

interface Played { readonly minutes: number; readonly trafficMinutes?: number; readonly transitions: number }

/** AWS Step Functions pricing, standard workflows, eu-central-1, read 2026-11: 25 USD for a million state transitions. */
const USD_PER_TRANSITION = 25 / 1_000_000;
const PAGE = path.join(__dirname, '../../../docs/delivery.md');
const BEGIN = '<!-- first month -->';
const END = '<!-- end of the first month -->';

let stage: DeployedRelease;
beforeAll(() => { stage = new DeployedRelease(); });
afterAll(() => stage.close());

const release = (world: DeliveryAccount, tag: string, further: object = {}) => stage.release(world.push(tag), stage.images(world, tag), further);
const running = (tag: string) => (world: DeliveryAccount): void => { world.runs(tag); };

const CASES: readonly Case[] = [
  {
    name: 'the first release, into empty services',
    happens: 'it starts their tasks, and writes the parameter',
    play: (world) => release(world, 'v1'),
    status: 'SUCCEEDED',
    serving: ['v1', 'v1'],
    told: /succeeded/,
  },
  {
    name: 'a commit',
    happens: 'snapshot, migration, both services, monitoring',
    before: running('v1'),
    play: (world) => release(world, 'v2'),
    status: 'SUCCEEDED',
    serving: ['v2', 'v2'],
    told: /succeeded/,
  },
  {
    name: 'a commit that changes one of two images',
    happens: 'the other service is left alone',
    before: running('v1'),
    play: (world) => stage.release(world.push('v2'), { ...stage.images(world, 'v1'), [world.facts[0].repository]: 'v2' }),
    status: 'SUCCEEDED',
    serving: ['v2', 'v1'],
    told: /succeeded/,
  },
  {
    name: 'the same images again',
    happens: 'nothing is deployed',
    before: running('v1'),
    play: (world) => release(world, 'v1'),
    status: 'SUCCEEDED',
    serving: ['v1', 'v1'],
    told: /succeeded/,
  },
  {
    name: 'a migration that fails half-way',
    happens: 'no service is updated; the message says what the migration said',
    before: (world) => { world.runs('v1'); world.faults.v2 = 'migration fails'; },
    play: (world) => release(world, 'v2'),
    status: 'FAILED',
    serving: ['v1', 'v1'],
    told: /Migration ended with 1/,
  },
  {
    name: 'a bad version that an alarm takes back',
    happens: 'ECS rolls the service back, the release all others',
    before: (world) => { world.runs('v1'); world.faults.v2 = 'fires in the shift'; },
    play: (world) => release(world, 'v2'),
    status: 'FAILED',
    serving: ['v1', 'v1'],
    told: /failed, the previous version serves/,
  },
  {
    name: 'a rollback an hour later',
    happens: 'all services at once; a message says when the traffic is back',
    before: async (world) => { world.runs('v1'); await release(world, 'v2'); },
    play: (world) => stage.rollBack(world),
    status: 'SUCCEEDED',
    serving: ['v1', 'v1'],
    told: /succeeded|serve/,
  },
  {
    name: 'a commit while an alarm fires',
    happens: 'waits up to 30 minutes for quiet, then is refused',
    before: (world) => { world.runs('v1'); fire(world); },
    play: (world) => release(world, 'v2'),
    status: 'FAILED',
    serving: ['v1', 'v1'],
    told: /alarm fires before the release/,
  },
  {
    name: 'a hotfix while an alarm fires',
    happens: 'passes, with its reason in the record and in the messages',
    before: (world) => { world.runs('v1'); fire(world); },
    play: (world) => release(world, 'v2', { despite: 'the cart fails for all' }),
    status: 'SUCCEEDED',
    serving: ['v2', 'v2'],
    told: /succeeded/,
  },
  {
    name: 'a hotfix while a release runs',
    happens: 'refused: the lock is taken, and the message says by which',
    before: (world) => { world.runs('v1'); world.states.executions.push('earlier'); },
    play: (world) => release(world, 'v2', { despite: 'the cart fails for all' }),
    status: 'FAILED',
    serving: ['v1', 'v1'],
    told: /another release to this stage runs: earlier/,
  },
];

/** Alarms of all services fire, and no target of theirs is healthy. */
function fire(world: DeliveryAccount): void {
  world.facts.forEach(({ alarms }) => world.cloudWatch.firing.add(alarms[0]));
  world.elb.unhealthy = true;
}

async function played({ before, play, status, serving, told }: Case): Promise<Played> {
  const world = stage.account();
  await before?.(world);
  const calls = world.calls.length;
  const served = world.ecs.served.length;
  const ended = await play(world);
  const own = world.calls.slice(calls);
  const begin = own[0].at;
  const minutes = (at: number) => Math.ceil((at - begin) / 60_000);
  const says = [...own.filter(({ api }) => api === 'sns:publish').map(({ input }) => `${input.Subject}: ${input.Message}`), ended.error?.message ?? ''].join('\n');
  expect({ status: ended.status, serving: world.serving, says }).toEqual({ status, serving, says: expect.stringMatching(told) });
  const moved = world.ecs.served.slice(served).map(({ at }) => minutes(at));
  return { minutes: minutes(own.at(-1)!.at), trafficMinutes: moved.length > 0 ? Math.max(...moved) : undefined, transitions: ended.transitions ?? 0 };
}

/** Cases that no state machine decides: what happens, and the test that shows it. */
const OTHERS: ReadonlyArray<readonly [name: string, happens: string, proof: string]> = [
  ['the first `cdk deploy`, with empty repositories', 'services without tasks; the pipeline builds, or the outputs say what to push', 'test/examples/shortest.test.ts'],
  ['a test that fails', 'the execution ends before anything is built', 'test/delivery/pipeline/blue-green-pipeline.test.ts'],
  ['a scan with a finding', 'nothing is pushed; the report names it', 'test/delivery/pipeline/build-script.test.ts'],
  ['a finding that is accepted', '`AcceptedFinding.of` with a reason and a last day, then the build passes', 'test/delivery/pipeline/build/image-build.test.ts'],
  ['two commits in a minute', 'the newer one waits in front of the stage, and replaces an older one that waits', 'test/delivery/pipeline/blue-green-pipeline.test.ts'],
  ['Monday, after forty commits', 'one release; the approval shows the commits since the last one', 'test/delivery/pipeline/build/commits-since-release.test.ts'],
  ['a variable, a secret, a size', 'a new revision, which the next release takes', 'test/delivery/what-goes-live.test.ts'],
  ['a service that is added, renamed or removed', 'see [changes](changes.md)', 'test/changes/matrix/service.test.ts'],
  ['private registries and secrets in builds', 'see [builds](builds.md)', 'test/delivery/pipeline/build/build-registry.test.ts'],
  ['several repositories from one workflow', 'one release, when the last one is pushed', 'test/delivery/pipeline/blue-green-pipeline.test.ts'],
  ['GitHub Actions without CodePipeline', 'a workflow starts the release, and waits for it', 'test/examples/ci.test.ts'],
  ['a stage in another account', 'the pipeline starts the release there by a role for that alone', 'test/delivery/two-accounts.test.ts'],
];

/** The page, and the table between its marks. */
function pageWith(table: string): { readonly page: string; readonly written: string } {
  const page = fs.readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  return { page, written: `${before}${BEGIN}\n\n${table}\n\n${END}${rest.split(END)[1]}` };
}

const rows = new Map<string, string>();

describe('The first month: ', () => {
  test.each(CASES.map((one): [string, Case] => [one.name, one]))('%s [A-08, A-10, A-14, C-17]', async (_, one) => {
    const { minutes, trafficMinutes, transitions } = await played(one);
    expect(transitions).toBeGreaterThan(0);
    rows.set(one.name, `| ${one.name} | ${one.happens} | ${trafficMinutes ?? '–'} | ${minutes} | ${(transitions * USD_PER_TRANSITION * 100).toFixed(1)} |`);
  });

  test.each(OTHERS)('%s: %s (%s)', (_, __, proof) => {
    expect(fs.existsSync(path.join(__dirname, '../../..', proof))).toBe(true);
  });

  test('docs/delivery.md has the table (UPDATE_FIRST_MONTH=1 writes it)', () => {
    const { page, written } = pageWith([
      '| Case | What happens | Traffic, minutes | End, minutes | State transitions, US cents |',
      '|---|---|---|---|---|',
      ...CASES.map(({ name }) => rows.get(name)),
      ...OTHERS.map(([name, happens]) => `| ${name} | ${happens} | – | – | – |`),
    ].join('\n'));
    if (process.env.UPDATE_FIRST_MONTH) {
      fs.writeFileSync(PAGE, written);
      return;
    }
    expect(written).toBe(page);
  });
});
