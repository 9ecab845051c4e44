import type { Rules } from './rule';

/** Executions that run while their state machine or pipeline changes. */
export const EXECUTIONS: Rules = {
  effects: [
    {
      id: 'executions-terminated',
      source:
        'API reference of AWS Step Functions, "DeleteStateMachine": ' +
        'executions are terminated on their next state transition',
      on: ['replace', 'delete'],
      types: ['AWS::StepFunctions::StateMachine'],
      effect: ({ logicalId }) => ({
        verdict: 'interruption',
        says: `an execution of ${logicalId} that runs is terminated at its next state, and nothing undoes what it did`,
      }),
    },
    {
      id: 'definition-updated',
      source:
        'API reference of AWS Step Functions, "UpdateStateMachine": ' +
        'running executions continue to use the previous definition and role',
      on: ['update'],
      types: ['AWS::StepFunctions::StateMachine'],
      effect: () => ({ verdict: 'in place', says: 'executions that run go on by their former definition' }),
    },
    {
      id: 'pipeline-executions-cancelled',
      source:
        'API reference of AWS CodePipeline, "PipelineExecution": status Cancelled, ' +
        'the definition was updated before the execution could be completed',
      on: ['update', 'replace', 'delete'],
      types: ['AWS::CodePipeline::Pipeline'],
      effect: ({ logicalId }) => ({
        verdict: 'some affected',
        says: `an execution of ${logicalId} that runs or waits for an approval may be cancelled`,
      }),
    },
  ],
};
