import { ArnFormat, Stack } from 'aws-cdk-lib';
import { EventField } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { DatabaseSignals } from '../../contracts';
import type { AlertRouting } from './alert-routing';
import { announce } from './announcement';
import { Severity } from './severity';

/** Properties of {@link BackupEvents}. Both are required. */
export interface BackupEventsProps {
  /** Database whose backups are watched. */
  readonly signals: DatabaseSignals;
  /** Routing with the topic for warnings. */
  readonly alertRouting: AlertRouting;
}

/** States of a job that made no backup. A job that is stopped by hand ends as aborted. */
const WITHOUT_BACKUP = ['FAILED', 'ABORTED', 'EXPIRED'];

/**
 * Warnings about jobs of AWS Backup that made no backup of a database, or no copy of one.
 *
 * A job that never started, because its plan selects nothing, sends no event. The plan of a database of this library
 * selects it by its ARN.
 */
export class BackupEvents extends Construct {
  public constructor(scope: Construct, id: string, { signals, alertRouting }: BackupEventsProps) {
    super(scope, id);
    const topics = [alertRouting.topicFor(Severity.WARNING)];
    const resourceArn = serverArns(signals);
    [
      { event: 'Failed', detailType: 'Backup Job State Change', title: 'Backup failed' },
      { event: 'CopyFailed', detailType: 'Copy Job State Change', title: 'Copy of a backup failed' },
    ].forEach(({ event, detailType, title }) =>
      announce(this, event, signals.source, {
        pattern: {
          source: ['aws.backup'],
          detailType: [detailType],
          detail: { state: WITHOUT_BACKUP, resourceArn },
        },
        title,
        text: `${EventField.fromPath('$.detail.state')}: ${EventField.fromPath('$.detail.resourceArn')}`,
        topics,
      }),
    );
  }
}

/** ARNs of the cluster or the instances, as AWS Backup names what it backs up. */
function serverArns({ source, clusterIdentifier, instanceIdentifiers }: DatabaseSignals): string[] {
  const arn = (resource: string, resourceName: string): string =>
    Stack.of(source).formatArn({ service: 'rds', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return clusterIdentifier === undefined
    ? instanceIdentifiers.map((identifier) => arn('db', identifier))
    : [arn('cluster', clusterIdentifier)];
}
