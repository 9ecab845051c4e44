import type { Existing } from '../resource';
import { list, type Properties } from '../template';
import type { Rules } from './rule';

const SERVICE = 'AWS::ECS::Service';
const TASK = 'AWS::ECS::TaskDefinition';

/** Properties whose update starts a deployment of a service. */
export const DEPLOYS = [
  'ForceNewDeployment',
  'LoadBalancers',
  'NetworkConfiguration',
  'PlatformVersion',
  'ServiceConnectConfiguration',
  'ServiceRegistries',
  'TaskDefinition',
  'VolumeConfigurations',
  'VpcLatticeConfigurations',
];
/**
 * Properties whose update the service accepts only together with a deployment, whatever the API reference says.
 * CloudFormation asks for it.
 */
export const FORCES = ['CapacityProviderStrategy'];
/** Properties whose update does not. */
export const SETTINGS = [
  'AvailabilityZoneRebalancing',
  'DeploymentConfiguration',
  'DesiredCount',
  'EnableECSManagedTags',
  'EnableExecuteCommand',
  'HealthCheckGracePeriodSeconds',
  'PlacementConstraints',
  'PlacementStrategies',
  'PropagateTags',
  'Tags',
];
/** Properties that CloudFormation may change on a service under CodeDeploy. */
const UNDER_CODE_DEPLOY = [
  'AvailabilityZoneRebalancing',
  'DeploymentConfiguration',
  'DesiredCount',
  'EnableECSManagedTags',
  'EnableExecuteCommand',
  'HealthCheckGracePeriodSeconds',
  'PlacementConstraints',
  'PlacementStrategies',
  'PropagateTags',
  'Tags',
];

/** Ports of the containers of a service's task definition, or of the newest one of its family, where that is known. */
function portsOf({ TaskDefinition }: Properties, existing: Existing): number[] | undefined {
  const family = existing.of(TASK).filter(({ properties }) => properties.Family === TaskDefinition);
  const definition = existing.named(TaskDefinition, TASK) ?? family[family.length - 1];
  return (
    definition &&
    list(definition.properties.ContainerDefinitions as Properties[])
      .flatMap(({ PortMappings }) => list(PortMappings as Properties[]))
      .map(({ ContainerPort }) => Number(ContainerPort))
  );
}

/** Names and aliases by which callers reach a service through Service Connect. */
function namesOf({ ServiceConnectConfiguration }: Properties): string[] {
  const names = list(ServiceConnectConfiguration?.Services as Properties[]).flatMap((service) => [
    (service.DiscoveryName ?? service.PortName) as string,
    ...list(service.ClientAliases as Properties[]).flatMap(({ DnsName }) => list(DnsName as string)),
  ]);
  return [...new Set(names)];
}

/** Cloud Map namespace of a service with Service Connect: its own, or the one of its cluster. */
function namespaceOf({ ServiceConnectConfiguration, Cluster }: Properties, existing: Existing): unknown {
  const cluster = existing.named(Cluster, 'AWS::ECS::Cluster');
  return ServiceConnectConfiguration?.Namespace ?? cluster?.properties.ServiceConnectDefaults?.Namespace ?? Cluster;
}

/** Names that a service has in Cloud Map. Aliases of different services may be the same. */
function discoveryNamesOf({ ServiceConnectConfiguration }: Properties): unknown[] {
  return list(ServiceConnectConfiguration?.Services as Properties[]).map(
    ({ DiscoveryName, PortName }) => (DiscoveryName ?? PortName) as unknown,
  );
}

function runsNothing({ DesiredCount }: Properties): boolean {
  return String(DesiredCount) === '0';
}

