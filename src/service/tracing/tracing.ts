import type { Construct } from 'constructs';
import { datadogSettings } from './datadog';
import { openTelemetrySettings, xraySettings } from './otel-collector';
import type { TracingContext, TracingSettings } from './tracing-config';
import type { DatadogProps, OpenTelemetryProps, XrayProps } from './tracing-props';

/**
 * Destination of a service's traces, and the agents that send them.
 *
 * Each kind adds its containers, environment variables, permissions and security group rules to the task.
 * docs/service.md lists them.
 *
 * @example
 * new ProductionWebService(this, 'Api', { network, image, certificate, tracing: Tracing.xray() });
 */
export class Tracing {
  /**
   * Traces to AWS X-Ray, through a collector in the task. The service gets a dedicated sampling rule.
   *
   * @example
   * const tracing = Tracing.xray({ tracesPerSecond: 1, samplePercent: 5 });
   */
  public static xray(props: XrayProps = {}): Tracing {
    return new Tracing(props.serviceName, (scope, context) => xraySettings(scope, props, context));
  }

  /**
   * Traces to any OTLP endpoint, for example Jaeger, through a collector in the task.
   *
   * @example
   * const tracing = Tracing.openTelemetry({ endpoint: 'https://otel.example.com' });
   */
  public static openTelemetry(props: OpenTelemetryProps): Tracing {
    return new Tracing(props.serviceName, (scope, context) => openTelemetrySettings(scope, props, context));
  }

  /**
   * Traces, metrics and the application's log to Datadog. The network needs a route to the internet.
   *
   * @example
   * const tracing = Tracing.datadog({ apiKey: integrationKey, site: 'datadoghq.eu' });
   */
  public static datadog(props: DatadogProps): Tracing {
    return new Tracing(props.serviceName, (scope, context) => datadogSettings(scope, props, context));
  }

  private constructor(
    private readonly serviceName: string | undefined,
    private readonly settings: (scope: Construct, context: TracingContext) => TracingSettings,
  ) {}

  /**
   * Checks the props for a service and returns the settings of its task.
   * @internal
   */
  public _bind(scope: Construct, context: TracingContext): TracingSettings {
    return this.settings(scope, { ...context, name: this.serviceName ?? context.name });
  }
}
