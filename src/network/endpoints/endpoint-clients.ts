import type { Connections, ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IConstruct } from 'constructs';
import { PropError } from '../../validation/prop-error';

/** AWS allows a security group 60 inbound rules. One is reserved for a rule of the team. */
const MOST_CLIENTS = 59;

/** Clients of the security group of interface endpoints, each of which takes one of its inbound rules. */
export class EndpointClients {
  private readonly groups = new Set<ISecurityGroup>();

  public constructor(
    private readonly network: IConstruct,
    /** Prop that makes clients use the endpoints. */
    private readonly prop: string,
    /** Next step for a network with too many clients, in the imperative. */
    private readonly fix: string,
  ) {}

  /** Counts a client. Counting it again has no effect. */
  public add({ securityGroups }: Connections): void {
    securityGroups.forEach((group) => this.groups.add(group));
    if (this.groups.size > MOST_CLIENTS) {
      throw new PropError(this.network, {
        prop: this.prop,
        problem:
          `has ${this.groups.size} clients of interface endpoints, each with a rule in their security group, ` +
          `which has room for ${MOST_CLIENTS} and one rule of the team`,
        fix: this.fix,
      });
    }
  }
}
