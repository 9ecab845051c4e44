import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ServiceImage } from '../image/service-image';

/** Properties that all kinds of {@link Tracing} share. None is required. */
export interface TracingProps {
  /**
   * Name of the service in traces.
   * @default - the id of the service's construct, in lower case
   */
  readonly serviceName?: string;
}

/** Properties that {@link Tracing.xray} and {@link Tracing.openTelemetry} share. None is required. */
export interface CollectorProps extends TracingProps {
  /**
   * Image of the OpenTelemetry collector.
   * In a network without a route to the internet, a copy in private ECR is required.
   * @default - AWS Distro for OpenTelemetry of public.ecr.aws, in the version that docs/service.md names
   */
  readonly collectorImage?: ServiceImage;
}

/** Properties of {@link Tracing.xray}. None is required. */
export interface XrayProps extends CollectorProps {
  /**
   * Requests that are always traced each second, 0 to 1000. The number holds for all tasks together.
   * @default 1 - requirement C-15
   */
  readonly tracesPerSecond?: number;
  /**
   * Percentage of the further requests that are traced, 0 to 100.
   * @default 5 - requirement C-15
   */
  readonly samplePercent?: number;
}

/** Properties of {@link Tracing.openTelemetry}. The endpoint is required. */
export interface OpenTelemetryProps extends CollectorProps {
  /**
   * Endpoint of the traces, with scheme and port: `http://jaeger.internal:4317`.
   *
   * The collector uses OTLP over HTTP on port 4318, and OTLP over gRPC on every other port.
   */
  readonly endpoint: string;
  /**
   * Security group or `Peer.ipv4(...)` of the endpoint.
   *
   * The tasks get a rule to it, on the endpoint's port.
   * @default - the endpoint is on port 443 of the internet, and the network has a route to it
   */
  readonly reachedThrough?: IConnectable;
  /**
   * Percentage of the requests that are traced, 0 to 100. The service that starts a trace decides.
   * @default 5
   */
  readonly samplePercent?: number;
}

/** Properties of {@link Tracing.datadog}. The API key and the site are required. */
export interface DatadogProps extends TracingProps {
  /** Secret that holds the API key. An imported secret needs its complete ARN. */
  readonly apiKey: ISecret;
  /**
   * Datadog site. It is one of datadoghq.com, us3.datadoghq.com, us5.datadoghq.com, datadoghq.eu, ap1.datadoghq.com,
   * ap2.datadoghq.com, uk1.datadoghq.com, ddog-gov.com and us2.ddog-gov.com.
   */
  readonly site: string;
  /**
   * Sends the application's log to Datadog instead of its log group. The agents' own logs stay in the log group.
   * @default true - requirement D-07
   */
  readonly logs?: boolean;
  /**
   * Image of the Datadog agent.
   * @default - Datadog's of public.ecr.aws, in the version that docs/service.md names
   */
  readonly agentImage?: ServiceImage;
  /**
   * Image of the log router, which sends the application's log.
   * @default - AWS for Fluent Bit of public.ecr.aws, in the version that docs/service.md names
   */
  readonly logRouterImage?: ServiceImage;
}
