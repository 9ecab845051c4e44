import { absent, choice, put, type States } from '../asl/asl';
import { type Paces, wait } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import type { ReleaseArns } from './service-facts';

const PACE_SECONDS = 60;
const PATIENCE_SECONDS = 180;
/** Until executions that were started at the same moment see each other in the list. */
const SETTLE_SECONDS = 10;

/**
 * The oldest execution goes on, where no stopped release is still to be taken back; otherwise it waits a little and is refused. Asked before anything
 * else, and again right before the first change, because the list of executions may lag behind.
 */
export function alone(name: string, calls: AwsCalls, paces: Paces, arns: ReleaseArns, recordName: string): States {
  const state = (of: string) => `${name}: ${of}`;
  const because = (error: string, cause: string) => put('$.alone', { 'error': error, 'cause.$': cause });
  return [
    [state('settle'), wait(SETTLE_SECONDS)],
    ...paces.loop({ name, at: '$.others', seconds: PATIENCE_SECONDS, pace: PACE_SECONDS }, (turn) => [
      // What it lists is itself: the permission stands beside the machine, which it would wait for.
      [
        name,
        calls.task(
          'sfn:listExecutions',
          { 'StateMachineArn.$': '$$.StateMachine.Id', 'StatusFilter': 'RUNNING' },
          { resources: [], at: '$.running' },
        ),
      ],
      [state('any?'), choice([absent('$.running.Executions[0]')], state('record'))],
      [
        state('oldest'),
        put('$.running', {
          'oldest.$':
            'States.ArrayGetItem($.running.Executions, States.MathAdd(States.ArrayLength($.running.Executions), -1))',
        }),
      ],
      [
        state('this one?'),
        choice([{ Variable: '$.running.oldest.Name', StringEqualsPath: '$$.Execution.Name' }], state('record')),
      ],
      [
        state('runs'),
        {
          ...because(
            'Release.OtherRelease',
            "States.Format('another release to this stage runs: {}', $.running.oldest.Name)",
          ),
          Next: state('count'),
        },
      ],
      [
        state('record'),
        calls.task(
          'ssm:getParameter',
          { Name: recordName },
          { resources: [arns.parameter(recordName)], at: '$.record', keep: { 'text.$': '$.Parameter.Value' } },
        ),
      ],
      [state('open?'), choice([{ Variable: '$.record.text', StringEquals: 'none' }], state('over'))],
      [state('open'), put('$.record', { 'of.$': 'States.StringToJson($.record.text)' })],
      [
        state('not back'),
        because(
          'Release.NotTakenBack',
          'States.Format(\'a stopped release has not been taken back: {}. What takes it back runs, or is started by hand with \\{"clean":"{}"\\} (docs/delivery.md, Going back)\', $.record.of.execution, $.record.of.execution)',
        ),
      ],
      ...turn.count(state('wait'), state('refused')),
      [state('wait'), { ...turn.wait, Next: name }],
    ]),
    [state('refused'), { Type: 'Fail', ErrorPath: '$.alone.error', CausePath: '$.alone.cause' }],
    [state('over'), put('$.running', {})],
  ];
}
