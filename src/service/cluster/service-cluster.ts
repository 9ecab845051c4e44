import { Names, Token } from 'aws-cdk-lib';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { NamespaceType } from 'aws-cdk-lib/aws-servicediscovery';
import { Construct } from 'constructs';
import { EnvironmentProfile } from '../../environment';
import type { ISecureVpc } from '../../network';
import { PropError } from '../../validation/prop-error';
import { SessionLog } from './ecs-exec';

/** What a {@link ServiceCluster} may be told. A network is enough. */
export interface ServiceClusterProps {
  /** The network of its services. */
  readonly network: ISecureVpc;
  /**
   * Physical name of the cluster, where a document asks for one (requirement C-30).
   * @default - one that CloudFormation makes up
   */
  readonly clusterName?: string;
  /**
   * Name of the Cloud Map namespace in which services find each other: letters, digits, `.`, `_` and `-`, unique in account and region.
   * @default - from the path of this construct, lower-case, with a hash
   */
  readonly namespaceName?: string;
  /**
   * Whether its services may turn on `ecsExec`. It adds the encrypted log group of the sessions.
   * @default false
   */
  readonly ecsExec?: boolean;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/**
 * A cluster that services share: with enhanced Container Insights, both Fargate capacity providers, and a namespace in which they
 * call each other by name. Give its `cluster` to each service.
 */
export class ServiceCluster extends Construct {
  /** The cluster. */
  public readonly cluster: Cluster;
  /** Where sessions of `ecsExec` are logged. */
  public readonly sessionLogGroup?: LogGroup;

  public constructor(scope: Construct, id: string, props: ServiceClusterProps) {
    super(scope, id);
    const sessions = props.ecsExec
      ? new SessionLog(this, 'Sessions', props.profile ?? EnvironmentProfile.of(this))
      : undefined;
    this.sessionLogGroup = sessions?.logGroup;
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: props.network.vpc,
      clusterName: props.clusterName,
      containerInsightsV2: ContainerInsights.ENHANCED,
      enableFargateCapacityProviders: true,
      defaultCloudMapNamespace: {
        name: this.checkedNamespace(props.namespaceName),
        type: NamespaceType.HTTP,
        useForServiceConnect: true,
      },
      executeCommandConfiguration: sessions?.configuration,
    });
  }

  private checkedNamespace(
    name = Names.uniqueResourceName(this, { maxLength: 100, separator: '-' }).toLowerCase(),
  ): string {
    if (!Token.isUnresolved(name) && !/^[A-Za-z0-9._-]{1,1024}$/.test(name)) {
      throw new PropError(this, {
        prop: 'namespaceName',
        value: name,
        expected: 'letters, digits, ., _ and -',
        fix: "name it for the application: 'shop'",
      });
    }
    return name;
  }
}
