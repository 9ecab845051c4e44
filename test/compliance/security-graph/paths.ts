import type { Deployed, Estate } from './estate';
import { listOf, type Right, type Statement } from './rights';

type Json = any;

/** A way by which somebody gets the rights of a role. */
export interface Step { readonly from: string; readonly to: string; readonly how: string }

/** Resources that run something with a role: where it stands in their properties. */
const RUNS_AS: { readonly [type: string]: (properties: Json) => unknown } = {
  'AWS::Lambda::Function': ({ Role }: Json) => Role as unknown,
  'AWS::StepFunctions::StateMachine': ({ RoleArn }: Json) => RoleArn as unknown,
  'AWS::CodeBuild::Project': ({ ServiceRole }: Json) => ServiceRole as unknown,
  'AWS::CodePipeline::Pipeline': ({ RoleArn }: Json) => RoleArn as unknown,
  'AWS::ECS::TaskDefinition': ({ TaskRoleArn }: Json) => TaskRoleArn as unknown,
};

/** Actions by which the code of something is chosen, or its command: whoever has one has its role. */
const TAKES_OVER: { readonly [type: string]: RegExp } = {
  'AWS::IAM::Role': /^(sts:AssumeRole|iam:(Put|Attach|Update|Add|Set|Create|Delete|Detach)\w*)$/,
  'AWS::Lambda::Function': /^lambda:(UpdateFunctionCode|UpdateFunctionConfiguration|CreateFunction)$/,
  'AWS::CodeBuild::Project': /^codebuild:(StartBuild|StartBuildBatch|RetryBuild|UpdateProject)$/,
  'AWS::StepFunctions::StateMachine': /^states:UpdateStateMachine$/,
  'AWS::CodePipeline::Pipeline': /^codepipeline:(UpdatePipeline|PutJobSuccessResult)$/,
};

/** Actions that, with iam:PassRole, run something of the caller's choice as the role that is passed. */
const WITH_PASS_ROLE: { readonly [service: string]: RegExp } = {
  'ecs-tasks.amazonaws.com': /^ecs:(RunTask|StartTask|RegisterTaskDefinition|CreateService|UpdateService)$/,
  'lambda.amazonaws.com': /^lambda:(CreateFunction|UpdateFunctionConfiguration)$/,
  'states.amazonaws.com': /^states:(CreateStateMachine|UpdateStateMachine)$/,
  'codebuild.amazonaws.com': /^codebuild:(CreateProject|UpdateProject)$/,
  'codepipeline.amazonaws.com': /^codepipeline:(CreatePipeline|UpdatePipeline)$/,
  'scheduler.amazonaws.com': /^scheduler:(CreateSchedule|UpdateSchedule)$/,
  'events.amazonaws.com': /^events:(PutRule|PutTargets)$/,
  'ssm.amazonaws.com': /^ssm:(StartAutomationExecution|SendCommand|CreateAssociation)$/,
  'cloudformation.amazonaws.com': /^cloudformation:(CreateStack|UpdateStack|CreateChangeSet)$/,
};

/** Ways from role to role. */
export function stepsIn(estate: Estate, rights: Right[]): Step[] {
  const roles = estate.ofType('AWS::IAM::Role');
  const roleOf = (resource: Deployed) => resource.type === 'AWS::IAM::Role' ? resource : roles.find(({ arn }) => arn === RUNS_AS[resource.type]?.(resource.properties));
  const steps = rights.flatMap(({ role, asset, action, when }): Step[] => {
    const own = rights.filter((right) => right.role === role).map((right) => right.action);
    if (asset && TAKES_OVER[asset.type]?.test(action)) {
      const to = roleOf(asset);
      return to ? [{ from: role.label, to: to.label, how: asset === to ? action : `${action} of ${asset.label}` }] : [];
    }
    if (action === 'iam:PassRole' && asset) {
      return trustedServices(asset).flatMap((service) => {
        const by = [...new Set(own.filter((one) => WITH_PASS_ROLE[service]?.test(one)))].sort();
        return by.length > 0 && (when === '' || when.includes(service)) ? [{ from: role.label, to: asset.label, how: `iam:PassRole with ${by.join(', ')}` }] : [];
      });
    }
    if (action === 'ecs:ExecuteCommand') {
      return estate.ofType('AWS::ECS::TaskDefinition').flatMap((task) => roleOf(task) ?? []).map((to) => ({ from: role.label, to: to.label, how: `${action} [${when}]` }));
    }
    return [];
  });
  return [...new Map(steps.filter(({ from, to }) => from !== to).map((step) => [JSON.stringify(step), step])).values()];
}

/** Services that may take a role. */
export function trustedServices(role: Deployed): string[] {
  return ((role.properties.AssumeRolePolicyDocument?.Statement ?? []) as Statement[]).flatMap(({ Principal }) => listOf(Principal?.Service as string | string[] | undefined));
}

/** The role and all that it can become, with the first step to each. */
export function reachable(from: string, steps: Step[]): Map<string, string> {
  const found = new Map([[from, '']]);
  for (const current of found.keys()) {
    steps.filter((step) => step.from === current && !found.has(step.to)).forEach(({ to, how }) => found.set(to, how));
  }
  return found;
}

/** Those from whom an attack begins: what runs code, and who is trusted from outside. */
export function actorsIn(estate: Estate): Array<{ readonly name: string; readonly role: string }> {
  const labelOf = (arn: unknown) => estate.ofType('AWS::IAM::Role').find((role) => role.arn === arn)?.label;
  const running = Object.entries(RUNS_AS).flatMap(([type, roleOf]) => estate.ofType(type).flatMap((resource) => {
    const role = labelOf(roleOf(resource.properties));
    return role === undefined ? [] : [{ name: `${KINDS[type]} ${resource.label}`, role }];
  }));
  const trusted = estate.ofType('AWS::IAM::Role').filter(({ properties }) => JSON.stringify(properties.AssumeRolePolicyDocument).includes('"Federated"'));
  return [...running, ...trusted.map(({ label }) => ({ name: `CI as ${label}`, role: label }))];
}

const KINDS: { readonly [type: string]: string } = {
  'AWS::Lambda::Function': 'function',
  'AWS::StepFunctions::StateMachine': 'state machine',
  'AWS::CodeBuild::Project': 'code of a build in',
  'AWS::CodePipeline::Pipeline': 'pipeline',
  'AWS::ECS::TaskDefinition': 'compromised task of',
};

/** Secrets that ECS or CodeBuild hands to the code itself. */
export function handedOut(estate: Estate): Array<{ readonly from: string; readonly secret: string }> {
  const known = (value: string) => estate.ofType('AWS::SecretsManager::Secret', 'AWS::SSM::Parameter').find(({ arn }) => value === arn || value.startsWith(`${arn}:`))?.label ?? value;
  const tasks = estate.ofType('AWS::ECS::TaskDefinition').flatMap(({ label, properties }) => ((properties.ContainerDefinitions ?? []) as Json[])
    .flatMap(({ Secrets = [], Name }: Json) => (Secrets as Json[]).map(({ ValueFrom }: Json) => ({ from: `${label} (${Name as string})`, secret: known(String(ValueFrom)) }))));
  const builds = estate.ofType('AWS::CodeBuild::Project').flatMap(({ label, properties }) => ((properties.Environment?.EnvironmentVariables ?? []) as Json[])
    .filter(({ Type }: Json) => Type === 'SECRETS_MANAGER').map(({ Value }: Json) => ({ from: label, secret: known(String(Value)) })));
  return [...tasks, ...builds];
}
