import type { Stack } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  AlertChannel, AlertRouting, DatabaseFamily, type DatabaseSignals, GoldenSignalAlarms, type GoldenSignalAlarmsProps, type IMonitoredCache, type IMonitoredDatabase,
  type IMonitoredService, ServiceObjective, type ServiceSignals,
} from '../../src';
import { ACCOUNT, REGION } from './test-stack';

const GIB = 1024 ** 3;

/** A service behind a load balancer that all of one stack share, known by its names alone. */
export function watchedService(stack: Stack, id: string, changed: Partial<ServiceSignals> = {}): IMonitoredService {
  const source = new Construct(stack, id);
  return {
    signals: {
      source,
      clusterName: 'production',
      serviceName: id.toLowerCase(),
      loadBalancerFullName: 'app/shop/1a2b3c',
      targetGroupFullNames: [`targetgroup/${id.toLowerCase()}-blue/1a`, `targetgroup/${id.toLowerCase()}-green/2b`],
      maxTasks: 10,
      logGroups: [LogGroup.fromLogGroupName(source, 'Log', `/ecs/production/${id.toLowerCase()}`)],
      ...changed,
    },
    rollBackOn: () => false,
  };
}

/** A PostgreSQL instance of a burstable class with a replica, or what it is changed to. */
export function watchedDatabase(stack: Stack, id: string, changed: Partial<DatabaseSignals> = {}): IMonitoredDatabase {
  const source = new Construct(stack, id);
  return {
    signals: {
      source,
      family: DatabaseFamily.POSTGRES,
      instanceIdentifiers: ['shop', 'shop-replica'],
      connectionCeiling: 410,
      memoryBytes: 4 * GIB,
      vcpus: 2,
      burstable: true,
      logGroups: [LogGroup.fromLogGroupName(source, 'Log', `/aws/rds/instance/${id.toLowerCase()}/postgresql`)],
      ...changed,
    },
  };
}

/** What changes such a database to an Aurora Serverless v2 cluster of MySQL. */
export const SERVERLESS_MYSQL: Partial<DatabaseSignals> = {
  family: DatabaseFamily.MYSQL, clusterIdentifier: 'catalogue', instanceIdentifiers: ['catalogue-writer', 'catalogue-reader'], maxAcu: 16, burstable: false, memoryBytes: undefined, vcpus: undefined,
};

export function watchedCache(stack: Stack, id: string): IMonitoredCache {
  return { signals: { source: new Construct(stack, id), nodeIds: ['sessions-001', 'sessions-002'] } };
}

/** A routing that somebody hears, with a forwarder in it. */
export function routingWithForwarder(stack: Stack): AlertRouting {
  const everybody = [AlertChannel.email('ops@example.com')];
  const webhook = Secret.fromSecretCompleteArn(stack, 'Webhook', `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:slack-webhook-AbCdEf`);
  return new AlertRouting(stack, 'Alerts', { onCritical: [AlertChannel.slackWebhook(webhook)], onError: everybody, onWarning: everybody });
}

/** Everything that the library knows an alarm on, each signal with a limit. */
export function everythingWatched(stack: Stack, changed: Partial<GoldenSignalAlarmsProps> = {}): GoldenSignalAlarms {
  return new GoldenSignalAlarms(stack, 'Signals', {
    services: [watchedService(stack, 'Api'), watchedService(stack, 'Web', { maxTasks: undefined })],
    databases: [watchedDatabase(stack, 'Orders'), watchedDatabase(stack, 'Catalogue', SERVERLESS_MYSQL)],
    caches: [watchedCache(stack, 'Sessions')],
    objectives: [ServiceObjective.availability(99.9)],
    overrides: { 'service-latency-p50': { warningThreshold: 1 }, 'service-latency-p99': { warningThreshold: 5 }, 'database-idle': { warningThreshold: 5 } },
    alertRouting: routingWithForwarder(stack),
    dashboard: false,
    ...changed,
  });
}
