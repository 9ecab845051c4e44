import { choice, findByName, forEach, present, put, type State, type States, text, together } from '../asl/asl';
import type { Paces } from '../asl/polling';
import type { AwsCalls } from '../asl/sdk-integrations';
import { tell } from './notify';
import type { ReleaseDefinitionProps } from './release-definition';
import { deregisterCandidates, takeServiceBack } from './rollback-service';
import { stopTasks } from './run-task';
import type { ReleaseArns } from './service-facts';

/** Errors that no state can catch: whoever meets one has told nobody. */
const NOT_CAUGHT = ['States.Runtime', 'States.DataLimitExceeded'];

/** A record of nothing. Its tier stays: a parameter that once was larger can't be made a standard one again. */
export function closed(name: string): { [field: string]: unknown } {
  return { Name: name, Value: 'none', Type: 'String', Tier: 'Intelligent-Tiering', Overwrite: true };
}

/** Takes everything back that a release began with: this one, or one that ended where it couldn't do it itself. */
export class ReleaseWayBack {
  public constructor(
    private readonly calls: AwsCalls,
    private readonly paces: Paces,
    private readonly arns: ReleaseArns,
    private readonly props: ReleaseDefinitionProps,
  ) {}

  public states(): States {
    const { recordName, stageName } = this.props;
    const cleanUp = present('$.clean');
    return [
      ...this.howItEnded(),
      [
        'Record of the release',
        this.calls.task(
          'ssm:getParameter',
          { Name: recordName },
          { resources: [this.arns.parameter(recordName)], at: '$.record', keep: { 'text.$': '$.Parameter.Value' } },
        ),
      ],
      ['Any record?', choice([{ Variable: '$.record.text', StringEquals: 'none' }], 'Nothing to take back')],
      ['Read record', put('$.record', { 'text.$': '$.record.text', 'of.$': 'States.StringToJson($.record.text)' })],
      ['Whose release?', choice([cleanUp], 'Of the stopped one?')],
      [
        'Of this one?',
        choice(
          [{ Variable: '$.record.of.execution', StringEqualsPath: '$$.Execution.Name' }],
          'Way back',
          'Nothing to take back',
        ),
      ],
      [
        'Of the stopped one?',
        choice(
          [{ Variable: '$.record.of.execution', StringEqualsPath: '$.clean' }],
          'Way back',
          'Nothing to take back',
        ),
      ],
      ['Way back', { Type: 'Pass' }],
      ...this.withoutTasks(),
      [
        'Back',
        forEach('$.record.of.services', this.eachBack(), {
          selector: { 'before.$': '$$.Map.Item.Value', 'services.$': '$.services', 'at.$': '$.record.of.at' },
          rest: {
            ResultPath: '$.outcome',
            Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.outcome', Next: 'Tell that it is not back' }],
          },
        }),
      ],
      ['All back?', put('$.all', { 'failed.$': 'States.ArrayContains($.outcome[*].back, false)' })],
      [
        'Any not back?',
        choice(
          [{ Or: [{ Variable: '$.all.failed', BooleanEquals: true }, present('$.left')] }],
          'Tell that it is not back',
        ),
      ],
      [
        'Close the record',
        this.calls.task('ssm:putParameter', closed(recordName), { resources: [this.arns.parameter(recordName)] }),
      ],
      ...this.tell(
        'Tell the way back',
        `Release to ${stageName} failed, the version before serves`,
        "States.Format('Release {} failed, and the version before serves. {}: {}', $.record.of.execution, $.failure.Error, $.failure.Cause)",
      ),
      ['Cleaned up?', choice([cleanUp], 'Cleaned up', 'Ended')],
      ...this.tell(
        'Tell that it is not back',
        `Release to ${stageName} failed and is NOT taken back`,
        "States.Format('Release {} failed, and a person has to look: {}. Of a service that is not back no revision was deregistered: cdk deploy may bring the new image out. No other release begins until it is back (docs/delivery.md, Going back). {}: {}', $.record.of.execution, States.JsonToString($.outcome), $.failure.Error, $.failure.Cause)",
        'Ended',
      ),
      ['Nothing to take back', choice([cleanUp], 'Told already?', 'Refused')],
      [
        'Told already?',
        { Type: 'Choice', Choices: [{ ...this.untold, Next: 'Tell that it ended' }], Default: 'Cleaned up' },
      ],
      ...this.tell(
        'Tell that it ended',
        `Release to ${stageName} ended early, nothing to take back`,
        "States.Format('Release {} ended early, and has changed nothing that is to be taken back. {}: {}. The record of the stage says: {}', $.clean, $.failure.Error, $.failure.Cause, $.record.text)",
      ),
      ['Cleaned up', { Type: 'Succeed' }],
    ];
  }

