import type { IInstanceEngine, IOptionGroup } from 'aws-cdk-lib/aws-rds';
import type { Construct, IConstruct } from 'constructs';
import type { ConnectionRule } from './connection-ceiling';
import type { RotationFunctions } from './database-credentials';
import type { InstancePlan } from './instance-capacity';
import type { ParameterRules } from './parameter-rules';
import type { ServerlessPlan } from './serverless-capacity';

/** What an engine brings to the one construct behind all databases. */
export interface DatabaseSetup {
  /** One of the two. */
  readonly capacity: { readonly instance?: InstancePlan; readonly serverless?: ServerlessPlan };
  readonly defaultPort: number;
  readonly instanceLogs: string[];
  readonly clusterLogs: string[];
  readonly rotationFunctions: RotationFunctions;
  readonly connections: ConnectionRule;
  readonly serverlessCeiling: (minAcu: number, maxAcu: number) => number;
  readonly insightsOnSmall: boolean;
  /** How clients name the check of the server's certificate and name. */
  readonly sslMode: string;
  readonly parameterRules: (queryLogging: boolean) => ParameterRules;
  /** Refuses what this engine can't be. */
  readonly check: (database: IConstruct) => void;
  /** Whether AwsSolutions-RDS11 knows the engine's own port on clusters, too. */
  readonly portFlaggedOnClusters: boolean;
  readonly optionGroup?: (scope: Construct, engine: IInstanceEngine) => IOptionGroup;
}
