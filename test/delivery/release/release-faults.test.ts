import * as fs from 'node:fs';
import * as path from 'node:path';
import { alertIn, isShownInChat } from '../../../lambda/alert-forwarder/alert';
import { FORWARDER_HOME } from '../../fixtures/forwarder-home';
import { DeliveryAccount } from '../../simulators/delivery-account';
import { DeployedRelease } from '../../simulators/deployed-release';
import { AwsError } from '../../simulators/state-machines';

let stage: DeployedRelease;
jest.setTimeout(60_000);
beforeAll(() => { stage = new DeployedRelease(); });
afterAll(() => stage.close());

interface Fault {
  /** As docs/delivery.md has it. */
  readonly fault: string;
  readonly serves: string;
  readonly told: string;
  readonly execution: 'succeeded' | 'failed' | 'aborted';
  /** What goes wrong, and what runs before. */
  readonly world?: (world: DeliveryAccount) => void;
  readonly images?: 'none' | 'of another stage';
  /** Fields of the input beside the images. */
  readonly input?: object;
  /** Nothing was released before. */
  readonly first?: true;
  /** How often people are told of the end, unless it is once. */
  readonly messages?: number;
  /** What stands in the notification. */
  readonly reason?: RegExp;
  /** What each family's latest active revision holds afterwards, unless it is what serves. */
  readonly latest?: string[];
  readonly also?: (world: DeliveryAccount) => void;
}

const NEW = 'the new version';
const OLD = 'the previous version';
const NOTHING = 'nothing, as before';
const SUCCEEDED = 'the end: succeeded';
const BACK = 'failed, the previous version serves';
const NONE_SERVES = 'failed, no version serves';
const REFUSED = 'refused, nothing was changed';
const NOT_BACK = 'failed and is NOT rolled back';

/** Looks at the deployment that it has begun. */
const FOLLOWS = 'follows';

/** The release watches the alarms, after its last deployment. */
const MONITORS = 'monitors';

/** Does something once, when the release makes a certain call for the n-th time. */
function when(world: DeliveryAccount, api: string, doIt: () => void, nth = 1): void {
  let seen = 0;
  world.before = (called, input) => {
    const it = api === FOLLOWS ? called === 'ecs:listServiceDeployments' && input.CreatedAt && !input.Status
      : api === MONITORS ? called === 'cloudwatch:describeAlarms' && world.ecs.idle && world.serving.every((tag) => tag === 'v2')
        : called.endsWith(api);
    seen += it ? 1 : 0;
    if (it && seen === nth) {
      doIt();
    }
  };
}

/** An API does not answer for a time, from the n-th call of a kind on. */
function outage(world: DeliveryAccount, apis: RegExp, seconds: number, from: string, nth = 1): void {
  let begun = 0;
  when(world, from, () => { begun = world.calls[world.calls.length - 1].at; }, nth);
  const { before } = world;
  world.before = (api, input) => {
    before(api, input);
    if (begun > 0 && apis.test(api) && world.calls[world.calls.length - 1].at < begun + seconds * 1000) {
      throw new AwsError('Any.ServiceUnavailableException', 'try later');
    }
  };
}

/** Services that a release has updated, in their order. */
const updated = (world: DeliveryAccount) => world.calls.filter(({ api }) => api === 'ecs:updateService').map(({ input }) => world.facts.findIndex(({ service }) => service === input.Service));
/** An alarm of the first service begins to fire. */
const fire = (world: DeliveryAccount) => world.cloudWatch.firing.add(world.facts[0].alarms[0]);

/** An alarm of each service fires, and none has a healthy task. */
function inAnIncident(world: DeliveryAccount): void {
  world.facts.forEach(({ alarms }) => world.cloudWatch.firing.add(alarms[0]));
  world.elb.unhealthy = true;
}

/** The models of AWS do not have the field yet. */
function forgetNewField({ misfits }: DeliveryAccount): void {
  misfits.forEach((misfit) => (misfit.includes('NewSince2027') ? misfits.delete(misfit) : undefined));
}

