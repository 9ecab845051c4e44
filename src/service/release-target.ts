import { type Duration, Lazy } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { ContainerDefinition, FargateService, FargateTaskDefinition, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationListenerRule } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { DeploymentEngine, ReleaseTarget, TargetGroupAlarms } from '../contracts';
import { type ISecureVpc, SubnetTier } from '../network';
import { PropError } from '../validation/prop-error';
import type { ResolvedImage } from './image/resolved-image';

/** Web service that a release deploys. */
interface ReleasableService extends IConstruct {
  readonly cluster: ICluster;
  readonly service: FargateService;
  readonly taskDefinition: FargateTaskDefinition;
  readonly container: ContainerDefinition;
  readonly taskRole: IRole;
  readonly executionRole: IRole;
  readonly securityGroup: ISecurityGroup;
  readonly logGroup: ILogGroup;
  readonly productionRule?: ApplicationListenerRule;
}

/** Settings of a web service that its public properties don't show. */
interface ReleaseTargetSettings {
  readonly network: ISecureVpc;
  readonly image: ResolvedImage;
  readonly arm64: boolean;
  readonly engine: DeploymentEngine;
  readonly longestDeployment: Duration;
  readonly minTasks: number;
  /** Names of the rollback alarms. The list grows until synthesis. */
  readonly rollbackAlarmNames: string[];
  /** Alarms that judge the version of one target group alone. */
  readonly targetGroupAlarms: TargetGroupAlarms[];
  /** Databases and caches of the service. */
  readonly stores: IConstruct[];
}

/** Facts about a web service that a release needs. Throws where no release can name its image. */
export function releaseTarget(service: ReleasableService, settings: ReleaseTargetSettings): ReleaseTarget {
  const { network, image, rollbackAlarmNames } = settings;
  if (!image.repository) {
    throw new PropError(service, {
      prop: 'image',
      problem: 'comes from a public registry, which a release does not support',
      fix: 'use ServiceImage.released(repository)',
    });
  }
  return {
    source: service,
    clusterName: service.cluster.clusterName,
    serviceName: service.service.serviceName,
    family: service.taskDefinition.family,
    containerName: service.container.containerName,
    repositoryName: image.repository.repositoryName,
    repositoryUri: image.repository.repositoryUri,
    repositoryArn: image.repository.repositoryArn,
    releasedImageParameterName: image.releasedParameterName,
    taskRoleArns: [service.taskRole.roleArn, service.executionRole.roleArn],
    rollbackAlarmNames: Lazy.list({ produce: () => rollbackAlarmNames }),
    targetGroupAlarms: settings.targetGroupAlarms,
    arm64: settings.arm64,
    engine: settings.engine,
    productionRuleArn: service.productionRule?.listenerRuleArn,
    subnetIds: network.vpc.selectSubnets(network.subnets(SubnetTier.APPLICATION)).subnetIds,
    securityGroupIds: [service.securityGroup.securityGroupId],
    minTasks: settings.minTasks,
    longestDeployment: settings.longestDeployment,
    logGroupName: service.logGroup.logGroupName,
    stores: settings.stores,
  };
}
