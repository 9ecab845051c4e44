import type { IConnectable, InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ServiceSecret } from './service-secret';
import type { TaskContainer } from './task-container';

/** A service, as tracing sees it. */
export interface TracedService {
  readonly name: string;
  /** Name of the environment: `production`. */
  readonly environment: string;
  /** The image's tag, where the template decides it; a release decides it later. */
  readonly version?: string;
  readonly reachesInternet: boolean;
}

/** Sends the application's log through a log router. */
export interface RoutedLog {
  readonly options: { [name: string]: string };
  /** The option of the router that is secret, and where its value comes from. */
  readonly secretOption: string;
  readonly secret: ServiceSecret;
}

/** A place that the tasks must reach. */
export interface TracingFlow {
  readonly peer: IConnectable;
  readonly port: number;
}

/** What tracing adds to a service. */
export interface TracingParts {
  readonly containers: TaskContainer[];
  /** Variables of the application's container; its own come before them. */
  readonly environment: { [name: string]: string };
  readonly labels?: { [name: string]: string };
  readonly log?: RoutedLog;
  /** What the task role may do besides; none of it knows a resource. */
  readonly statements: PolicyStatement[];
  readonly awsServices: InterfaceVpcEndpointAwsService[];
  readonly flows: TracingFlow[];
}
