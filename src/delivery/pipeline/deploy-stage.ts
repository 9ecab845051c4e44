import type { IConstruct } from 'constructs';
import type { ElsewhereStageProps, ProductionStageProps, StagingStageProps } from './deploy-stage-props';
import { type StageConfig, validateStage } from './validate-stage';

/**
 * Stage of a {@link BlueGreenPipeline} that services are released to.
 *
 * @example
 *
 * const stages = [
 *   DeployStage.staging({ services: [stagingApi], smokeTest: SmokeTest.http('/health') }),
 *   DeployStage.production({ services: [api], snapshot: database }),
 * ];
 */
export class DeployStage {
  /** Stage before production, released without an approval. A pipeline may have several. */
  public static staging(props: StagingStageProps): DeployStage {
    const { name = 'staging', approval = false, approvalTimeout, postReleaseAlarms } = props;
    return new DeployStage({ name, production: false, approval, approvalTimeout, postReleaseAlarms, local: props });
  }

  /**
   * Production stage, released after a manual approval. Production stages follow all others.
   *
   * It has a {@link RollbackCommand}, and a {@link DriftCheck} where the pipeline has `alertRouting`.
   */
  public static production(props: ProductionStageProps): DeployStage {
    const { name = 'production', withoutApproval, approvalTimeout, postReleaseAlarms = {} } = props;
    const { withoutRollbackCommand, withoutDriftCheck } = props;
    return new DeployStage({
      name,
      production: true,
      approval: !withoutApproval,
      approvalTimeout,
      withoutApproval,
      withoutRollbackCommand,
      withoutDriftCheck,
      postReleaseAlarms,
      local: props,
    });
  }

  /** Stage whose `Release` is defined in another account, region or stack, and is found by its ARN. */
  public static elsewhere(props: ElsewhereStageProps): DeployStage {
    const { name, production, withoutApproval, approvalTimeout } = props;
    return new DeployStage({
      name,
      production,
      approval: production && !withoutApproval,
      approvalTimeout,
      withoutApproval,
      elsewhere: props,
    });
  }

  private constructor(private readonly config: StageConfig) {}

  /**
   * Checks the props and returns the settings of the stage.
   * @internal
   */
  public _bind(scope: IConstruct): StageConfig {
    validateStage(scope, this.config);
    return this.config;
  }
}
