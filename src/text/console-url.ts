import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

const DOMAINS = new Map([
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
]);
const DEFAULT_DOMAIN = 'console.aws.amazon.com';

/** URL of a console page in the region of the scope. The partition is the commercial one if the region is a token. */
export function consoleUrl(scope: IConstruct, service: string, page: string): string {
  const { region } = Stack.of(scope);
  const partition = Token.isUnresolved(region) ? undefined : RegionInfo.get(region).partition;
  return `https://${region}.${DOMAINS.get(partition ?? '') ?? DEFAULT_DOMAIN}/${service}?region=${region}${page}`;
}
