/** Properties of {@link SubnetPlan.sized}. None is required. */
export interface SubnetPlanSizes {
  /**
   * CIDR block of the network, /16 to /28.
   *
   * Source: requirements B-01, C-13 and D-15.
   * @default '10.0.0.0/16'
   */
  readonly cidr?: string;
  /**
   * Number of Availability Zones that the plan reserves blocks for, 1 to 6.
   *
   * Blocks of unused Availability Zones stay free. A network can grow into them, and no subnet moves.
   * A later change of this number moves subnets, which replaces them.
   * @default 4 - one more than the default number of Availability Zones
   */
  readonly reservedAzs?: number;
  /**
   * Prefix length of each public subnet, 16 to 28.
   * @default 24 - 251 addresses for load balancers and NAT gateways
   */
  readonly publicMask?: number;
  /**
   * Prefix length of each application subnet, 16 to 28.
   *
   * Every task takes an address, and twice as many tasks run during a blue/green deployment.
   * @default 20 - 4091 addresses
   */
  readonly applicationMask?: number;
  /**
   * Prefix length of each data subnet, 16 to 28.
   * @default 24 - 251 addresses
   */
  readonly dataMask?: number;
}

/** Properties of {@link SubnetPlan.blocks}. `cidr` and `applicationBlocks` are required. */
export interface SubnetPlanBlocks {
  /** CIDR block of the network, for example `10.0.0.0/16`. */
  readonly cidr: string;
  /**
   * CIDR blocks of the public tier, in the order of the Availability Zones.
   * @default - no public tier; nothing can be reached from the internet
   */
  readonly publicBlocks?: string[];
  /** CIDR blocks of the application tier, in the order of the Availability Zones. */
  readonly applicationBlocks: string[];
  /**
   * CIDR blocks of the data tier, in the order of the Availability Zones.
   * @default - no data tier; the network takes no database
   */
  readonly dataBlocks?: string[];
}
