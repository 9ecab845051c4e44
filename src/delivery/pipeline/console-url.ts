import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';

const DOMAINS: { [partition: string]: string } = {
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Address of a page of the console, in the scope's region and its partition; that of most accounts where the region is not known. */
export function consoleAddress(scope: IConstruct, service: string, page: string): string {
  const { region } = Stack.of(scope);
  const partition = Token.isUnresolved(region) ? undefined : RegionInfo.get(region).partition;
  return `https://${region}.${DOMAINS[partition ?? ''] ?? 'console.aws.amazon.com'}/${service}?region=${region}${page}`;
}
