import type { IEngine } from 'aws-cdk-lib/aws-rds';
import type { IConstruct } from 'constructs';
import type { EnvironmentProfile } from '../../environment';
import type { InstanceSettings } from './instance-capacity';
import type { ServerlessSettings } from './serverless-capacity';

/** Context of a capacity: what it needs to know of the database. */
export interface CapacityContext {
  /** Supplies instance class, Multi-AZ and readers where the capacity leaves them open. */
  readonly profile: EnvironmentProfile;
}

/** Settings of a capacity, checked, with every default filled in. Either `instance` or `serverless` is set. */
export interface CapacitySettings {
  /** Engine with its version, for the parameter group. */
  readonly engine: IEngine;
  /** Major version of the engine: `15`, `8.0`. */
  readonly majorVersion: string;
  /** True if RDS chooses the minor version and installs later ones. A minor version of the caller stays. */
  readonly autoMinorVersionUpgrade: boolean;
  /**
   * Settings of an RDS instance.
   * @default - the database is a cluster
   */
  readonly instance?: InstanceSettings;
  /**
   * Settings of an Aurora Serverless v2 cluster.
   * @default - the database is an instance
   */
  readonly serverless?: ServerlessSettings;
}

/** Settings of either kind, without those of the version. */
export type KindSettings = Pick<CapacitySettings, 'engine' | 'instance' | 'serverless'>;

/** Capacity of one engine, seen from the construct behind all databases. */
export interface DatabaseCapacity {
  /** Checks the capacity and fills in its defaults. */
  _bind(scope: IConstruct, context: CapacityContext): CapacitySettings;
}
