/* eslint-disable @typescript-eslint/no-explicit-any -- templates are whatever CloudFormation takes */

/** Properties of a resource, as written in a template or resolved. */
export type Properties = { readonly [name: string]: any };

/** Resource as a template declares it. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Properties;
  readonly DependsOn?: string | string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Parameter of a template. */
export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
}

/** Output of a template. */
export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** Template in JSON, as far as the engine reads it. */
export interface Template {
  readonly Resources?: { readonly [logicalId: string]: TemplateResource };
  readonly Parameters?: { readonly [name: string]: TemplateParameter };
  readonly Conditions?: { readonly [name: string]: any };
  readonly Mappings?: { readonly [name: string]: any };
  readonly Outputs?: { readonly [name: string]: TemplateOutput };
}

/** Fault that CloudFormation reports before it touches a resource. */
export class TemplateError extends Error {}

/** List of a value that may be absent or single. */
export function list<T>(value: T | readonly T[] | undefined): T[] {
  return value === undefined ? [] : ([value].flat() as T[]);
}
