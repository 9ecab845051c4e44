import { Token } from 'aws-cdk-lib';

/** Identifier in lower case, as RDS, ElastiCache and CloudWatch store it. A token already resolves to that. */
export function asStored(identifier: string): string {
  return Token.isUnresolved(identifier) ? identifier : identifier.toLowerCase();
}
