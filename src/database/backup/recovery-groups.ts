import { CfnOutput } from 'aws-cdk-lib';
import { type IEngine, type IOptionGroup, ParameterGroup, SubnetGroup } from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../../network';
import { closedSecurityGroup } from '../../network/security-groups/closed-security-group';
import { stackPath } from '../../text/stack-path';
import { textFor } from '../../text/text-for';

/** Facts of a database that its groups in the recovery region repeat. */
export interface RecoverableDatabase {
  /** Path of the database, for descriptions. */
  readonly path: string;
  /** Engine with its version. */
  readonly engine: IEngine;
  /** True if the server is a cluster. */
  readonly cluster: boolean;
  /** Parameters of the server. */
  readonly parameters: { [name: string]: string };
  /**
   * Creates the option group of an instance.
   * @default - RDS's default group
   */
  readonly optionGroup?: (scope: Construct) => IOptionGroup;
}

/** Properties of {@link RecoveryGroups}. All of them are required. */
interface RecoveryGroupsProps {
  readonly database: RecoverableDatabase;
  /** Network in the recovery region. */
  readonly network: ISecureVpc;
  /** Key of the copies, which a restored server uses, too. */
  readonly keyArn: string;
}

/**
 * Groups in the recovery region that a server needs which is restored there without a deployment.
 *
 * An output has them as variables of the scripts of `restoreCommands`. Nothing of it refers to the other region.
 */
export class RecoveryGroups extends Construct {
  public constructor(scope: Construct, id: string, { database, network, keyArn }: RecoveryGroupsProps) {
    super(scope, id);
    const optionGroup = database.optionGroup?.(this);
    const variables = {
      SUBNET_GROUP: this.createSubnetGroup(network).subnetGroupName,
      SECURITY_GROUP: closedSecurityGroup(this, 'SecurityGroup', {
        vpc: network.vpc,
        description: `Restored database ${database.path}`,
      }).securityGroupId,
      PARAMETER_GROUP: this.createParameterGroup(database),
      ...(optionGroup && { OPTION_GROUP: optionGroup.optionGroupName }),
      KEY: keyArn,
    };
    new CfnOutput(this, 'Variables', {
      description: `Variables of the scripts that restore ${database.path} here`,
      value: `export ${Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
    });
  }

  private createSubnetGroup(network: ISecureVpc): SubnetGroup {
    return new SubnetGroup(this, 'SubnetGroup', {
      vpc: network.vpc,
      vpcSubnets: network.subnets(SubnetTier.DATA),
      description: textFor('database group', `Data tier of ${stackPath(network)}`),
    });
  }

  private createParameterGroup({ path, engine, parameters, cluster }: RecoverableDatabase): string {
    const group = new ParameterGroup(this, 'ParameterGroup', {
      engine,
      description: textFor('database group', `Parameters of ${path}`),
      parameters,
    });
    return cluster ? group.bindToCluster({}).parameterGroupName : group.bindToInstance({}).parameterGroupName;
  }
}
