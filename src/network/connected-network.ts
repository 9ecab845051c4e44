import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { checkPort } from '../validation/checks';
import { checkRules, type Rule } from '../validation/rules';
import { Cidr } from './addresses/cidr';
import type { SubnetLayout } from './addresses/subnet-layout';
import { SubnetTier } from './addresses/subnet-tier';

/** Prefix length of the largest block: the private range 10.0.0.0/8. */
const LARGEST_MASK = 8;
/** Ports of an internal load balancer. */
const LOAD_BALANCER_PORTS: readonly number[] = [80, 443];

/** Properties of {@link ConnectedNetwork.of}. None is required. */
export interface ConnectedNetworkProps {
  /**
   * TCP ports of the application tier that its hosts may connect to, 1 to 65535.
   *
   * A network ACL cannot tell a connection from a reply, and replies arrive on 1024 to 65535. Security groups alone
   * decide about those ports, and this list matters below 1024.
   * @default [80, 443] - the listeners of an internal load balancer, whose test listeners are above 1024
   */
  readonly applicationPorts?: number[];
  /**
   * UDP ports of the application tier that its hosts may send to, 1 to 65535.
   *
   * As for TCP, this list matters below 1024.
   * @default - none
   */
  readonly applicationUdpPorts?: number[];
  /**
   * TCP ports of the data tier that its hosts may connect to. Each is one of the network's `dataPorts`.
   * @default - none; databases stay closed
   */
  readonly dataPorts?: number[];
}

/** Connected network with its defaults, in a network. */
export interface ConnectedNetworkSettings {
  /** IPv4 block, or a token. */
  readonly block: string;
  /** TCP ports of the application tier that its hosts may reach. */
  readonly applicationPorts: readonly number[];
  /** UDP ports of the application tier that its hosts may reach. */
  readonly applicationUdpPorts: readonly number[];
  /** TCP ports of the data tier that its hosts may reach. */
  readonly dataPorts: readonly number[];
}

/** Network that connected networks belong to. */
interface ConnectedNetworkContext {
  readonly layout: SubnetLayout;
  readonly dataPorts: readonly number[];
}

/**
 * Network behind a peering, a transit gateway, a site-to-site VPN or Direct Connect.
 *
 * It opens the network ACLs in both directions. Routes and security group rules stay with the caller. The application
 * tier may connect to it on every port. AWS Client VPN needs no connected network if its endpoint is associated with
 * application subnets, because its clients then have addresses of these.
 *
 * @example
 * new SecureVpc(this, 'Network', {
 *   connectedNetworks: [ConnectedNetwork.of('10.8.0.0/16', { dataPorts: [5432] })],
 * });
 */
export class ConnectedNetwork {
  /**
   * Connected network by its IPv4 block, /8 to /32.
   *
   * The network refuses a block that lies within its own block, and ports of the data tier that it does not have. A
   * block around the network may have no `dataPorts`, because it would open the data tier to the public tier.
   */
  public static of(cidr: string, props: ConnectedNetworkProps = {}): ConnectedNetwork {
    return new ConnectedNetwork(cidr, props);
  }

  private constructor(
    /** IPv4 block of the connected network. */
    public readonly cidr: string,
    private readonly props: ConnectedNetworkProps,
  ) {}

  /** Checked settings in a network. @internal */
  public _bind(scope: IConstruct, context: ConnectedNetworkContext): ConnectedNetworkSettings {
    const { applicationPorts = LOAD_BALANCER_PORTS, applicationUdpPorts = [], dataPorts = [] } = this.props;
    [...applicationPorts, ...applicationUdpPorts, ...dataPorts].forEach((port) =>
      checkPort(scope, 'connectedNetworks', port),
    );
    checkRules(scope, [...this.blockRules(context, dataPorts), this.dataPortsRule(context, dataPorts)]);
    return { block: this.cidr, applicationPorts, applicationUdpPorts, dataPorts };
  }

  private blockRules({ layout }: ConnectedNetworkContext, dataPorts: readonly number[]): Rule[] {
    const block = Cidr.parse(this.cidr);
    return [
      {
        condition: !Token.isUnresolved(this.cidr) && (!block || block.mask < LARGEST_MASK),
        prop: 'connectedNetworks',
        value: this.cidr,
        expected: `IPv4 blocks of /${LARGEST_MASK} to /32 that begin with their first address`,
        fix: 'write it like ConnectedNetwork.of("10.8.0.0/16")',
      },
      {
        condition: block !== undefined && layout.network.contains(block),
        prop: 'connectedNetworks',
        value: this.cidr,
        expected: `blocks outside ${layout.network}, whose hosts are in the network itself`,
        fix: 'remove it, or give the block of the other network',
      },
      {
        condition: block !== undefined && block.contains(layout.network) && dataPorts.length > 0,
        prop: 'connectedNetworks',
        problem:
          `opens ports ${dataPorts.join(', ')} of the data tier to ${this.cidr}, ` +
          'which holds the network itself with its public tier',
        fix: `name the blocks of the other network without ${layout.network}`,
      },
    ];
  }

  private dataPortsRule({ layout, dataPorts }: ConnectedNetworkContext, ports: readonly number[]): Rule {
    const known = layout.has(SubnetTier.DATA) ? dataPorts : [];
    return {
      condition: ports.some((port) => !Token.isUnresolved(port) && !known.includes(port)),
      prop: 'connectedNetworks',
      problem: `opens ports ${ports.join(', ')} of the data tier, which has ${known.join(', ') || 'none'}`,
      fix: 'name them in dataPorts of the SecureVpc as well, or leave them out',
    };
  }
}
