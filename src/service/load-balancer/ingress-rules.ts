import { type IVpc, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import { closedSecurityGroup } from '../../network/security-groups/closed-security-group';
import { stackPath } from '../../text/stack-path';
import { checkPort } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { IngressPeer, IngressSettings } from './ingress';

/** AWS allows a security group 60 rules of each address family. One is reserved for a rule of the team. */
const MAX_RULES = 59;

/** Properties of {@link IngressRules}. All are required. */
interface IngressRulesProps {
  readonly vpc: IVpc;
  /** Clients that may connect to each opened port. */
  readonly ingress: IngressSettings;
}

/** Security group of a load balancer, with inbound rules for its clients and no outbound rules yet. */
export class IngressRules {
  public readonly securityGroup: SecurityGroup;
  private readonly peers: IngressPeer[];
  private readonly ports: number[] = [];

  public constructor(
    private readonly scope: Construct,
    { vpc, ingress }: IngressRulesProps,
  ) {
    this.peers = ingress.peers;
    this.securityGroup = closedSecurityGroup(scope, 'SecurityGroup', {
      vpc,
      description: `Load balancer ${stackPath(scope)}`,
    });
    if (ingress.anyone) {
      acknowledge(
        this.securityGroup,
        'AwsSolutions-EC23',
        'A load balancer for the internet takes connections from anywhere, on the ports it serves.',
      );
    }
  }

  /** Opens a port to the clients. Opening it again has no effect. */
  public open(port: number): void {
    checkPort(this.scope, 'port', port);
    if (!this.ports.includes(port)) {
      this.checkQuota(port);
      this.ports.push(port);
      this.peers.forEach(({ peer }) =>
        this.securityGroup.addIngressRule(peer, Port.tcp(port), `Clients on ${port}`),
      );
    }
  }

  private checkQuota(port: number): void {
    const ports = [...this.ports, port];
    const perPort = Math.max(this.rulesPerPort(false), this.rulesPerPort(true));
    if (perPort * ports.length > MAX_RULES) {
      throw new PropError(this.scope, {
        prop: 'ingress',
        problem:
          `needs ${perPort} rules on each of the ports ${ports.join(', ')}, ` +
          `but a security group has room for ${MAX_RULES} and one rule of the team`,
        fix: 'open fewer ports (httpRedirect: false closes 80), or use fewer and larger blocks',
      });
    }
  }

  private rulesPerPort(ipv6: boolean): number {
    return this.peers
      .filter((peer) => (peer.ipv6 ?? false) === ipv6)
      .reduce((sum, { rules }) => sum + rules, 0);
  }
}
