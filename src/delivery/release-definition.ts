import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ReleaseTarget, SnapshotTarget } from '../binding';
import type { AwsCalls } from './aws-calls';
import type { Migration } from './migration';
import { oneOffTask } from './one-off-task';
import { askForAlarms, checkService, whereNoneFires } from './release-check';
import { counter, deployService, deregisterCandidates, raiseMinimum, recordService, takeServiceBack, wait } from './release-deploy';
import { factsOf, RELEASED, ReleaseArns } from './release-facts';
import { registerRevision } from './release-revision';
import { takeSnapshot } from './release-snapshot';
import { tell } from './release-telling';
import { absent, chart, choice, copy, forEach, inTurn, present, put, refuse, type State, type States, together } from './state-chart';

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
  /** Between two looks at a deployment, 60 or more: an execution has 25,000 events for all of them. */
  readonly paceSeconds: number;
}

const WATCH_PACE_SECONDS = 60;
const WINDOW_PACE_SECONDS = 300;
const WINDOW_POLLS = 24 * 12;
const PATIENCE = 3;

/** One definition for every stage: what differs is in its constants. */
export class ReleaseDefinition {
  private readonly arns: ReleaseArns;

  public constructor(private readonly calls: AwsCalls, private readonly props: ReleaseDefinitionProps) {
    this.arns = new ReleaseArns(props.scope, props.targets);
    calls.allow(['ecs:DescribeServiceDeployments', 'ecs:StopServiceDeployment'], [...this.arns.services, ...this.arns.deployments]);
  }

  /** As the states language writes it, with references that CloudFormation resolves. */
  public get states(): object {
    return {
      Comment: `Brings new versions out to ${this.props.stageName}, or takes them back`,
      ...chart([
        ...this.begin(),
        ['Clean-up?', choice([present('$.clean')], 'Record of the release')],
        ...this.images(),
        ['Prepare', together(this.prepare(), { next: 'Refused' })],
        ['Release', together(this.release(), { next: 'Record of the release' })],
        ...this.succeeded(),
        ...this.refused(),
        ...this.back(),
      ]),
    };
  }

  private begin(): States {
    const polls = Math.ceil(this.props.deploymentSeconds / this.props.paceSeconds);
    return [['Services', { Type: 'Pass', Result: this.props.targets.map((target) => factsOf(target, polls)), ResultPath: '$.services' }]];
  }

  /** Which of the images is whose: the only states that are written once for each service, because a path can't be put together. */
  private images(): States {
    return this.props.targets.flatMap(({ repositoryName, source }, index): States => {
      const path = `$.images['${repositoryName}']`;
      const next = this.props.targets[index + 1] ? `Image of ${this.props.targets[index + 1].source.node.path}?` : 'Prepare';
      return [
        [`Image of ${source.node.path}?`, choice([absent(path)], next)],
        [`Image of ${source.node.path}`, { ...copy(path, `$.services[${index}].tag`), Next: next }],
      ];
    });
  }

  /** Changes nothing: what fails here is refused, and nothing has to be taken back. */
  private prepare(): States {
    const { migration, snapshot, snapshotSeconds, alarmNames } = this.props;
    const window = migration?._options.window?._times;
    return [
      ...this.onlyOne(),
      ...(window ? this.window(window) : []),
      ...this.notify('Tell the start', `Release to ${this.props.stageName} begins`, "States.Format('Release {} begins: {}', $$.Execution.Name, States.JsonToString($.images))", present('$.images')),
      ...(alarmNames.length > 0 ? this.gate(alarmNames) : []),
      ['Check', forEach('$.services', checkService(this.calls, this.arns), { rest: { ResultPath: '$.services' } })],
      ...(snapshot ? takeSnapshot(this.calls, snapshot, snapshotSeconds) : []),
      ['Prepared', { Type: 'Pass' }],
    ];
  }

