import { Tags } from 'aws-cdk-lib';
import { FlowLog, NetworkAcl, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { stackPath } from '../text/stack-path';
import { textFor } from '../text/text-for';

const NAMED = [Vpc, Subnet, NetworkAcl, FlowLog];

/** Names the resources of a network from their stack down. CDK tags them with the whole path. */
export function nameFromStack(network: Construct): void {
  network.node
    .findAll()
    .filter((construct) => NAMED.some((type) => construct instanceof type))
    .forEach((construct) => Tags.of(construct).add('Name', textFor('name tag', stackPath(construct))));
}
