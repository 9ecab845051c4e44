import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  type AdoptedRepositoryProps, type ArtifactBucketProps, type AssetBucketProps, type BackupBucketProps, BucketAccess, BucketPurpose, EnvironmentProfile, type FileBucketProps,
  ImageRepository, type ImageRepositoryProps, type LogBucketProps, SecureBucket, type SecureBucketProps, ServiceImage,
} from '../../../src';
import { callsOf } from '../calls';
import { changesAround } from '../general';
import type { Subject } from '../row';
import { changesOf, choicesOf, type Row } from '../rows';
import type { Site } from '../site';
import { WEB } from './service';

const REPOSITORY: Subject<ImageRepositoryProps> = {
  name: 'ImageRepository',
  make: (site, id, props) => new ImageRepository(site.scope, id, props),
};
const ADOPTED: Subject<AdoptedRepositoryProps> = {
  name: 'ImageRepository.fromRepository',
  make: (site, id, props) => {
    const images = ImageRepository.fromRepository(site.scope, id, { repository: repositoryOf(site), ...props });
    WEB.make(site, `${id}Web`, { image: ServiceImage.fromRepository(images, { tag: '1.4.2' }) });
  },
};
const BUCKET: Subject<SecureBucketProps> = {
  name: 'SecureBucket',
  make: (site, id, props) => new SecureBucket(site.scope, id, { purpose: BucketPurpose.logs(), ...props }),
};

const FILES: Subject<SecureBucketProps> = {
  name: 'SecureBucket, files of an application',
  make: (site, id, props) => new SecureBucket(site.scope, id, { purpose: BucketPurpose.files(), ...props }),
};

const OLD_KEY = 'New objects are encrypted with the new key. '
  + 'What is there needs the former one: keep it, and let services decrypt by it with `Key.fromKeyArn(...).grantDecrypt(service.taskRole)`.';
const SECOND_REPOSITORY = 'A repository keeps its name and key, and a new one is empty. Create a second one with another id and deploy it, '
  + '[move the services](registry.md#move-a-service-to-another-track-or-repository), then remove the first one.';
const MOVE_TRACK = 'Services that read a track which goes lose its value: [move them](registry.md#move-a-service-to-another-track-or-repository) to another '
  + 'track, with both tracks there, and remove the former one later.';

export const REGISTRY_ROWS: readonly Row[] = [
  ...changesOf<ImageRepositoryProps>({
    subject: REPOSITORY,
    struct: 'ImageRepositoryProps',
    changes: {
      repositoryName: [undefined, 'shop', { procedure: SECOND_REPOSITORY }],
      tracks: { several: [[['production'], ['production', 'preview']], [['staging'], ['preview'], { procedure: MOVE_TRACK }]] },
      mutableTags: [undefined, ['latest', 'main']],
      keepImages: [undefined, 50],
      key: [undefined, (site: Site) => keyOf(site), {
        with: { repositoryName: 'shop' },
        procedure: SECOND_REPOSITORY,
      }],
      profile: [undefined, () => EnvironmentProfile.development()],
    },
  }),
  ...callsOf<ImageRepository, ImageRepositoryProps>({
    subject: REPOSITORY, class: 'ImageRepository', calls: { keepTag: [(images) => images.keepTag('stable'), { note: 'An image that no app names any more may expire.' }] },
  }),
  ...changesAround(REPOSITORY),
  ...changesOf<AdoptedRepositoryProps>({
    subject: ADOPTED,
    struct: 'AdoptedRepositoryProps',
    changes: {
      repository: [undefined, (site: Site) => Repository.fromRepositoryName(site.stack, 'Other', 'other')],
      releasedImageParameterNames: { exempt: 'it names parameters that exist already; services that read another one start with its image' },
    },
  }),
];

