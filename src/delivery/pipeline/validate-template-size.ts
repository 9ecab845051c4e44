import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import type { Release } from '../release/release';

/** As CloudFormation takes it. */
const LARGEST_TEMPLATE = 1_000_000;
/** Measured, and rounded up: what a pipeline, a build, a stage and each further service of a stage need besides state machines. */
const BYTES = { pipeline: 31_000, build: 14_000, stage: 41_000, service: 15_000 };

/** Refuses more releases than the pipeline's template has room for. Known when references are: CDK warns of it, CloudFormation ends the deployment. */
export function checkTemplateSize(pipeline: IConstruct, releases: Release[], builds: number): void {
  pipeline.node.addValidation({
    validate: () => {
      const bytes =
        BYTES.pipeline + builds * BYTES.build + releases.reduce((sum, release) => sum + bytesOf(release), 0);
      return bytes <= LARGEST_TEMPLATE
        ? []
        : [
          new PropError(pipeline, {
            prop: 'stages',
            value: releases.map(({ stageName }) => stageName),
            expected: `as many as fit into a template of ${LARGEST_TEMPLATE} bytes: these take about ${bytes}`,
            fix: 'make the Release of some in the stack of their services, and name them here by DeployStage.elsewhere',
          }).message,
        ];
    },
  });
}

function bytesOf({ node, services }: Release): number {
  const machines = node.findAll().filter((child): child is CfnStateMachine => child instanceof CfnStateMachine);
  const definitions = machines.map((machine) =>
    Buffer.byteLength(JSON.stringify(machine.stack.resolve(machine.definitionString))),
  );
  return definitions.reduce((sum, bytes) => sum + bytes, BYTES.stage + (services.length - 1) * BYTES.service);
}
