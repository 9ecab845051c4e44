import { Aws, Fn, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** Accounts and buckets that the policies of VPC endpoints admit. */
export interface EndpointTrust {
  /** Accounts whose principals are admitted, in addition to that of the network. */
  readonly trustedAccounts: readonly string[];
  /** Buckets that are open to principals of any account, and to none. */
  readonly openBuckets: readonly string[];
  /** True to restrict principals to resources of the admitted accounts. */
  readonly ownResourcesOnly: boolean;
}

/**
 * Denies credentials of other accounts, so that nobody can send data to them from inside this network.
 *
 * Principals of this account may still write to resources of strangers, unless `ownResourcesOnly` is set.
 */
export function ownPrincipalsOnly({ trustedAccounts, ownResourcesOnly }: EndpointTrust): PolicyStatement {
  const accounts = trustedAccounts.length > 0 ? [Aws.ACCOUNT_ID, ...trustedAccounts] : Aws.ACCOUNT_ID;
  return new PolicyStatement({
    sid: 'OwnPrincipalsOnly',
    principals: [new AnyPrincipal()],
    actions: ['*'],
    resources: ['*'],
    conditions: {
      StringEquals: {
        'aws:PrincipalAccount': accounts,
        ...(ownResourcesOnly && { 'aws:ResourceAccount': accounts }),
      },
    },
  });
}

/** Required to pull images, because ECR serves layers through URLs that its own account has signed. */
export function imageLayers(scope: IConstruct): PolicyStatement {
  const { region } = Stack.of(scope);
  return forAnyone(scope, 'ImageLayers', ['s3:GetObject'], [`prod-${region}-starport-layer-bucket/*`]);
}

/**
 * Required by functions of custom resources and by wait conditions.
 *
 * They answer to URLs that CloudFormation has signed, so no principal of this account can be named. Without an answer,
 * a stack waits for an hour. The key of the object begins with the ARN of the stack: a URL of a stranger's stack, to
 * which somebody could send data from inside this network, is not admitted. Only the name of the first bucket has its
 * region without dashes.
 */
export function customResourceResponses(scope: IConstruct, trustedAccounts: readonly string[]): PolicyStatement {
  const { partition, region } = Stack.of(scope);
  const withoutDashes = Fn.join('', Fn.split('-', region));
  const stacks = [Aws.ACCOUNT_ID, ...trustedAccounts].map(
    (account) => `arn:${partition}:cloudformation:${region}:${account}:stack/*`,
  );
  return forAnyone(scope, 'CloudFormationResponses', ['s3:PutObject'], [
    ...stacks.map((stack) => `cloudformation-custom-resource-response-${withoutDashes}/${stack}`),
    ...stacks.map((stack) => `cloudformation-waitcondition-${region}/${stack}`),
  ]);
}

/** Opens buckets to presigned URLs of other accounts and to anonymous requests. Their own policies still hold. */
export function openBuckets(scope: IConstruct, buckets: readonly string[]): PolicyStatement {
  return forAnyone(scope, 'OpenBuckets', ['s3:*'], buckets.flatMap((bucket) => [bucket, `${bucket}/*`]));
}

function forAnyone(scope: IConstruct, sid: string, actions: string[], resources: string[]): PolicyStatement {
  const { partition } = Stack.of(scope);
  return new PolicyStatement({
    sid,
    principals: [new AnyPrincipal()],
    actions,
    resources: resources.map((resource) => `arn:${partition}:s3:::${resource}`),
  });
}
