import { InterfaceVpcEndpointAwsService, type SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ISecureVpc } from '../../network';
import { closedSecurityGroup } from '../../network/security-groups/closed-security-group';
import { stackPath } from '../../text/stack-path';

/**
 * Security group of the tasks of a service, which lets them pull images and write logs.
 *
 * The load balancer opens the way in. Nothing else is open. Source: requirements A-25 and B-03.
 */
export function taskSecurityGroup(service: Construct, network: ISecureVpc): SecurityGroup {
  const group = closedSecurityGroup(service, 'SecurityGroup', {
    vpc: network.vpc,
    description: `Tasks of ${stackPath(service)}`,
  });
  network.allowToAwsServices({
    client: group.connections,
    services: [
      InterfaceVpcEndpointAwsService.ECR,
      InterfaceVpcEndpointAwsService.ECR_DOCKER,
      InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    ],
    purpose: `pulling and logging of ${stackPath(service)}`,
  });
  return group;
}
