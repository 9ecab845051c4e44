import { Aws } from 'aws-cdk-lib';
import {
  FlowLog,
  FlowLogDestination,
  FlowLogFileFormat,
  FlowLogResourceType,
  FlowLogTrafficType,
  type IVpc,
  LogFormat,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentProfile } from '../environment';
import { sourceAccount } from '../iam/source-account';
import { withoutGrants } from '../iam/without-grants';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';

/** Properties of a {@link NetworkFlowLog}. `vpc` and `profile` are required. */
export interface NetworkFlowLogProps {
  /** VPC whose network interfaces are recorded, later ones included. */
  readonly vpc: IVpc;
  /** Supplies retention and removal policy of the log group. A bucket has its own lifecycle. */
  readonly profile: EnvironmentProfile;
  /**
   * Bucket for Parquet files, partitioned by hour.
   * @default - an encrypted log group, and the role that writes to it
   */
  readonly bucket?: IBucket;
}

/**
 * Default fields, and those that identify the client of a NAT gateway and the path of a rejected flow.
 *
 * A function, because naming the fields loads all of EC2.
 */
const fields = (): LogFormat[] => [
  LogFormat.ALL_DEFAULT_FIELDS,
  LogFormat.VPC_ID,
  LogFormat.SUBNET_ID,
  LogFormat.AZ_ID,
  LogFormat.TCP_FLAGS,
  LogFormat.PKT_SRC_ADDR,
  LogFormat.PKT_DST_ADDR,
  LogFormat.FLOW_DIRECTION,
];

/** Flow log of all accepted and rejected traffic of a network (EC2.6). */
export class NetworkFlowLog extends Construct {
  public constructor(scope: Construct, id: string, props: NetworkFlowLogProps) {
    super(scope, id);
    const logs = props.bucket ? undefined : new EncryptedLogGroup(this, 'Logs', { profile: props.profile });
    const writer = logs && this.createWriter(logs);

    if (logs && writer) {
      const destination = FlowLogDestination.toCloudWatchLogs(logs.logGroup, writer.role);
      const flowLog = withoutGrants([writer.role], () => this.createFlowLog(props.vpc, destination));
      flowLog.node.addDependency(writer.policy);
    } else {
      this.createFlowLog(
        props.vpc,
        FlowLogDestination.toS3(props.bucket, 'vpc-flow-logs', {
          fileFormat: FlowLogFileFormat.PARQUET,
          hiveCompatiblePartitions: true,
          perHourPartition: true,
        }),
      );
    }
  }

  private createFlowLog(vpc: IVpc, destination: FlowLogDestination): FlowLog {
    return new FlowLog(this, 'FlowLog', {
      resourceType: FlowLogResourceType.fromVpc(vpc),
      trafficType: FlowLogTrafficType.ALL,
      logFormat: fields(),
      destination,
    });
  }

  private createWriter(logs: EncryptedLogGroup): { role: Role; policy: ManagedPolicy } {
    const role = new Role(this, 'Writer', {
      assumedBy: new ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: sourceAccount(Aws.ACCOUNT_ID),
      }),
    });
    const policy = new ManagedPolicy(this, 'WriterPolicy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          resources: [logs.logGroup.logGroupArn],
        }),
      ],
    });
    return { role, policy };
  }
}
