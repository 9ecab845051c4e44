import type { IConstruct } from 'constructs';
import { NOTHING_RELEASED } from '../../registry/released-image';
import { chart, copy, LABEL, output, type Part, part, put } from '../asl/asl';
import { branches, choice, equals, equalsPath, isText, isTrue, not, present } from '../asl/conditions';
import { array, contains, CONTEXT, format, fromJson, merge, quoted, toJson } from '../asl/intrinsics';
import { executionsOf } from '../asl/logged-state-machine';
import { findByName, forEach, ITEM, iterate, refuse } from '../asl/parts';
import { PollingIntervals } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import type { State } from '../asl/state';
import type { Release } from '../release/release';
import { ReleaseArns } from '../release/release-arns';
import { readRecord, RECORD } from '../release/release-record';
import { factsOf, INPUT, SERVICES } from '../release/service-facts';

const INTERVAL_SECONDS = 60;

const RUNNING = '$.running';
const RELEASES = '$.releases';
const OUTCOME = '$.outcome';
const ANY = '$.any';
/** Images to roll back to, by repository. */
const IMAGES = INPUT.images;
/** Input of the release that rolls back. */
const START = '$.start';
const STARTED = '$.started.execution';
const EXECUTION = '$.described';

/** Kinds of a running execution of the release. */
const KIND = { release: 'release', cleanUp: 'clean-up', rollback: 'rollback' };
/** What was done about a running deployment. */
const FOUND_DEPLOYMENT = { none: 'none', stopped: 'stopped', rollsBack: 'rolls back' };

/** States of the rollback command that several parts lead to. */
const RUNS_ALREADY = 'Rollback runs already';
const NOTHING_BEFORE = 'Nothing was released before';

/** Definition of the rollback command. It finds out what runs, and rolls that back. */
export class RollbackCommandDefinition {
  private readonly arns: ReleaseArns;

  public constructor(
    scope: IConstruct,
    private readonly calls: AwsCalls,
    private readonly release: Release,
  ) {
    this.arns = new ReleaseArns(scope, release._targets);
  }

  /** Definition in the Amazon States Language. */
  public get definition(): object {
    return PollingIntervals.share(this.release._targets.length, (intervals) => ({
      Comment: `Rolls ${this.release.stageName} back`,
      ...chart(
        this.findReleases(),
        this.stopDeployments(),
        this.stopReleases(),
        this.findImagesBefore(),
        this.releaseImagesBefore(intervals),
        [RUNS_ALREADY, report('a rollback runs already: nothing was stopped. The release notifies of its end')],
        refuse(NOTHING_BEFORE, 'Rollback.NothingBefore', 'No version was released before the one that serves.'),
      ),
    })).written;
  }

  /** A release that rolls back already may not be stopped: it would be rolled back itself. */
  private findReleases(): Part {
    const { stateMachine } = this.release;
    const known = 'Releases are known';
    return part(
      [
        'List running releases',
        this.calls.task(
          'sfn:listExecutions',
          { StateMachineArn: stateMachine.stateMachineArn, StatusFilter: 'RUNNING' },
          { resources: [stateMachine.stateMachineArn], resultPath: RUNNING },
        ),
      ],
      ['Does any release run?', choice([present(`${RUNNING}.Executions[0]`)], 'Describe releases')],
      ['Note that none runs', { Type: 'Pass', Result: [], ResultPath: RELEASES, Next: known }],
      [
        'Describe releases',
        forEach(`${RUNNING}.Executions`, this.describeRelease(), { fields: { ResultPath: RELEASES } }),
      ],
      [
        'Look for a rollback',
        put(ANY, { 'rollback.$': contains(`${RELEASES}[*].kind`, quoted(KIND.rollback)) }),
      ],
      ['Does a rollback run?', choice([isTrue(`${ANY}.rollback`)], RUNS_ALREADY)],
      [known, LABEL],
    );
  }

  private describeRelease(): Part {
    const input = `${EXECUTION}.input` as const;
    const kindOf = (kind: string) => output({ kind, 'execution.$': '$.ExecutionArn' });
    return part(
      [
        'Describe release',
        this.calls.task(
          'sfn:describeExecution',
          { 'ExecutionArn.$': '$.ExecutionArn' },
          {
            resources: [executionsOf(this.release.stateMachine)],
            resultPath: EXECUTION,
            resultSelector: { 'input.$': '$.Input' },
          },
        ),
      ],
      ['Parse its input', put(EXECUTION, { 'input.$': fromJson(input) })],
      [
        'Which kind of release is it?',
        branches(
          [
            { when: present(`${input}.back`), next: 'It is a rollback' },
            { when: present(`${input}.clean`), next: 'It is a clean-up' },
          ],
          'It is a release',
        ),
      ],
      ['It is a rollback', kindOf(KIND.rollback)],
      ['It is a clean-up', kindOf(KIND.cleanUp)],
      ['It is a release', kindOf(KIND.release)],
    );
  }

