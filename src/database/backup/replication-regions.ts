/**
 * Regions to which RDS replicates automated backups, by the region of the instance.
 *
 * Source: Amazon RDS User Guide, "Replicating automated backups to another AWS Region", as read on 2026-11-30.
 * `aws rds describe-source-regions --region DESTINATION` says the same of an account.
 */
const DESTINATIONS: { readonly [source: string]: string } = {
  'af-south-1': 'eu-central-1 eu-west-1 eu-west-2',
  'ap-east-1': 'ap-northeast-1 ap-southeast-1',
  'ap-northeast-1': 'ap-east-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 us-east-1 us-east-2 us-west-2',
  'ap-northeast-2': 'ap-northeast-1 ap-southeast-1 us-east-1 us-east-2 us-west-2',
  'ap-northeast-3': 'ap-northeast-1',
  'ap-south-1': 'ap-south-2 ap-southeast-1 us-east-1 us-east-2 us-west-2',
  'ap-south-2': 'ap-south-1',
  'ap-southeast-1':
    'ap-east-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-2 ap-southeast-5 us-east-1 us-east-2 ' +
    'us-west-2',
  'ap-southeast-2': 'ap-southeast-1 ap-southeast-4 us-east-1 us-west-1 us-west-2',
  'ap-southeast-3': 'ap-southeast-1 ap-southeast-5',
  'ap-southeast-4': 'ap-southeast-2',
  'ap-southeast-5': 'ap-southeast-1',
  'ca-central-1': 'ca-west-1 eu-west-1 us-east-1 us-east-2 us-west-1 us-west-2',
  'ca-west-1': 'ca-central-1',
  'cn-north-1': 'cn-northwest-1',
  'cn-northwest-1': 'cn-north-1',
  'eu-central-1': 'af-south-1 eu-central-2 eu-north-1 eu-west-1 eu-west-2 eu-west-3 us-east-1 us-east-2 us-west-2',
  'eu-central-2': 'eu-central-1 eu-west-1',
  'eu-north-1': 'eu-central-1 eu-west-1 eu-west-2 eu-west-3 us-east-1',
  'eu-south-1': 'eu-central-1',
  'eu-south-2': 'eu-west-1 eu-west-3',
  'eu-west-1':
    'af-south-1 ca-central-1 eu-central-1 eu-central-2 eu-north-1 eu-west-2 eu-west-3 us-east-1 ' +
    'us-east-2 us-west-1 us-west-2',
  'eu-west-2': 'af-south-1 eu-central-1 eu-north-1 eu-west-1 eu-west-3 us-east-1',
  'eu-west-3': 'eu-central-1 eu-north-1 eu-west-1 eu-west-2 us-east-1',
  'il-central-1': 'eu-west-1',
  'me-central-1': 'eu-central-1',
  'sa-east-1': 'us-east-1 us-east-2',
  'us-east-1':
    'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-north-1 ' +
    'eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-2 us-west-1 us-west-2',
  'us-east-2':
    'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ca-central-1 eu-central-1 eu-west-1 sa-east-1 ' +
    'us-east-1 us-west-1 us-west-2',
  'us-gov-east-1': 'us-gov-west-1',
  'us-gov-west-1': 'us-gov-east-1',
  'us-west-1': 'ap-southeast-2 ca-central-1 eu-west-1 us-east-1 us-east-2 us-west-2',
  'us-west-2':
    'ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 eu-west-1 ' +
    'us-east-1 us-east-2 us-west-1',
};

/** Regions to which the backups of a region can be replicated. */
export function replicationRegions(source: string): string[] {
  return DESTINATIONS[source]?.split(' ') ?? [];
}
