import type { Assembly, AssemblyType, Named, Parameter } from './assembly';

/** Documentation of a type or member, as jsii has it: a member without any inherits that of its interface. */
interface Documented {
  readonly docs?: { readonly summary?: string; readonly default?: string };
}

type Member = Named & Documented;
type Prop = Parameter & Documented;

/** Everything public that has no summary, and every optional prop without a default, one line each. */
export function undocumented(assembly: Assembly): string[] {
  return Object.values(assembly.types).flatMap((type) => [
    ...withoutSummary(type),
    ...(type.datatype ? withoutDefault(type) : []),
  ]);
}

/** The type itself, its properties and methods, and the members of an enum. */
function withoutSummary(type: AssemblyType & Documented): string[] {
  const { members = [] } = type as { readonly members?: Member[] };
  const all: Member[] = [...(type.properties ?? []), ...(type.methods ?? []), ...members];
  return [
    ...(hasSummary(type) ? [] : [`${type.name}: has no summary`]),
    ...all.filter((member) => !hasSummary(member)).map(({ name }) => `${type.name}.${name}: has no summary`),
  ];
}

function withoutDefault(struct: AssemblyType): string[] {
  const props: Prop[] = struct.properties ?? [];
  return props
    .filter(({ optional, docs }) => optional && !docs?.default)
    .map(({ name }) => `${struct.name}.${name}: is optional and has no @default`);
}

function hasSummary({ docs }: Documented): boolean {
  return (docs?.summary ?? '').trim() !== '';
}
