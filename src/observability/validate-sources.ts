import { type IResource, Resource, type ResourceEnvironment, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IMonitoredDatabase, IMonitoredService, ServiceSignals } from '../contracts';
import { repeatedIn } from '../validation/checks';
import { inOtherEnvironment } from '../validation/resource-environment';
import { checkRules, type Rule } from '../validation/rules';
import type { GoldenSignalAlarmsProps } from './golden-signal-alarms-props';

/** Throws a PropError for sources that these alarms can't monitor, or that don't belong together. */
export function checkSources(scope: IConstruct, props: GoldenSignalAlarmsProps): void {
  const { services = [], databases = [], caches = [], objectives = [] } = props;
  const sources = [...services, ...databases, ...caches].map(({ signals }) => signals.source);
  const loadBalancers = services.flatMap(({ signals }) => signals.loadBalancer ?? []);
  const repeated = repeatedIn(sources);
  const { account, region } = Stack.of(scope);
  const serverless = caches.find(({ signals }) => signals.serverlessName !== undefined);
  const elsewhere = [...sources, ...loadBalancers].find((source) =>
    inOtherEnvironment(environmentOf(source), { account, region }),
  );
  checkRules(scope, [
    {
      condition: sources.length === 0,
      prop: 'services',
      value: props.services,
      expected: 'at least one service, database or cache',
      fix: 'give what is monitored in services, databases or caches',
    },
    {
      condition: repeated !== undefined,
      prop: 'services, databases, caches',
      value: repeated?.node.path,
      expected: 'each source once',
      fix: 'remove the second one',
    },
    {
      condition: elsewhere !== undefined,
      prop: 'services, databases, caches',
      value: elsewhere?.node.path,
      expected: `sources of account ${account} and region ${region}, because an alarm reads no other metrics`,
      fix: 'create another GoldenSignalAlarms in a stack of that account and region',
    },
    {
      condition: serverless !== undefined,
      prop: 'caches',
      value: serverless?.signals.source.node.path,
      expected: 'caches of nodes: a serverless cache reports other metrics, which these alarms do not know',
      fix: 'remove it, and create alarms of your own on ThrottledCmds and BytesUsedForCache',
    },
    unusedDatabaseRule(services, databases),
    {
      condition: objectives.length > 0 && services.length === 0,
      prop: 'objectives',
      problem: 'need services: an objective is about the requests of a service',
      fix: 'name the services in services, or remove objectives',
    },
  ]);
}

/**
 * True if two services are behind the same load balancer.
 *
 * It is the same construct, or has a name that means the same in every stack. Two imports of one ARN are the same load
 * balancer.
 */
export function shareLoadBalancer(scope: IConstruct, one: ServiceSignals, other: ServiceSignals): boolean {
  const [name, otherName] = [one, other].map(({ loadBalancerFullName }) =>
    JSON.stringify(Stack.of(scope).resolve(loadBalancerFullName)),
  );
  return (
    one.loadBalancerFullName === other.loadBalancerFullName ||
    (one.loadBalancer !== undefined && one.loadBalancer === other.loadBalancer) ||
    // Logical ids are unique within one stack only.
    (name === otherName && !/"(Ref|Fn::GetAtt)"/.test(name))
  );
}

/** The environment of an imported resource is that of its ARN, whatever stack imports it. */
function environmentOf(source: IConstruct): ResourceEnvironment {
  const { account, region } = Resource.isResource(source) ? (source as unknown as IResource).env : Stack.of(source);
  return { account, region };
}

/** Only where all services name their stores. */
function unusedDatabaseRule(services: IMonitoredService[], databases: IMonitoredDatabase[]): Rule {
  const stores = services.map(({ signals }) => signals.stores);
  const areKnown = stores.length > 0 && !stores.includes(undefined);
  const used = new Set(stores.flatMap((ofService) => ofService ?? []));
  const unused = databases.find(({ signals }) => !used.has(signals.source));
  const paths = [...used].map(({ node }) => node.path).join(', ');
  return {
    condition: areKnown && unused !== undefined,
    prop: 'databases',
    value: unused?.signals.source.node.path,
    expected: `databases that one of the services uses: ${paths || 'they use none'}`,
    fix: 'give it to a service in backingServices, or create another GoldenSignalAlarms for it',
  };
}
