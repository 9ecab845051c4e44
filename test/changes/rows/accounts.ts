import {
  CiDeployRole, type GitlabDeployRoleProps, ImageReplication, type ImageReplicationProps, ImageRepository, Release, ReleaseAccess, type ReleaseAccessProps,
  ReplicaLocation, ReplicationPermission, type ReplicationPermissionProps,
} from '../../../src';
import type { Subject } from '../row';
import { changesOf, type Row } from '../rows';
import type { Site } from '../site';

const OTHER = '222222222222';
const TRUSTED = 'arn:aws:iam::222222222222:role/shop-pipeline';

const ACCESS: Subject<ReleaseAccessProps> = {
  name: 'ReleaseAccess',
  make: (site, id, props) => new ReleaseAccess(site.scope, id, { release: namedRelease(site), trustedRoleArn: TRUSTED, ...props }),
};
const REPLICATION: Subject<ImageReplicationProps> = {
  name: 'ImageReplication',
  make: (site, id, props) => new ImageReplication(site.scope, id, {
    repositories: [namedRepository(site, 'shop-api')], destinations: [ReplicaLocation.of(OTHER, 'eu-central-1')], ...props,
  }),
};
const PERMISSION: Subject<ReplicationPermissionProps> = {
  name: 'ReplicationPermission',
  make: (site, id, props) => new ReplicationPermission(site.scope, id, { repositories: [namedRepository(site, 'shop-api')], sourceAccount: OTHER, ...props }),
};
const GITLAB: Subject<GitlabDeployRoleProps> = {
  name: 'CiDeployRole.gitlab',
  make: (site, id, props) => CiDeployRole.gitlab(site.scope, id, { repositories: [site.images], project: 'org/app', ...props }),
};

/** Constructs of delivery across accounts. */
export const ACCOUNT_ROWS: readonly Row[] = [
  ...changesOf<ReleaseAccessProps>({
    subject: ACCESS,
    struct: 'ReleaseAccessProps',
    changes: {
      release: { exempt: 'it names another release; the role follows' },
      trustedRoleArn: [undefined, `${TRUSTED}-2`],
      roleName: [undefined, 'start-shop', { note: 'The pipeline fails until its stack is deployed with the new name.' }],
    },
  }),
  ...changesOf<ImageReplicationProps>({
    subject: REPLICATION,
    struct: 'ImageReplicationProps',
    changes: {
      repositories: [undefined, (site: Site) => [namedRepository(site, 'shop-api'), namedRepository(site, 'shop-web')]],
      destinations: [undefined, () => [ReplicaLocation.of(OTHER, 'eu-west-1')], { note: 'Images that were pushed before are not replicated.' }],
    },
  }),
  ...changesOf<ReplicationPermissionProps>({
    subject: PERMISSION,
    struct: 'ReplicationPermissionProps',
    changes: {
      repositories: [undefined, (site: Site) => [namedRepository(site, 'shop-api'), namedRepository(site, 'shop-web')]],
      sourceAccount: [undefined, '333333333333'],
    },
  }),
  ...changesOf<GitlabDeployRoleProps>({
    subject: GITLAB,
    struct: 'GitlabDeployRoleProps',
    changes: {
      project: [undefined, 'org/other'],
      branches: [undefined, ['release']],
      host: [undefined, 'git.example.com', { procedure: 'The provider of the former host stays, outside the stack. The way back names it as `providerArn` ([CI](delivery.md#share-the-provider-of-a-ci-service)).' }],
    },
  }),
];

function namedRelease(site: Site): Release {
  return site.part('NamedRelease', (scope, id) => new Release(scope, id, { services: [site.service], stageName: 'production', stateMachineName: 'shop-production' }));
}

function namedRepository(site: Site, repositoryName: string): ImageRepository {
  return site.part(repositoryName, () => new ImageRepository(site.otherStack('Registry'), repositoryName, { repositoryName }));
}
