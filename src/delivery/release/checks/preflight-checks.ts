import { NOTHING_RELEASED } from '../../../registry/released-image';
import { copy, LABEL, type Part, part, put } from '../../asl/asl';
import {
  absent,
  anyOf,
  branches,
  choice,
  equals,
  equalsPath,
  isTrue,
  matches,
  not,
  present,
} from '../../asl/conditions';
import { contains, format } from '../../asl/intrinsics';
import { refuse, unless } from '../../asl/parts';
import { ADOPTS, HOTFIX, PASSES_ALARMS, ROLLS_BACK } from '../context/release-mode';
import type { PartTools } from '../context/release-settings';
import { FOUND, SERVICE } from '../context/service-facts';
import {
  CURRENT,
  describeLatestRevision,
  describeRunningRevision,
  describeService,
  listDeployments,
} from '../steps/ecs-calls';
import { readReleasedTag } from '../steps/released-tag';
import { adoptRunning } from './adopt-running';
import { checkRollbackAlarms } from './alarm-checks';
import { checkTraffic, TARGET_GROUP } from './traffic-check';

/** Condition that nothing of the service was released before. */
const NEVER_RELEASED = equals(FOUND.releasedTag, NOTHING_RELEASED);

/** Tag in the parameter of the service, which an adoption passes over. */
const WRITTEN_TAG = '$.written';

const HAS_NO_TASKS = { Variable: CURRENT.tasks, NumericEquals: 0 };

/** Checks a service before anything is changed. Leaves its state in {@link FOUND.before}. */
export function checkService(tools: PartTools): Part {
  const { calls, arns } = tools;
  const excluded = 'Leave the service out';
  const changed = 'Service passes its checks';
  return part(
    ['Read released image', readReleasedTag(calls, arns)],
    ['Keep tag of the parameter', copy(FOUND.releasedTag, WRITTEN_TAG)],
    ['Include the service', { Type: 'Pass', Result: true, ResultPath: FOUND.included }],
    checkStack(tools),
    checkActivity(tools),
    // A service without tasks runs nothing that could be adopted.
    unless('Adoption', anyOf(not(ADOPTS), HAS_NO_TASKS), adoptRunning(calls)),
    chooseImage(excluded),
    [
      'Check that the image exists',
      calls.task(
        'ecr:describeImages',
        { 'RepositoryName.$': SERVICE.repository, 'ImageIds': [{ 'ImageTag.$': FOUND.tag }] },
        { resources: arns.repositories, notRetried: ['Ecr.ImageNotFoundException'] },
      ),
    ],
    unless('Rollback alarms', anyOf(absent(`${SERVICE.alarms}[0]`), PASSES_ALARMS), checkRollbackAlarms(tools)),
    unless('State of a released service', NEVER_RELEASED, checkReleasedState(tools)),
    checkEmptyService(),
    [
      'Keep state before the first release',
      { ...put(FOUND.before, stateBefore({ first: true, unchanged: false })), Next: changed },
    ],
    ['Has nothing of the service changed?', choice(NOTHING_CHANGED, 'Keep state of the unchanged service')],
    ['May the previous version be unhealthy?', choice([PASSES_ALARMS], 'Keep state before an urgent release')],
    [
      'Keep state before the release',
      { ...put(FOUND.before, stateBefore({ first: false, unchanged: false })), Next: changed },
    ],
    [
      'Keep state before an urgent release',
      put(FOUND.before, { ...stateBefore({ first: false, unchanged: false }), unchecked: true }),
    ],
    [changed, { Type: 'Pass', Result: false, ResultPath: FOUND.unchanged, End: true }],
    [excluded, { Type: 'Pass', Result: false, ResultPath: FOUND.included }],
    ['Keep no image', copy(FOUND.releasedTag, FOUND.tag)],
    ['Keep no earlier revision', put('$.latest', { 'arn.$': CURRENT.revision })],
    ['Keep state of the unchanged service', put(FOUND.before, stateBefore({ first: false, unchanged: true }))],
    ['Keep the running revision', copy(CURRENT.revision, FOUND.candidate)],
    ['Service is left as it is', { Type: 'Pass', Result: true, ResultPath: FOUND.unchanged }],
  );
}

/** Conditions under which a release would bring exactly what runs already. */
const NOTHING_CHANGED = [
  equalsPath(FOUND.tag, FOUND.releasedTag),
  equalsPath(WRITTEN_TAG, FOUND.releasedTag),
  equalsPath(CURRENT.revision, FOUND.latest),
];

/** State that a rollback needs, and nothing else, because its parameter has 8 KB. */
function stateBefore({ first, unchanged }: { readonly first: boolean; readonly unchanged: boolean }): {
  readonly [name: string]: unknown;
} {
  return {
    'name.$': SERVICE.name,
    'repository.$': SERVICE.repository,
    'revision.$': CURRENT.revision,
    'tag.$': FOUND.releasedTag,
    'latest.$': FOUND.latest,
    first,
    unchanged,
    // What the drift check expects, of a service that gets no other one.
    ...(unchanged && { 'candidate.$': CURRENT.revision }),
  };
}

/** A service whose image is not named keeps the released one. A rollback leaves one out that has none. */
function chooseImage(excluded: string): Part {
  const chosen = 'Image is chosen';
  const missing = 'Has nothing to release';
  return part(
    ['Is a new image named?', choice([present(FOUND.tag)], chosen)],
    ['Was nothing released before?', choice([NEVER_RELEASED], 'Does a rollback leave the service out?')],
    ['Keep the released image', { ...copy(FOUND.releasedTag, FOUND.tag), Next: chosen }],
    ['Does a rollback leave the service out?', choice([ROLLS_BACK], excluded, missing)],
    refuse(
      missing,
      'Release.NoImage',
      '{} has never been released, and no image was named for {}',
      SERVICE.name,
      SERVICE.repository,
    ),
    [chosen, LABEL],
  );
}

