/** The three tiers of a network. */
export enum SubnetTier {
  /** Load balancers and NAT gateways: routed to and from the internet. */
  PUBLIC = 'public',
  /** Tasks, functions and interface endpoints: out by the network's egress, never in. */
  APPLICATION = 'application',
  /** Databases and caches: no route out of the network. */
  DATA = 'data',
}
