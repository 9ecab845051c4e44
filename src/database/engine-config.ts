import type { IInstanceEngine, IOptionGroup } from 'aws-cdk-lib/aws-rds';
import type { Construct, IConstruct } from 'constructs';
import type { DatabaseFamily } from '../contracts';
import type { InstancePlan } from './capacity/instance-capacity';
import type { ConnectionRule } from './capacity/max-connections';
import type { ServerlessPlan } from './capacity/serverless-capacity';
import type { RotationFunctions } from './credentials/database-credentials';
import type { ParameterRules } from './parameters/parameter-rules';

/** What an engine brings to the one construct behind all databases. */
export interface DatabaseSetup {
  /** Which metrics and logs it has. */
  readonly family: DatabaseFamily;
  /** One of the two. */
  readonly capacity: { readonly instance?: InstancePlan; readonly serverless?: ServerlessPlan };
  /** The engine's own TCP port, which the caller may change. */
  readonly defaultPort: number;
  /** Kinds of logs that an RDS instance exports, as RDS names them. */
  readonly instanceLogs: string[];
  /** The same for an Aurora cluster: PostgreSQL's has no `upgrade`. */
  readonly clusterLogs: string[];
  /** AWS's hosted functions, which know the engine's way to change a password. */
  readonly rotationFunctions: RotationFunctions;
  /** Memory to connections on an RDS instance; Aurora has `serverlessCeiling`. */
  readonly connections: ConnectionRule;
  /** Most connections of a cluster by its bounds in capacity units. */
  readonly serverlessCeiling: (minAcu: number, maxAcu: number) => number;
  /** Whether RDS has Performance Insights for the engine on `micro` and `small`, too. */
  readonly insightsOnSmall: boolean;
  /** How clients name the check of the server's certificate and name. */
  readonly sslMode: string;
  /** The parameters that the caller may set; the argument is the environment's answer about logging statements. */
  readonly parameterRules: (queryLogging: boolean) => ParameterRules;
  /** Refuses what this engine can't be. */
  readonly check: (database: IConstruct) => void;
  /** Whether AwsSolutions-RDS11 knows the engine's own port on clusters, too. */
  readonly portFlaggedOnClusters: boolean;
  /**
   * Made for instances only.
   * @default - none: the engine audits by its parameters
   */
  readonly optionGroup?: (scope: Construct, engine: IInstanceEngine) => IOptionGroup;
}
