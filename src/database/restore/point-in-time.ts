import { Token } from 'aws-cdk-lib';
import type { ClusterSource, InstanceSource } from './restore-settings';

/** Resource id of a cluster, which is in capitals, where an identifier has lower-case letters. */
export const CLUSTER_RESOURCE_ID = /^cluster-[A-Z0-9]+$/;

/** Source and time of a restore. */
interface PointInTime {
  readonly source: string;
  /** @default - the latest time */
  readonly time?: string;
}

/** Properties of an instance as of a point in time. */
export function instanceSource({ source, time }: PointInTime): InstanceSource {
  const when = time === undefined ? { useLatestRestorableTime: true } : { restoreTime: time };
  return isArn(source)
    ? { sourceDbInstanceAutomatedBackupsArn: source, ...when }
    : { sourceDbiResourceId: source, ...when };
}

/** Properties of a cluster as of a point in time. */
export function clusterSource({ source, time }: PointInTime): ClusterSource {
  const when = time === undefined ? { useLatestRestorableTime: true } : { restoreToTime: time };
  return CLUSTER_RESOURCE_ID.test(source)
    ? { sourceDbClusterResourceId: source, ...when }
    : { sourceDbClusterIdentifier: source, ...when };
}

function isArn(source: string): boolean {
  return !Token.isUnresolved(source) && source.startsWith('arn:');
}