  /** Of the execution that is cleaned up after, by its name: the rule hands over no more, because it doesn't escape what stands in a cause. */
  private howItEnded(): States {
    const parts = "States.StringSplit($$.Execution.Id, ':')";
    const part = (index: number) => `States.ArrayGetItem(${parts}, ${index})`;
    const failure = (name: string, error: { [name: string]: string }, cause: string): [string, State] => [
      name,
      { ...put('$.failure', { ...error, 'Cause.$': cause }), Next: 'Record of the release' },
    ];
    const stopped = { Error: 'Release.Stopped' };
    const theirs = { 'Error.$': '$.stopped.Error' };
    return [
      // What it describes is of itself: the permission stands beside the machine, which it would wait for.
      [
        'How did it end',
        this.calls.task(
          'sfn:describeExecution',
          {
            'ExecutionArn.$': `States.Format('arn:{}:states:{}:{}:execution:{}:{}', ${[1, 3, 4, 6].map(part).join(', ')}, $.clean)`,
          },
          {
            resources: [],
            at: '$.stopped',
            rest: { Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'It was stopped' }] },
          },
        ),
      ],
      ['Any error?', choice([text('$.stopped.Error')], 'Any cause?')],
      ['Cause of the stop?', choice([text('$.stopped.Cause')], 'It was stopped because')],
      failure('It was stopped', stopped, "States.Format('the release {} was stopped', $.clean)"),
      failure(
        'It was stopped because',
        stopped,
        "States.Format('the release {} was stopped: {}', $.clean, $.stopped.Cause)",
      ),
      ['Any cause?', choice([text('$.stopped.Cause')], 'It failed because')],
      failure('It failed', theirs, "States.Format('the release {} ended as {}', $.clean, $.stopped.Status)"),
      failure(
        'It failed because',
        theirs,
        "States.Format('the release {} ended as {}: {}', $.clean, $.stopped.Status, $.stopped.Cause)",
      ),
    ];
  }

  /** What ended by itself has told so. */
  private get untold(): { readonly [field: string]: unknown } {
    const is = (path: string) => (value: string) => ({ Variable: path, StringEquals: value });
    return {
      Or: [
        { And: [text('$.stopped.Status'), { Or: ['ABORTED', 'TIMED_OUT'].map(is('$.stopped.Status')) }] },
        { And: [text('$.stopped.Error'), { Or: NOT_CAUGHT.map(is('$.stopped.Error')) }] },
      ],
    };
  }

  /** A migration that goes on is told, and the services are taken back all the same. */
  private withoutTasks(): States {
    const { migration, scope } = this.props;
    if (!migration) {
      return [];
    }
    const stop = stopTasks(this.calls, this.paces, {
      scope,
      target: migration._service.releaseTarget,
      execution: '$.record.of.execution',
    });
    return [
      [
        'Tasks',
        {
          ...together(stop, { next: 'Tasks are left', at: '$.left' }),
          OutputPath: '$',
          ResultPath: null,
          Next: 'Back',
        },
      ],
      [
        'Tasks are left',
        put('$.failure', {
          'Error.$': '$.failure.Error',
          'Cause.$': "States.Format('{} ({})', $.failure.Cause, $.left.Cause)",
        }),
      ],
    ];
  }

  private eachBack(): States {
    const {
      roleName,
      deploymentSeconds: seconds,
      targets: { length: times },
    } = this.props;
    const failed = (cause: string) => ({ 'name.$': '$.name', 'back': false, 'cause.$': cause });
    return [
      ...findByName('Facts', '$.services', '$.before.name', 'Not of this stage'),
      [
        'Facts and before',
        put('$.facts', {
          'all.$':
            'States.JsonMerge($.find.item, States.StringToJson(States.Format(\'\\{"before":{},"at":"{}"\\}\', States.JsonToString($.before), $.at)), false)',
        }),
      ],
      ['Only facts', { Type: 'Pass', InputPath: '$.facts.all' }],
      [
        'Service back',
        together(takeServiceBack(this.calls, this.paces, this.arns, { seconds, times }), { next: 'Not back' }),
      ],
      ['Tidy family', together(deregisterCandidates(this.calls, roleName), { next: 'Not back' })],
      ['Is back', { Type: 'Pass', Parameters: { 'name.$': '$.name', 'back': true }, End: true }],
      ['Not back', { Type: 'Pass', Parameters: failed('$.failure.Cause'), End: true }],
      [
        'Not of this stage',
        {
          Type: 'Pass',
          Parameters: {
            'name.$': 'States.JsonToString($.before)',
            'back': false,
            'cause': 'This stage has no such service any more.',
          },
        },
      ],
    ];
  }

  private tell(name: string, subject: string, message: string, next?: string): States {
    return tell(this.calls, this.props.topicArn, { name, subject, message, next });
  }
}
