import type { IConnectable, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ServiceSecret } from '../container/service-secret';
import type { TaskContainer } from '../container/task-container';

/** A service, as tracing sees it. */
export interface TracedService {
  /** The id of the construct in lower case, as it stands in traces. */
  readonly name: string;
  /** Name of the environment: `production`. */
  readonly environment: string;
  /**
   * The image's tag, where the template decides it.
   * @default - traces carry no version: a release decides it later
   */
  readonly version?: string;
  /** Whether the tasks reach places outside the network on 443 without a rule for each. */
  readonly reachesInternet: boolean;
}

/** Sends the application's log through a log router. */
export interface RoutedLog {
  /** The router's output plugin and its settings, none of them secret. */
  readonly options: { [name: string]: string };
  /** The option of the router that is secret, and where its value comes from. */
  readonly secretOption: string;
  /** Where the value of that option comes from. */
  readonly secret: ServiceSecret;
}

/** A place that the tasks must reach. */
export interface TracingFlow {
  /** Its group gets the rule from the tasks. */
  readonly peer: IConnectable;
  /** TCP, 1 to 65535. */
  readonly port: number;
}

/** What tracing adds to a service. */
export interface TracingParts {
  /** Beside the application, before its sidecars. */
  readonly containers: TaskContainer[];
  /** Variables of the application's container; its own come before them. */
  readonly environment: { [name: string]: string };
  /**
   * Docker labels of the application's container, by which an agent knows it.
   * @default - none
   */
  readonly labels?: { [name: string]: string };
  /**
   * Where the application's log goes instead of CloudWatch.
   * @default - to the service's log group
   */
  readonly log?: RoutedLog;
  /** What the task role may do besides; none of it knows a resource. */
  readonly statements: PolicyStatement[];
  /** What the containers call of AWS: endpoints for networks without a way to the internet. */
  readonly awsServices: InterfaceVpcEndpointAwsService[];
  /** Rules that the tasks need besides those to AWS. */
  readonly flows: TracingFlow[];
}
