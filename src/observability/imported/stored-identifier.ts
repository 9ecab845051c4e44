import { Token } from 'aws-cdk-lib';

/** RDS and ElastiCache keep identifiers in lower case, and CloudWatch knows no others. What only the deployment knows is told as it is kept. */
export function asStored(identifier: string): string {
  return Token.isUnresolved(identifier) ? identifier : identifier.toLowerCase();
}
