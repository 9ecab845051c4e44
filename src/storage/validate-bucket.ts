import { Duration, Stack, Token } from 'aws-cdk-lib';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { checkDuration, knownToDiffer, knownToReach } from '../validation/checks';
import { checkGivenKey } from '../validation/given-key';
import { PropError } from '../validation/prop-error';
import type { PurposeSettings } from './bucket-purpose';

/** Refuses what S3 would refuse, and what would make a bucket useless. */
export function validatePurpose(scope: IConstruct, settings: PurposeSettings): void {
  const { retention, restorableFor, archiveAfter, archiveReplacedAfter, origins = [], key } = settings;
  Object.entries({ retention, restorableFor, archiveAfter: archiveAfter ?? archiveReplacedAfter }).forEach(
    ([name, value]) =>
      checkDuration(scope, `purpose.${name}`, value, {
        min: Duration.days(1),
        max: Duration.days(3650),
        whole: 'days',
        fix: 'give Duration.days(n) with a whole n',
      }),
  );
  checkOrder(scope, settings);
  const prop = settings.name === 'files' ? 'purpose.uploadOrigins' : 'purpose.origins';
  origins.forEach((origin) => checkOrigin(scope, prop, origin));
  checkGivenKey(scope, 'purpose.key', key);
}

/** S3 refuses a rule that deletes an object before it moves it. */
function checkOrder(scope: IConstruct, { retention, archiveAfter }: PurposeSettings): void {
  if (knownToReach(archiveAfter, retention)) {
    throw new PropError(scope, {
      prop: 'purpose.retention',
      problem:
        `is ${retention!.toDays()} days, expected more than the ${archiveAfter!.toDays()} days ` +
        'after which an object is moved',
      fix: 'delete files later, or leave archiveAfter out',
    });
  }
}

function checkOrigin(scope: IConstruct, prop: string, origin: string): void {
  if (!Token.isUnresolved(origin) && !/^(https:\/\/[a-z0-9.-]+|http:\/\/localhost)(:\d{1,5})?$/.test(origin)) {
    throw new PropError(scope, {
      prop,
      value: origin,
      expected: 'an origin with https, without path and wildcard, such as https://app.example.com',
      fix: 'name each origin whose pages may use the bucket',
    });
  }
}

/** Bucket that may get access logs. */
interface LogBucket extends IConstruct {
  readonly bucket: IBucket;
  readonly _takesLogs: boolean;
}

/** S3 delivers access logs to a bucket without a key, in the same account and region. */
export function checkAccessLogBucket(scope: IConstruct, logs: LogBucket | undefined): void {
  if (!logs) {
    return;
  }
  const region = Stack.of(scope).region;
  if (!logs._takesLogs || knownToDiffer(logs.bucket.env.region, region)) {
    throw new PropError(scope, {
      prop: 'accessLogBucket',
      value: logs.node.path,
      expected: 'a bucket with BucketPurpose.logs() in the same account and region',
      fix: 'give one, or leave the prop out for a dedicated one',
    });
  }
}
