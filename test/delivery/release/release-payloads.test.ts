import { DeliveryAccount } from '../../simulators/delivery-account';
import { ownFamilies } from '../../simulators/deployed-definition';
import { DeployedRelease } from '../../simulators/deployed-release';
import { StateMachines } from '../../simulators/state-machines';

/** Characters of one input or output of a state that Step Functions takes. */
const MOST = 256 * 1024;
/** ECS takes task definitions of 64 KiB. */
const TASK_DEFINITION = 60 * 1024;
const SERVICES = 8;

let stage: DeployedRelease;
let machines: StateMachines;
jest.setTimeout(120_000);
beforeAll(() => { stage = new DeployedRelease(); machines = new StateMachines(); });
afterAll(() => { stage.close(); machines.close(); });

/** The stage with eight services of one repository, each of them like the first, one after another, and with an image of its own. */
function eightServices() {
  const waves = Array.from({ length: SERVICES }, (_, index) => `States.Array($.services[${index}])`).join(', ');
  const text = JSON.stringify(stage.definition('Release'));
  const definition = JSON.parse(text.replace(/States\.Array\((States\.Array\(\$\.services\[\d\]\)(, )?)+\)/, `States.Array(${waves})`));
  const [first] = definition.States.Services.Result;
  const own = ['name', 'service', 'family', 'parameter'];
  definition.States.Services.Result = Array.from({ length: SERVICES }, (_, index) => ({
    ...first,
    ...Object.fromEntries(own.map((field) => [field, index === 0 ? first[field] : `${first[field]}-of-service-${index}`])),
    // The states that take images by the names of repositories are those of two services.
    tag: 'v2',
  }));
  return definition;
}

function accountOf(definition: any): DeliveryAccount {
  const recordNames = Object.keys(stage.account().ssm.parameters).filter((name) => /\/(record|last)$/.test(name));
  const world = new DeliveryAccount(definition.States.Services.Result, recordNames).declare(ownFamilies(definition)).runs('v1').push('v2');
  world.ecs.revisions.forEach((revision) => { revision.definition.ContainerDefinitions[0].DockerLabels = { large: 'x'.repeat(TASK_DEFINITION) }; });
  return world;
}

const release = async (definition: any, arrange: (world: DeliveryAccount) => void = () => undefined) => {
  const world = accountOf(definition);
  arrange(world);
  const images = Object.fromEntries(world.facts.map(({ repository }) => [repository, 'v2']));
  world.states.executions.push('eight');
  return { world, ended: await machines.run('eight', definition, { images }, world.answers()) };
};

// The second interpreter fails with States.DataLimitExceeded instead of measuring.
const measured = process.env.SECOND_INTERPRETER === undefined ? test : test.skip;

describe('A release of eight services with the largest task definitions', () => {
  measured('has no input and no output of a state near the limit of Step Functions', async () => {
    const { world, ended } = await release(eightServices());
    expect(ended.status).toBe('SUCCEEDED');
    expect(world.serving).toEqual(Array(SERVICES).fill('v2'));
    // The largest one holds a task definition three times, while defaults are added to it.
    expect(ended.largest!.bytes).toBeGreaterThan(TASK_DEFINITION);
    expect(ended.largest!.bytes).toBeLessThan(MOST * 0.9);
  });

  test('rolls back', async () => {
    const { world, ended } = await release(eightServices(), ({ faults }) => { faults.v2 = 'fires afterwards'; });
    expect(ended.error?.name).toMatch(/^Release\./);
    expect(world.serving).toEqual(Array(SERVICES).fill('v1'));
  });

  test('has definitions of at most 1 MB', () => {
    expect(JSON.stringify(eightServices()).length).toBeLessThan(1_000_000);
  });
});
