import type { IPeer } from 'aws-cdk-lib/aws-ec2';

/** Someone who may connect, and what each port of theirs takes of the rules that a security group may have. */
export interface Admission {
  /** A block, a prefix list or everyone. */
  readonly peer: IPeer;
  /** A prefix list counts as its room, not as what stands in it; AWS allows 60 rules in each family. */
  readonly rules: number;
  /**
   * Whether it counts in the IPv6 family, which has a quota of its own.
   * @default false
   */
  readonly ipv6?: boolean;
}
