import { CfnResource, Stack } from 'aws-cdk-lib';
import { Dependable, type IConstruct, type IDependable } from 'constructs';

/**
 * Types that a new account often refuses.
 *
 * A service-linked role, a quota, a validation or an authorization is missing then. Resources of these types are
 * created within a minute, and mention neither databases nor load balancers.
 */
const OFTEN_REFUSED = [
  'AWS::CertificateManager::Certificate',
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
  'AWS::Chatbot::SlackChannelConfiguration',
  'AWS::EC2::EIP',
  'AWS::ECS::Cluster',
  'AWS::RDS::DBSubnetGroup',
  'AWS::WAFv2::WebACL',
];

/**
 * Creates a protected resource after those of its stack that a new account often refuses.
 *
 * A deployment that fails later can't be rolled back, because AWS refuses to delete a protected resource.
 */
export function createLate(resource: IConstruct): void {
  const stack = Stack.of(resource);
  const refused: IDependable = {};
  // Found at synthesis, because they may be defined after the resource.
  Dependable.implement(refused, {
    get dependencyRoots() {
      return stack.node
        .findAll()
        .filter((other) => CfnResource.isCfnResource(other) && Stack.of(other) === stack)
        .filter((other) => OFTEN_REFUSED.includes((other as CfnResource).cfnResourceType));
    },
  });
  resource.node.addDependency(refused);
}
