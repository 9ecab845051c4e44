import { App, CfnOutput, CfnResource, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { EnvironmentProfile, ImageRepository, type ImageRepositoryProps } from '../../src';
import { ENV, refusal, templateOf, testApp, testStack, unacknowledged } from '../support/test-stack';

function repositoryWith(props: ImageRepositoryProps = {}): Template {
  const stack = testStack();
  new ImageRepository(stack, 'Images', props);
  return templateOf(stack);
}

function parametersOf(template: Template): { [id: string]: unknown } {
  return template.findResources('AWS::SSM::Parameter');
}

describe('the repository', () => {
  test('scans on push and is encrypted with a key that rotates (A-12, B-06, C-12, E-05)', () => {
    const template = repositoryWith();
    template.hasResourceProperties('AWS::ECR::Repository', {
      ImageScanningConfiguration: { ScanOnPush: true },
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('C-12: tags are immutable, save latest', () => {
    repositoryWith().hasResourceProperties('AWS::ECR::Repository', {
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [{ ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'latest' }],
    });
  });

  test('C-12: without moving tags all are immutable', () => {
    repositoryWith({ movingTags: [] }).hasResourceProperties('AWS::ECR::Repository', { ImageTagMutability: 'IMMUTABLE', ImageTagMutabilityExclusionFilters: Match.absent() });
  });

  test('E-05: in development tags move, and the repository goes with its images', () => {
    repositoryWith({ profile: EnvironmentProfile.development() }).hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Delete',
      Properties: { ImageTagMutability: 'MUTABLE', EmptyOnDelete: true },
    });
  });

  test('E-05: a qa environment that is destroyed loses its images too, and keeps fixed tags', () => {
    const qa = EnvironmentProfile.staging().adjust({ name: 'qa', removalPolicy: RemovalPolicy.DESTROY });
    repositoryWith({ profile: qa }).hasResourceProperties('AWS::ECR::Repository', { EmptyOnDelete: true, ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' });
  });

  test('E-05: in production it is kept, with its key', () => {
    const template = repositoryWith();
    template.hasResource('AWS::ECR::Repository', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { EmptyOnDelete: Match.not(true) } });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('E-05, C-30: it has a name for each environment, and outputs for address, name and ARN', () => {
    const stack = testStack();
    const { repository } = new ImageRepository(stack, 'Images', { repositoryName: 'shop-qa' });
    new CfnOutput(stack, 'Uri', { value: repository.repositoryUri });
    new CfnOutput(stack, 'Name', { value: repository.repositoryName });
    new CfnOutput(stack, 'Arn', { value: repository.repositoryArn });
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ECR::Repository', { RepositoryName: 'shop-qa' });
    expect(Object.keys(template.findOutputs('*'))).toEqual(['Uri', 'Name', 'Arn']);
  });

  test('has nothing that the four packs find', () => {
    const stack = testStack();
    new ImageRepository(stack, 'Images');
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('the parameters that name the released image', () => {
  test('one for each track, saying none before the first release', () => {
    const values = Object.values(parametersOf(repositoryWith({ tracks: ['qa', 'production'] }))) as Array<{ Properties: { Name: string; Value: string; Type: string } }>;
    expect(values.map(({ Properties }) => Properties.Value)).toEqual(['none', 'none']);
    expect(values.map(({ Properties }) => Properties.Name.split('/').pop())).toEqual(['qa', 'production']);
  });

  test('the name is lower-case, ends in a hash before its track, and is the same every time', () => {
    const name = (id: string) => new ImageRepository(testStack({ id }), 'Images').releasedImageParameterName('production');
    expect(name('Shop')).toMatch(/^\/shop-images-[0-9a-f]{8}\/released\/production$/);
    expect(name('Shop')).toBe(name('Shop'));
    expect(name('Shop')).not.toBe(name('Other'));
  });

  test('carry no tags, even where the whole app is tagged: a changed tag would undo the last release', () => {
    const app = testApp();
    const stack = testStack({ app });
    new ImageRepository(stack, 'Images');
    Tags.of(app).add('Team', 'shop');
    const template = templateOf(stack);
    template.resourcePropertiesCountIs('AWS::SSM::Parameter', { Tags: Match.absent() }, 2);
    template.hasResourceProperties('AWS::ECR::Repository', { Tags: [{ Key: 'Team', Value: 'shop' }] });
  });

  test('no prop changes anything in them: CloudFormation would write none over the released tag', () => {
    const before = parametersOf(repositoryWith());
    const changes: ImageRepositoryProps[] = [
      { keepImages: 50 },
      { movingTags: ['latest', 'edge'] },
      { repositoryName: 'shop' },
      { profile: EnvironmentProfile.development() },
      { tracks: ['production', 'staging'] },
    ];
    changes.forEach((props) => expect(parametersOf(repositoryWith(props))).toEqual(before));
    expect(parametersOf(repositoryWith({ tracks: ['staging', 'production', 'qa'] }))).toMatchObject(before);
  });
});

describe('what is refused', () => {
  test('a track that the repository does not have', () => {
    const repository = new ImageRepository(testStack(), 'Images');
    expect(refusal(() => repository.releasedImageParameterName('canary'))).toBe(
      "ImageRepository 'Test/Images': track is \"canary\", expected a track of this repository (staging, production). Name the track in ServiceImage.released, or add it to the repository");
  });

  test.each(['Production', 'prod uction', '', '9lives'])('a track called %j', (track) => {
    expect(refusal(() => repositoryWith({ tracks: [track] }))).toContain(`ImageRepository 'Test/Images': tracks is ${JSON.stringify(track)}, expected lower-case letters`);
  });

  test('a track that is named twice', () => {
    expect(refusal(() => repositoryWith({ tracks: ['qa', 'qa'] }))).toContain('each track once');
  });

  test.each([0, 1001, 2.5])('to keep %d images', (keepImages) => {
    expect(refusal(() => repositoryWith({ keepImages }))).toContain(`keepImages is ${keepImages}, expected 1 to 1000 images, whole`);
  });
});

describe('a repository that exists', () => {
  function adopted(releasedImageParameterNames?: { [track: string]: string }) {
    const stack = new Stack(new App(), 'Test', { env: ENV });
    return ImageRepository.fromRepository(stack, 'Images', { repository: Repository.fromRepositoryName(stack, 'Existing', 'shop'), releasedImageParameterNames });
  }

  test('gives the parameters that it is told', () => {
    expect(adopted({ production: '/shop/released' }).releasedImageParameterName('production')).toBe('/shop/released');
  });

  test('refuses a track without one, and creates nothing', () => {
    const images = adopted();
    images.keepTag('1f3c9e1');
    expect(refusal(() => images.releasedImageParameterName('production'))).toContain('a track of this repository (it has none)');
    expect(Stack.of(images).node.findAll().filter((construct) => CfnResource.isCfnResource(construct))).toEqual([]);
  });
});