  /** The oldest execution goes on; the others wait a little and are refused. */
  private onlyOne(): States {
    return [
      ['Other releases: begin', put('$.others', { polls: 0 })],
      // What it lists is itself: the permission stands beside the machine, which it would wait for.
      ['Other releases', this.calls.task('sfn:listExecutions', { 'StateMachineArn.$': '$$.StateMachine.Id', 'StatusFilter': 'RUNNING' }, { resources: [], at: '$.running' })],
      ['Other releases: any?', choice([absent('$.running.Executions[0]')], 'Alone')],
      ['Other releases: oldest', put('$.running', { 'oldest.$': 'States.ArrayGetItem($.running.Executions, States.MathAdd(States.ArrayLength($.running.Executions), -1))' })],
      ['Other releases: this one?', choice([{ Variable: '$.running.oldest.Name', StringEqualsPath: '$$.Execution.Name' }], 'Alone')],
      ['Other releases: count', put('$.others', { 'polls.$': 'States.MathAdd($.others.polls, 1)' })],
      ['Other releases: patient?', choice([{ Variable: '$.others.polls', NumericGreaterThanEquals: PATIENCE }], 'Other release runs')],
      ['Other releases: wait', { ...wait(WATCH_PACE_SECONDS), Next: 'Other releases' }],
      ...refuse('Other release runs', 'Release.OtherRelease', 'another release to this stage runs: {}', '$.running.oldest.Name'),
      ['Alone', put('$.running', {})],
    ];
  }

  private window({ startAt, endAt, calendarArn }: { readonly startAt?: string; readonly endAt?: string; readonly calendarArn?: string }): States {
    const { begin, turn } = counter('Window', '$.watch');
    const after = { Variable: '$.window.time', StringGreaterThanEquals: startAt };
    const before = { Variable: '$.window.time', StringLessThan: endAt };
    const look: States = calendarArn !== undefined ? [
      ['Window: calendar', this.calls.task('ssm:getCalendarState', { CalendarNames: [calendarArn] }, { resources: [calendarArn], at: '$.window', keep: { 'state.$': '$.State' } })],
      ['Window: open?', choice([{ Variable: '$.window.state', StringEquals: 'OPEN' }], 'Window is open')],
    ] : [
      ['Window: time', put('$.window', { 'time.$': "States.ArrayGetItem(States.StringSplit($$.State.EnteredTime, 'T'), 1)" })],
      ['Window: open?', { Type: 'Choice', Choices: [{ ...(startAt! < endAt! ? { And: [after, before] } : { Or: [after, before] }), Next: 'Window is open' }] }],
    ];
    const [first] = look[0];
    return [
      ['Window: most', put('$.most', { polls: WINDOW_POLLS })],
      ...begin,
      ...look,
      ...turn('$.most.polls', 'Window: wait', 'Window stays closed'),
      ['Window: wait', { ...wait(WINDOW_PACE_SECONDS), Next: first }],
      ...refuse('Window stays closed', 'Release.Window', 'the maintenance window has not opened for a day'),
      ['Window is open', { Type: 'Pass' }],
    ];
  }

  private gate(alarmNames: string[]): States {
    return [
      ['Gate', put('$.gate', { alarms: alarmNames })],
      ...askForAlarms('Gate: alarms', this.calls, '$.gate.alarms'),
      ...whereNoneFires('Gate: open?', 'Gate is open'),
      ...refuse('Gate is closed', 'Release.AlarmFires', 'an alarm fires before the release: {}', '$.alarmsFiring.names'),
      ['Gate is open', { Type: 'Pass' }],
    ];
  }

  /** From the first change on: what fails here is taken back, all services together. */
  private release(): States {
    const { migration, watchSeconds } = this.props;
    return [
      this.writeRecord('Record the beginning'),
      ['Register', forEach('$.services', [
        ...registerRevision(this.calls, this.arns, { prefix: 'Revision', at: '$.candidate' }),
        ['Candidate', copy('$.candidate', '$.before.candidate')],
      ], { inOrder: true, rest: { ResultPath: '$.services' } })],
      this.writeRecord('Record the candidates'),
      ...(migration ? this.migrate(migration) : []),
      ...inTurn('Deploy', '$.services', deployService(this.calls, this.arns, { seconds: this.props.paceSeconds })),
      ...inTurn('Write down', '$.services', this.record()),
      ...(watchSeconds > 0 && this.hasAlarms ? this.watch(watchSeconds) : []),
      this.writeRecord('All is well', this.props.lastReleaseName),
    ];
  }

