/* eslint-disable @typescript-eslint/no-explicit-any -- templates are whatever CloudFormation takes */

/** A resource as it stands in a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly [name: string]: any };
  readonly DependsOn?: string | string[];
}

/** A synthesized template. */
export interface TemplateJson {
  readonly Resources?: { readonly [id: string]: TemplateResource };
}

/** What AWS enforces, or punishes, and no validator of templates sees. */
export interface DeployRule {
  readonly id: string;
  /** What happens on AWS where it is broken. */
  readonly why: string;
  /** What breaks it, each beginning with a logical id. */
  check(template: TemplateJson): string[];
}

/** A resource with its id and properties, the latter never undefined. */
export interface Found { readonly id: string; readonly p: { readonly [name: string]: any }; readonly resource: TemplateResource }

/** All resources of some types. */
export function resources(template: TemplateJson, ...types: string[]): Found[] {
  return Object.entries(template.Resources ?? {})
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, resource]) => ({ id, p: resource.Properties ?? {}, resource }));
}

/** The resource of a type that a value refers to, where it is of the same template. */
export function referred(template: TemplateJson, value: any, ...types: string[]): Found | undefined {
  const attribute = value?.['Fn::GetAtt'];
  const id: unknown = value?.Ref ?? (Array.isArray(attribute) ? attribute[0] : attribute?.split('.')[0]);
  return resources(template, ...types).find((found) => found.id === id);
}

/** Whether a value holds a reference to a resource anywhere. */
export function mentions(value: any, id: string): boolean {
  return JSON.stringify(value ?? null).includes(`"${id}"`);
}

export function list(value: any): any[] {
  return value === undefined ? [] : [value].flat();
}

/** Whether a policy lets a service do anything. */
export function admits(policyDocument: any, service: RegExp): boolean {
  return list(policyDocument?.Statement).some(({ Effect, Principal }) => Effect === 'Allow' && service.test(JSON.stringify(Principal?.Service ?? '')));
}

/** Values that stand more than once. */
export function repeated(values: string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}

/** Policies of a role that a resource is not made after. */
export function lateFor(template: TemplateJson, user: Found, role: unknown): Found[] {
  const named = referred(template, role, 'AWS::IAM::Role');
  const policies = named ? resources(template, 'AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy').filter(({ p }) => mentions(p.Roles, named.id)) : [];
  return policies.filter(({ id }) => !list(user.resource.DependsOn).includes(id));
}