  /**
   * Fastest rollback: the version before still runs. A release that follows the deployment rolls its other services
   * back.
   */
  private stopDeployments(): Part {
    const [noRecord, known, idle] = ['Note that nothing is recorded', 'Record is known', 'No deployment runs at all'];
    return part(
      ['Services', { Type: 'Pass', Result: this.release._targets.map(factsOf), ResultPath: SERVICES }],
      readRecord(this.calls, this.arns, {
        name: 'Read record',
        parameter: this.release.recordName,
        none: noRecord,
      }),
      ['Keep recorded services', { ...put('$.record', { 'services.$': RECORD.services }), Next: known }],
      [noRecord, { Type: 'Pass', Result: { services: [] }, ResultPath: '$.record' }],
      [known, LABEL],
      [
        'Stop deployments',
        forEach(SERVICES, this.stopDeployment(), {
          selector: { 'facts.$': CONTEXT.mapItem, 'before.$': '$.record.services' },
          fields: { ResultPath: OUTCOME },
        }),
      ],
      [
        'Compare outcomes',
        put(ANY, {
          'stopped.$': contains(`${OUTCOME}[*].found`, quoted(FOUND_DEPLOYMENT.stopped)),
          'rollsBack.$': contains(`${OUTCOME}[*].found`, quoted(FOUND_DEPLOYMENT.rollsBack)),
        }),
      ],
      ['Was a deployment stopped?', choice([isTrue(`${ANY}.stopped`)], 'Report stopped deployments')],
      ['Does a deployment roll back?', choice([isTrue(`${ANY}.rollsBack`)], RUNS_ALREADY, idle)],
      [
        'Report stopped deployments',
        report('the running deployments were stopped, and roll back. The release notifies of their end'),
      ],
      [idle, LABEL],
    );
  }

  private stopDeployment(): Part {
    const { services, deployments } = this.arns;
    const [listed, current] = ['$.deployments.ServiceDeployments[0]', '$.current.services[0].TaskDefinition'] as const;
    const [none, stop] = ['No deployment runs', 'Stop deployment'];
    const ended = ['Ecs.ConflictException', 'Ecs.ServiceDeploymentNotFoundException'];
    const outcome = (found: string) => output({ found });
    const before = findByName('Find state before', '$.before', '$.facts.name', stop);
    return part(
      [
        'List running deployments',
        this.calls.task(
          'ecs:listServiceDeployments',
          {
            'Cluster.$': '$.facts.cluster',
            'Service.$': '$.facts.service',
            'Status': ['PENDING', 'IN_PROGRESS'],
          },
          { resources: services, resultPath: '$.deployments' },
        ),
      ],
      ['Does any deployment run?', choice([present(listed)], before.entry)],
      [none, outcome(FOUND_DEPLOYMENT.none)],
      before,
      [
        'Describe service',
        this.calls.task(
          'ecs:describeServices',
          { 'Cluster.$': '$.facts.cluster', 'Services.$': array('$.facts.service') },
          { resources: services, resultPath: '$.current', resultSelector: { 'services.$': '$.Services' } },
        ),
      ],
      [
        'Does it deploy the previous revision?',
        choice([present(current), equalsPath(current, `${ITEM}.revision`)], 'Deployment rolls back'),
      ],
      [
        stop,
        this.calls.task(
          'ecs:stopServiceDeployment',
          { 'ServiceDeploymentArn.$': `${listed}.ServiceDeploymentArn`, 'StopType': 'ROLLBACK' },
          {
            resources: [...services, ...deployments],
            notRetried: ended,
            // It rolls back already, or has just ended.
            fields: { Catch: [{ ErrorEquals: ended, ResultPath: null, Next: none }] },
          },
        ),
      ],
      ['Deployment is stopped', outcome(FOUND_DEPLOYMENT.stopped)],
      ['Deployment rolls back', outcome(FOUND_DEPLOYMENT.rollsBack)],
    );
  }

  /**
   * A release between deployments, or one that monitors: its clean-up rolls back what it has done. A clean-up is left
   * alone.
   */
  private stopReleases(): Part {
    const none = 'No release runs';
    return part(
      ['Is no release left?', choice([not(present(`${RELEASES}[0]`))], none)],
      ['Stop releases', forEach(RELEASES, this.stopRelease(), { fields: { ResultPath: null } })],
      [
        'Look for stopped releases',
        put(ANY, { 'stopped.$': contains(`${RELEASES}[*].kind`, quoted(KIND.release)) }),
      ],
      ['Was a release stopped?', choice([isTrue(`${ANY}.stopped`)], 'Report the stopped release', RUNS_ALREADY)],
      [
        'Report the stopped release',
        report('the running release was stopped, and is rolled back. The release notifies of its end'),
      ],
      [none, LABEL],
    );
  }

