import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ParameterGroup, SubnetGroup } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/security-groups/closed-security-group';
import { stackPath } from '../text/stack-path';
import { textFor } from '../text/text-for';
import type { DatabaseSettings } from './database-settings';
import { createServerLogs } from './server/server-logs';

/** Network and settings of a database. */
export interface ServerDependenciesProps {
  /** Network whose data tier holds the server. */
  readonly network: ISecureVpc;
  /** Names, parameters, logs and removal policies. */
  readonly settings: DatabaseSettings;
}

/**
 * Resources that a server can't exist without: its key, its groups and its logs.
 *
 * They are children of the database, because their logical ids contain its path.
 */
export class ServerDependencies {
  public readonly key: Key;
  public readonly securityGroup: SecurityGroup;
  public readonly subnetGroup: SubnetGroup;
  public readonly parameterGroup: ParameterGroup;
  public readonly logGroups: LogGroup[];

  public constructor(
    private readonly database: Construct,
    private readonly props: ServerDependenciesProps,
  ) {
    this.key = this.createKey();
    this.securityGroup = this.createSecurityGroup();
    this.subnetGroup = this.createSubnetGroup();
    this.parameterGroup = this.createParameterGroup();
    this.logGroups = this.createLogGroups();
  }

  private createKey(): Key {
    return new Key(this.database, 'Key', {
      description: `Encrypts the database ${stackPath(this.database)}`,
      enableKeyRotation: true,
      removalPolicy: this.props.settings.snapshotRemovalPolicy,
    });
  }

  /** Security group without ingress until a client is bound, and without egress. Source: requirement A-25. */
  private createSecurityGroup(): SecurityGroup {
    const group = closedSecurityGroup(this.database, 'SecurityGroup', {
      vpc: this.props.network.vpc,
      description: `Database ${stackPath(this.database)}`,
    });
    group.applyRemovalPolicy(this.props.settings.dependencyRemovalPolicy);
    return group;
  }

  private createSubnetGroup(): SubnetGroup {
    const { network, settings } = this.props;
    return new SubnetGroup(this.database, 'SubnetGroup', {
      vpc: network.vpc,
      vpcSubnets: network.subnets(SubnetTier.DATA),
      description: textFor('database group', `Data tier of ${stackPath(network)}`),
      removalPolicy: settings.dependencyRemovalPolicy,
    });
  }

  private createParameterGroup(): ParameterGroup {
    const { capacity, parameters, dependencyRemovalPolicy } = this.props.settings;
    return new ParameterGroup(this.database, 'ParameterGroup', {
      engine: capacity.engine,
      description: textFor('database group', `Parameters of ${stackPath(this.database)}`),
      parameters,
      removalPolicy: dependencyRemovalPolicy,
    });
  }

  private createLogGroups(): LogGroup[] {
    const { profile, capacity, identifier, replicaIdentifiers, logExports, logRetention, dependencyRemovalPolicy } =
      this.props.settings;
    return createServerLogs(this.database, {
      profile: profile.adjust({ logRetention, removalPolicy: dependencyRemovalPolicy }),
      key: this.key,
      owners: capacity.serverless
        ? [`cluster/${identifier}`]
        : [identifier, ...replicaIdentifiers].map((name) => `instance/${name}`),
      logs: logExports,
    });
  }
}
