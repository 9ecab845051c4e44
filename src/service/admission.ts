import type { IPeer } from 'aws-cdk-lib/aws-ec2';

/** Someone who may connect, and what each port of theirs takes of the rules that a security group may have. */
export interface Admission {
  readonly peer: IPeer;
  readonly rules: number;
  readonly ipv6?: boolean;
}
