import { list, type Template, TemplateError, type TemplateResource } from './template';

/**
 * Order of a template's resources, by references and DependsOn.
 * Both branches of an Fn::If count as references, as CloudFormation counts them.
 * Source: CloudFormation User Guide, "DependsOn attribute".
 */
export class Graph {
  /** Graph of a template, made once. A template never changes. */
  public static of(template: Template): Graph {
    const graph = MADE.get(template) ?? new Graph(template);
    MADE.set(template, graph);
    return graph;
  }

  /** Logical ids, each after all that it depends on, otherwise in the template's order. */
  public readonly order: readonly string[];
  private readonly direct: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly all = new Map<string, ReadonlySet<string>>();

  private constructor(template: Template) {
    const resources = template.Resources ?? {};
    this.direct = new Map(Object.entries(resources).map(([id, resource]) => [id, dependencies(resource, resources)]));
    this.order = this.sorted();
  }

  /** Tells if one resource waits for another, directly or by a chain. */
  public waitsFor(id: string, other: string): boolean {
    return this.ancestors(id).has(other);
  }

  /** Order in which one resource comes as late as its dependents allow. */
  public withLast(ids: readonly string[]): string[] {
    const late = (id: string) => ids.some((last) => id === last || this.waitsFor(id, last));
    return [...this.order.filter((id) => !late(id)), ...this.order.filter(late)];
  }

  private ancestors(id: string): ReadonlySet<string> {
    const known = this.all.get(id);
    if (known) {
      return known;
    }
    const found = new Set(
      [...(this.direct.get(id) ?? [])].flatMap((dependency) => [dependency, ...this.ancestors(dependency)]),
    );
    this.all.set(id, found);
    return found;
  }

  private sorted(): string[] {
    const done = new Set<string>();
    const open = new Set<string>();
    const visit = (id: string) => {
      if (done.has(id)) {
        return;
      }
      if (open.has(id)) {
        throw new TemplateError(`Circular dependency between resources: ${[...open].join(', ')}`);
      }
      open.add(id);
      this.direct.get(id)!.forEach(visit);
      open.delete(id);
      done.add(id);
    };
    [...this.direct.keys()].forEach(visit);
    return [...done];
  }
}

const MADE = new WeakMap<Template, Graph>();

function dependencies(resource: TemplateResource, resources: NonNullable<Template['Resources']>): Set<string> {
  return new Set([...list(resource.DependsOn), ...references(resource.Properties)].filter((id) => id in resources));
}

/** Names that a value refers to: resources, parameters and pseudo parameters. */
export function references(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap(references);
  }
  if (value === null || typeof value !== 'object') {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'Ref') {
      return [String(inner)];
    }
    if (key === 'Fn::GetAtt') {
      return [Array.isArray(inner) ? String(inner[0]) : String(inner).split('.')[0]];
    }
    if (key === 'Fn::Sub') {
      return ofSub(inner);
    }
    return references(inner);
  });
}

function ofSub(argument: unknown): string[] {
  const [text, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [
    string,
    { [name: string]: unknown },
  ];
  const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)]
    .map(([, name]) => name)
    .filter((name) => !(name in variables));
  return [...names.map((name) => name.split('.')[0]), ...references(variables)];
}
