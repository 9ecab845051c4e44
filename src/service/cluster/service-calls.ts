import type { CfnService, FargateService, ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';
import { checkCall, serviceConnect } from './service-connect';

/** Service that calls others, as far as calls need it. */
interface CallingService extends IConstruct {
  readonly cluster: ICluster;
  readonly service: FargateService;
  readonly logGroup: ILogGroup;
}

/** Properties of {@link ServiceCalls}. */
interface ServiceCallsProps {
  /** TCP port of the container, which callers use, too. */
  readonly port: number;
  /**
   * Name by which other services call this one.
   * @default - no other service can call it
   */
  readonly name?: string;
}

/** Calls of a service to other services of its cluster, by name, over Service Connect. */
export class ServiceCalls {
  private readonly callees: ServiceCalls[] = [];

  public constructor(
    private readonly caller: CallingService,
    private readonly props: ServiceCallsProps,
  ) {}

  /** URL of the service for other services of the cluster. Throws without a name. */
  public get url(): string {
    const { name, port } = this.props;
    if (name === undefined) {
      throw new PropError(this.caller, {
        prop: 'discoveryName',
        value: undefined,
        expected: 'a name by which other services call this one',
        fix: "set discoveryName: 'api'",
      });
    }
    return `http://${name}:${port}`;
  }

  /**
   * Lets the service call another one by its name, and deploys it after that one. Returns the URL.
   *
   * Throws for a service without a name, in another namespace, or that calls this one, directly or by way of others.
   */
  public add(callee: ServiceCalls): string {
    checkCall(this.caller, callee.caller, callee.waitsFor(this));
    const { url } = callee;
    if (this.callees.length === 0 && this.props.name === undefined) {
      this.joinNamespace();
    }
    this.callees.push(callee);
    (this.caller.service.node.defaultChild as CfnService).node.addDependency(callee.caller.service);
    return url;
  }

  /** A service that others call has joined the namespace already. */
  private joinNamespace(): void {
    const { cluster, logGroup, service } = this.caller;
    service.enableServiceConnect(serviceConnect(this.caller, { cluster, logGroup, port: this.props.port }));
  }

  /** True if the service is deployed after another one, because it calls it directly or through others. */
  private waitsFor(other: ServiceCalls): boolean {
    return this.callees.some((callee) => callee === other || callee.waitsFor(other));
  }
}
