import { type DeployRule, type Found, lateFor, list, referred, resources, type TemplateJson } from './template-json';

interface Container { readonly id: string; readonly c: { readonly [name: string]: any } } // eslint-disable-line @typescript-eslint/no-explicit-any

function containers(template: TemplateJson): Container[] {
  return resources(template, 'AWS::ECS::TaskDefinition').flatMap(({ id, p }) => list(p.ContainerDefinitions).map((c) => ({ id: `${id} ${c.Name}`, c })));
}

/** Containers that are root by their nature (docs/service.md has a row for each), and the one that sets up the agent's folders. */
function rootByNature({ FirelensConfiguration, Name }: Container['c']): boolean {
  return FirelensConfiguration !== undefined || /^datadog-agent(-folders)?$/.test(Name);
}

function named({ id }: { id: string }): string {
  return id;
}

/** Services that shift traffic between two target groups. */
function shifting(template: TemplateJson): Found[] {
  return resources(template, 'AWS::ECS::Service').filter(({ p }) => ['BLUE_GREEN', 'LINEAR', 'CANARY'].includes(p.DeploymentConfiguration?.Strategy));
}

function lacksAGroup(template: TemplateJson, { p }: Found): boolean {
  return list(p.LoadBalancers).some(({ TargetGroupArn, AdvancedConfiguration: advanced }) => {
    const rule = referred(template, advanced?.ProductionListenerRule, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    const inRule = JSON.stringify(rule?.p.Actions ?? '');
    return rule !== undefined && [TargetGroupArn, advanced.AlternateTargetGroupArn].some((group) => !inRule.includes(JSON.stringify(group)));
  });
}

function tmpfsMiB(definition: Found): number {
  const mounts = list(definition.p.ContainerDefinitions).flatMap(({ LinuxParameters }) => list(LinuxParameters?.Tmpfs));
  return mounts.reduce((sum: number, { Size }) => sum + Number(Size), 0);
}

/** The paths of the ECS Exec agent stay root's, as whom it runs. */
function writableBy(user: string, { ContainerPath: path, MountOptions: options }: { ContainerPath?: string; MountOptions?: string[] }): boolean {
  const ofRoot = /^\/var\/(lib|log)\/amazon$/.test(path ?? '');
  return ofRoot || list(options).some((option) => option === `uid=${user.split(':')[0]}` || option === 'mode=1777');
}

export const SERVICE_RULES: DeployRule[] = [
  {
    id: 'both-groups-in-production-rule',
    why: 'ECS rolls the first deployment back when the production rule does not hold both target groups.',
    check: (template) => shifting(template).filter((service) => lacksAGroup(template, service)).map(named),
  },
  {
    id: 'bake-time-is-set',
    why: 'Without a bake time CloudFormation waits its documented 36 hours, and rejects what takes longer than 33.',
    check: (template) => shifting(template).filter(({ p }) => p.DeploymentConfiguration.BakeTimeInMinutes === undefined).map(named),
  },
  {
    id: 'full-strength-during-deployment',
    why: 'Below 100 ECS stops running tasks before new ones serve: the default of 50 halves a service in each deployment.',
    check: (template) => resources(template, 'AWS::ECS::Service').filter(({ p }) => p.DeploymentConfiguration?.MinimumHealthyPercent !== 100).map(named),
  },
  {
    id: 'container-user',
    why: 'A container without a user runs as whatever the image says, mostly root (ECS.20).',
    check: (template) => containers(template).filter(({ c }) => !c.User || (/^(root|0)(:|$)/.test(c.User) && !rootByNature(c))).map(named),
  },
  {
    id: 'container-read-only',
    why: 'A writable root file system keeps what an intruder writes (ECS.5).',
    check: (template) => containers(template).filter(({ c }) => c.ReadonlyRootFilesystem !== true).map(named),
  },
  {
    id: 'container-log',
    why: 'A container without a log configuration fails without a word (ECS.9).',
    check: (template) => containers(template).filter(({ c }) => c.LogConfiguration === undefined).map(named),
  },
  {
    id: 'tmpfs-within-memory',
    why: 'What is mounted as tmpfs counts as memory of the task: when it fills up the task is killed.',
    check: (template) => resources(template, 'AWS::ECS::TaskDefinition').filter((definition) => tmpfsMiB(definition) >= Number(definition.p.Memory)).map(named),
  },
  {
    id: 'tmpfs-of-its-user',
    why: 'What is mounted as tmpfs belongs to root: a container of another user can not write to it, unless its options name the owner or a mode for all.',
    check: (template) => containers(template)
      .filter(({ c }) => !/^(root|0)(:|$)/.test(c.User ?? 'root') && list(c.LinuxParameters?.Tmpfs).some((mount) => !writableBy(c.User, mount)))
      .map(named),
  },
  {
    id: 'task-roles-before-tasks',
    why: 'A role is made before its policies: tasks that do not wait for them start without permissions, and the circuit breaker takes the first deployment back.',
    check: (template) => resources(template, 'AWS::ECS::TaskDefinition').flatMap((definition) => [definition.p.TaskRoleArn, definition.p.ExecutionRoleArn]
      .flatMap((role) => lateFor(template, definition, role))
      .filter(({ id }) => !resources(template, 'AWS::ECS::Service').some(({ resource }) => list(resource.DependsOn).includes(id)))
      .map(({ id }) => `${definition.id} does not wait for ${id}`)),
  },
  {
    id: 'released-parameter-untagged',
    why: 'Any update of an SSM parameter, of a tag too, writes the template\'s value over what was released.',
    check: (template) => resources(template, 'AWS::SSM::Parameter').filter(({ p }) => p.Tags !== undefined && /\/released\//.test(JSON.stringify(p.Name ?? ''))).map(named),
  },
];
