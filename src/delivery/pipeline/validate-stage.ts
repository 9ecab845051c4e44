import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { Waiver } from '../../compliance';
import { checkReason, checkWholeNumber } from '../../validation/checks';
import { checkRules, type Rule } from '../../validation/rules';
import type { DeployStageProps, ElsewhereStageProps, PostReleaseAlarmsProps } from './deploy-stage-props';

/** Settings of a stage, whichever factory made it. */
export interface StageConfig {
  /** Name of the stage. */
  readonly name: string;
  /** True for a stage of production. */
  readonly production: boolean;
  /** True for a stage with a manual approval. */
  readonly approval: boolean;
  /**
   * Time after which an approval fails.
   * @default - the default of CodePipeline
   */
  readonly approvalTimeout?: Duration;
  /**
   * Waiver of the manual approval of production.
   * @default - no waiver
   */
  readonly withoutApproval?: Waiver;
  /**
   * Waiver of the rollback command of production.
   * @default - no waiver
   */
  readonly withoutRollbackCommand?: Waiver;
  /**
   * Waiver of the drift check of production.
   * @default - no waiver
   */
  readonly withoutDriftCheck?: Waiver;
  /**
   * Settings of the alarms after a release.
   * @default - no alarms
   */
  readonly postReleaseAlarms?: PostReleaseAlarmsProps;
  /**
   * Props of a stage whose release the pipeline creates.
   * @default - the release exists already
   */
  readonly local?: DeployStageProps;
  /**
   * Props of a stage whose release exists already.
   * @default - the pipeline creates the release
   */
  readonly elsewhere?: ElsewhereStageProps;
}

const MAX_APPROVAL_MINUTES = 7 * 24 * 60;
const STATE_MACHINE = {
  form: /^arn:[^:]+:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]+$/,
  example: 'arn:aws:states:REGION:ACCOUNT:stateMachine:NAME',
};
const ROLE = { form: /^arn:[^:]+:iam::\d{12}:role\/\S+$/, example: 'arn:aws:iam::ACCOUNT:role/NAME' };

/** Throws a PropError for an invalid prop of one stage. */
export function validateStage(scope: IConstruct, stage: StageConfig): void {
  const { name, approvalTimeout, postReleaseAlarms: alarms } = stage;
  checkRules(scope, rulesOf(stage));
  (['withoutApproval', 'withoutRollbackCommand', 'withoutDriftCheck'] as const)
    .filter((waiver) => stage[waiver])
    .forEach((waiver) => checkReason(scope, `stages.${name}.${waiver}.reason`, stage[waiver]!.reason));
  checkWholeNumber(scope, `stages.${name}.approvalTimeout`, approvalTimeout?.toMinutes({ integral: false }), {
    min: 5,
    max: MAX_APPROVAL_MINUTES,
    unit: 'minutes',
    fix: 'give Duration.hours(n) up to Duration.days(7)',
  });
  const ofAlarms = `stages.${name}.postReleaseAlarms`;
  checkWholeNumber(scope, `${ofAlarms}.duration`, alarms?.duration?.toHours({ integral: false }), {
    min: 1,
    max: 24,
    unit: 'hours',
    fix: 'give Duration.hours(n) with a whole n',
  });
  checkWholeNumber(scope, `${ofAlarms}.responseTimeLimit`, alarms?.responseTimeLimit?.toMilliseconds(), {
    min: 50,
    max: 3_600_000,
    unit: 'milliseconds',
    fix: 'give the response time of a good version, with some margin',
  });
}

function rulesOf(stage: StageConfig): Rule[] {
  const { name, production, approval, approvalTimeout, postReleaseAlarms, local, elsewhere } = stage;
  const percent = postReleaseAlarms?.successRatePercent;
  return [
    {
      condition: !/^[a-z][a-z0-9-]{0,30}$/.test(name),
      prop: 'stages.name',
      value: name,
      expected: 'lower-case letters, digits and hyphens, at most 31',
      fix: "write 'production'",
    },
    {
      // CDK takes such a construct id for one that exists.
      condition: name in Object.prototype,
      prop: 'stages.name',
      value: name,
      expected: "a name other than JavaScript's built-in members (constructor, toString)",
      fix: 'give the stage another name',
    },
    {
      condition: local?.services.length === 0,
      prop: `stages.${name}.services`,
      value: local?.services,
      expected: 'at least one service',
      fix: 'name the services that the stage releases, or remove the stage',
    },
    {
      condition: approvalTimeout !== undefined && !approval,
      prop: `stages.${name}.approvalTimeout`,
      problem: 'is not supported without an approval',
      fix: local && !production ? 'set approval: true, or remove approvalTimeout' : 'remove approvalTimeout',
    },
    {
      condition: percent !== undefined && !Token.isUnresolved(percent) && !(percent > 0 && percent <= 100),
      prop: `stages.${name}.postReleaseAlarms.successRatePercent`,
      value: percent,
      expected: 'above 0, up to 100',
      fix: 'give the percentage of requests that must succeed',
    },
    arnRule(`stages.${name}.stateMachineArn`, elsewhere?.stateMachineArn, STATE_MACHINE),
    arnRule(`stages.${name}.roleArn`, elsewhere?.roleArn, ROLE),
  ];
}

function arnRule(
  prop: string,
  value: string | undefined,
  { form, example }: { readonly form: RegExp; readonly example: string },
): Rule {
  return {
    condition: value !== undefined && !Token.isUnresolved(value) && !form.test(value),
    prop,
    value,
    expected: `an ARN of the form ${example}`,
    fix: 'copy it from the output of the stack that defines it',
  };
}
