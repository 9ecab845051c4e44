import type { Properties } from '../template';
import { type Case, changed, removed, resource } from './case';

const repository = (ImageTagMutability?: string, ...movable: string[]) =>
  resource('AWS::ECR::Repository', {
    ImageTagMutability,
    ImageTagMutabilityExclusionFilters: movable.map((value) => ({
      ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: value,
    })),
  });
const replication = (...regions: string[]) =>
  resource('AWS::ECR::ReplicationConfiguration', {
    ReplicationConfiguration: {
      Rules: [{
        Destinations: regions.map((Region) => ({ Region, RegistryId: '222222222222' })),
        RepositoryFilters: [{ Filter: 'shop-api', FilterType: 'PREFIX_MATCH' }],
      }],
    },
  });
const admitting = (...accounts: string[]) =>
  resource('AWS::ECR::RegistryPolicy', {
    PolicyText: {
      Statement: accounts.map((account): Properties => ({
        Effect: 'Allow', Action: 'ecr:ReplicateImage', Resource: '*', Principal: { AWS: account },
      })),
    },
  });

/** Documented behaviour of tags and of the replication of images. */
export const IMAGE_CASES: readonly Case[] = [
  changed('tags-become-immutable', 'some affected', 'no tag moves any more', repository(), repository('IMMUTABLE')),
  changed(
    'tags-become-immutable',
    'some affected',
    'a tag that was an exception moves no more',
    repository('IMMUTABLE_WITH_EXCLUSION', 'latest', 'main'),
    repository('IMMUTABLE_WITH_EXCLUSION', 'latest'),
  ),
  changed(
    'store-settings',
    'in place',
    'a further exception takes nothing away',
    repository('IMMUTABLE'),
    repository('IMMUTABLE_WITH_EXCLUSION', 'latest'),
  ),
  changed(
    'images-no-longer-copied',
    'some affected',
    'a destination gets no further image',
    replication('eu-west-1', 'eu-west-3'),
    replication('eu-west-1'),
  ),
  changed(
    'automation-changed',
    'in place',
    'a further destination takes nothing from the others',
    replication('eu-west-1'),
    replication('eu-west-1', 'eu-west-3'),
  ),
  removed('images-no-longer-copied', 'some affected', 'without its rules nothing is copied', replication('eu-west-1')),
  changed(
    'images-no-longer-admitted',
    'some affected',
    'an account is no longer admitted',
    admitting('222222222222', '333333333333'),
    admitting('333333333333'),
  ),
];