export const STORAGE_ROWS: readonly Row[] = [
  ...changesOf<SecureBucketProps>({
    subject: BUCKET,
    struct: 'SecureBucketProps',
    changes: {
      purpose: [undefined, () => BucketPurpose.logs({ retention: Duration.days(400) })],
      accessLogBucket: [undefined, (site: Site) => site.part('LogsOfBuckets', (scope, id) => new SecureBucket(scope, id, { purpose: BucketPurpose.logs() }))],
      profile: [undefined, () => EnvironmentProfile.development(), { note: 'It has an effect when the bucket is removed.' }],
    },
  }),
  ...choicesOf<BucketPurpose, SecureBucketProps>({
    subject: BUCKET,
    class: 'BucketPurpose',
    prop: 'purpose',
    within: (purpose) => ({ purpose }),
    values: {
      logs: () => BucketPurpose.logs(),
      artifacts: (site) => BucketPurpose.artifacts({ key: keyOf(site) }),
      files: () => BucketPurpose.files(),
      assets: () => BucketPurpose.assets(),
      backups: () => BucketPurpose.backups(),
    },
  }),
  ...changesOf<LogBucketProps, SecureBucketProps>({
    subject: BUCKET,
    struct: 'LogBucketProps',
    at: 'BucketPurpose.logs',
    within: (props) => ({ purpose: BucketPurpose.logs(props) }),
    changes: { retention: [undefined, Duration.days(400)] },
  }),
  ...changesOf<ArtifactBucketProps, SecureBucketProps>({
    subject: BUCKET,
    struct: 'ArtifactBucketProps',
    at: 'BucketPurpose.artifacts',
    required: (site) => ({ key: keyOf(site) }),
    within: (props) => ({ purpose: BucketPurpose.artifacts(props) }),
    changes: { key: [undefined, (site: Site) => new Key(site.stack, 'Other', { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE })], retention: [undefined, Duration.days(60)] },
  }),
  ...changesOf<FileBucketProps, SecureBucketProps>({
    subject: BUCKET,
    struct: 'FileBucketProps',
    at: 'BucketPurpose.files',
    within: (props) => ({ purpose: BucketPurpose.files(props) }),
    changes: {
      uploadOrigins: [undefined, ['https://app.example.com']],
      archiveAfter: [undefined, Duration.days(90)],
      retention: [undefined, Duration.days(400), { note: 'Files older than this are deleted within days.' }],
      restorableFor: [undefined, Duration.days(7), { note: 'Replaced and deleted versions older than this are deleted within days.' }],
      events: [undefined, true],
      key: [undefined, (site: Site) => keyOf(site), { note: OLD_KEY }],
    },
  }),
  ...changesOf<AssetBucketProps, SecureBucketProps>({
    subject: BUCKET,
    struct: 'AssetBucketProps',
    at: 'BucketPurpose.assets',
    within: (props) => ({ purpose: BucketPurpose.assets(props) }),
    changes: { origins: [undefined, ['https://app.example.com']], archiveAfter: [undefined, Duration.days(30)] },
  }),
  ...changesOf<BackupBucketProps, SecureBucketProps>({
    subject: BUCKET,
    struct: 'BackupBucketProps',
    at: 'BucketPurpose.backups',
    within: (props) => ({ purpose: BucketPurpose.backups(props) }),
    changes: { retention: [undefined, Duration.days(60)], key: [undefined, (site: Site) => keyOf(site), { note: OLD_KEY }] },
  }),
  ...callsOf<SecureBucket, SecureBucketProps>({
    subject: BUCKET,
    class: 'SecureBucket',
    calls: {
      withAccess: [(bucket, site) => WEB.make(site, 'Reader', { backingServices: [bucket.withAccess(BucketAccess.READ_ONLY)] }), {
        with: () => ({ purpose: BucketPurpose.files() }), note: 'The service that reads it comes with it.',
      }],
    },
  }),
  ...changesAround(BUCKET),
  ...changesAround(FILES),
];

function keyOf(site: Site): Key {
  return site.part('Key', (scope, id) => new Key(scope, id, { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }));
}

function repositoryOf(site: Site) {
  return site.part('Repository', (scope, id) => Repository.fromRepositoryName(scope, id, 'shop'));
}
