/** As much of a jsii assembly as tells how the library reads in other languages. */
export interface Assembly {
  readonly name: string;
  readonly types: { readonly [fqn: string]: AssemblyType };
}

export interface AssemblyType {
  readonly kind: 'class' | 'enum' | 'interface';
  readonly name: string;
  readonly fqn: string;
  /** Whether it is a struct: passed by value, as keyword arguments, by a builder, as a struct literal. */
  readonly datatype?: boolean;
  readonly interfaces?: string[];
  readonly initializer?: Callable;
  readonly methods?: (Callable & Named)[];
  readonly properties?: Property[];
}

export interface Named { readonly name: string }

export interface Callable {
  readonly parameters?: Parameter[];
  readonly returns?: { readonly type: TypeReference };
}

export interface Parameter extends Named {
  readonly type: TypeReference;
  readonly optional?: boolean;
}

export interface Property extends Parameter {
  readonly immutable?: boolean;
}

export interface TypeReference {
  readonly fqn?: string;
  readonly primitive?: string;
  readonly collection?: { readonly kind: string; readonly elementtype: TypeReference };
  readonly union?: { readonly types: TypeReference[] };
}