const FAULTS: Fault[] = [
  { fault: 'none', serves: NEW, told: SUCCEEDED, execution: 'succeeded' },
  { fault: 'the smoke test fails on green', serves: OLD, told: BACK, execution: 'failed', world: (world) => { world.faults.v2 = 'fails on green'; }, reason: /PRE_PRODUCTION_TRAFFIC_SHIFT returned FAILED/ },
  { fault: 'an alarm fires during the shift', serves: OLD, told: BACK, execution: 'failed', world: (world) => { world.faults.v2 = 'fires in the shift'; }, reason: /because of alarm/ },
  {
    fault: 'the second service fails, when the first is released already',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, 'updateService', () => { world.faults.v2 = 'fails on green'; }, 2),
    also: (world) => expect(world.ecs.deployments.filter(({ target }) => world.ecs.tagOf(target) === 'v1')).toHaveLength(1),
  },
  { fault: 'an alarm fires before the start', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.cloudWatch.firing.add(world.facts[1].alarms[0]); }, reason: /success-rate/ },
  {
    fault: 'an alarm fires before the start, and ends within half an hour',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    world: (world) => { fire(world); when(world, 'describeAlarms', () => world.cloudWatch.firing.clear(), 4); },
  },
  { fault: 'an alarm begins to fire during the snapshot', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => when(world, 'describeBackupJob', () => fire(world)), reason: /fires since the snapshot/ },
  {
    fault: 'an alarm begins to fire during the migration',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, 'describeTasks', () => fire(world)),
    reason: /fires during the release/,
    also: (world) => expect(updated(world)).toEqual([]),
  },
  {
    fault: 'an alarm begins to fire while the first service is deployed',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, FOLLOWS, () => fire(world), 2),
    reason: /fires during the release/,
    also: (world) => expect(updated(world)).toEqual([0]),
  },
  {
    fault: 'an alarm of a released service fires while the next one is deployed',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, 'updateService', () => fire(world), 2),
    reason: /fires during the release/,
    also: (world) => {
      expect(updated(world).slice(0, 2)).toEqual([0, 1]);
      // Both are taken back at one moment, in any order.
      expect(updated(world).slice(2, 4).sort()).toEqual([0, 1]);
      const began = world.calls.filter(({ api }) => api === 'ecs:updateService')[1].at;
      const back = world.ecs.served.filter(({ tag }) => tag === 'v1').map(({ at }) => (at - began) / 60_000);
      expect(Math.max(...back)).toBeLessThan(6);
    },
  },
  { fault: 'the group that serves has no healthy task', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.elb.unhealthy = true; }, reason: /no healthy task/ },
  { fault: 'the image is not in the repository', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => world.facts.forEach(({ repository }) => { delete world.ecr.images[repository].v2; }), reason: /does not exist/ },
  { fault: 'the snapshot fails', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.backup.backupFails = true; }, reason: /no space/ },
  { fault: 'the migration fails', serves: OLD, told: BACK, execution: 'failed', world: (world) => { world.faults.v2 = 'migration fails'; }, reason: /Migration ended with 1/, also: (world) => expect(world.ecs.deployments).toEqual([]) },
  { fault: 'the migration does not end', serves: OLD, told: BACK, execution: 'failed', world: (world) => { world.faults.v2 = 'migration hangs'; }, reason: /was stopped/, also: (world) => expect(world.ecs.tasks[0].stopped).toBe(true) },
  { fault: 'the deployment does not end', serves: OLD, told: BACK, execution: 'failed', world: (world) => { world.faults.v2 = 'never ends'; }, reason: /has not ended in the time/ },
  { fault: 'a hook waits for an approval, and gets it', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => { world.faults.v2 = 'waits for approval'; when(world, FOLLOWS, () => { delete world.faults.v2; }, 20); } },
  { fault: 'a hook waits for an approval that does not come', serves: OLD, told: BACK, execution: 'failed', world: (world) => { world.faults.v2 = 'waits for approval'; } },
  {
    fault: 'the API of ECS throttles',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    world: (world) => {
      const seen: { [api: string]: number } = {};
      world.before = (api) => {
        seen[api] = (seen[api] ?? 0) + 1;
        if (api.startsWith('ecs:') && seen[api] % 4 !== 0) {
          throw new AwsError('Ecs.EcsException', 'Rate exceeded (Service: Ecs, Status Code: 400)');
        }
      };
    },
  },
  { fault: 'no API answers for 90 seconds while a deployment runs', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => outage(world, /./, 90, FOLLOWS, 3) },
  { fault: 'no API answers for 90 seconds before the second service is updated', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => outage(world, /./, 90, 'updateService', 2) },
  { fault: 'no API answers for ten minutes while a deployment runs', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => outage(world, /./, 600, FOLLOWS, 3) },
  { fault: 'no API answers for ten minutes when the second service is updated', serves: OLD, told: BACK, execution: 'failed', world: (world) => outage(world, /./, 600, 'updateService', 2), reason: /try later/ },
  {
    fault: 'no API answers for ten minutes while the release is rolled back',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => { outage(world, /./, 600, 'stopServiceDeployment'); const { before } = world; let seen = 0; world.before = (api, input) => { seen += api === 'ecs:updateService' ? 1 : 0; if (seen === 2) { fire(world); } before(api, input); }; },
  },
  { fault: 'no API answers for ten minutes when the release is written down', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => outage(world, /./, 600, 'batchGetImage') },
  {
    fault: 'ECS refuses the update, however often it is asked',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => { world.before = (api) => { if (api === 'ecs:updateService') { throw new AwsError('Ecs.EcsException', 'Rate exceeded'); } }; },
    reason: /Rate exceeded/,
  },
  {
    fault: 'the released image can not be written down',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => { world.before = (api, input) => { if (api === 'ssm:putParameter' && input.Value === 'v2') { throw new AwsError('Ssm.InternalServerErrorException', 'try later'); } }; },
    reason: /try later/,
  },
  { fault: 'an alarm fires after the last deployment, while it is watched', serves: OLD, told: BACK, execution: 'failed', world: (world) => when(world, MONITORS, () => { world.faults.v2 = 'fires afterwards'; }, 3), reason: /after the release/ },
  {
    fault: 'the previous version can not be brought back',
    serves: NEW,
    told: NOT_BACK,
    execution: 'failed',
    world: (world) => { world.faults.v2 = 'fires afterwards'; world.faults.v1 = 'fails on green'; },
    reason: /a person has to look.*no revision was deregistered/,
    messages: 2,
    also: (world) => world.facts.forEach(({ service }) => expect(world.ecs.revision(world.ecs.services[service].serving).active).toBe(true)),
  },
  {
    fault: 'the previous version runs again, but answers nobody',
    serves: OLD,
    told: NOT_BACK,
    execution: 'failed',
    world: (world) => { world.faults.v2 = 'fails on green'; when(world, FOLLOWS, () => { world.elb.unhealthy = true; }); },
    reason: /does not go to one group with a healthy task/,
    messages: 2,
    latest: ['v2', 'v2'],
  },
  {
    fault: 'ECS can not roll back, and names the previous version all the same',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => { world.faults.v2 = 'can not be rolled back'; },
    reason: /ROLLBACK_FAILED: no capacity/,
    also: (world) => expect(world.calls.filter(({ api, input }) => api === 'ecs:updateService' && input.ForceNewDeployment)).toHaveLength(1),
  },
  {
    fault: '`cdk deploy` changes the service while it is rolled back',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => {
      world.faults.v2 = 'fires afterwards';
      let done = false;
      world.before = (api) => {
        if (api === 'ecs:listServiceDeployments' && !done && world.ecs.deployments.some(({ target, status, minutes }) => world.ecs.tagOf(target) === 'v1' && status === 'IN_PROGRESS' && minutes > 1)) {
          done = true;
          world.cloudFormation.update(world.facts[0]);
        }
      };
    },
    messages: 2,
    also: (world) => expect(world.sns.subjects).toContain('Release to production failed and is NOT rolled back'),
  },
  {
    fault: 'the first release: an alarm fires while it is watched',
    serves: NOTHING,
    told: NONE_SERVES,
    execution: 'failed',
    first: true,
    world: (world) => { world.faults.v2 = 'fires afterwards'; },
    reason: /^Release release-\d+ failed\. It was the first, so no version serves\. /,
    also: (world) => expect(Object.values(world.ecs.services).map(({ tasks, minCapacity }) => [tasks, minCapacity])).toEqual([[0, 0], [0, 0]]),
  },
  {
    fault: 'the first release: the second service fails',
    serves: NOTHING,
    told: NONE_SERVES,
    execution: 'failed',
    first: true,
    world: (world) => when(world, 'updateService', () => { world.faults.v2 = 'fails on green'; }, 2),
    reason: /PRE_PRODUCTION_TRAFFIC_SHIFT returned FAILED/,
    also: (world) => expect(Object.values(world.ecs.services).map(({ tasks, minCapacity }) => [tasks, minCapacity])).toEqual([[0, 0], [0, 0]]),
  },
  { fault: 'a release runs already', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.states.executions.push('earlier'); }, reason: /another release to this stage runs: earlier/ },
  {
    fault: 'a release begins at the same moment, and is not listed yet',
    serves: OLD,
    told: REFUSED,
    execution: 'failed',
    world: (world) => { world.states.executions.push('earlier'); world.states.executionsLag = 1; },
    reason: /another release to this stage runs: earlier/,
  },
  {
    fault: 'a stopped release is not rolled back yet',
    serves: OLD,
    told: REFUSED,
    execution: 'failed',
    world: (world) => world.ssm.parameters[Object.keys(world.ssm.parameters).find((name) => name.endsWith('/record'))!].push('{"execution":"stopped","services":[]}'),
    reason: /a stopped release has not been rolled back: stopped.*\{"cleanUpAfter":"stopped"\}/,
  },
  { fault: 'none of the images is of this stage', serves: OLD, told: REFUSED, execution: 'failed', images: 'of another stage', reason: /none of the images is of a repository of this stage, which has \["\w+/ },
  { fault: 'ECS does not know a service any more', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.ecs.unknown = world.facts[1].service; }, reason: /ECS has no service Application\/Web/ },
  { fault: 'another revision is registered at the same moment', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => { world.ecs.contention = 2; } },
  {
    fault: 'a release rolls back, while an alarm fires and nobody serves',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    input: { rollback: true },
    world: (world) => {
      world.facts.forEach(({ alarms }) => world.cloudWatch.firing.add(alarms[0]));
      world.elb.unhealthy = true;
    },
    also: (world) => expect(world.calls.filter(({ api }) => /^backup:|runTask$|describeAlarms$|describeTargetHealth$/.test(api))).toEqual([]),
  },
  {
    fault: 'a hotfix is released, while an alarm fires and nobody serves',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    input: { despite: 'the "cart" fails for all, and this mends it' },
    world: inAnIncident,
    reason: /It passes firing alarms and missing tasks, and watches no alarm: the "cart" fails for all, and this mends it/,
    also: (world) => {
      // Migration, verification of the migration and snapshot stay; the hook is the service's own.
      expect(world.ecs.tasks).toHaveLength(2);
      expect(world.backup.backups).not.toEqual([]);
      expect(world.calls.filter(({ api }) => /describeAlarms$/.test(api))).toEqual([]);
      expect(world.sns.published[0].message).toMatch(/begins: .*because|watches no alarm: the "cart" fails/);
      const last = Object.keys(world.ssm.parameters).find((name) => name.endsWith('/last'))!;
      expect(JSON.parse(world.ssm.value(last))).toMatchObject({ despite: 'the "cart" fails for all, and this mends it', services: expect.any(Array) });
    },
  },
  {
    fault: 'a hotfix fails on green, while nobody serves',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    input: { despite: 'the cart fails' },
    world: (world) => { inAnIncident(world); world.faults.v2 = 'fails on green'; },
    reason: /PRE_PRODUCTION_TRAFFIC_SHIFT returned FAILED/,
    // The next hotfix may begin.
    also: (world) => expect(world.ssm.value(Object.keys(world.ssm.parameters).find((name) => name.endsWith('/record'))!)).toBe('none'),
  },
  { fault: 'a hotfix has no reason', serves: OLD, told: REFUSED, execution: 'failed', input: { despite: '' }, world: inAnIncident, reason: /"despite" has no reason/ },
  { fault: 'a pipeline gives no reason, and an alarm fires', serves: OLD, told: REFUSED, execution: 'failed', input: { despite: 'none' }, world: inAnIncident, reason: /an alarm fires before the release/ },
  {
    fault: 'a stage that was never released is rolled back',
    serves: NOTHING,
    told: REFUSED,
    execution: 'failed',
    first: true,
    images: 'none',
    input: { rollback: true },
    reason: /nothing was ever released to this stage/,
  },
  { fault: 'an update of the stack runs', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.cloudFormation.stackStatus[world.facts[0].stack] = 'UPDATE_IN_PROGRESS'; }, reason: /UPDATE_IN_PROGRESS/ },
  { fault: 'a deployment of a service runs, and ends', serves: NEW, told: SUCCEEDED, execution: 'succeeded', world: (world) => { world.ecs.deploy(world.facts[1].service, world.ecs.services[world.facts[1].service].revision); } },
  {
    fault: 'a deployment of a service runs for more than half an hour',
    serves: OLD,
    told: REFUSED,
    execution: 'failed',
    world: (world) => { world.faults.v1 = 'never ends'; world.ecs.deploy(world.facts[1].service, world.ecs.services[world.facts[1].service].revision); },
    reason: /is IN_PROGRESS/,
  },
  {
    fault: '`cdk deploy` changes the task during the release',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    world: (world) => when(world, FOLLOWS, () => { world.cloudFormation.register(world.facts[0], 'v1'); }),
    also: (world) => expect(world.ecs.latest(world.facts[0]).number).toBeGreaterThan(world.ecs.revision(world.ecs.services[world.facts[0].service].serving).number),
  },
  {
    fault: '`cdk deploy` changes the service during the release',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, FOLLOWS, () => { world.cloudFormation.update(world.facts[0]); }),
    reason: /ended as STOPPED|something else deployed/,
  },
  {
    fault: '`cdk deploy` changes the task during a release that fails, and is rolled back',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => {
      world.faults.v2 = 'fails on green';
      when(world, FOLLOWS, () => {
        const revision = world.cloudFormation.register(world.facts[0], 'v1');
        world.afterwards = () => { revision.active = false; };
      });
    },
  },
  {
    fault: '`cdk deploy` changes the task while it is watched, and an alarm fires',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, MONITORS, () => {
      world.cloudFormation.register(world.facts[0], world.released[0]);
      world.faults.v2 = 'fires afterwards';
    }, 3),
    reason: /after the release/,
  },
  {
    fault: '`cdk deploy` changes the service while it is watched',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => when(world, MONITORS, () => {
      world.cloudFormation.register(world.facts[0], 'v1');
      world.cloudFormation.update(world.facts[0]);
    }, 3),
    reason: /something else deployed, too/,
  },
  {
    fault: 'the release is stopped before it changes anything',
    serves: OLD,
    told: 'ended early, nothing to roll back',
    execution: 'aborted',
    world: (world) => when(world, 'describeStacks', () => stage.stop()),
    reason: /was stopped/,
  },
  {
    fault: 'the release is stopped while it migrates',
    serves: OLD,
    told: BACK,
    execution: 'aborted',
    world: (world) => { world.faults.v2 = 'migration hangs'; when(world, 'describeTasks', () => stage.stop(), 4); },
    reason: /was stopped/,
    also: (world) => expect(world.ecs.tasks.map(({ stopped }) => stopped)).toEqual([true]),
  },
  { fault: 'the release is stopped in the middle', serves: OLD, told: BACK, execution: 'aborted', world: (world) => when(world, FOLLOWS, () => stage.stop(), 5), reason: /was stopped/ },
  { fault: 'the release is stopped between registering and updating', serves: OLD, told: BACK, execution: 'aborted', world: (world) => when(world, 'runTask', () => stage.stop()) },
  {
    fault: 'the release is stopped when its success is recorded',
    serves: NEW,
    told: 'serves, and was stopped in its last step',
    execution: 'aborted',
    world: (world) => { world.before = (api, { Name }) => (api === 'ssm:putParameter' && Name.endsWith('/last') ? stage.stop() : undefined); },
    reason: /is complete and serves\. Nothing is rolled back\. Release\.Stopped/,
    also: (world) => expect(world.ssm.value(Object.keys(world.ssm.parameters).find((name) => name.endsWith('/record'))!)).toBe('none'),
  },
  {
    fault: 'the release is stopped in its last step',
    serves: NEW,
    told: 'serves, and was stopped in its last step',
    execution: 'aborted',
    world: (world) => { world.before = (api, { Name, Value }) => (api === 'ssm:putParameter' && Name.endsWith('/record') && Value === 'none' ? stage.stop() : undefined); },
    reason: /is complete and serves\. Nothing is rolled back\. Release\.Stopped/,
  },
  { fault: 'CloudFormation has reset the parameter', serves: OLD, told: REFUSED, execution: 'failed', world: (world) => { world.ssm.parameters[world.facts[0].parameter].push('none'); }, reason: /tasks of Application\/Api run\. Start the release again with "adopt": true/ },
  { fault: 'somebody deployed by hand', serves: 'what was deployed by hand', told: REFUSED, execution: 'failed', world: (world) => world.byHand('v0'), reason: /runs another image.*Start the release again with "adopt": true/, latest: ['v0', 'v1'] },
  {
    fault: 'somebody deployed by hand, and the release takes it as released',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    input: { adopt: true },
    world: (world) => { world.push('v0').byHand('v0'); },
    also: (world) => {
      const last = Object.keys(world.ssm.parameters).find((name) => name.endsWith('/last'))!;
      expect(JSON.parse(world.ssm.value(last)).services.map(({ tag }: any) => tag)).toEqual(['v0', 'v1']);
    },
  },
  {
    fault: 'somebody deployed by hand, and a release that takes it as released fails',
    serves: 'what was deployed by hand',
    told: BACK,
    execution: 'failed',
    input: { adopt: true },
    world: (world) => { world.push('v0').byHand('v0'); world.faults.v2 = 'fails on green'; },
    latest: ['v0', 'v1'],
    also: (world) => expect(world.released).toEqual(['v0', 'v1']),
  },
  {
    fault: 'somebody deployed an image of another repository by hand',
    serves: 'what was deployed by hand',
    told: REFUSED,
    execution: 'failed',
    input: { adopt: true },
    world: (world) => {
      world.byHand('v0');
      const [, application] = world.ecs.latest(world.facts[0]).definition.ContainerDefinitions;
      application.Image = 'docker.io/shop:v0';
    },
    latest: ['v0', 'v1'],
    reason: /Application\/Api runs no tag of .*, which can not be taken as released/,
  },
  { fault: 'CloudFormation has reset the parameter, and the release takes what runs as released', serves: NEW, told: SUCCEEDED, execution: 'succeeded', input: { adopt: true }, world: (world) => { world.ssm.parameters[world.facts[0].parameter].push('none'); } },
  { fault: 'somebody deployed by hand, and a release rolls back', serves: NEW, told: SUCCEEDED, execution: 'succeeded', input: { rollback: true }, world: (world) => { world.push('v0').byHand('v0'); } },
  {
    fault: 'the task definition has a field that a release would lose',
    serves: OLD,
    told: BACK,
    execution: 'failed',
    world: (world) => { world.ecs.latest(world.facts[1]).definition.NewSince2027 = { Mode: 'on' }; },
    reason: /the family .* has a field that this release would lose/,
    also: (world) => { expect(world.ecs.deployments).toEqual([]); forgetNewField(world); },
  },
  {
    fault: 'the task definition has a field that a rollback loses',
    serves: NEW,
    told: SUCCEEDED,
    execution: 'succeeded',
    input: { rollback: true },
    world: (world) => { world.ecs.latest(world.facts[1]).definition.NewSince2027 = { Mode: 'on' }; },
    also: forgetNewField,
  },
  { fault: 'the notification can not be delivered', serves: NEW, told: 'none', execution: 'succeeded', world: (world) => { world.before = (api) => { if (api === 'sns:publish') { throw new AwsError('Sns.AuthorizationErrorException', 'no'); } }; } },
  {
    fault: 'nothing has changed',
    serves: OLD,
    told: SUCCEEDED,
    execution: 'succeeded',
    images: 'none',
    also: (world) => expect(world.calls.filter(({ api, input }) => api === 'ecs:updateService' || (api === 'ecs:registerTaskDefinition' && world.facts.some(({ family }) => family === input.Family)))).toEqual([]),
  },
  { fault: 'no new image is named: what changed in the task goes live', serves: OLD, told: SUCCEEDED, execution: 'succeeded', images: 'none', world: (world) => world.facts.forEach((fact) => world.cloudFormation.register(fact, 'v1')), also: (world) => expect(world.ecs.revision(world.ecs.services[world.facts[0].service].serving).number).toBe(4) },
];

