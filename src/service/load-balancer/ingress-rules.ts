import { type IVpc, Port, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import { closedSecurityGroup } from '../../network/closed-security-group';
import { checkPort } from '../../validation/checks';
import { PropError } from '../../validation/prop-error';
import type { Admission } from './admission';
import type { Ingress } from './ingress';

/** AWS allows a security group 60 rules of each address family; one stays free for a rule of the team's own. */
const MOST_RULES = 59;

/** What {@link ClientPorts} are made from. */
interface ClientPortsProps {
  readonly vpc: IVpc;
  /** Who is admitted, on each port that is opened. */
  readonly ingress: Ingress;
  /** Whether clients come by IPv6, too, which takes rules of its own. */
  readonly dualStack: boolean;
}

/** The security group of a load balancer: in from the ingress on the ports that are opened, out to nobody yet. */
export class ClientPorts {
  public readonly securityGroup: SecurityGroup;
  private readonly admissions: Admission[];
  private readonly ports: number[] = [];

  public constructor(
    private readonly scope: Construct,
    props: ClientPortsProps,
  ) {
    this.admissions = props.ingress._admit(scope, props.dualStack);
    this.securityGroup = closedSecurityGroup(scope, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Load balancer ${scope.node.path}`,
    });
    if (props.ingress._anyone) {
      acknowledge(
        this.securityGroup,
        'AwsSolutions-EC23',
        'A load balancer for the internet takes connections from anywhere, on the ports it serves.',
      );
    }
  }

  /** Lets whoever the ingress admits connect to a port. */
  public open(port: number): void {
    checkPort(this.scope, 'port', port);
    if (!this.ports.includes(port)) {
      this.checkRoomFor(port);
      this.ports.push(port);
      this.admissions.forEach(({ peer }) =>
        this.securityGroup.addIngressRule(peer, Port.tcp(port), `Clients on ${port}`),
      );
    }
  }

  private checkRoomFor(port: number): void {
    const ports = [...this.ports, port];
    const perPort = Math.max(this.rulesAPort(false), this.rulesAPort(true));
    if (perPort * ports.length > MOST_RULES) {
      throw new PropError(this.scope, {
        prop: 'ingress',
        value: `${perPort} rules on each of the ports ${ports.join(', ')}`,
        expected: `${MOST_RULES} rules in all: AWS allows a security group 60, and one stays free`,
        fix: 'open fewer ports (httpRedirect: false leaves out 80), or admit fewer and larger blocks',
      });
    }
  }

  private rulesAPort(ipv6: boolean): number {
    return this.admissions
      .filter((admission) => (admission.ipv6 ?? false) === ipv6)
      .reduce((sum, { rules }) => sum + rules, 0);
  }
}
