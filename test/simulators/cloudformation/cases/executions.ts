import { type Case, changed, removed, resource } from './case';

const machine = (properties = {}) => resource('AWS::StepFunctions::StateMachine', { DefinitionString: '{}', ...properties });
const pipeline = (name: string) => resource('AWS::CodePipeline::Pipeline', { Stages: [{ Name: name }] });

/** Documented behaviour of executions whose definition changes. */
export const EXECUTION_CASES: readonly Case[] = [
  removed('executions-terminated', 'interruption', 'executions end with their state machine', machine()),
  changed(
    'executions-terminated',
    'interruption',
    'a state machine of another name is another one',
    machine({ StateMachineName: 'release' }),
    machine({ StateMachineName: 'deploy' }),
  ),
  changed(
    'definition-updated',
    'in place',
    'executions keep the definition that they began with',
    machine(),
    machine({ DefinitionString: '{ }' }),
  ),
  changed(
    'pipeline-executions-cancelled',
    'some affected',
    'another definition cancels executions of a pipeline',
    pipeline('build'),
    pipeline('release'),
  ),
];
