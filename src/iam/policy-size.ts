import { PolicyDocument, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { longestText } from './longest-text';

/**
 * Characters of a policy of some statements, as the quotas of IAM count them.
 *
 * Names are resolved, and white space is not counted. The statements are copied, because a document freezes what it has
 * written.
 */
export function policySize(scope: IConstruct, statements: readonly PolicyStatement[]): number {
  return documentSize(scope, new PolicyDocument({ statements: statements.map((statement) => statement.copy()) }));
}

/** Characters of a policy document, as the quotas of IAM count them. */
export function documentSize(scope: IConstruct, document: PolicyDocument): number {
  return JSON.stringify(longestText(scope, document)).replace(/\s/g, '').length;
}
