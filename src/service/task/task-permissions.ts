import { Aws } from 'aws-cdk-lib';
import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { acknowledge } from '../../compliance/acknowledge';
import { GrowingPolicy } from '../../iam/growing-policy';
import { sourceAccount } from '../../iam/source-account';
import { textFor } from '../../text/text-for';

/** Properties of the execution role's policy. All are required. */
interface ExecutionPolicyProps {
  /** Role that starts the tasks. */
  readonly role: Role;
  /** Log group of all containers. */
  readonly logGroup: ILogGroup;
  /** Repositories of all images, each once. */
  readonly repositories: IRepository[];
}

/** Creates the role that starts the tasks. */
export function createExecutionRole(scope: Construct, service: string): Role {
  return new Role(scope, 'ExecutionRole', {
    description: textFor('role', `Starts the tasks of ${service}`),
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com'),
  });
}

/**
 * Creates the policy of the execution role, for all that the service needs. CDK itself adds nothing to it.
 * It is a managed policy, as the rule IAMNoInlinePolicy requires.
 */
export function createExecutionPolicy(
  scope: Construct,
  { role, logGroup, repositories }: ExecutionPolicyProps,
): ManagedPolicy {
  const policy = new GrowingPolicy(scope, 'ExecutionPolicy', {
    role,
    prop: 'secrets',
    statements: [
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      }),
    ],
  });
  if (repositories.length > 0) {
    policy.addStatements(
      new PolicyStatement({
        actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
        resources: repositories.map(({ repositoryArn }) => repositoryArn),
      }),
      new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    );
    acknowledge(
      policy,
      'AwsSolutions-IAM5[Resource::*]',
      'ecr:GetAuthorizationToken does not support resource-level permissions. The statement before names the images.',
    );
  }
  return policy;
}

/**
 * Creates the role of the application.
 * Only tasks of this account may assume it, as AWS recommends against the confused deputy problem.
 */
export function createTaskRole(scope: Construct, service: string): Role {
  return new Role(scope, 'TaskRole', {
    description: textFor('role', `Permissions of the application of ${service}`),
    assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: sourceAccount(Aws.ACCOUNT_ID),
    }),
  });
}

/** Creates a managed policy for tracing. The task role has no inline policy until the team grants something. */
export function createTracingPolicy(
  scope: Construct,
  role: Role,
  statements: PolicyStatement[] = [],
): ManagedPolicy | undefined {
  if (statements.length === 0) {
    return undefined;
  }
  const policy = new ManagedPolicy(scope, 'TracingPolicy', { roles: [role], statements });
  acknowledge(
    policy,
    'AwsSolutions-IAM5[Resource::*]',
    'The calls for traces and sampling rules of X-Ray do not support resource-level permissions.',
  );
  return policy;
}