/** Services and their tasks. */
export const ECS: Rules = {
  refusals: [
    {
      id: 'unique-service-connect-name',
      source:
        'Template reference, "AWS::ECS::Service": a replacement is made first, and a Service Connect name is unique in ' +
        'its namespace',
      types: [SERVICE],
      refuses: ({ resource }, existing) => {
        const names = discoveryNamesOf(resource.properties);
        const namespace = namespaceOf(resource.properties, existing);
        const other = existing
          .of(SERVICE)
          .filter(({ properties }) => namespaceOf(properties, existing) === namespace)
          .find(({ properties }) => discoveryNamesOf(properties).some((name) => names.includes(name)));
        return other && `Service Connect name ${names.join(', ')} is already used by ${other.logicalId}`;
      },
    },
    {
      id: 'service-under-code-deploy',
      source: 'API reference of Amazon ECS, "UpdateService": CODE_DEPLOY deployment controller',
      types: [SERVICE],
      refuses: ({ resource, before }) => {
        const changed = before
          ? Object.keys({ ...before.properties, ...resource.properties }).filter(
            (name) => JSON.stringify(before.properties[name]) !== JSON.stringify(resource.properties[name]),
          )
          : [];
        const refused = changed.filter((name) => !UNDER_CODE_DEPLOY.includes(name));
        return before?.properties.DeploymentController?.Type === 'CODE_DEPLOY' && refused.length > 0
          ? `unable to update ${refused.join(', ')} on services with a CODE_DEPLOY deployment controller`
          : undefined;
      },
    },
    {
      id: 'port-of-the-load-balancer',
      source: 'API reference of Amazon ECS, "LoadBalancer": containerPort corresponds to one of the task definition',
      types: [SERVICE],
      refuses: ({ resource, before }, existing) => {
        const asked = ({ LoadBalancers, TaskDefinition }: Properties) => JSON.stringify([LoadBalancers, TaskDefinition]);
        const ports = portsOf(resource.properties, existing);
        const missing = list(resource.properties.LoadBalancers as Properties[]).find(
          ({ ContainerPort }) => ContainerPort !== undefined && !ports?.includes(Number(ContainerPort)),
        );
        return missing && ports && (!before || asked(before.properties) !== asked(resource.properties))
          ? `the container ${missing.ContainerName} did not have a container port ${missing.ContainerPort} defined`
          : undefined;
      },
    },
  ],
  effects: [
    {
      id: 'capacity-provider-deployment',
      source:
        'Issue pipe-cd/pipecd#6385, message of "UpdateService": a change to a capacity provider strategy must force ' +
        'a new deployment',
      on: ['update'],
      types: [SERVICE],
      properties: FORCES,
      effect: () => ({ verdict: 'rollout', says: 'ECS starts a deployment of the service' }),
    },
    {
      id: 'service-deployment',
      source: 'API reference of Amazon ECS, "UpdateService": parameters that trigger a new service deployment',
      on: ['update'],
      types: [SERVICE],
      properties: DEPLOYS,
      effect: () => ({ verdict: 'rollout', says: 'ECS starts a deployment of the service' }),
    },
    {
      id: 'service-connect-name-removed',
      source:
        'Amazon ECS Developer Guide, "Amazon ECS Service Connect components": only new tasks of clients know new names',
      on: ['update'],
      types: [SERVICE],
      properties: ['ServiceConnectConfiguration'],
      effect: ({ before, after }, running) => {
        const moved = namespaceOf(before!.properties, running) !== namespaceOf(after!.properties, running);
        const kept = moved ? [] : namesOf(after!.properties);
        const removed = namesOf(before!.properties).filter((name) => !kept.includes(name));
        return removed.length > 0
          ? { verdict: 'interruption', says: `callers no longer reach ${removed.join(', ')}` }
          : undefined;
      },
    },
    {
      id: 'namespace-replaced',
      source:
        'Template reference, "AWS::ServiceDiscovery::HttpNamespace": Name requires replacement; Amazon ECS Developer ' +
        'Guide, "Amazon ECS Service Connect components": names resolve within one namespace',
      on: ['replace'],
      types: ['AWS::ServiceDiscovery::HttpNamespace'],
      effect: ({ logicalId }) => ({
        verdict: 'interruption',
        says: `services in another namespace than ${logicalId} do not find each other until all of them are deployed`,
      }),
    },
    {
      id: 'service-without-tasks',
      source: 'API reference of Amazon ECS, "UpdateService": desiredCount',
      on: ['update'],
      types: [SERVICE],
      properties: ['DesiredCount'],
      effect: ({ before, after }) =>
        runsNothing(after!.properties) && !runsNothing(before!.properties)
          ? { verdict: 'interruption', says: 'all its tasks are stopped' }
          : undefined,
    },
    {
      id: 'service-settings',
      source: 'API reference of Amazon ECS, "UpdateService": parameters that do not trigger a new service deployment',
      on: ['update'],
      types: [SERVICE],
      properties: SETTINGS,
      effect: () => ({ verdict: 'in place', says: 'tasks keep running' }),
    },
    {
      id: 'service-replaced',
      source:
        'Template reference, "AWS::ECS::Service": ServiceName, Cluster and DeploymentController require replacement',
      on: ['replace'],
      types: [SERVICE, 'AWS::ECS::Cluster'],
      effect: ({ logicalId }) => ({
        verdict: 'interruption',
        says: `${logicalId} starts anew: its name, weights, scaling and releases are those of the template`,
      }),
    },
    {
      id: 'service-removed',
      source: 'API reference of Amazon ECS, "DeleteService"',
      on: ['delete'],
      types: [SERVICE, 'AWS::ECS::Cluster'],
      effect: ({ logicalId }) => ({ verdict: 'interruption', says: `tasks of ${logicalId} are stopped` }),
    },
    {
      id: 'revision-registered',
      source: 'Template reference, "AWS::ECS::TaskDefinition": update requires replacement',
      on: ['replace'],
      types: [TASK],
      effect: ({ before, after }) =>
        before!.properties.Family === after!.properties.Family
          ? { verdict: 'in place', says: 'a new revision of the family, which only a deployment brings into service' }
          : undefined,
    },
    {
      id: 'family-changed',
      source: 'Amazon ECS Developer Guide, "Task definition parameters": Family',
      on: ['replace'],
      types: [TASK],
      effect: ({ before, after }) =>
        before!.properties.Family !== after!.properties.Family
          ? {
            verdict: 'rollout',
            says: 'a new family begins with the image of the template, and releases know only the old one',
          }
          : undefined,
    },
    {
      id: 'revision-removed',
      source: 'Amazon ECS Developer Guide, "Deregister a task definition revision": running tasks are not affected',
      on: ['update', 'delete'],
      types: [TASK],
      effect: () => ({ verdict: 'in place', says: 'running tasks are not affected' }),
    },
  ],
};
