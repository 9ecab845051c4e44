import { callNamed, errorsOf } from '../../catalogues/aws-models/models';
import type { DeliveryAccount } from '../../simulators/delivery-account';
import { DeployedRelease } from '../../simulators/deployed-release';
import { AwsError } from '../../simulators/state-machines';
import { type CallSite, callSites } from '../../simulators/state-walk';

let stage: DeployedRelease;
jest.setTimeout(600_000);
beforeAll(() => { stage = new DeployedRelease(); });
afterAll(() => stage.close());

/** Releases that together pass through nearly every call of the machine. */
const RELEASES: { readonly [name: string]: { readonly first?: true; readonly arrange?: (world: DeliveryAccount) => void } } = {
  'that succeeds': {},
  'that fails on green': { arrange: (world) => { world.faults.v2 = 'fails on green'; } },
  'that is taken back after its deployments': { arrange: (world) => { world.faults.v2 = 'fires afterwards'; } },
  'whose migration hangs': { arrange: (world) => { world.faults.v2 = 'migration hangs'; } },
  'whose deployment does not end': { arrange: (world) => { world.faults.v2 = 'never ends'; } },
  'that is the first, and succeeds': { first: true },
  'that is the first, and is taken back': { first: true, arrange: (world) => { world.faults.v2 = 'fires afterwards'; } },
};

/** Sites of each property that are disturbed, unless CALL_SITES=all asks for every one. They are the same each time. */
const SAMPLED = 24;

interface Played {
  readonly world: DeliveryAccount;
  readonly name: string;
  readonly status: string;
  readonly visited: Set<string>;
}

/** Runs a release, and with it what the rule starts. */
async function play(release: string, disturb: (state: string, world: DeliveryAccount) => unknown = () => undefined): Promise<Played> {
  const { first, arrange } = RELEASES[release];
  const world = first ? stage.account().push('v2') : stage.account().runs('v1').push('v2');
  const visited = new Set<string>();
  arrange?.(world);
  world.atState = (state) => { visited.add(state); return disturb(state, world); };
  const { status } = await stage.release(world, stage.images(world, 'v2'));
  world.atState = () => undefined;
  return { world, name: Object.keys(world.states.inputs)[0], status, visited };
}

/** What is wrong with the stage after a release, its clean-up, and one more clean-up where people were told that they have to look. */
async function problems({ world, name, status }: Played, canTell: boolean): Promise<string[]> {
  const told = world.sns.subjects.filter((subject) => !subject.includes('begins')).pop() ?? 'nothing';
  const one = (values: string[]) => (new Set(values).size === 1 ? values[0] : `(${values.join()})`);
  const serves = () => one(world.serving.map((tag) => (tag === 'nothing' ? 'none' : tag)));
  const wrong: string[] = [];
  const expected = status === 'SUCCEEDED' || /succeeded|serves, and was stopped/.test(told) ? 'v2' : world.ssm.parameters[world.facts[0].parameter].includes('v1') ? 'v1' : 'none';
  if (!told.includes('NOT') && serves() !== expected) {
    wrong.push(`told '${told}', but ${serves()} serves`);
  }
  if (told.includes('nothing was changed') && world.ecs.deployments.length > 0) {
    wrong.push(`told '${told}', but deployed`);
  }
  if (told === 'nothing' && canTell && world.ecs.deployments.length > 0) {
    wrong.push('nobody was told');
  }
  if (status !== 'SUCCEEDED' && openRecord(world)) {
    await stage.execute(world, `${name}-again`, { cleanUpAfter: name });
  }
  const [parameter, latest] = [one(world.released), one(world.latestTags)];
  if (serves() !== parameter || serves() !== latest) {
    wrong.push(`${serves()} serves, the parameter says ${parameter}, the latest revision is ${latest}`);
  }
  if (openRecord(world)) {
    wrong.push('the record is open');
  }
  return wrong.map((problem) => `${status}: ${problem}`);
}

function openRecord(world: DeliveryAccount): boolean {
  return world.ssm.value(Object.keys(world.ssm.parameters).find((parameter) => parameter.endsWith('/record'))!) !== 'none';
}

/** An error of a call that nothing expects: the service's own. */
function failureOf(api: string): AwsError {
  return new AwsError(errorsOf(callNamed(api)!).find((error) => /^(\w+)\.\1Exception$/.test(error))!, 'this call site fails');
}

describe('Every call of a release', () => {
  let sites: Array<CallSite & { readonly release: string }>;
  let unseen: string[];

  beforeAll(async () => {
    const played: Array<[string, Set<string>]> = [];
    for (const release of Object.keys(RELEASES)) {
      played.push([release, (await play(release)).visited]);
    }
    const all = callSites(stage.definition('Release')).map((site) => ({ ...site, release: played.find(([, visited]) => visited.has(site.state))?.[0] }));
    sites = all.filter((site): site is CallSite & { release: string } => site.release !== undefined);
    unseen = all.filter(({ release }) => release === undefined).map(({ state }) => state);
  });

  /** Each site with what is wrong after it was disturbed. */
  async function disturbed(disturb: (site: CallSite) => (state: string, world: DeliveryAccount) => unknown, all = sites): Promise<string[]> {
    const every = process.env.CALL_SITES === 'all' ? 1 : Math.max(1, Math.floor(all.length / SAMPLED));
    const wrong: string[] = [];
    for (const site of all.filter((_, index) => index % every === 0)) {
      const found = await problems(await play(site.release, disturb(site)), site.api !== 'sns:publish');
      wrong.push(...found.map((problem) => `${site.state}, in a release ${site.release}: ${problem}`));
    }
    return wrong;
  }

  test('is made by one of these releases, but those that only other task definitions need, or other faults', () => {
    expect(sites.length / (sites.length + unseen.length)).toBeGreaterThan(0.6);
  });

  test('may fail for good: afterwards the stage is consistent, and people were told the truth', async () => {
    expect(await disturbed((site) => (state) => {
      if (state === site.state) {
        throw failureOf(site.api);
      }
    })).toEqual([]);
  });

  test('may be the last before the execution is stopped: afterwards the stage is consistent, and people were told the truth', async () => {
    expect(await disturbed((site) => {
      let stopped = false;
      return (state) => {
        if (state === site.state && !stopped) {
          stopped = true;
          stage.stop();
        }
      };
    })).toEqual([]);
  });

  test('may begin an outage of its operation until the clean-up has ended: afterwards the stage is consistent, and people were told the truth', async () => {
    const apiOf = new Map(sites.map(({ state, api }) => [state, api]));
    const beginnings = sites.filter(({ api, release }, index) => index === sites.findIndex((site) => site.api === api && site.release === release));
    expect(await disturbed((site) => {
      let out = false;
      return (state) => {
        out ||= state === site.state;
        if (out && apiOf.get(state) === site.api) {
          throw failureOf(site.api);
        }
      };
    }, beginnings)).toEqual([]);
  });
});
