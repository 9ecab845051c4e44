import type { IConstruct } from 'constructs';
import { prefixListId } from './managed-prefix-list';

/**
 * AWS-managed prefix list of S3 by region, as `aws ec2 describe-managed-prefix-lists` prints it.
 *
 * A look-up at synthesis would need credentials. The table lacks regions whose id two independent sources could not
 * confirm.
 */
const S3_PREFIX_LISTS: { [region: string]: string } = {
  'us-east-1': 'pl-63a5400a',
  'us-east-2': 'pl-7ba54012',
  'us-west-1': 'pl-6ba54002',
  'us-west-2': 'pl-68a54001',
  'ca-central-1': 'pl-7da54014',
  'sa-east-1': 'pl-6aa54003',
  'eu-central-1': 'pl-6ea54007',
  'eu-west-1': 'pl-6da54004',
  'eu-west-2': 'pl-7ca54015',
  'eu-west-3': 'pl-23ad484a',
  'eu-north-1': 'pl-c3aa4faa',
  'ap-south-1': 'pl-78a54011',
  'ap-northeast-1': 'pl-61a54008',
  'ap-northeast-2': 'pl-78a54011',
  'ap-northeast-3': 'pl-a4a540cd',
  'ap-southeast-1': 'pl-6fa54006',
  'ap-southeast-2': 'pl-6ca54005',
};

/** Id of the prefix list of S3 in the region of a scope. */
export function s3PrefixListId(scope: IConstruct, given: string | undefined): string {
  return prefixListId(
    scope,
    {
      name: 'com.amazonaws.REGION.s3',
      ids: S3_PREFIX_LISTS,
      prop: 's3PrefixListId',
      fix: 'set env.region on the stack, or give the id that `aws ec2 describe-managed-prefix-lists` prints',
    },
    given,
  );
}
