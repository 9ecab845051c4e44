import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IInstanceEngine, IOptionGroup } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { DatabaseFamily } from '../contracts';
import type { CapacitySettings, DatabaseCapacity } from './capacity/capacity-settings';
import type { RotationFunctions } from './credentials/rotated-secrets';
import type { ParameterRules, Parameters } from './parameters/parameter-rules';
import type { QueryText } from './parameters/query-text';

/** Differences between engines, which the construct behind all databases works with. */
export interface EngineConfig {
  /** Engine whose statements the setup runs. */
  readonly setupEngine: 'postgres' | 'mysql';
  /**
   * Schemas beside `public`, as the caller asked.
   * @default - none
   */
  readonly schemas?: string[];
  /**
   * Extensions that the setup creates, as the caller asked.
   * @default - none
   */
  readonly extensions?: string[];
  /** Family of the engine, which decides on its metrics and logs. */
  readonly family: DatabaseFamily;
  /** Instance or cluster with its limits, as the caller chose it. */
  readonly capacity: DatabaseCapacity;
  /** Default TCP port of the engine. */
  readonly defaultPort: number;
  /** Log types that an RDS instance exports, as RDS names them. */
  readonly instanceLogs: string[];
  /** Log types that an Aurora cluster exports. PostgreSQL's has no `upgrade`. */
  readonly clusterLogs: string[];
  /** AWS's hosted rotation functions for the engine. */
  readonly rotationFunctions: RotationFunctions;
  /** Mode in which clients verify the server's certificate and host name. */
  readonly sslMode: string;
  /** Parameters that the construct sets and the caller may set. */
  readonly parameterRules: (
    capacity: CapacitySettings,
    queryText: QueryText,
    given: Parameters | undefined,
  ) => ParameterRules;
  /** True if AwsSolutions-RDS11 also flags the default port on clusters. */
  readonly portFlaggedOnClusters: boolean;
  /**
   * Creates the option group of an instance.
   * @default - none: the engine audits by its parameters
   */
  readonly optionGroup?: (scope: Construct, engine: IInstanceEngine, removalPolicy: RemovalPolicy) => IOptionGroup;
}
