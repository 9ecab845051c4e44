import { type IPeer, Peer } from 'aws-cdk-lib/aws-ec2';

/** Who may open connections to a load balancer. */
export class Ingress {
  /** Anyone. The load balancer gets public addresses and a firewall. */
  public static internet(): Ingress {
    return new Ingress(true, [Peer.anyIpv4()], true);
  }

  /** Only these IPv4 blocks, over the internet: offices, partners. */
  public static cidrs(blocks: string[]): Ingress {
    return new Ingress(true, blocks.map((block) => Peer.ipv4(block)));
  }

  /** Only these IPv4 blocks, inside the network and what is connected to it. No public address. */
  public static internalOnly(blocks: string[]): Ingress {
    return new Ingress(false, blocks.map((block) => Peer.ipv4(block)));
  }

  private constructor(
    /** Whether the load balancer has public addresses. */
    public readonly internetFacing: boolean,
    /** @internal */
    public readonly _peers: IPeer[],
    /**
     * Whether anyone on the internet may connect.
     * @internal
     */
    public readonly _anyone = false,
  ) {}
}
