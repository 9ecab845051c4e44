import type { Properties } from '../template';
import { type Case, changed, created, removed, resource } from './case';

const service = (properties: Properties = {}) =>
  resource('AWS::ECS::Service', { Cluster: 'main', TaskDefinition: 'shop:1', DesiredCount: 2, ...properties });
const task = (properties: Properties = {}) =>
  resource('AWS::ECS::TaskDefinition', {
    Family: 'shop',
    ContainerDefinitions: [{ Name: 'web', Image: 'shop:1' }],
    ...properties,
  });
const CODE_DEPLOY = { DeploymentController: { Type: 'CODE_DEPLOY' } };

const listening = (...ports: number[]) =>
  task({
    ContainerDefinitions: [
      { Name: 'web', Image: 'shop:1', PortMappings: ports.map((ContainerPort) => ({ ContainerPort })) },
    ],
  });
const reached = (ContainerPort: number, properties: Properties = {}) =>
  service({
    TaskDefinition: { Ref: 'Task' },
    LoadBalancers: [{ ContainerName: 'web', ContainerPort, TargetGroupArn: 'blue' }],
    ...properties,
  });
const inSubnets = (...Subnets: string[]) => ({ NetworkConfiguration: { AwsvpcConfiguration: { Subnets } } });
const connected = (DnsName: string, Namespace = 'shop') => ({
  Enabled: true,
  Namespace,
  Services: [{ PortName: 'web', DiscoveryName: DnsName, ClientAliases: [{ DnsName, Port: 4000 }] }],
});

/** Documented behaviour of Amazon ECS. */
export const ECS_CASES: readonly Case[] = [
  changed(
    'service-without-tasks',
    'interruption',
    'no desired task is no service',
    service(),
    service({ DesiredCount: 0 }),
  ),
  changed(
    'service-under-code-deploy',
    'refused by AWS',
    'a service of CodeDeploy gets the subnet of another zone from its deployments alone',
    service({ ...CODE_DEPLOY, ...inSubnets('subnet-1', 'subnet-2') }),
    service({ ...CODE_DEPLOY, ...inSubnets('subnet-1', 'subnet-2', 'subnet-3') }),
  ),
  created(
    'port-of-the-load-balancer',
    'refused by AWS',
    'a load balancer reaches a port that the task definition maps',
    reached(8080),
    { Task: listening(3000) },
  ),
  changed(
    'port-of-the-load-balancer',
    'refused by AWS',
    "a service that names its family moves to no port that the family's newest revision lacks",
    reached(3000, { TaskDefinition: 'shop' }),
    reached(8080, { TaskDefinition: 'shop' }),
    { Task: listening(3000) },
  ),
  changed(
    'service-under-code-deploy',
    'refused by AWS',
    'CloudFormation cannot give a task definition to a service of CodeDeploy',
    service(CODE_DEPLOY),
    service({ ...CODE_DEPLOY, TaskDefinition: 'shop:2' }),
  ),
  changed(
    'service-deployment',
    'rollout',
    'another task definition starts a deployment',
    service(),
    service({ TaskDefinition: 'shop:2' }),
  ),
  changed(
    'service-deployment',
    'rollout',
    'a new revision of the task definition that a service refers to starts a deployment',
    task(),
    task({ ContainerDefinitions: [{ Name: 'web', Image: 'shop:2' }] }),
    { Service: service({ TaskDefinition: { Ref: 'Subject' } }) },
  ),
  changed(
    'service-connect-name-removed',
    'interruption',
    'callers know the former name of a service until their own deployment',
    service({ ServiceConnectConfiguration: connected('api') }),
    service({ ServiceConnectConfiguration: connected('orders') }),
  ),
  changed(
    'service-connect-name-removed',
    'interruption',
    'a service without Service Connect has no name',
    service({ ServiceConnectConfiguration: connected('api') }),
    service(),
  ),
  changed(
    'service-deployment',
    'rollout',
    'a service that gets a name interrupts nobody',
    service(),
    service({ ServiceConnectConfiguration: connected('api') }),
  ),
  changed(
    'service-connect-name-removed',
    'interruption',
    'a name is known in one namespace',
    service({ ServiceConnectConfiguration: connected('api') }),
    service({ ServiceConnectConfiguration: connected('api', 'store') }),
  ),
  changed(
    'unique-service-connect-name',
    'refused by AWS',
    'a service with a name cannot be replaced, because its successor is made first',
    service({ ServiceName: 'shop', ServiceConnectConfiguration: connected('api') }),
    service({ ServiceName: 'store', ServiceConnectConfiguration: connected('api') }),
  ),
  created(
    'unique-service-connect-name',
    'refused by AWS',
    'two services of a namespace have different names',
    service({ ServiceConnectConfiguration: connected('api') }),
    { Other: service({ ServiceConnectConfiguration: connected('api') }) },
  ),
  changed(
    'namespace-replaced',
    'interruption',
    'a namespace of another name is another one',
    resource('AWS::ServiceDiscovery::HttpNamespace', { Name: 'shop' }),
    resource('AWS::ServiceDiscovery::HttpNamespace', { Name: 'store' }),
  ),
  changed(
    'capacity-provider-deployment',
    'rollout',
    'another share of Spot moves tasks by a deployment',
    service({ CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] }),
    service({ CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 2 }] }),
  ),
  changed(
    'service-settings',
    'in place',
    'another number of tasks starts no deployment',
    service(),
    service({ DesiredCount: 3 }),
  ),
  changed(
    'service-replaced',
    'interruption',
    'a service of another name is another service',
    service({ ServiceName: 'shop' }),
    service({ ServiceName: 'store' }),
  ),
  removed('service-removed', 'interruption', 'tasks of a removed service are stopped', service()),
  changed(
    'revision-registered',
    'in place',
    'a revision that no service refers to changes nothing',
    task(),
    task({ ContainerDefinitions: [{ Name: 'web', Image: 'shop:2' }] }),
  ),
  changed(
    'family-changed',
    'rollout',
    'another family begins with its first revision',
    task(),
    task({ Family: 'store' }),
  ),
  removed('revision-removed', 'in place', 'tasks of a deregistered revision keep running', task()),
];
