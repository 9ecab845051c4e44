import { Token } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnSamplingRule } from 'aws-cdk-lib/aws-xray';
import type { Construct } from 'constructs';
import { uniqueName } from '../../text/stack-path';
import { checkWholeNumber } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import { DEFAULT_USER, type TaskContainer } from '../container/task-container';
import { agentImage } from '../image/agent-images';
import type { TracingContext, TracingSettings } from './tracing-config';
import type { CollectorProps, OpenTelemetryProps, XrayProps } from './tracing-props';

/** Loopback endpoints of the collector. Only the containers of the task reach them. */
const OTLP_GRPC = '127.0.0.1:4317';
const OTLP_HTTP = '127.0.0.1:4318';
const XRAY_DAEMON = '127.0.0.1:2000';
const MEMORY_MIB = 128;

type Config = { [part: string]: object };
interface Pipeline {
  readonly receivers: Config;
  readonly exporters: Config;
}

/**
 * Settings of a collector that receives OTLP and X-Ray segments and exports them to X-Ray.
 * It also serves the sampling rules.
 */
export function xraySettings(scope: Construct, props: XrayProps, context: TracingContext): TracingSettings {
  checkSampling(scope, 'tracing.tracesPerSecond', props.tracesPerSecond, 1000);
  checkSampling(scope, 'tracing.samplePercent', props.samplePercent, 100);
  createSamplingRule(scope, props, context);
  return {
    containers: [
      collector(props, {
        receivers: {
          otlp: otlp(),
          awsxray: { endpoint: XRAY_DAEMON, transport: 'udp', proxy_server: { endpoint: XRAY_DAEMON } },
        },
        exporters: { awsxray: {} },
      }),
    ],
    environment: {
      ...openTelemetryEnvironment(context),
      OTEL_PROPAGATORS: 'tracecontext,baggage,xray',
      OTEL_TRACES_SAMPLER: 'xray',
      OTEL_TRACES_SAMPLER_ARG: `endpoint=http://${XRAY_DAEMON}`,
      AWS_XRAY_DAEMON_ADDRESS: XRAY_DAEMON,
    },
    statements: [
      new PolicyStatement({
        actions: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:GetSamplingStatisticSummaries',
        ],
        resources: ['*'],
      }),
    ],
    awsServices: [InterfaceVpcEndpointAwsService.XRAY],
    flows: [],
  };
}

/** Settings of a collector that exports traces to an OTLP endpoint. */
export function openTelemetrySettings(
  scope: Construct,
  props: OpenTelemetryProps,
  context: TracingContext,
): TracingSettings {
  const { samplePercent = 5, reachedThrough } = props;
  checkSampling(scope, 'tracing.samplePercent', samplePercent, 100);
  const { url, port } = checkedEndpoint(scope, props.endpoint);
  if (!reachedThrough && !(port === 443 && context.reachesInternet)) {
    throw new PropError(scope, {
      prop: 'tracing.reachedThrough',
      value: undefined,
      expected: `the peer of ${props.endpoint}, because no traces arrive without a security group rule`,
      fix: 'pass its security group, or Peer.ipv4 of its addresses',
    });
  }
  const insecure = url.protocol === 'http:';
  const exporters: Config =
    port === 4318
      ? { otlphttp: { endpoint: props.endpoint } }
      : { otlp: { endpoint: `${url.hostname}:${port}`, tls: { insecure } } };
  return {
    containers: [collector(props, { receivers: { otlp: otlp() }, exporters })],
    environment: {
      ...openTelemetryEnvironment(context),
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: `${samplePercent / 100}`,
    },
    statements: [],
    awsServices: [],
    flows: reachedThrough ? [{ peer: reachedThrough, port }] : [],
  };
}

/** Its priority puts the rule before the account's default rule. AWS limits the name to 32 characters. */
function createSamplingRule(scope: Construct, props: XrayProps, context: TracingContext): void {
  const ruleName = uniqueName(scope, { maxLength: 32, separator: '-' }).toLowerCase();
  new CfnSamplingRule(scope, 'SamplingRule', {
    samplingRule: {
      ruleName,
      version: 1,
      priority: 1000,
      reservoirSize: props.tracesPerSecond ?? 1,
      fixedRate: (props.samplePercent ?? 5) / 100,
      serviceName: context.name,
      serviceType: '*',
      host: '*',
      httpMethod: '*',
      urlPath: '*',
      resourceArn: '*',
    },
  });
}

function otlp(): object {
  return { protocols: { grpc: { endpoint: OTLP_GRPC }, http: { endpoint: OTLP_HTTP } } };
}

/** An environment variable carries the configuration, so the image needs no extra file. JSON is valid YAML. */
function collector(props: CollectorProps, { receivers, exporters }: Pipeline): TaskContainer {
  const processors = {
    memory_limiter: { check_interval: '1s', limit_mib: MEMORY_MIB * 0.75 },
    resourcedetection: { detectors: ['env', 'ecs'], timeout: '2s' },
    batch: { timeout: '1s', send_batch_size: 50 },
  };
  const config = {
    extensions: { health_check: {} },
    receivers,
    processors,
    exporters,
    service: {
      extensions: ['health_check'],
      pipelines: {
        traces: {
          receivers: Object.keys(receivers),
          processors: Object.keys(processors),
          exporters: Object.keys(exporters),
        },
      },
    },
  };
  return {
    name: 'collector',
    image: agentImage('collector', props.collectorImage),
    imageProp: 'tracing.collectorImage',
    environment: { AOT_CONFIG_CONTENT: JSON.stringify(config) },
    secrets: [],
    healthCommand: ['CMD', '/healthcheck'],
    user: DEFAULT_USER,
    memoryMiB: MEMORY_MIB,
    writablePaths: [],
    writableMiB: 0,
    essential: false,
  };
}

/** Environment variables that every OpenTelemetry SDK reads. The collector receives traces only. */
function openTelemetryEnvironment(context: TracingContext): { [name: string]: string } {
  const attributes = {
    'deployment.environment.name': context.environment,
    ...(context.version && { 'service.version': context.version }),
  };
  return {
    OTEL_SERVICE_NAME: context.name,
    OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
      .map(([name, value]) => `${name}=${value}`)
      .join(','),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${OTLP_HTTP}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
}

function checkSampling(scope: Construct, prop: string, value: number | undefined, max: number): void {
  if (prop.endsWith('Percent')) {
    if (value !== undefined && !Token.isUnresolved(value) && !(value >= 0 && value <= max)) {
      throw new PropError(scope, { prop, value, expected: `0 to ${max} percent`, fix: 'remove it for 5' });
    }
    return;
  }
  checkWholeNumber(scope, prop, value, { min: 0, max, unit: 'requests a second', fix: 'remove it to get 1' });
}

function checkedEndpoint(scope: Construct, endpoint: string): { url: URL; port: number } {
  const url = Token.isUnresolved(endpoint) || !URL.canParse(endpoint) ? undefined : new URL(endpoint);
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) {
    throw new PropError(scope, {
      prop: 'tracing.endpoint',
      value: url?.password ? '(not shown)' : endpoint,
      expected: 'an http or https URL with its port, known at synthesis and without credentials',
      fix: "write it as 'http://jaeger.internal:4317'",
    });
  }
  return { url, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
}