describe('A release', () => {
  test.each(FAULTS)('with the fault "$fault" leaves $serves serving, and notifies: $told [A-06, A-08, A-10, A-11, A-13, B-12, C-16, C-18, D-06]', async ({ serves, told, execution, world: arrange, images, input, first, reason, messages, latest, also }) => {
    const world = first ? stage.account().push('v2') : stage.account().runs('v1').push('v2');
    arrange?.(world);
    const named = images === 'none' ? {} : images ? { 'another-shop': 'v2' } : stage.images(world, 'v2');
    const { status } = await stage.release(world, named, input);

    expect(status.toLowerCase()).toBe(execution);
    const version = serves === NEW ? 'v2' : first ? 'none' : 'v1';
    expect(world.serving).toEqual(serves.includes('by hand') ? ['v0', 'v1'] : first ? ['nothing', 'nothing'] : [version, version]);
    expect(world.latestTags).toEqual(latest ?? [version, version]);
    expect(world.released.filter((tag) => first || tag !== 'none')).toEqual(expect.arrayContaining([told.includes('NOT') ? expect.any(String) : version]));
    const last = world.sns.published[world.sns.published.length - 1];
    expect(last?.subject ?? 'none').toContain(told.replace('the end: ', ''));
    expect(world.sns.subjects.filter((subject) => !/begins$|^Traffic/.test(subject)).length).toBe(messages ?? (told === 'none' ? 0 : 1));
    if (reason) {
      expect(last.message).toMatch(reason);
    }
    world.sns.published.forEach(({ subject, message, forChannels }) => {
      expect(isShownInChat(forChannels, FORWARDER_HOME)).toBe(true);
      expect(alertIn({ messageId: '1', topicArn: 'deployments', message: forChannels }, FORWARDER_HOME)).toMatchObject({ title: subject, text: message });
      expect(message).toMatch(/^Release \S+ /);
    });
    // For the post-release alarms: neither a failure nor a refusal nor what cleans up after it is a release.
    expect(world.cloudWatch.counted).toEqual(execution === 'succeeded' ? ['prod-constructs/releases Released arn:aws:states:eu-central-1:111111111111:stateMachine:release 1'] : []);
    also?.(world);
  });

  test('does in each fault what docs/delivery.md says', () => {
    const text = fs.readFileSync(path.join(__dirname, '..', '..', '..', 'docs', 'delivery.md'), 'utf8');
    const rows = [...text.slice(text.indexOf('## Faults')).split('\n## ')[0].matchAll(/^\| (?!Fault|---)(.+?) \| (.+?) \| (.+?) \| (.+?) \|$/gm)].map((row) => row.slice(1, 5));
    expect(rows).toEqual(FAULTS.map(({ fault, serves, told, execution }) => [fault, serves, told, execution]));
  });
});
