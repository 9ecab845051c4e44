import type { IConstruct } from 'constructs';
import { prefixListId } from '../../network/endpoints/managed-prefix-list';

/**
 * Ids of the AWS-managed prefix list com.amazonaws.global.cloudfront.origin-facing by region.
 *
 * `aws ec2 describe-managed-prefix-lists` prints them. A lookup at synthesis would need credentials. The table holds
 * regions that two independent sources confirm. Other regions need the prop.
 */
const ORIGIN_FACING: { [region: string]: string } = {
  'us-east-1': 'pl-3b927c52',
  'us-east-2': 'pl-b6a144df',
  'us-west-1': 'pl-4ea04527',
  'us-west-2': 'pl-82a045eb',
  'ca-central-1': 'pl-38a64351',
  'sa-east-1': 'pl-5da64334',
  'eu-central-1': 'pl-a3a144ca',
  'eu-west-1': 'pl-4fa04526',
  'eu-west-2': 'pl-93a247fa',
  'eu-west-3': 'pl-75b1541c',
  'eu-north-1': 'pl-fab65393',
  'ap-south-1': 'pl-9aa247f3',
  'ap-northeast-1': 'pl-58a04531',
  'ap-northeast-2': 'pl-22a6434b',
  'ap-northeast-3': 'pl-31a14458',
  'ap-southeast-1': 'pl-31a34658',
  'ap-southeast-2': 'pl-b8a742d1',
};

/** Number of rules that the prefix list counts as. A security group has 60, enough for one port. */
export const RULES_OF_CLOUDFRONT = 55;

/** Id of CloudFront's origin-facing prefix list in the region of a scope. */
export function cloudFrontPrefixListId(scope: IConstruct, given: string | undefined): string {
  return prefixListId(
    scope,
    {
      name: 'com.amazonaws.global.cloudfront.origin-facing',
      ids: ORIGIN_FACING,
      prop: 'ingress.prefixListId',
      fix: 'pass Ingress.cloudFront the id that `aws ec2 describe-managed-prefix-lists` prints',
    },
    given,
  );
}
