import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { ofThisAccount } from '../../iam/source-account';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';

/** Log group of enhanced monitoring, whose name RDS fixes. */
const GROUP = 'RDSOSMetrics';

/**
 * Role of RDS enhanced monitoring.
 *
 * AWS's managed policy grants access to every log group that begins with RDS. This one is limited to one group.
 */
export class MonitoringRole extends Construct {
  public readonly role: Role;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = Stack.of(this);
    this.role = new Role(this, 'Role', {
      description: textFor('role', `Enhanced monitoring of ${stackPath(scope)}`),
      assumedBy: ofThisAccount(this, 'monitoring.rds.amazonaws.com'),
    });
    const group = stack.formatArn({ service: 'logs', resource: `log-group:${GROUP}` });
    const streams = `${group}:log-stream:*`;
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [this.role],
      statements: [
        new PolicyStatement({ actions: ['logs:CreateLogGroup', 'logs:PutRetentionPolicy'], resources: [group] }),
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams', 'logs:GetLogEvents'],
          resources: [streams],
        }),
      ],
    });
    acknowledgeWildcard(
      policy,
      streams,
      'RDS names the streams of this one group after instances as they come and go.',
    );
  }
}
