import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { ServiceImage } from '../image/service-image';
import { datadogParts } from './datadog';
import { openTelemetryParts, xrayParts } from './otel-collector';
import type { TracedService, TracingParts } from './tracing-config';

/** What every way of tracing may be told. */
export interface TracingProps {
  /**
   * Name of the service in traces.
   * @default - the id of the service's construct, lower-case
   */
  readonly serviceName?: string;
}

/** What the ways through an OpenTelemetry collector may be told. */
export interface CollectorProps extends TracingProps {
  /**
   * The collector's image. In a network without a way out it comes from private ECR: `ServiceImage.fromRepository` of a copy.
   * @default - AWS Distro for OpenTelemetry of public.ecr.aws, in the version that docs/service.md names
   */
  readonly collectorImage?: ServiceImage;
}

/** What {@link Tracing.xray} may be told. */
export interface XrayProps extends CollectorProps {
  /**
   * Requests that are traced each second whatever their number, 0 to 1000, for all tasks together.
   * @default 1 - requirement C-15
   */
  readonly tracesPerSecond?: number;
  /**
   * Percent of the requests beyond them that are traced, 0 to 100.
   * @default 5 - requirement C-15
   */
  readonly samplePercent?: number;
}

/** What {@link Tracing.openTelemetry} must and may be told. */
export interface OpenTelemetryProps extends CollectorProps {
  /** Where the collector sends traces, with scheme and port: `http://jaeger.internal:4317`. OTLP over gRPC, over HTTP on port 4318. */
  readonly endpoint: string;
  /**
   * What stands behind the endpoint: a security group, or `Peer.ipv4(...)`. The tasks get a rule to it, on the endpoint's port.
   * @default - none: then the endpoint is on 443 of the internet, and the network has a way there
   */
  readonly reachedThrough?: IConnectable;
  /**
   * Percent of the requests that are traced, 0 to 100, decided where a trace begins.
   * @default 5
   */
  readonly samplePercent?: number;
}

/** What {@link Tracing.datadog} must and may be told. */
export interface DatadogProps extends TracingProps {
  /** The secret that holds the API key, by its complete ARN where it is imported. */
  readonly apiKey: ISecret;
  /** The Datadog site: datadoghq.com, us3.datadoghq.com, us5.datadoghq.com, datadoghq.eu, ap1.datadoghq.com, ap2.datadoghq.com or ddog-gov.com. */
  readonly site: string;
  /**
   * Whether the application's log goes to Datadog instead of its log group. The agents' own logs stay in the group.
   * @default true - requirement D-07
   */
  readonly logs?: boolean;
  /**
   * The agent's image.
   * @default - Datadog's of public.ecr.aws, in the version that docs/service.md names
   */
  readonly agentImage?: ServiceImage;
  /**
   * The image of the container that takes the application's log.
   * @default - AWS for Fluent Bit of public.ecr.aws, in the version that docs/service.md names
   */
  readonly logRouterImage?: ServiceImage;
}

/** Where a service's traces go, and by which agents. */
export class Tracing {
  /** To AWS X-Ray, through a collector beside the application, with a sampling rule of its own. */
  public static xray(props: XrayProps = {}): Tracing {
    return new Tracing(props.serviceName, (scope, service) => xrayParts(scope, props, service));
  }

  /** To whatever speaks OTLP, Jaeger for example, through a collector beside the application. */
  public static openTelemetry(props: OpenTelemetryProps): Tracing {
    return new Tracing(props.serviceName, (scope, service) => openTelemetryParts(scope, props, service));
  }

  /** To Datadog: traces, metrics and the application's log. The network needs a way to the internet. */
  public static datadog(props: DatadogProps): Tracing {
    return new Tracing(props.serviceName, (scope, service) => datadogParts(scope, props, service));
  }

  private constructor(
    private readonly serviceName: string | undefined,
    private readonly parts: (scope: Construct, service: TracedService) => TracingParts,
  ) {}

  /**
   * What the service is made of besides itself.
   * @internal
   */
  public _parts(scope: Construct, service: TracedService): TracingParts {
    return this.parts(scope, { ...service, name: this.serviceName ?? service.name });
  }
}
