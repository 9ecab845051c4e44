import { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { ofThisAccount } from '../../iam/source-account';

/** Group that enhanced monitoring writes to; RDS fixes the name. */
const GROUP = 'RDSOSMetrics';

/** The role with which RDS writes what the operating system of a server says. AWS's own policy for it reaches every group that begins with RDS. */
export class MonitoringRole extends Construct {
  public readonly role: Role;

  public constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = Stack.of(this);
    this.role = new Role(this, 'Role', {
      description: `Enhanced monitoring of ${scope.node.path}`,
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
