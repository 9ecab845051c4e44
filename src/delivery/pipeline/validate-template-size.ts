import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import { DriftCheck } from '../operations/drift-check';
import { RollbackCommand } from '../operations/rollback-command';
import { TaskReplacement } from '../release/task-replacement';
import { BuildProject } from './build/build-project';
import type { PipelineStage } from './pipeline-stage';

/** Limit of CloudFormation. */
const MAX_TEMPLATE_BYTES = 1_000_000;
/** Measured sizes without state machines, rounded up. */
const BYTES = { pipeline: 31_000, build: 14_000, stage: 41_000, service: 15_000, operation: 11_000 };

/**
 * Reports a template that is too large as a validation error.
 *
 * The size is known only once references are resolved. CDK warns of it, and CloudFormation fails the deployment.
 */
export function validateTemplateSize(pipeline: IConstruct, stages: PipelineStage[]): void {
  pipeline.node.addValidation({
    validate: () => {
      const builds = pipeline.node.findAll().filter((child) => child instanceof BuildProject).length;
      const bytes = BYTES.pipeline + builds * BYTES.build + stages.reduce((sum, stage) => sum + bytesOf(stage), 0);
      return bytes <= MAX_TEMPLATE_BYTES
        ? []
        : [
          new PropError(pipeline, {
            prop: 'stages',
            value: stages.filter(({ release }) => release).map(({ name }) => name),
            expected: `as many as fit into a template of ${MAX_TEMPLATE_BYTES} bytes, but these take about ${bytes}`,
            fix:
              'create the Release of some stages in the stacks of their services, ' +
              'and name them by DeployStage.elsewhere()',
          }).message,
        ];
    },
  });
}

function bytesOf({ node, release }: PipelineStage): number {
  const machines = node.findAll().filter((child): child is CfnStateMachine => child instanceof CfnStateMachine);
  const definitions = machines.map((machine) =>
    Buffer.byteLength(JSON.stringify(machine.stack.resolve(machine.definitionString))),
  );
  if (!release) {
    return 0;
  }
  const operations = [...node.children, ...release.node.children].filter((child) =>
    [RollbackCommand, DriftCheck, TaskReplacement].some((operation) => child instanceof operation),
  );
  const stage = BYTES.stage + (release.services.length - 1) * BYTES.service + operations.length * BYTES.operation;
  return definitions.reduce((sum, bytes) => sum + bytes, stage);
}
