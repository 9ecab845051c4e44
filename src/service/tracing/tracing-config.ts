import type { IConnectable, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ServiceSecret } from '../container/service-secret';
import type { TaskContainer } from '../container/task-container';

/** Service that tracing is bound to. */
export interface TracingContext {
  /** Name of the service in traces: the id of its construct in lower case. */
  readonly name: string;
  /** Name of the environment: `production`. */
  readonly environment: string;
  /**
   * Tag of the image, where the template decides it.
   * @default - traces carry no version, because a release decides the tag later
   */
  readonly version?: string;
  /** True where the tasks reach the internet on port 443 without further rules. */
  readonly reachesInternet: boolean;
}

/** Log configuration that sends the application's log through a log router. */
export interface RoutedLog {
  /** Output plugin of the router and its settings. None of them is secret. */
  readonly options: { [name: string]: string };
  /** Name of the router's option that is secret. */
  readonly secretOption: string;
  /** Source of the secret option's value. */
  readonly secret: ServiceSecret;
}

/** Connection that the tasks must be allowed to open. */
export interface TracingFlow {
  /** Peer of the connection. Its security group gets the rule from the tasks. */
  readonly peer: IConnectable;
  /** TCP port, 1 to 65535. */
  readonly port: number;
}

/** Settings that tracing adds to the task of a service. */
export interface TracingSettings {
  /** Agent containers. They come before the sidecars of the service. */
  readonly containers: TaskContainer[];
  /** Environment variables of the application's container. The application's own variables override them. */
  readonly environment: { [name: string]: string };
  /**
   * Docker labels of the application's container, by which an agent identifies it.
   * @default - no labels
   */
  readonly labels?: { [name: string]: string };
  /**
   * Destination of the application's log instead of CloudWatch Logs.
   * @default - the log group of the service
   */
  readonly log?: RoutedLog;
  /** Statements of the task role. None of the actions supports resource-level permissions. */
  readonly statements: PolicyStatement[];
  /** AWS services that the agents call. A network without a route to the internet gets their endpoints. */
  readonly awsServices: InterfaceVpcEndpointAwsService[];
  /** Connections that the tasks open to places other than AWS. */
  readonly flows: TracingFlow[];
}