/** CloudFormation must not update the service at the same time. */
function checkStack({ calls, arns }: PartTools): Part {
  const status = '$.stackNow.status';
  const stable = 'Stack is stable';
  return part(
    [
      'Describe stack',
      calls.task(
        'cloudformation:describeStacks',
        { 'StackName.$': SERVICE.stack },
        { resources: arns.stacks, resultPath: '$.stackNow' },
      ),
    ],
    ['Does the stack exist?', choice([present('$.stackNow.Stacks[0].StackStatus')], 'Keep stack status')],
    refuse(
      'Stack is unknown',
      'Release.Stack',
      'CloudFormation has no stack {} for {}',
      SERVICE.stack,
      SERVICE.name,
    ),
    ['Keep stack status', put('$.stackNow', { 'status.$': '$.stackNow.Stacks[0].StackStatus' })],
    [
      'Is the stack being updated?',
      branches(
        [
          { when: matches(status, '*_IN_PROGRESS'), next: 'Stack is being updated' },
          { when: equals(status, 'UPDATE_ROLLBACK_FAILED'), next: 'Stack has failed' },
        ],
        stable,
      ),
    ],
    refuse('Stack has failed', 'Release.Stack', 'the stack {} of {} is {}', SERVICE.stack, SERVICE.name, status),
    refuse(
      'Stack is being updated',
      'Release.StackUpdate',
      'the stack {} of {} is {}',
      SERVICE.stack,
      SERVICE.name,
      status,
    ),
    [stable, LABEL],
  );
}

/** The service is active, and nobody else deploys it. */
function checkActivity({ calls, arns }: PartTools): Part {
  const deployments = '$.deployments';
  const active = 'List unfinished deployments';
  const idle = 'Service is idle';
  return part(
    describeService('Service', calls, arns),
    ['Describe latest revision', describeLatestRevision(calls)],
    ['Is the service active?', choice([equals(CURRENT.status, 'ACTIVE')], active)],
    refuse('Service is not active', 'Release.Service', 'the service {} is {}', SERVICE.name, CURRENT.status),
    [active, listDeployments(calls, arns, deployments)],
    ['Is no deployment unfinished?', choice([absent(`${deployments}.ServiceDeployments[0]`)], idle)],
    refuse(
      'Deployment is unfinished',
      'Release.DeploymentRuns',
      'a deployment of {} is {}: {}',
      SERVICE.name,
      `${deployments}.ServiceDeployments[0].Status`,
      `${deployments}.ServiceDeployments[0].ServiceDeploymentArn`,
    ),
    [idle, LABEL],
  );
}

/** A service that was released serves, and runs what its parameter says. */
function checkReleasedState(tools: PartTools): Part {
  const { calls } = tools;
  const whole = 'Traffic is whole';
  const [divided, unhealthy, refused] = ['Traffic is divided', 'May tasks be missing?', 'No task is healthy'];
  return part(
    // A service that its schedule has scaled to zero serves nobody.
    ['Is traffic left unchecked?', choice([anyOf(ROLLS_BACK, HAS_NO_TASKS)], whole)],
    checkTraffic(calls, { name: 'Traffic', whole, divided, unhealthy }),
    refuse(
      divided,
      'Release.Traffic',
      'the traffic of {} is divided between two versions, or goes to no group',
      SERVICE.name,
    ),
    [unhealthy, choice([HOTFIX], whole)],
    refuse(
      refused,
      'Release.NoHealthyTask',
      'the group that {} gets its traffic from has no healthy task: {}',
      SERVICE.name,
      TARGET_GROUP,
    ),
    [whole, LABEL],
    checkDrift(tools),
    ['Released service is checked', { ...LABEL, Next: 'Has nothing of the service changed?' }],
  );
}

/**
 * Refuses a service that runs another image than the last release recorded.
 * CloudFormation resets the parameter whenever it updates it (docs/adr/0002-one-deployer.md), and a person may have
 * deployed manually.
 */
function checkDrift({ calls }: PartTools): Part {
  const running = '$.running';
  const same = 'Service runs the released image';
  return part(
    ['Describe running revision', describeRunningRevision(calls, running)],
    [
      'Compare images',
      put(running, {
        'released.$': contains(
          `${running}.TaskDefinition.ContainerDefinitions[*].Image`,
          format('{}:{}', SERVICE.uri, FOUND.releasedTag),
        ),
      }),
    ],
    ['Does it run the released image?', choice([isTrue(`${running}.released`)], same)],
    refuse(
      'Service runs another image',
      'Release.Drift',
      'the parameter {} says {}, but {} runs another image, in {}. ' +
        'Start the release again with "adopt": true to take what runs as released',
      SERVICE.parameter,
      FOUND.releasedTag,
      SERVICE.name,
      CURRENT.revision,
    ),
    [same, LABEL],
  );
}

/** A service that was never released has no tasks yet; otherwise its parameter was reset. */
function checkEmptyService(): Part {
  const empty = 'Service has no tasks';
  return part(
    ['Are there no tasks?', choice([HAS_NO_TASKS], empty)],
    refuse(
      'Parameter was reset',
      'Release.ParameterReset',
      'the parameter {} says none, but tasks of {} run. ' +
        'Start the release again with "adopt": true to take what runs as released',
      SERVICE.parameter,
      SERVICE.name,
    ),
    [empty, LABEL],
  );
}
