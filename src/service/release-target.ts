import { Duration, Lazy } from 'aws-cdk-lib';
import { DeploymentEngine, type ReleaseTarget } from '../contracts';
import { SubnetTier } from '../network';
import { PropError } from '../validation/prop-error';
import type { Rollout } from './deployment/rollout';
import type { SmokeTest } from './deployment/smoke-test';
import type { ResolvedImage } from './image/service-image';
import type { ProductionWebService } from './production-web-service';
import type { ProductionWebServiceProps } from './production-web-service-props';

/** What of a web service a release has to know besides its public parts. */
interface WebServiceToRelease {
  readonly props: ProductionWebServiceProps;
  readonly image: ResolvedImage;
  readonly rollout: Rollout;
  /** Adds to the time that a deployment takes. */
  readonly smokeTest?: SmokeTest;
  readonly minTasks: number;
  /** May grow until the template is made. */
  readonly rollbackAlarmNames: string[];
}

/** What a release must know of a web service. Refuses one whose image no release could name. */
export function webReleaseTarget(
  service: ProductionWebService,
  { props, image, rollout, smokeTest, minTasks, rollbackAlarmNames }: WebServiceToRelease,
): Omit<ReleaseTarget, 'stores'> {
  const { repository, releasedParameterName } = image;
  if (!repository) {
    throw new PropError(service, {
      prop: 'image',
      value: 'an image of a public registry',
      expected: 'an image of an ImageRepository, for a release',
      fix: 'take ServiceImage.released(repository)',
    });
  }
  return {
    source: service,
    clusterName: service.cluster.clusterName,
    serviceName: service.service.serviceName,
    family: service.taskDefinition.family,
    containerName: service.container.containerName,
    repositoryName: repository.repositoryName,
    repositoryUri: repository.repositoryUri,
    repositoryArn: repository.repositoryArn,
    releasedImageParameterName: releasedParameterName,
    taskRoleArns: [service.taskRole.roleArn, service.executionRole.roleArn],
    rollbackAlarmNames: Lazy.list({ produce: () => rollbackAlarmNames }),
    arm64: props.arm64 ?? false,
    engine: engineOf(rollout),
    productionRuleArn: service.productionRule?.listenerRuleArn,
    subnetIds: props.network.vpc.selectSubnets(props.network.subnets(SubnetTier.APPLICATION)).subnetIds,
    securityGroupIds: [service.securityGroup.securityGroupId],
    minTasks,
    longestDeployment: rollout._longest.plus(Duration.seconds(smokeTest?._longestSeconds ?? 0)),
    logGroupName: service.logGroup.logGroupName,
  };
}

function engineOf(rollout: Rollout): DeploymentEngine {
  if (rollout._codeDeploy) {
    return DeploymentEngine.CODE_DEPLOY;
  }
  return rollout._shiftsTraffic ? DeploymentEngine.BLUE_GREEN : DeploymentEngine.ROLLING;
}
