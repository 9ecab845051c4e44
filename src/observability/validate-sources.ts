import { type IResource, Resource, type ResourceEnvironment, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { IMonitoredService, ServiceSignals } from '../contracts';
import { knownToDiffer } from '../validation/checks';
import { PropError } from '../validation/prop-error';
import type { GoldenSignalAlarmsProps } from './golden-signal-alarms';

/** Refuses to watch nothing, something twice, what no alarm sees, a database that none of the services uses, and promises that nobody gives. */
export function checkWatched(scope: IConstruct, props: GoldenSignalAlarmsProps): void {
  checkSources(scope, props);
  checkDatabasesAreUsed(scope, props);
  if (props.objectives?.length && !props.services?.length) {
    throw new PropError(scope, {
      prop: 'objectives',
      value: props.objectives.length,
      expected: 'none without services: an objective is what a service promises',
      fix: 'name the services in services, or take the objectives out',
    });
  }
}

/** By construct, or by a name that means the same in every stack. Imported twice by the same ARN it is one, too. */
export function sharesLoadBalancer(scope: IConstruct, one: ServiceSignals, other: ServiceSignals): boolean {
  const [name, otherName] = [one, other].map(({ loadBalancerFullName }) =>
    JSON.stringify(Stack.of(scope).resolve(loadBalancerFullName)),
  );
  return (
    one.loadBalancerFullName === other.loadBalancerFullName ||
    (one.loadBalancer !== undefined && one.loadBalancer === other.loadBalancer) ||
    // Logical ids are those of one stack alone.
    (name === otherName && !/"(Ref|Fn::GetAtt)"/.test(name))
  );
}

function checkSources(
  scope: IConstruct,
  { services = [], databases = [], caches = [] }: GoldenSignalAlarmsProps,
): void {
  const sources = [...services, ...databases, ...caches].map(({ signals }) => signals.source);
  if (sources.length === 0) {
    throw new PropError(scope, {
      prop: 'services',
      value: [],
      expected: 'at least one service, database or cache',
      fix: 'name what is watched in services, databases or caches',
    });
  }
  const twice = sources.find((source, index) => sources.indexOf(source) !== index);
  if (twice !== undefined) {
    throw new PropError(scope, {
      prop: 'services, databases, caches',
      value: twice.node.path,
      expected: 'each source once',
      fix: 'name it once',
    });
  }
  const { account, region } = Stack.of(scope);
  const elsewhere = [...sources, ...loadBalancersOf(services)].find((source) =>
    liesElsewhere(environmentOf(source), { account, region }),
  );
  if (elsewhere !== undefined) {
    throw new PropError(scope, {
      prop: 'services, databases, caches',
      value: elsewhere.node.path,
      expected: `sources of account ${account} and region ${region}: an alarm sees no others`,
      fix: 'make another GoldenSignalAlarms in a stack of that account and region',
    });
  }
}

function loadBalancersOf(services: IMonitoredService[]): IConstruct[] {
  return services.flatMap(({ signals }) => signals.loadBalancer ?? []);
}

/** What is imported lies where its ARN says, whatever the stack is that imports it. */
function environmentOf(source: IConstruct): ResourceEnvironment {
  const { account, region } = Resource.isResource(source) ? (source as unknown as IResource).env : Stack.of(source);
  return { account, region };
}

/** Whether two places are known to differ. */
export function liesElsewhere(one: ResourceEnvironment, other: ResourceEnvironment): boolean {
  return knownToDiffer(one.account, other.account) || knownToDiffer(one.region, other.region);
}

function checkDatabasesAreUsed(scope: IConstruct, { services = [], databases = [] }: GoldenSignalAlarmsProps): void {
  const stores = services.map(({ signals }) => signals.stores);
  if (stores.length === 0 || stores.includes(undefined)) {
    return;
  }
  const unused = databases.find(({ signals }) => !stores.flat().includes(signals.source));
  if (unused !== undefined) {
    throw new PropError(scope, {
      prop: 'databases',
      value: unused.signals.source.node.path,
      expected: `databases that one of the services uses: ${[...new Set(stores.flat())].map((store) => store!.node.path).join(', ') || 'they use none'}`,
      fix: 'give it to a service in backingServices, or watch it by a GoldenSignalAlarms of its own',
    });
  }
}
