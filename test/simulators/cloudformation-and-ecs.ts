import type { Template } from 'aws-cdk-lib/assertions';

type Properties = { [name: string]: any };

/** One revision of the task definition's family. */
export interface Revision { readonly number: number; readonly image: string; readonly by: 'cdk deploy' | 'release'; active: boolean }

/**
 * As much of CloudFormation and ECS as decides which image serves: parameters and conditions are resolved, a changed task definition is
 * a new revision, a changed service is updated to whatever it names. A family stands for its latest active revision.
 */
export class CloudFormationAndEcs {
  public readonly revisions: Revision[] = [];
  public serving?: Revision;
  public desiredCount: number | undefined;
  public serviceUpdates = 0;
  private deployed?: { task: string; service: string };

  public constructor(public released = 'none') {}

  /** What `cdk deploy` does with a template; with `failsAfterwards` the stack goes back to what was there. */
  public cdkDeploy(template: Template, options: { failsAfterwards?: boolean } = {}): void {
    const before = this.deployed;
    const task = this.resolved(template, 'AWS::ECS::TaskDefinition');
    const service = this.resolved(template, 'AWS::ECS::Service');
    const taskText = JSON.stringify(task);
    const added = this.deployed?.task === taskText ? undefined : this.register(this.imageOf(task), 'cdk deploy');
    const refersToRevision = typeof service.TaskDefinition !== 'string';
    const updates = before?.service !== JSON.stringify(service) || (refersToRevision && added !== undefined);
    this.deployed = { task: taskText, service: JSON.stringify(service) };
    if (updates) {
      this.updateService(service);
    }
    if (options.failsAfterwards) {
      this.deployed = before;
      if (added) {
        added.active = false;
      }
      if (updates) {
        this.updateService(JSON.parse(before!.service));
      }
    }
  }

  /** What a release does: its own revision, the service updated to it, the parameter written when all went well. */
  public release(tag: string, options: { fails?: boolean } = {}): void {
    const revision = this.register(`repository:${tag}`, 'release');
    if (options.fails) {
      revision.active = false;
      return;
    }
    this.serving = revision;
    this.desiredCount ||= 2;
    this.released = tag;
  }

  public get latest(): Revision {
    return this.revisions.filter(({ active }) => active).pop()!;
  }

  private register(image: string, by: Revision['by']): Revision {
    const revision = { number: this.revisions.length + 1, image, by, active: true };
    this.revisions.push(revision);
    return revision;
  }

  private updateService(service: Properties): void {
    this.serviceUpdates++;
    this.desiredCount = service.DesiredCount ?? this.desiredCount ?? 1;
    this.serving = this.desiredCount === 0 ? undefined : this.latest;
  }

  private imageOf(task: Properties): string {
    const [, parts] = task.ContainerDefinitions[0].Image['Fn::Join'] as [string, Array<string | object>];
    const tag = String(parts[parts.length - 1]);
    return `repository:${tag.replace(/^:/, '')}`;
  }

  /** The properties of the only resource of a type, with the released image's parameter and the condition on it resolved. */
  private resolved(template: Template, type: string): Properties {
    const [resource] = Object.values(template.findResources(type));
    const parameters = template.toJSON().Parameters ?? {};
    const conditions = template.toJSON().Conditions ?? {};
    const resolve = (value: any): any => {
      if (Array.isArray(value)) {
        return value.map(resolve).filter((item) => item !== undefined);
      }
      if (value === null || typeof value !== 'object') {
        return value;
      }
      if (parameters[value.Ref]?.Type === 'AWS::SSM::Parameter::Value<String>') {
        return this.released;
      }
      if (value.Ref === 'AWS::NoValue') {
        return undefined;
      }
      if (value['Fn::If']) {
        const [condition, yes, no] = value['Fn::If'];
        const [left, right] = conditions[condition]['Fn::Equals'].map(resolve);
        return resolve(left === right ? yes : no);
      }
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolve(inner)]).filter(([, inner]) => inner !== undefined));
    };
    return resolve(resource.Properties);
  }
}
