import { Stack, Token } from 'aws-cdk-lib';
import { AccountPrincipal, ManagedPolicy, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../../compliance/acknowledge';
import { checkKinds } from '../../validation/kinds';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../validation/rules';
import { executionsOf } from '../asl/logged-state-machine';
import { Release } from '../release/release';
import type { ReleaseAccessProps } from './release-access-props';

const ROLE_ARN = /^arn:[^:]+:iam::(\d{12}):role\/[\w+=,.@/-]+$/;

/**
 * Role in the account of a release, by which one role of another account starts it.
 *
 * The role may start the one state machine and read its executions, and nothing else. It trusts exactly one role. All
 * names are literal, so that one program defines both accounts (docs/delivery.md).
 *
 * Throws a PropError for a release without a `stateMachineName`, for a stack without a literal account or region, and
 * for an ARN with a wildcard.
 *
 * @example
 *
 * const access = new ReleaseAccess(productionStack, 'Access', {
 *   release,
 *   trustedRoleArn: 'arn:aws:iam::111111111111:role/shop-pipeline',
 * });
 * const stage = DeployStage.remote({ access, production: true });
 */
export class ReleaseAccess extends Construct {
  /** IAM role that the other account assumes. */
  public readonly role: Role;
  /** Literal ARN of the role. */
  public readonly roleArn: string;
  /** Literal ARN of the state machine of the release. */
  public readonly stateMachineArn: string;
  /** Release that the role starts. */
  public readonly release: Release;
  /** ARN of the role that may start the release. */
  public readonly trustedRoleArn: string;

  public constructor(scope: Construct, id: string, props: ReleaseAccessProps) {
    super(scope, id);
    checkKinds(this, props, { release: Release });
    checkAllInReach(this, props);
    const { release, trustedRoleArn } = props;
    checkRules(this, rulesOf(this, props));
    const name = release._stateMachineName!;
    const roleName = props.roleName ?? `${name}-start`;
    const { account, region } = Stack.of(this);
    const partition = RegionInfo.get(region).partition ?? 'aws';
    this.release = release;
    this.trustedRoleArn = trustedRoleArn;
    this.roleArn = `arn:${partition}:iam::${account}:role/${roleName}`;
    this.stateMachineArn = `arn:${partition}:states:${region}:${account}:stateMachine:${name}`;
    this.role = this.createRole(roleName);
    this.createPolicy();
  }

  /** IAM refuses a role as principal that does not exist yet, and forgets one that is replaced. A condition stays. */
  private createRole(roleName: string): Role {
    const { release, trustedRoleArn } = this;
    return new Role(this, 'Role', {
      roleName,
      description: `Starts releases to ${release.stageName} for another account`,
      assumedBy: new AccountPrincipal(ROLE_ARN.exec(trustedRoleArn)![1]).withConditions({
        ArnEquals: { 'aws:PrincipalArn': trustedRoleArn },
      }),
    });
  }

  private createPolicy(): void {
    const { stateMachine } = this.release;
    const executions = executionsOf(stateMachine);
    const policy = new ManagedPolicy(this, 'Policy', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          actions: ['states:DescribeStateMachine', 'states:StartExecution'],
          resources: [stateMachine.stateMachineArn],
        }),
        new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
      ],
    });
    acknowledgeWildcard(policy, executions, 'Whoever starts an execution names it, below the one state machine.');
  }
}

function rulesOf(access: ReleaseAccess, { release, trustedRoleArn, roleName }: ReleaseAccessProps): Rule[] {
  const { account, region } = Stack.of(access);
  return [
    {
      condition: release._stateMachineName === undefined,
      prop: 'release.stateMachineName',
      value: undefined,
      expected: 'a name, because another account refers to the state machine by it',
      fix: "set it on the Release, for example stateMachineName: 'shop-production'",
    },
    {
      condition: Token.isUnresolved(account) || Token.isUnresolved(region),
      prop: 'env',
      problem: 'of the stack is not known at synthesis, but another account refers to it by literal ARNs',
      fix: 'give the stack env: { account, region }',
    },
    {
      // A token would be part of a condition that nobody can check at synthesis.
      condition: !ROLE_ARN.test(trustedRoleArn),
      prop: 'trustedRoleArn',
      value: trustedRoleArn,
      expected: 'the ARN of one role, arn:aws:iam::ACCOUNT:role/NAME, without wildcards',
      fix: 'give the pipeline a roleName, and write the ARN of that role',
    },
    {
      condition: (roleName ?? `${release._stateMachineName}-start`).length > 64,
      prop: 'roleName',
      value: roleName,
      expected: 'at most 64 characters',
      fix: 'set a shorter roleName',
    },
  ];
}
