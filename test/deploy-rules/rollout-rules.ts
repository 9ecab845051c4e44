import { type DeployRule, type Found, lateFor, list, resources } from './template-json';

function hooks({ p }: Found): Array<{ readonly RoleArn?: unknown }> {
  return list(p.DeploymentConfiguration?.LifecycleHooks);
}

export const ROLLOUT_RULES: DeployRule[] = [
  {
    id: 'hook-role-before-service',
    why: 'ECS calls the hook during the first deployment: a policy that comes later takes it back.',
    check: (template) => resources(template, 'AWS::ECS::Service').flatMap((service) => hooks(service)
      .flatMap(({ RoleArn }) => lateFor(template, service, RoleArn)).map(({ id }) => `${service.id} does not wait for ${id}`)),
  },
  {
    id: 'network-function-after-policy',
    why: 'Lambda refuses a function in a network whose role may not make network interfaces yet.',
    check: (template) => resources(template, 'AWS::Lambda::Function').filter(({ p }) => p.VpcConfig !== undefined)
      .flatMap((code) => lateFor(template, code, code.p.Role)
        // What the code itself may do is asked for when it runs.
        .filter(({ p }) => JSON.stringify(p.PolicyDocument).includes('ec2:CreateNetworkInterface'))
        .map(({ id }) => `${code.id} does not wait for ${id}`)),
  },
  {
    id: 'default-action-for-code-deploy',
    why: 'CodeDeploy moves the default action of a listener: a rule before it goes on serving the old version.',
    check: (template) => resources(template, 'AWS::CodeDeploy::DeploymentGroup').flatMap(({ p }) => list(p.LoadBalancerInfo?.TargetGroupPairInfoList))
      .flatMap(({ ProdTrafficRoute }) => list(ProdTrafficRoute?.ListenerArns))
      .flatMap((listener) => resources(template, 'AWS::ElasticLoadBalancingV2::ListenerRule').filter(({ p }) => JSON.stringify(p.ListenerArn) === JSON.stringify(listener)))
      .map(({ id }) => id),
  },
];
