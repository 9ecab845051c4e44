import { EventField } from 'aws-cdk-lib/aws-events';
import { Construct, type IConstruct } from 'constructs';
import type { AlertRouting } from './alert-routing';
import { announce } from './announcement';
import { Severity } from './severity';

/** Properties of {@link RotationEvents}. All are required. */
export interface RotationEventsProps {
  /** Database or cache whose passwords are rotated. Its path appears in messages. */
  readonly source: IConstruct;
  /** ARNs of its secrets. */
  readonly secretArns: string[];
  /** Routing with the topic for warnings. */
  readonly alertRouting: AlertRouting;
}

/**
 * Warnings about passwords whose rotation failed. The former password stays valid.
 *
 * Secrets Manager reports it through CloudTrail, so the account needs a trail that records management events. The
 * errors of the rotation functions say nothing, because a schedule that keeps them awake makes some.
 */
export class RotationEvents extends Construct {
  public constructor(scope: Construct, id: string, { source, secretArns, alertRouting }: RotationEventsProps) {
    super(scope, id);
    announce(this, 'Failed', source, {
      pattern: {
        source: ['aws.secretsmanager'],
        detailType: ['AWS Service Event via CloudTrail'],
        detail: { eventName: ['RotationFailed'], additionalEventData: { SecretId: secretArns } },
      },
      title: 'Rotation of a password failed',
      text: EventField.fromPath('$.detail.additionalEventData.SecretId'),
      topics: [alertRouting.topicFor(Severity.WARNING)],
    });
  }
}