  /** A list that grows until the template is made counts as one with alarms. */
  private get hasAlarms(): boolean {
    return this.props.targets.some(({ rollbackAlarmNames }) => Token.isUnresolved(rollbackAlarmNames) || rollbackAlarmNames.length > 0);
  }

  private record(): States {
    return [
      ...recordService(this.calls, this.arns, this.props.stageName),
      ['Still the latest?', choice([{ Variable: '$.latest.arn', StringEqualsPath: '$.candidate' }], 'First minimum?')],
      // CloudFormation registered a revision in between, with the image of before.
      ...registerRevision(this.calls, this.arns, { prefix: 'Once more', at: '$.again' }),
      ...raiseMinimum(this.calls, this.arns),
    ];
  }

  private migrate(migration: Migration): States {
    const target = migration._service.releaseTarget;
    const index = this.props.targets.findIndex(({ source }) => source === target.source);
    const { verify, environment = {} } = migration._options;
    const task = {
      scope: this.props.scope, target, environment, revision: `$.services[${index}].candidate`, family: target.family, timeoutSeconds: migration._timeout.toSeconds(),
    };
    return [
      ...oneOffTask(this.calls, { ...task, prefix: 'Migration', command: migration._command }),
      ...(verify ? oneOffTask(this.calls, { ...task, prefix: 'Verification of the migration', command: verify }) : []),
    ];
  }

  /** What a way back has to know, where any execution finds it: the release that was stopped can't tell. */
  private writeRecord(name: string, parameter: string = this.props.recordName): [string, State] {
    return [name, this.calls.task('ssm:putParameter', {
      'Name': parameter,
      'Value.$': "States.Format('\\{\"execution\":\"{}\",\"services\":{}\\}', $$.Execution.Name, States.JsonToString($.services[*].before))",
      'Type': 'String',
      'Tier': 'Intelligent-Tiering',
      'Overwrite': true,
    }, { resources: [this.arns.parameter(parameter)] })];
  }

  /** Traffic is on the new version; the one before is gone, or goes soon. */
  private watch(seconds: number): States {
    const { begin, turn } = counter('Watch', '$.watch');
    return [
      ['Watched', put('$.watched', { 'polls': Math.ceil(seconds / WATCH_PACE_SECONDS), 'alarms.$': '$.services[*].alarms[*]' })],
      ...begin,
      ['Watch: wait', wait(WATCH_PACE_SECONDS)],
      ...askForAlarms('Watch: alarms', this.calls, '$.watched.alarms'),
      ...whereNoneFires('Watch: at rest?', 'Watch: count'),
      ...refuse('Watch: alarm fires', 'Release.AlarmFires', 'an alarm fires after the release: {}', '$.alarmsFiring.names'),
      ...turn('$.watched.polls', 'Watch: wait', 'Watch is over'),
      ['Watch is over', { Type: 'Pass' }],
    ];
  }

  private succeeded(): States {
    return [
      ...this.notify('Tell the end', `Release to ${this.props.stageName} succeeded`, "States.Format('Release {} serves: {}', $$.Execution.Name, States.JsonToString($.services[*].tag))"),
      this.count(),
      ['Result', { Type: 'Pass', Parameters: { 'services.$': '$.services[*].name', 'tags.$': '$.services[*].tag' } }],
      ['Released', { Type: 'Succeed' }],
    ];
  }

