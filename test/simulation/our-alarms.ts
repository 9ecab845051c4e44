import {
  GoldenSignalAlarms, HardenedPostgres, ImageRepository, MonitoredCache, type PostgresCapacity, ProductionWebService, SecureVpc, ServiceImage, ServiceObjective,
} from '../../src';
import { mailRouting } from '../fixtures/signals';
import { templateOf, testApp, testStack } from '../fixtures/test-stack';
import { certificate, VERSION } from '../fixtures/web-service';
import { asText } from '../simulators/cloudwatch/intrinsics';
import type { TemplateJson } from '../simulators/cloudwatch/template-alarms';
import type { WorldNames } from './model/world';

/** A template of the library, and what its alarms watch. */
export interface OurAlarms {
  readonly template: TemplateJson;
  readonly names: WorldNames;
}

const CACHE_NODES = ['sessions-001', 'sessions-002'];

/** A service with a database of a capacity and a cache, its objective of document D, and all alarms that the library makes of them by default. */
export function ourAlarms(capacity?: PostgresCapacity): OurAlarms {
  const app = testApp();
  const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
  const stack = testStack({ app });
  const network = new SecureVpc(stack, 'Network');
  const database = new HardenedPostgres(stack, 'Database', { network, capacity });
  const web = new ProductionWebService(stack, 'Web', {
    network, image: ServiceImage.fromRepository(images, { tag: VERSION }), certificate: certificate(stack), port: 3000, backingServices: [database],
  });
  new GoldenSignalAlarms(stack, 'Signals', {
    services: [web],
    databases: [database],
    caches: [MonitoredCache.fromNodes(network, CACHE_NODES)],
    objectives: [ServiceObjective.availability(99.9)],
    // In a stack of its own: what it says of itself is another matter.
    alertRouting: mailRouting(testStack({ app, id: 'Alerts' })),
  });

  const template = templateOf(stack).toJSON() as TemplateJson;
  const text = (value: unknown) => asText(stack.resolve(value));
  const { signals } = web;
  const logs = logMetrics(template);
  const applicationLog = text(web.logGroup.logGroupName);
  return {
    template,
    names: {
      loadBalancer: text(signals.loadBalancerFullName),
      targetGroups: signals.targetGroupFullNames.map(text),
      cluster: text(signals.clusterName),
      service: text(signals.serviceName),
      mostTasks: signals.maxTasks!,
      database: {
        instance: text(database.signals.instanceIdentifiers[0]),
        cluster: database.signals.clusterIdentifier && text(database.signals.clusterIdentifier),
        maxConnections: database.signals.maxConnections!,
        memoryBytes: database.signals.memoryBytes ?? 0,
      },
      cacheNodes: CACHE_NODES,
      certificate: text(signals.certificateArns![0]),
      errorLogs: logs.filter(({ logGroup }) => logGroup === applicationLog),
      quietLogs: logs.filter(({ logGroup }) => logGroup !== applicationLog),
    },
  };
}

/** What is counted in logs: one metric may count in several forms. */
function logMetrics(template: TemplateJson): Array<{ logGroup: string; namespace: string; name: string }> {
  const filters = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Logs::MetricFilter');
  const metrics = filters.map(({ Properties: { LogGroupName, MetricTransformations: [{ MetricNamespace, MetricName }] } }) =>
    ({ logGroup: asText(LogGroupName), namespace: asText(MetricNamespace), name: asText(MetricName) }));
  return metrics.filter(({ name }, index) => metrics.findIndex((other) => other.name === name) === index);
}
