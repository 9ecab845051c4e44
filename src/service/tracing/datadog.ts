import { FirelensLogRouterType } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import { ServiceSecret } from '../container/service-secret';
import type { TaskContainer } from '../container/task-container';
import { agentImage } from '../image/agent-images';
import type { DatadogProps } from './tracing';
import type { TracedService, TracingParts } from './tracing-config';

const SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'ddog-gov.com',
];
/** Both run as root and keep its capabilities: Fargate gives the router's socket and the agent's volumes to root alone. */
const ROOT = { user: '0', keepsCapabilities: true };

/** Datadog's agent, which takes traces and counts the task's metrics, and the router that sends the application's log. */
export function datadogParts(scope: Construct, props: DatadogProps, service: TracedService): TracingParts {
  if (!SITES.includes(props.site)) {
    throw new PropError(scope, {
      prop: 'tracing.site',
      value: props.site,
      expected: SITES.join(', '),
      fix: 'take the host of the address at which you open Datadog, without app.',
    });
  }
  if (!service.reachesInternet) {
    throw new PropError(scope, {
      prop: 'tracing',
      value: 'datadog',
      expected: 'a network with a way to the internet: Datadog is reached there',
      fix: 'use Egress.natGatewayPerZone(), or Tracing.xray() or .openTelemetry() in this network',
    });
  }
  const apiKey = ServiceSecret.fromSecret('DD_API_KEY', props.apiKey);
  const logs = props.logs ?? true;
  return {
    containers: [...(logs ? [logRouter(props)] : []), agent(props, apiKey, service)],
    environment: {
      ...tags(service),
      DD_AGENT_HOST: '127.0.0.1',
      DD_LOGS_INJECTION: 'true',
      DD_RUNTIME_METRICS_ENABLED: 'true',
    },
    labels: {
      'com.datadoghq.tags.service': service.name,
      'com.datadoghq.tags.env': service.environment,
      ...(service.version && { 'com.datadoghq.tags.version': service.version }),
    },
    log: logs ? { options: logOptions(props.site, service), secretOption: 'apikey', secret: apiKey } : undefined,
    statements: [],
    awsServices: [],
    flows: [],
  };
}

/** Datadog ties traces, metrics and logs together by these three (requirement D-07). */
function tags(service: TracedService): { [name: string]: string } {
  return {
    DD_SERVICE: service.name,
    DD_ENV: service.environment,
    ...(service.version && { DD_VERSION: service.version }),
  };
}

function agent(props: DatadogProps, apiKey: ServiceSecret, service: TracedService): TaskContainer {
  return {
    name: 'datadog-agent',
    image: agentImage('datadog', props.agentImage),
    imageProp: 'tracing.agentImage',
    environment: {
      ECS_FARGATE: 'true',
      DD_SITE: props.site,
      DD_ENV: service.environment,
      DD_APM_ENABLED: 'true',
      DD_APM_NON_LOCAL_TRAFFIC: 'false',
      DD_LOG_TO_CONSOLE: 'true',
      DD_LOG_FILE: '/tmp/agent.log',
    },
    secrets: [apiKey],
    healthCommand: ['CMD', 'agent', 'health'],
    ...ROOT,
    memoryMiB: 256,
    // As Datadog's guide to a read-only root has it.
    writablePaths: ['/tmp', '/var/run/datadog'],
    writableMiB: 16,
    copiedPaths: ['/etc/datadog-agent', '/opt/datadog-agent/run'],
    essential: false,
  };
}

function logRouter(props: DatadogProps): TaskContainer {
  return {
    name: 'log-router',
    image: agentImage('fluentBit', props.logRouterImage),
    imageProp: 'tracing.logRouterImage',
    environment: {},
    secrets: [],
    ...ROOT,
    memoryMiB: 64,
    writablePaths: ['/tmp'],
    writableMiB: 8,
    // Without it the application's log is lost and nobody sees it: the task is replaced.
    essential: true,
    logRouter: { type: FirelensLogRouterType.FLUENTBIT, options: { enableECSLogMetadata: true } },
  };
}

function logOptions(site: string, service: TracedService): { [name: string]: string } {
  const dd_tags = [`env:${service.environment}`, ...(service.version ? [`version:${service.version}`] : [])].join(',');
  return {
    Name: 'datadog',
    Host: `http-intake.logs.${site}`,
    TLS: 'on',
    compress: 'gzip',
    provider: 'ecs',
    dd_service: service.name,
    dd_source: service.name,
    dd_tags,
  };
}
