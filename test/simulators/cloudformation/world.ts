import type { Status } from './outcome';
import { physicalId, type Place } from './physical-ids';
import { attributeOf, Existing, type Resource } from './resource';
import type { Properties, Template, TemplateResource } from './template';

/** Stack as CloudFormation keeps it. */
export interface Stack {
  readonly name: string;
  status: Status;
  template: Template;
  /** Values of its parameters, as they were given: those of type `AWS::SSM::Parameter::Value` are names. */
  parameters: { readonly [name: string]: unknown };
  /** Resources by logical id. */
  resources: Map<string, Resource>;
  outputs: { readonly [name: string]: unknown };
  /** Values by export name. */
  exports: { readonly [name: string]: unknown };
  /** Names of other stacks' exports that it uses. */
  imports: ReadonlySet<string>;
}

/** Everything that exists in an account and region: resources, stacks and counters. */
export class World {
  public resources: Resource[] = [];
  public stacks = new Map<string, Stack>();
  public operation = 0;
  /** Physical ids of buckets that hold an object. */
  private written = new Set<string>();
  private serial = 0;

  public constructor(
    public readonly place: Place,
    /** Availability Zones with a default subnet, which Fn::GetAZs returns. */
    public readonly zones: readonly string[],
    /** Values in the Parameter Store that no stack made, or that somebody has written over those of a stack. */
    public parameterStore: { readonly [name: string]: string },
  ) {}

  public get existing(): Existing {
    return new Existing(this.place, this.resources, this.operation, new Set(this.written), () => this.orphans);
  }

  /** Resources that no stack knows. */
  public get orphans(): Resource[] {
    const known = new Set([...this.stacks.values()].flatMap(({ resources }) => [...resources.values()]));
    return this.resources.filter((resource) => !known.has(resource));
  }

  /** A resource not yet made, with the id that it will have. */
  public draft(stack: string, logicalId: string, declared: TemplateResource, properties: Properties): Resource {
    this.serial++;
    const id = physicalId(this.place, stack, logicalId, declared.Type, properties, this.serial);
    return {
      type: declared.Type,
      logicalId,
      physicalId: id,
      stack,
      properties,
      updates: 0,
      bornIn: this.operation,
      deletionPolicy: declared.DeletionPolicy,
      updateReplacePolicy: declared.UpdateReplacePolicy,
    };
  }

  public add(resource: Resource): void {
    this.resources = [...this.resources, resource];
    this.write(resource);
  }

  public remove(resource: Resource): void {
    this.resources = this.resources.filter((other) => other !== resource);
    this.forgetValueOf(resource);
    this.disassociate(resource);
  }

  /** Puts the changed form of a resource into its place. */
  public change(before: Resource, after: Resource): void {
    this.resources = this.resources.map((other) => (other === before ? after : other));
    this.write(after);
    if (after.updates > before.updates) {
      this.forgetValueOf(after);
    }
  }

  /** An independent copy, so that several futures can be tried from one state. */
  public copy(): World {
    const copy = new World(this.place, this.zones, this.parameterStore);
    copy.resources = [...this.resources];
    copy.stacks = new Map([...this.stacks].map(([name, stack]) => [name, { ...stack }]));
    copy.operation = this.operation;
    copy.serial = this.serial;
    copy.written = new Set(this.written);
    return copy;
  }

  /** Each update of a parameter writes the value of the template, and a deletion ends whatever was written. */
  private forgetValueOf({ type, properties }: Resource): void {
    if (type === 'AWS::SSM::Parameter') {
      this.parameterStore = Object.fromEntries(
        Object.entries(this.parameterStore).filter(([name]) => name !== properties.Name),
      );
    }
  }

  /**
   * The deletion of an association names the resource, so that it ends whichever association the resource has.
   * Source: API reference of AWS WAF, "DisassociateWebACL".
   */
  private disassociate({ type, properties }: Resource): void {
    if (type === 'AWS::WAFv2::WebACLAssociation') {
      this.resources = this.resources.filter(
        (other) => other.type !== type || other.properties.ResourceArn !== properties.ResourceArn,
      );
    }
  }

  /**
   * Elastic Load Balancing writes a test object when logs are switched on.
   * Source: User Guide for Application Load Balancers, "Enable access logs".
   */
  private write({ type, properties }: Resource): void {
    const bucket = attributeOf(properties.LoadBalancerAttributes, 'access_logs.s3.bucket');
    if (type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' && bucket) {
      this.written.add(bucket);
    }
  }
}
