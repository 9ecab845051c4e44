import type { Place } from './physical-ids';
import { list, type Properties } from './template';

/** Resource that exists in an account, whether or not a stack still knows it. */
export interface Resource {
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
  /** Stack that made it. */
  readonly stack: string;
  /** Resolved properties. */
  readonly properties: Properties;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
  /** Number of updates since its creation. */
  readonly updates: number;
  /** Number of the account's operation that made it. */
  readonly bornIn: number;
}

/** Resources of one account and region, for rules to ask. */
export class Existing {
  private asked?: ReadonlySet<Resource>;

  public constructor(
    public readonly place: Place,
    private readonly resources: readonly Resource[],
    private readonly operation: number,
    private readonly written: ReadonlySet<string>,
    /** Resources that no stack knows, for rules that ask at that moment. */
    private readonly orphans: () => readonly Resource[] = () => [],
  ) {}

  /** Tells if no stack knows a resource any more, because it was retained. */
  public isOrphan(resource: Resource): boolean {
    this.asked ??= new Set(this.orphans());
    return this.asked.has(resource);
  }

  /** Tells if a store holds data: it is older than this operation, or a service wrote to it at once. */
  public holdsData({ bornIn, physicalId }: Resource): boolean {
    return bornIn < this.operation || this.written.has(physicalId);
  }

  /** All of some types; all at all without one. */
  public of(...types: string[]): Resource[] {
    return this.resources.filter(({ type }) => types.length === 0 || types.includes(type));
  }

  /** Resource of some types that a resolved Ref names. */
  public named(reference: unknown, ...types: string[]): Resource | undefined {
    return this.of(...types).find(({ physicalId }) => physicalId === reference);
  }

  /** Resources of some types whose properties mention another one. */
  public usersOf(resource: Resource, ...types: string[]): Resource[] {
    return this.of(...types).filter((user) => user !== resource && mentions(user, resource.physicalId));
  }

  /** The same account without one resource. */
  public without(resource: Resource): Existing {
    return new Existing(
      this.place,
      this.resources.filter((other) => other !== resource),
      this.operation,
      this.written,
      this.orphans,
    );
  }
}

/** Properties as text, each written once. */
const TEXTS = new WeakMap<Properties, string>();

function textOf(properties: Properties): string {
  const text = TEXTS.get(properties) ?? JSON.stringify(properties);
  TEXTS.set(properties, text);
  return text;
}

/** Tells if a resource's properties hold an id anywhere, alone or within a longer text. */
export function mentions({ properties }: Resource, id: string): boolean {
  const text = textOf(properties);
  const escaped = id.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.includes(id) && new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`).test(text);
}

/** Value of a key in a list of `{ Key, Value }`, as load balancers keep their attributes. */
export function attributeOf(attributes: unknown, key: string): string | undefined {
  const found = list(attributes as Array<{ Key: string; Value: unknown }>).find(({ Key }) => Key === key);
  return found && String(found.Value);
}
