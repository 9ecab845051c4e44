/** Tiers of a network, by their routes. */
export enum SubnetTier {
  /** Subnets with a route to the internet gateway, for load balancers and NAT gateways. */
  PUBLIC = 'public',
  /** Subnets that use the network's egress, for tasks, functions and interface endpoints. */
  APPLICATION = 'application',
  /** Subnets without a route out of the network, for databases and caches. */
  DATA = 'data',
}