  private stopRelease(): Part {
    return part(
      ['May it be stopped?', choice([equals('$.kind', KIND.release)], 'Stop release')],
      ['Leave the clean-up alone', { Type: 'Pass', End: true }],
      [
        'Stop release',
        this.calls.task(
          'sfn:stopExecution',
          { 'ExecutionArn.$': '$.execution', 'Cause': 'Rolled back by hand' },
          { resources: [executionsOf(this.release.stateMachine)] },
        ),
      ],
    );
  }

  /**
   * Collects the images that the last release replaced, one by one, because the names of repositories can't be put into a
   * path. A service that was released for the first time keeps its image.
   */
  private findImagesBefore(): Part {
    const { lastReleaseName } = this.release;
    const added = 'Image before is added';
    const named = format('{"{}":"{}"}', `${ITEM}.repository`, `${ITEM}.tag`);
    const addImage = part(
      [
        'Was it released before?',
        choice(
          [present(`${ITEM}.repository`), not(equals(`${ITEM}.tag`, NOTHING_RELEASED))],
          'Name image before',
          added,
        ),
      ],
      ['Name image before', put('$.image', { 'named.$': fromJson(named) })],
      ['Merge with the others', put('$.image', { 'all.$': merge(IMAGES, '$.image.named') })],
      ['Keep images', copy('$.image.all', IMAGES)],
      [added, LABEL],
    );
    return part(
      readRecord(this.calls, this.arns, {
        name: 'Read last release',
        parameter: lastReleaseName,
        none: NOTHING_BEFORE,
      }),
      ['Begin without images', { Type: 'Pass', Result: {}, ResultPath: IMAGES }],
      iterate('Collect images', RECORD.services, addImage),
      ['Write input', put(START, { 'text.$': toJson(IMAGES), 'input': { 'images.$': IMAGES, 'back': true } })],
      ['Is there no image?', choice([equals(`${START}.text`, '{}')], NOTHING_BEFORE)],
    );
  }

  private releaseImagesBefore(intervals: PollingIntervals): Part {
    const { stateMachine, _longestRollback: longest } = this.release;
    const [succeeded, failed, late] = ['Report the rollback', 'Has the failure a cause?', 'Rollback takes too long'];
    return part(
      [
        'Release images before',
        this.calls.task(
          'sfn:startExecution',
          { 'StateMachineArn': stateMachine.stateMachineArn, 'Input.$': toJson(`${START}.input`) },
          {
            resources: [stateMachine.stateMachineArn],
            resultPath: '$.started',
            resultSelector: { 'execution.$': '$.ExecutionArn' },
          },
        ),
      ],
      intervals.poll(
        {
          name: 'Follow release',
          timeoutSeconds: longest.toSeconds(),
          intervalSeconds: INTERVAL_SECONDS,
          waitFirst: true,
          onTimeout: late,
        },
        (again) =>
          part(
            [
              'Follow release: describe',
              this.calls.task(
                'sfn:describeExecution',
                { 'ExecutionArn.$': STARTED },
                { resources: [executionsOf(stateMachine)], resultPath: EXECUTION },
              ),
            ],
            [
              'Follow release: has it ended?',
              branches(
                [
                  { when: equals(`${EXECUTION}.Status`, 'SUCCEEDED'), next: succeeded },
                  { when: not(equals(`${EXECUTION}.Status`, 'RUNNING')), next: failed },
                ],
                again,
              ),
            ],
          ),
      ),
      [failed, choice([isText(`${EXECUTION}.Cause`)], 'Rollback failed')],
      refuse(
        'Rollback failed without a cause',
        'Rollback.Failed',
        'the release of the images before ended as {}: {}',
        `${EXECUTION}.Status`,
        STARTED,
      ),
      refuse(
        'Rollback failed',
        'Rollback.Failed',
        'the release of the images before ended as {}: {}: {}',
        `${EXECUTION}.Status`,
        `${EXECUTION}.Cause`,
        STARTED,
      ),
      refuse(late, 'Rollback.Failed', 'the release of the images before still runs: {}', STARTED),
      [
        succeeded,
        output({
          'done': 'the images before the last release serve',
          'execution.$': STARTED,
          'input.$': `${START}.input`,
        }),
      ],
    );
  }
}

function report(done: string): State {
  return output({ done });
}
