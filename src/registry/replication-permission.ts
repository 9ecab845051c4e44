import { Stack, Token } from 'aws-cdk-lib';
import { CfnRegistryPolicy } from 'aws-cdk-lib/aws-ecr';
import { AccountPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { checkAllInReach } from '../validation/objects-in-reach';
import { checkRules } from '../validation/rules';
import { nameRule } from './image-replication';
import type { ReplicationPermissionProps } from './image-replication-props';

/** Each has an ARN in the registry policy. */
const MAX_REPOSITORIES = 50;

/**
 * Permission of another account to replicate images into repositories of this one.
 *
 * An account has one registry policy for a region: this construct replaces one that exists. The other account can't
 * create repositories here, so an image arrives only in a repository of the list, with its own encryption and tags.
 *
 * Throws a PropError for a repository without a literal name, and for the account itself, which needs no permission.
 *
 * @example
 *
 * new ReplicationPermission(this, 'FromBuilds', { sourceAccount: '111111111111', repositories: [images] });
 */
export class ReplicationPermission extends Construct {
  public constructor(scope: Construct, id: string, props: ReplicationPermissionProps) {
    super(scope, id);
    checkAllInReach(this, props);
    const { sourceAccount, repositories } = props;
    checkRules(this, [
      ...nameRule(repositories, MAX_REPOSITORIES),
      {
        condition: !Token.isUnresolved(sourceAccount) && !/^\d{12}$/.test(sourceAccount),
        prop: 'sourceAccount',
        value: sourceAccount,
        expected: 'an account of 12 digits',
        fix: 'give the account of the builds',
      },
      {
        condition: sourceAccount === Stack.of(this).account,
        prop: 'sourceAccount',
        value: sourceAccount,
        expected: 'another account: within one account replication needs no permission',
        fix: 'remove the construct',
      },
    ]);
    const policyText = new PolicyDocument({
      statements: [
        new PolicyStatement({
          sid: 'Replicate',
          principals: [new AccountPrincipal(sourceAccount)],
          actions: ['ecr:ReplicateImage'],
          resources: repositories.map(({ repository }) => repository.repositoryArn),
        }),
      ],
    });
    new CfnRegistryPolicy(this, 'Policy', { policyText });
  }
}
