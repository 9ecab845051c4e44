import { Stack, Token } from 'aws-cdk-lib';
import { CfnReplicationConfiguration, CfnRepository } from 'aws-cdk-lib/aws-ecr';
import { Construct, type IConstruct } from 'constructs';
import { checkAllInReach } from '../validation/objects-in-reach';
import { checkRules, type Rule } from '../validation/rules';
import type { ImageReplicationProps } from './image-replication-props';
import type { IImageRepository } from './image-repository-interface';
import type { ReplicaLocation } from './replica-location';

/** Quotas of ECR for a replication configuration. */
const MAX_DESTINATIONS = 25;
const MAX_FILTERS = 100;

/**
 * Replication of images to other accounts and regions, under the same repository names.
 *
 * An account has one replication configuration for a region: this construct replaces one that exists. Images that were
 * pushed before are not replicated. Another account needs a {@link ReplicationPermission}, and each destination needs
 * repositories of the same names.
 *
 * Throws a PropError for a repository without a literal name, and for a destination that is this account and region.
 *
 * @example
 *
 * new ImageReplication(this, 'Replication', {
 *   repositories: [images],
 *   destinations: [ReplicaLocation.of('222222222222', 'eu-central-1')],
 * });
 */
export class ImageReplication extends Construct {
  public constructor(scope: Construct, id: string, props: ImageReplicationProps) {
    super(scope, id);
    checkAllInReach(this, props);
    checkRules(this, rulesOf(this, props));
    const { repositories, destinations } = props;
    new CfnReplicationConfiguration(this, 'Configuration', {
      replicationConfiguration: {
        rules: [
          {
            destinations: destinations.map(({ account, region }) => ({ registryId: account, region })),
            // A filter is a prefix: another repository whose name begins so is replicated where one exists there.
            repositoryFilters: repositories.map((images) => ({
              filter: literalNameOf(images)!,
              filterType: 'PREFIX_MATCH',
            })),
          },
        ],
      },
    });
  }
}

/** Literal name of a repository, undefined where CloudFormation makes it. */
export function literalNameOf({ repository }: IImageRepository): string | undefined {
  const { defaultChild } = repository.node;
  const name = defaultChild instanceof CfnRepository ? defaultChild.repositoryName : repository.repositoryName;
  return Token.isUnresolved(name) ? undefined : name;
}

/** Rule for repositories that other accounts and regions name by a literal. */
export function nameRule(repositories: IImageRepository[], max: number): Rule[] {
  return [
    {
      condition: repositories.length === 0 || repositories.length > max,
      prop: 'repositories',
      value: repositories,
      expected: `1 to ${max} repositories`,
      fix: 'give the repositories of the images',
    },
    {
      condition: repositories.some((images) => literalNameOf(images) === undefined),
      prop: 'repositories',
      value: repositories.find((images) => literalNameOf(images) === undefined),
      expected: 'repositories with a literal name, because replicas have the same name',
      fix: "set repositoryName on the ImageRepository, for example 'shop-api'",
    },
  ];
}

function rulesOf(scope: IConstruct, { repositories, destinations }: ImageReplicationProps): Rule[] {
  const { account, region } = Stack.of(scope);
  const own = destinations.find((destination) => destination.account === account && destination.region === region);
  const wrong = destinations.find((destination) => !isValid(destination));
  return [
    ...nameRule(repositories, MAX_FILTERS),
    {
      condition: destinations.length === 0 || destinations.length > MAX_DESTINATIONS,
      prop: 'destinations',
      value: destinations,
      expected: `1 to ${MAX_DESTINATIONS} destinations`,
      fix: 'add ReplicaLocation.of(account, region)',
    },
    {
      condition: wrong !== undefined,
      prop: 'destinations',
      value: wrong,
      expected: 'accounts of 12 digits, and regions such as eu-central-1',
      fix: "write ReplicaLocation.of('222222222222', 'eu-central-1')",
    },
    {
      condition: own !== undefined,
      prop: 'destinations',
      value: own,
      expected: 'other registries than the one of this account and region',
      fix: 'remove it',
    },
  ];
}

function isValid({ account, region }: ReplicaLocation): boolean {
  return (
    (Token.isUnresolved(account) || /^\d{12}$/.test(account)) &&
    (Token.isUnresolved(region) || /^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
  );
}
