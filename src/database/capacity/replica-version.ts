import type { IInstanceEngine } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import { checkRules, type Rule } from '../../validation/rules';

/** Versions of an instance and its replicas. */
interface ReplicaVersions {
  /** Engine with the version of the source. */
  readonly engine: IInstanceEngine;
  /**
   * Version of the replicas, as the caller wrote it.
   * @default - that of the source
   */
  readonly replicaVersion?: string;
}

/**
 * Minor version of the read replicas, undefined where RDS chooses it.
 *
 * RDS upgrades a source to another minor version only after its replicas.
 * CloudFormation changes the source first, because its replicas refer to it. So that takes two deployments.
 */
export function checkedReplicaVersion(scope: IConstruct, of: ReplicaVersions, replicas = 0): string | undefined {
  const { fullVersion = '', majorVersion = '' } = of.engine.engineVersion ?? {};
  const pinned = fullVersion !== majorVersion;
  const { replicaVersion = fullVersion } = of;
  if (of.replicaVersion !== undefined) {
    checkRules(scope, rules({ version: fullVersion, major: majorVersion, replicaVersion, pinned, replicas }));
  }
  return pinned ? replicaVersion : undefined;
}

/** Facts that the rules depend on. */
interface Facts {
  readonly version: string;
  readonly major: string;
  readonly replicaVersion: string;
  /** True if the version of the source names a minor version. */
  readonly pinned: boolean;
  readonly replicas: number;
}

function rules({ version, major, replicaVersion, pinned, replicas }: Facts): Rule[] {
  const refusal = { prop: 'capacity.replicaVersion', value: replicaVersion };
  return [
    {
      ...refusal,
      condition: replicas === 0,
      expected: 'none without readReplicas',
      fix: 'remove it',
    },
    {
      ...refusal,
      condition: !pinned,
      expected: `none where version is ${version}, of which RDS chooses the minor version`,
      fix: 'remove it: RDS upgrades replicas and source itself',
    },
    {
      ...refusal,
      condition: !replicaVersion.startsWith(`${major}.`),
      expected: `a minor version of ${major}, the major version of the source`,
      fix: 'set readReplicas to 0, upgrade the source, and then set readReplicas again',
    },
    {
      ...refusal,
      condition: minorOf(replicaVersion) < minorOf(version),
      expected: `${version}, the version of the source, or a later one`,
      fix: 'remove it, or choose a later version',
    },
  ];
}

/** Last number of a version, by which minor versions are in order. */
function minorOf(version: string): number {
  return Number(/\.(\d+)[^.]*$/.exec(version)?.[1] ?? 0);
}