  /** For alarms that watch more closely after a release; one that isn't counted has succeeded all the same. */
  private count(): [string, State] {
    const { namespace, metricName, dimension } = RELEASED;
    return ['Count', this.calls.task('cloudwatch:putMetricData', {
      Namespace: namespace, MetricData: [{ MetricName: metricName, Dimensions: [{ 'Name': dimension, 'Value.$': '$$.StateMachine.Id' }], Unit: 'Count', Value: 1 }],
    }, { resources: ['*'], conditions: { StringEquals: { 'cloudwatch:namespace': namespace } }, rest: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'Result' }] } })];
  }

  private refused(): States {
    return [
      ...this.notify('Refused', `Release to ${this.props.stageName} refused, nothing was changed`, "States.Format('Release {} was refused, and nothing was changed. {}: {}', $$.Execution.Name, $.failure.Error, $.failure.Cause)"),
      ['Ended', { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' }],
    ];
  }

  /** Takes everything back that a release began with: this one, or one that was stopped and can't do it itself. */
  private back(): States {
    const { recordName, roleName, stageName, paceSeconds } = this.props;
    return [
      ['Record of the release', this.calls.task('ssm:getParameter', { Name: recordName }, { resources: [this.arns.parameter(recordName)], at: '$.record', keep: { 'text.$': '$.Parameter.Value' } })],
      ['Any record?', choice([{ Variable: '$.record.text', StringEquals: 'none' }], 'Nothing to take back')],
      ['Read record', put('$.record', { 'of.$': 'States.StringToJson($.record.text)' })],
      ['Whose release?', choice([present('$.clean')], 'Of the stopped one?')],
      ['Of this one?', choice([{ Variable: '$.record.of.execution', StringEqualsPath: '$$.Execution.Name' }], 'Back', 'Nothing to take back')],
      ['Of the stopped one?', choice([{ Variable: '$.record.of.execution', StringEqualsPath: '$.clean' }], 'Reason', 'Nothing to take back')],
      ['Reason', put('$.failure', { 'Error': 'Release.Stopped', 'Cause.$': "States.Format('the release {} was stopped', $.clean)" })],
      ['Back', forEach('$.record.of.services', this.eachBack(roleName, paceSeconds), {
        selector: { 'before.$': '$$.Map.Item.Value', 'facts.$': 'States.ArrayGetItem($.services, $$.Map.Item.Index)' }, rest: { ResultPath: '$.outcome', Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.outcome', Next: 'Tell that it is not back' }] },
      })],
      ['All back?', put('$.all', { 'failed.$': 'States.ArrayContains($.outcome[*].back, false)' })],
      ['Any not back?', choice([{ Variable: '$.all.failed', BooleanEquals: true }], 'Tell that it is not back')],
      ['Close the record', this.calls.task('ssm:putParameter', { Name: recordName, Value: 'none', Type: 'String', Overwrite: true }, { resources: [this.arns.parameter(recordName)] })],
      ...this.notify('Tell the way back', `Release to ${stageName} failed, the version before serves`,
        "States.Format('Release {} failed, and the version before serves. {}: {}', $.record.of.execution, $.failure.Error, $.failure.Cause)"),
      ['Cleaned up?', choice([present('$.clean')], 'Cleaned up', 'Ended')],
      ...this.notify('Tell that it is not back', `Release to ${stageName} failed and is NOT taken back`,
        "States.Format('Release {} failed, and a person has to look: {}. {}: {}', $.record.of.execution, States.JsonToString($.outcome), $.failure.Error, $.failure.Cause)", undefined, 'Ended'),
      ['Nothing to take back', choice([present('$.failure')], 'Refused', 'Cleaned up')],
      ['Cleaned up', { Type: 'Succeed' }],
    ];
  }

  private eachBack(roleName: string, paceSeconds: number): States {
    return [
      ['Facts', put('$.facts', { 'all.$': 'States.JsonMerge($.facts, States.StringToJson(States.Format(\'\\{"before":{}\\}\', States.JsonToString($.before))), false)' })],
      ['Only facts', { Type: 'Pass', InputPath: '$.facts.all' }],
      ['Service back', together(takeServiceBack(this.calls, this.arns, { seconds: paceSeconds }), { next: 'Not back' })],
      ['Is back', { ...put('$.result', { back: true }), Next: 'Tidy family' }],
      ['Not back', put('$.result', { 'back': false, 'cause.$': '$.failure.Cause' })],
      // Whether or not the service is back: what ECS takes next must be a good revision.
      ['Tidy family', together(deregisterCandidates(this.calls, roleName), { next: 'Not tidy' })],
      ['Outcome', { Type: 'Pass', Parameters: { 'name.$': '$.name', 'back.$': '$.result.back', 'result.$': '$.result' }, End: true }],
      ['Not tidy', { Type: 'Pass', Parameters: { 'name.$': '$.name', 'back': false, 'cause.$': '$.failure.Cause' } }],
    ];
  }

  private notify(name: string, subject: string, message: string, where?: { [field: string]: unknown }, next?: string): States {
    return tell(this.calls, this.props.topicArn, { name, subject, message, where, next });
  }
}
