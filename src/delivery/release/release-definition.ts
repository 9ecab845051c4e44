import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget, SnapshotTarget } from '../../contracts';
import {
  absent,
  chart,
  choice,
  copy,
  forEach,
  inTurn,
  present,
  put,
  refuse,
  type State,
  type States,
  together,
} from '../asl/asl';
import type { Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { deployService, recordService } from './deploy-service';
import type { Migration } from './migration';
import { tell } from './notify';
import { takeSnapshot } from './pre-release-snapshot';
import { askForAlarms, checkService, GOES_BACK, whereNoneFires } from './preflight-checks';
import { registerRevision } from './register-task-definition';
import { alone } from './release-lock';
import { closed, ReleaseWayBack } from './rollback-release';
import { oneOffTask } from './run-task';
import { factsOf, RELEASED, ReleaseArns } from './service-facts';

/** What the state machine of a release is made from, all of it checked. */
export interface ReleaseDefinitionProps {
  /** Its stack names account and region of the ARNs. */
  readonly scope: IConstruct;
  /** Stands in notifications, and in the tags `live-<stage>-<n>` of released images. */
  readonly stageName: string;
  /** In the order in which they are released. */
  readonly targets: ReleaseTarget[];
  /**
   * Runs after the candidates are registered and before any service is updated.
   * @default - none
   */
  readonly migration?: Migration;
  /**
   * Of which a snapshot is taken before the first change; a snapshot that fails refuses the release.
   * @default - none is taken
   */
  readonly snapshot?: SnapshotTarget;
  /**
   * Is told when the release begins and how it ends; a message that fails doesn't hold the release up.
   * @default - nobody is told
   */
  readonly topicArn?: string;
  /** Name of the parameter that holds what the running or last release began with. */
  readonly recordName: string;
  /** Name of the parameter that holds what the last good release began with. */
  readonly lastReleaseName: string;
  /** Name of the machine's role: ECS notes it with each revision. */
  readonly roleName: string;
  /** Alarms beside those of the services that must be at rest before a release. */
  readonly alarmNames: string[];
  /** How long the services' alarms are watched after the last deployment, 0 to 86400, in steps of 60; 0 for not at all. */
  readonly watchSeconds: number;
  /** From the new revision to the end of its deployment. */
  readonly deploymentSeconds: number;
  /** The longest that the snapshot may take, 600 to 86400; after it the release is refused. */
  readonly snapshotSeconds: number;
}

const WATCH_PACE_SECONDS = 60;
const WINDOW_PACE_SECONDS = 300;
const WINDOW_SECONDS = 24 * 3600;

/** One definition for every stage: what differs is in its constants. */
export class ReleaseDefinition {
  private readonly arns: ReleaseArns;

  public constructor(
    private readonly calls: AwsCalls,
    private readonly paces: Paces,
    private readonly props: ReleaseDefinitionProps,
  ) {
    this.arns = new ReleaseArns(props.scope, props.targets);
  }

  /** As the states language writes it, with references that CloudFormation resolves. */
  public get states(): object {
    const wayBack = new ReleaseWayBack(this.calls, this.paces, this.arns, this.props);
    return {
      Comment: `Brings new versions out to ${this.props.stageName}, or takes them back`,
      ...chart([
        ['Services', { Type: 'Pass', Result: this.props.targets.map(factsOf), ResultPath: '$.services' }],
        ['Clean-up?', choice([present('$.clean')], 'How did it end')],
        ['Back to other images?', choice([GOES_BACK], 'Services go back', this.images()[0][0])],
        [
          'Services go back',
          forEach('$.services', [['Service goes back', { Type: 'Pass', Result: true, ResultPath: '$.back' }]], {
            rest: { ResultPath: '$.services' },
          }),
        ],
        ...this.images(),
        ['Prepare', together(this.prepare(), { next: 'Refused' })],
        ['Release', together(this.release(), { next: 'Record of the release' })],
        ...this.succeeded(),
        ...this.refused(),
        ...wayBack.states(),
      ]),
    };
  }

  /** Which of the images is whose: the only states that are written once for each service, because a path can't be put together. */
  private images(): States {
    return this.props.targets.flatMap(({ repositoryName, source }, index): States => {
      const path = `$.images['${repositoryName}']`;
      const next = this.props.targets[index + 1]
        ? `Image of ${this.props.targets[index + 1].source.node.path}?`
        : 'Prepare';
      return [
        [`Image of ${source.node.path}?`, choice([absent(path)], next)],
        [`Image of ${source.node.path}`, { ...copy(path, `$.services[${index}].tag`), Next: next }],
      ];
    });
  }

  /** Changes nothing: what fails here is refused, and nothing has to be taken back. */
  private prepare(): States {
    const { migration, snapshot, snapshotSeconds, alarmNames, recordName } = this.props;
    const window = migration?._options.window?._times;
    const snapshots = snapshot ? takeSnapshot(this.calls, this.paces, snapshot, snapshotSeconds) : [];
    return [
      ...this.knownImages(),
      ...alone('Other releases', this.calls, this.paces, this.arns, recordName),
      ...(window ? notOnTheWayBack('Window at all?', 'Window is open', this.window(window)) : []),
      ...this.notify(
        'Tell the start',
        `Release to ${this.props.stageName} begins`,
        "States.Format('Release {} begins: {}', $$.Execution.Name, States.JsonToString($.images))",
        present('$.images'),
      ),
      ...(alarmNames.length > 0 ? notOnTheWayBack('Gate at all?', 'Gate is open', this.gate(alarmNames)) : []),
      ['Check', forEach('$.services', checkService(this.calls, this.arns), { rest: { ResultPath: '$.services' } })],
      ['Some left alone?', choice([GOES_BACK], 'Without those', 'All checked')],
      ['Without those', copy('$.services[?(@.taken == true)]', '$.services')],
      ['All checked', { Type: 'Pass' }],
      ...(snapshot ? notOnTheWayBack('Snapshot at all?', 'Snapshot: taken', snapshots) : []),
      ...alone('Other releases by now', this.calls, this.paces, this.arns, recordName),
    ];
  }

  /** One build may serve several stages; but where no name is one of this stage's, the images are meant for another. */
  private knownImages(): States {
    const { targets } = this.props;
    return [
      [
        'Any image named?',
        {
          Type: 'Choice',
          Choices: [
            { Or: targets.map((_, index) => present(`$.services[${index}].tag`)), Next: 'Images are known' },
            { ...absent('$.images'), Next: 'Images are known' },
          ],
        },
      ],
      [
        'Names',
        put('$.names', {
          'given.$': 'States.JsonToString($.images)',
          'known': [...new Set(targets.map(({ repositoryName }) => repositoryName))],
        }),
      ],
      ['No images at all?', choice([{ Variable: '$.names.given', StringEquals: '{}' }], 'Images are known')],
      ...refuse(
        'Images of another stage',
        'Release.NoImage',
        'none of the images is of a repository of this stage, which has {}: {}',
        'States.JsonToString($.names.known)',
        '$.names.given',
      ),
      ['Images are known', { Type: 'Pass' }],
    ];
  }

  private window({
    startAt,
    endAt,
    calendarArn,
  }: {
    readonly startAt?: string;
    readonly endAt?: string;
    readonly calendarArn?: string;
  }): States {
    const after = { Variable: '$.window.time', StringGreaterThanEquals: startAt };
    const before = { Variable: '$.window.time', StringLessThan: endAt };
    const look: States =
      calendarArn !== undefined
        ? [
          [
            'Window: calendar',
            this.calls.task(
              'ssm:getCalendarState',
              { CalendarNames: [calendarArn] },
              { resources: [calendarArn], at: '$.window', keep: { 'state.$': '$.State' } },
            ),
          ],
          ['Window: open?', choice([{ Variable: '$.window.state', StringEquals: 'OPEN' }], 'Window is open')],
        ]
        : [
          [
            'Window: time',
            put('$.window', { 'time.$': "States.ArrayGetItem(States.StringSplit($$.State.EnteredTime, 'T'), 1)" }),
          ],
          [
            'Window: open?',
            {
              Type: 'Choice',
              Choices: [
                {
                  ...(startAt! < endAt! ? { And: [after, before] } : { Or: [after, before] }),
                  Next: 'Window is open',
                },
              ],
            },
          ],
        ];
    const [first] = look[0];
    return [
      ...this.paces.loop(
        { name: 'Window', at: '$.watch', seconds: WINDOW_SECONDS, pace: WINDOW_PACE_SECONDS },
        (turn) => [
          ...look,
          ...turn.count('Window: wait', 'Window stays closed'),
          ['Window: wait', { ...turn.wait, Next: first }],
        ],
      ),
      ...refuse('Window stays closed', 'Release.Window', 'the maintenance window has not opened for a day'),
      ['Window is open', { Type: 'Pass' }],
    ];
  }

  private gate(alarmNames: string[]): States {
    return [
      ['Gate', put('$.gate', { alarms: alarmNames })],
      ...askForAlarms('Gate: alarms', this.calls, '$.gate.alarms'),
      ...whereNoneFires('Gate: open?', 'Gate is open'),
      ...refuse(
        'Gate is closed',
        'Release.AlarmFires',
        'an alarm fires before the release: {}',
        '$.alarmsFiring.names',
      ),
      ['Gate is open', { Type: 'Pass' }],
    ];
  }

  /** From the first change on: what fails here is taken back, all services together. */
  private release(): States {
    const { migration, watchSeconds, targets, deploymentSeconds } = this.props;
    return [
      this.writeRecord('Record the beginning'),
      [
        'Register',
        forEach(
          '$.services',
          [
            ...registerRevision(this.calls, this.arns, { prefix: 'Revision', at: '$.candidate' }),
            ['Candidate', copy('$.candidate', '$.before.candidate')],
          ],
          { inOrder: true, rest: { ResultPath: '$.services' } },
        ),
      ],
      this.writeRecord('Record the candidates'),
      ...(migration
        ? notOnTheWayBack('Migration at all?', 'Migrated', [...this.migrate(migration), ['Migrated', { Type: 'Pass' }]])
        : []),
      ...inTurn(
        'Deploy',
        '$.services',
        deployService(this.calls, this.paces, this.arns, { seconds: deploymentSeconds, times: targets.length }),
      ),
      // What fires behind a way back is why it was taken.
      ...(watchSeconds > 0 && this.hasAlarms
        ? notOnTheWayBack('Watch at all?', 'Watch is over', this.watch(watchSeconds))
        : []),
      // Not before the watch has ended: what CloudFormation registers meanwhile has the image that a way back goes to.
      ...inTurn('Write down', '$.services', this.record()),
      this.writeRecord('All is well', this.props.lastReleaseName),
      [
        'Nothing to take back any more',
        this.calls.task('ssm:putParameter', closed(this.props.recordName), {
          resources: [this.arns.parameter(this.props.recordName)],
        }),
      ],
    ];
  }

  /** A list that grows until the template is made counts as one with alarms. */
  private get hasAlarms(): boolean {
    return this.props.targets.some(
      ({ rollbackAlarmNames }) => Token.isUnresolved(rollbackAlarmNames) || rollbackAlarmNames.length > 0,
    );
  }

  private record(): States {
    return [
      ...recordService(this.calls, this.arns, this.props.stageName),
      [
        'Still the latest?',
        choice([{ Variable: '$.latest.arn', StringEqualsPath: '$.candidate' }], 'Service is recorded'),
      ],
      // CloudFormation registered a revision in between, with the image of before.
      ...registerRevision(this.calls, this.arns, { prefix: 'Once more', at: '$.again' }),
      ['Service is recorded', { Type: 'Pass' }],
    ];
  }

  private migrate(migration: Migration): States {
    const target = migration._service.releaseTarget;
    const index = this.props.targets.findIndex(({ source }) => source === target.source);
    const { verify, environment = {} } = migration._options;
    const task = {
      scope: this.props.scope,
      target,
      environment,
      revision: `$.services[${index}].candidate`,
      family: target.family,
      timeoutSeconds: migration._timeout.toSeconds(),
    };
    return [
      ...oneOffTask(this.calls, this.paces, { ...task, prefix: 'Migration', command: migration._command }),
      ...(verify
        ? oneOffTask(this.calls, this.paces, { ...task, prefix: 'Verification of the migration', command: verify })
        : []),
    ];
  }

  /** What a way back has to know, where any execution finds it: the release that was stopped can't tell. */
  private writeRecord(name: string, parameter: string = this.props.recordName): [string, State] {
    return [
      name,
      this.calls.task(
        'ssm:putParameter',
        {
          'Name': parameter,
          'Value.$':
            'States.Format(\'\\{"execution":"{}","at":"{}","services":{}\\}\', $$.Execution.Name, $$.Execution.StartTime, States.JsonToString($.services[*].before))',
          'Type': 'String',
          'Tier': 'Intelligent-Tiering',
          'Overwrite': true,
        },
        { resources: [this.arns.parameter(parameter)] },
      ),
    ];
  }

  /** Traffic is on the new version; the one before is gone, or goes soon. */
  private watch(seconds: number): States {
    return [
      ['Watched', put('$.watched', { 'alarms.$': '$.services[*].alarms[*]' })],
      ...this.paces.loop({ name: 'Watch', at: '$.watch', seconds, pace: WATCH_PACE_SECONDS }, (turn) => [
        ['Watch: wait', turn.wait],
        ...askForAlarms('Watch: alarms', this.calls, '$.watched.alarms'),
        [
          'Watch: at rest?',
          {
            Type: 'Choice',
            Choices: [
              { Or: ['Metric', 'Composite'].map((type) => present(`$.firing.${type}Alarms[0]`)), Next: 'Watch: fires' },
            ],
          },
        ],
        ...turn.count('Watch: wait', 'Watch is over'),
      ]),
      ...whereNoneFires('Watch: fires', 'Watch: count'),
      ...refuse(
        'Watch: alarm fires',
        'Release.AlarmFires',
        'an alarm fires after the release: {}',
        '$.alarmsFiring.names',
      ),
      ['Watch is over', { Type: 'Pass' }],
    ];
  }

  private succeeded(): States {
    return [
      ...this.notify(
        'Tell the end',
        `Release to ${this.props.stageName} succeeded`,
        "States.Format('Release {} serves: {}', $$.Execution.Name, States.JsonToString($.services[*].tag))",
      ),
      this.count(),
      ['Result', { Type: 'Pass', Parameters: { 'services.$': '$.services[*].name', 'tags.$': '$.services[*].tag' } }],
      ['Released', { Type: 'Succeed' }],
    ];
  }

  /** For alarms that watch more closely after a release; one that isn't counted has succeeded all the same. */
  private count(): [string, State] {
    const { namespace, metricName, dimension } = RELEASED;
    return [
      'Count',
      this.calls.task(
        'cloudwatch:putMetricData',
        {
          Namespace: namespace,
          MetricData: [
            {
              MetricName: metricName,
              Dimensions: [{ 'Name': dimension, 'Value.$': '$$.StateMachine.Id' }],
              Unit: 'Count',
              Value: 1,
            },
          ],
        },
        {
          resources: ['*'],
          conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
          rest: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Result' }] },
        },
      ),
    ];
  }

  private refused(): States {
    return [
      ...this.notify(
        'Refused',
        `Release to ${this.props.stageName} refused, nothing was changed`,
        "States.Format('Release {} was refused, and nothing was changed. {}: {}', $$.Execution.Name, $.failure.Error, $.failure.Cause)",
      ),
      ['Ended', { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' }],
    ];
  }

  private notify(name: string, subject: string, message: string, where?: { [field: string]: unknown }): States {
    return tell(this.calls, this.props.topicArn, { name, subject, message, where });
  }
}

/** Left out where a release takes a version back. `part` ends with the state `next`. */
function notOnTheWayBack(name: string, next: string, part: States): States {
  return [[name, choice([GOES_BACK], next)], ...part];
}
