import { Stack } from 'aws-cdk-lib';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { CfnDBCluster, CfnDBInstance, type IDatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';

/** Class of a serverless member, which is no instance type. */
export const SERVERLESS = 'serverless';

/** Instance type without the `db.` that the console shows. */
export function withoutPrefix(type: InstanceType | undefined): InstanceType | undefined {
  return type && new InstanceType(type.toString().replace(/^db\./, ''));
}

/** Instance type in the template. Undefined for an imported instance, and where only the deployment knows it. */
export function instanceTypeOf(instance: IConstruct): InstanceType | undefined {
  const name = Stack.of(instance).resolve(resourceOf(instance)?.dbInstanceClass) as unknown;
  return typeof name === 'string' ? withoutPrefix(new InstanceType(name)) : undefined;
}

/** Instances of a cluster in the template. */
export function membersOf(cluster: IConstruct): CfnDBInstance[] {
  return cluster.node.findAll().filter((child) => child instanceof CfnDBInstance);
}

/** Identifiers of a cluster's instances. An imported cluster throws where it has none. */
export function memberIdentifiers(cluster: IDatabaseCluster): string[] {
  try {
    return cluster.instanceIdentifiers;
  } catch {
    return [];
  }
}

/** Capacity of serverless members in the template. */
export function serverlessCapacityOf(cluster: IConstruct): { minAcu: number; maxAcu: number } | undefined {
  const resource = cluster.node.defaultChild;
  const { minCapacity, maxCapacity } =
    resource instanceof CfnDBCluster
      ? ((Stack.of(cluster).resolve(resource.serverlessV2ScalingConfiguration) ??
          {}) as CfnDBCluster.ServerlessV2ScalingConfigurationProperty)
      : {};
  return minCapacity === undefined || maxCapacity === undefined
    ? undefined
    : { minAcu: minCapacity, maxAcu: maxCapacity };
}

/** True if Performance Insights may be enabled for an instance. An imported instance may have it. */
export function mayHaveInsights(instance: IConstruct): boolean {
  const resource = resourceOf(instance);
  return resource === undefined || !isOff(instance, resource.enablePerformanceInsights);
}

/** True if Performance Insights may be enabled for a cluster or one of its members. */
export function clusterMayHaveInsights(cluster: IConstruct): boolean {
  const resource = cluster.node.defaultChild;
  return (
    !(resource instanceof CfnDBCluster) ||
    !isOff(cluster, resource.performanceInsightsEnabled) ||
    membersOf(cluster).some(mayHaveInsights)
  );
}

function resourceOf(instance: IConstruct): CfnDBInstance | undefined {
  const resource = instance instanceof CfnDBInstance ? instance : instance.node.defaultChild;
  return resource instanceof CfnDBInstance ? resource : undefined;
}

/** RDS's default is off. A token may turn out to be on. */
function isOff(scope: IConstruct, insights: unknown): boolean {
  return [undefined, false].includes(Stack.of(scope).resolve(insights) as boolean | undefined);
}
