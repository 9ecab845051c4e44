import { App, CfnOutput, CfnResource, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { EnvironmentProfile, ImageRepository, type ImageRepositoryProps } from '../../src';
import { ENV, refusal, templateOf, testApp, testStack, unacknowledged } from '../fixtures/test-stack';

function repositoryWith(props: ImageRepositoryProps = {}): Template {
  const stack = testStack();
  new ImageRepository(stack, 'Images', props);
  return templateOf(stack);
}

function parametersOf(template: Template): { [id: string]: unknown } {
  return template.findResources('AWS::SSM::Parameter');
}

test.each(['Aws-Registry', 'awsome', 'SSM-Images'])('An image repository is refused in the stack %s, whose name the Parameter Store reserves', (stackName) => {
  const message = refusal(() => new ImageRepository(testStack({ stackName }), 'Images'));
  expect(message).toBe(
    `ImageRepository 'Test/Images': stackName begins with "${stackName.slice(0, 3).toLowerCase()}", which the Parameter Store reserves for AWS in names of parameters. `
    + 'Give the stack another name, such as its product first: stackName: "Shop-Registry".');
});

test('An image repository may be in a stack whose name has aws in it', () => {
  expect(() => new ImageRepository(testStack({ stackName: 'Shop-aws' }), 'Images')).not.toThrow();
});

describe('An image repository', () => {
  test('scans on push and is encrypted with a key that rotates (A-12, B-06, C-12, E-05)', () => {
    const template = repositoryWith();
    template.hasResourceProperties('AWS::ECR::Repository', {
      ImageScanningConfiguration: { ScanOnPush: true },
      EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: Match.anyValue() },
    });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('has the URI to push to as an output', () => {
    const { Outputs } = repositoryWith().toJSON();
    expect(Object.keys(Outputs)).toEqual([expect.stringMatching(/^ImagesUri/)]);
    expect(JSON.stringify(Outputs)).not.toContain('Export');
  });

  test('has immutable tags, except latest (C-12)', () => {
    repositoryWith().hasResourceProperties('AWS::ECR::Repository', {
      ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION',
      ImageTagMutabilityExclusionFilters: [{ ImageTagMutabilityExclusionFilterType: 'WILDCARD', ImageTagMutabilityExclusionFilterValue: 'latest' }],
    });
  });

  test('has immutable tags only where mutableTags is empty (C-12)', () => {
    repositoryWith({ mutableTags: [] }).hasResourceProperties('AWS::ECR::Repository', { ImageTagMutability: 'IMMUTABLE', ImageTagMutabilityExclusionFilters: Match.absent() });
  });

  test('has mutable tags in development, and is deleted with its images (E-05)', () => {
    repositoryWith({ profile: EnvironmentProfile.development() }).hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Delete',
      Properties: { ImageTagMutability: 'MUTABLE', EmptyOnDelete: true },
    });
  });

  test('is deleted with its images in a qa environment whose data is destroyed, and has immutable tags (E-05)', () => {
    const qa = EnvironmentProfile.staging().adjust({ name: 'qa', removalPolicy: RemovalPolicy.DESTROY });
    repositoryWith({ profile: qa }).hasResourceProperties('AWS::ECR::Repository', { EmptyOnDelete: true, ImageTagMutability: 'IMMUTABLE_WITH_EXCLUSION' });
  });

  test('is retained with its key in production (E-05)', () => {
    const template = repositoryWith();
    template.hasResource('AWS::ECR::Repository', { DeletionPolicy: 'RetainExceptOnCreate', Properties: { EmptyOnDelete: Match.not(true) } });
    template.hasResource('AWS::KMS::Key', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  test('has a name for each environment, and outputs for URI, name and ARN (E-05, C-30)', () => {
    const stack = testStack();
    const { repository } = new ImageRepository(stack, 'Images', { repositoryName: 'shop-qa' });
    new CfnOutput(stack, 'Uri', { value: repository.repositoryUri });
    new CfnOutput(stack, 'Name', { value: repository.repositoryName });
    new CfnOutput(stack, 'Arn', { value: repository.repositoryArn });
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ECR::Repository', { RepositoryName: 'shop-qa' });
    expect(Object.keys(template.findOutputs('*'))).toEqual([expect.stringMatching(/^ImagesUri/), 'Uri', 'Name', 'Arn']);
  });

  test('has no unacknowledged finding of the four packs', () => {
    const stack = testStack();
    new ImageRepository(stack, 'Images');
    expect(unacknowledged(stack)).toEqual([]);
  });
});

describe('The parameters of released images', () => {
  test('exist for each track, and hold none before the first release', () => {
    const values = Object.values(parametersOf(repositoryWith({ tracks: ['qa', 'production'] }))) as Array<{ Properties: { Name: string; Value: string; Type: string } }>;
    expect(values.map(({ Properties }) => Properties.Value)).toEqual(['none', 'none']);
    expect(values.map(({ Properties }) => Properties.Name.split('/').pop())).toEqual(['qa', 'production']);
  });

  test('have lower-case names with a hash before the track, which are the same in each synthesis', () => {
    const name = (id: string) => new ImageRepository(testStack({ id }), 'Images').releasedImageParameterName('production');
    expect(name('Shop')).toMatch(/^\/shop-images-[0-9a-f]{8}\/released\/production$/);
    expect(name('Shop')).toBe(name('Shop'));
    expect(name('Shop')).not.toBe(name('Other'));
  });

  test('have no tags even in a tagged app, because a changed tag would reset the released image', () => {
    const app = testApp();
    const stack = testStack({ app });
    new ImageRepository(stack, 'Images');
    Tags.of(app).add('Team', 'shop', { excludeResourceTypes: ['aws:cdk:stack'] });
    const template = templateOf(stack);
    template.resourcePropertiesCountIs('AWS::SSM::Parameter', { Tags: Match.absent() }, 2);
    template.hasResourceProperties('AWS::ECR::Repository', { Tags: [{ Key: 'Team', Value: 'shop' }] });
  });

  test('do not change with any prop, because CloudFormation would reset the released image', () => {
    const before = parametersOf(repositoryWith());
    const changes: ImageRepositoryProps[] = [
      { keepImages: 50 },
      { mutableTags: ['latest', 'edge'] },
      { repositoryName: 'shop' },
      { profile: EnvironmentProfile.development() },
      { tracks: ['production', 'staging'] },
    ];
    changes.forEach((props) => expect(parametersOf(repositoryWith(props))).toEqual(before));
    expect(parametersOf(repositoryWith({ tracks: ['staging', 'production', 'qa'] }))).toMatchObject(before);
  });
});

describe('An image repository refuses', () => {
  test('a track that it does not have', () => {
    const repository = new ImageRepository(testStack(), 'Images');
    expect(refusal(() => repository.releasedImageParameterName('canary'))).toBe(
      "ImageRepository 'Test/Images': track is \"canary\", expected a track of this repository (staging, production). Name an existing track in ServiceImage.released, or add this one to the repository.");
  });

  test.each(['Production', 'prod uction', '', '9lives'])('a track called %j', (track) => {
    expect(refusal(() => repositoryWith({ tracks: [track] }))).toContain(`ImageRepository 'Test/Images': tracks is ${JSON.stringify(track)}, expected lower-case letters`);
  });

  test('a duplicate track', () => {
    expect(refusal(() => repositoryWith({ tracks: ['qa', 'qa'] }))).toContain('each track once');
  });

  test.each([0, 1001, 2.5])('to keep %d images', (keepImages) => {
    expect(refusal(() => repositoryWith({ keepImages }))).toContain(`keepImages is ${keepImages}, expected a whole number from 1 to 1000 images`);
  });
});

describe('An adopted repository', () => {
  function adopted(releasedImageParameterNames?: { [track: string]: string }) {
    const stack = new Stack(new App(), 'Test', { env: ENV });
    return ImageRepository.fromRepository(stack, 'Images', { repository: Repository.fromRepositoryName(stack, 'Existing', 'shop'), releasedImageParameterNames });
  }

  test('has the parameters that it is given', () => {
    expect(adopted({ production: '/shop/released' }).releasedImageParameterName('production')).toBe('/shop/released');
  });

  test.each(['constructor', 'hasOwnProperty', 'toString', '__proto__'])('refuses the track %s, which every object has as a member', (track) => {
    expect(refusal(() => adopted({ production: '/shop/released' }).releasedImageParameterName(track))).toContain(
      `track is "${track}", expected a track of this repository (production)`);
  });

  test('has a track that is called like a member of every object', () => {
    expect(adopted({ constructor: '/shop/released' }).releasedImageParameterName('constructor')).toBe('/shop/released');
  });

  test('refuses a track without a parameter, and creates no resources', () => {
    const images = adopted();
    images.keepTag('1f3c9e1');
    expect(refusal(() => images.releasedImageParameterName('production'))).toContain('a track of this repository (it has none)');
    expect(Stack.of(images).node.findAll().filter((construct) => CfnResource.isCfnResource(construct))).toEqual([]);
  });
});
