import { FirelensLogRouterType } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import { checkInReach } from '../../validation/objects-in-reach';
import { checkRules } from '../../validation/rules';
import { ServiceSecret } from '../container/service-secret';
import type { TaskContainer } from '../container/task-container';
import { agentImage } from '../image/agent-images';
import type { TracingContext, TracingSettings } from './tracing-config';
import type { DatadogProps } from './tracing-props';

/**
 * Sites of Datadog on 2026-12-01.
 *
 * Source: Datadog's page "Getting Started with Datadog Sites", and the lists of its clients.
 */
const SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
];
/** User of both agents. Fargate gives the router's socket and the agent's volumes to root alone. */
const ROOT = { user: '0', keepsCapabilities: true };

/**
 * Settings of the Datadog agent, which receives traces and metrics, and of its log router.
 * The log router sends the application's log.
 */
export function datadogSettings(scope: Construct, props: DatadogProps, context: TracingContext): TracingSettings {
  checkInReach(scope, 'tracing.apiKey', props.apiKey, 'secret');
  checkRules(scope, [
    {
      condition: !SITES.includes(props.site),
      prop: 'tracing.site',
      value: props.site,
      expected: SITES.join(', '),
      fix: 'use the host of your Datadog address, without app',
    },
    {
      condition: !context.reachesInternet,
      prop: 'tracing',
      problem: 'is Tracing.datadog(), which requires a network with a route to the internet',
      fix: 'use Egress.natGatewayPerZone(), or Tracing.xray() or Tracing.openTelemetry() in this network',
    },
  ]);
  const apiKey = ServiceSecret.fromSecret('DD_API_KEY', props.apiKey);
  const logs = props.logs ?? true;
  return {
    containers: [...(logs ? [logRouter(props)] : []), agent(props, apiKey, context)],
    environment: {
      ...tags(context),
      DD_AGENT_HOST: '127.0.0.1',
      DD_LOGS_INJECTION: 'true',
      DD_RUNTIME_METRICS_ENABLED: 'true',
    },
    labels: {
      'com.datadoghq.tags.service': context.name,
      'com.datadoghq.tags.env': context.environment,
      ...(context.version && { 'com.datadoghq.tags.version': context.version }),
    },
    log: logs ? { options: logOptions(props.site, context), secretOption: 'apikey', secret: apiKey } : undefined,
    statements: [],
    awsServices: [],
    flows: [],
  };
}

/** Unified service tags, by which Datadog correlates traces, metrics and logs. Source: requirement D-07. */
function tags(context: TracingContext): { [name: string]: string } {
  return {
    DD_SERVICE: context.name,
    DD_ENV: context.environment,
    ...(context.version && { DD_VERSION: context.version }),
  };
}

function agent(props: DatadogProps, apiKey: ServiceSecret, context: TracingContext): TaskContainer {
  return {
    name: 'datadog-agent',
    image: agentImage('datadog', props.agentImage),
    imageProp: 'tracing.agentImage',
    environment: {
      ECS_FARGATE: 'true',
      DD_SITE: props.site,
      DD_ENV: context.environment,
      DD_APM_ENABLED: 'true',
      DD_APM_NON_LOCAL_TRAFFIC: 'false',
      DD_LOG_TO_CONSOLE: 'true',
      DD_LOG_FILE: '/tmp/agent.log',
    },
    secrets: [apiKey],
    healthCommand: ['CMD', 'agent', 'health'],
    ...ROOT,
    memoryMiB: 256,
    // Paths from Datadog's guide to a read-only root file system.
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
    // Without the router, the application's log is lost and nobody notices. So ECS replaces the task.
    essential: true,
    logRouter: { type: FirelensLogRouterType.FLUENTBIT, options: { enableECSLogMetadata: true } },
  };
}

function logOptions(site: string, context: TracingContext): { [name: string]: string } {
  const dd_tags = [`env:${context.environment}`, ...(context.version ? [`version:${context.version}`] : [])].join(',');
  return {
    Name: 'datadog',
    Host: `http-intake.logs.${site}`,
    TLS: 'on',
    compress: 'gzip',
    provider: 'ecs',
    dd_service: context.name,
    dd_source: context.name,
    dd_tags,
  };
}
