import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** One acknowledgement that a construct makes. */
export interface Acknowledged { readonly path: string; readonly construct: string; readonly finding: string; readonly reason: string }

/** Every acknowledgement in a tree, in the order of the tree. */
export function acknowledgementsIn(root: IConstruct): Acknowledged[] {
  return root.node.findAll().flatMap((construct) => construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as { [finding: string]: string }).map(([finding, reason]) => ({
      path: construct.node.path, construct: owner(construct), finding: finding.replace(/^annotation::/i, ''), reason,
    }))));
}

/** The construct of this library that a construct belongs to, and the way from there: `ProductionWebService/Task/Definition`. */
function owner(construct: IConstruct): string {
  const scopes = construct.node.scopes.slice(construct.node.scopes.findIndex((scope) => Stack.isStack(scope)) + 1);
  return [scopes[0].constructor.name, ...scopes.slice(1).map(({ node }) => node.id)].join('/');
}
