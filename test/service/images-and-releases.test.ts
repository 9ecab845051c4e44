import { Match, type Template } from 'aws-cdk-lib/assertions';
import { EnvironmentProfile, ImageRepository, type ProductionWebServiceProps, ServiceImage } from '../../src';
import { CloudFormationAndEcs } from '../support/cloudformation-and-ecs';
import { refusal, templateOf, testApp, testStack } from '../support/test-stack';
import { serviceFixture, VERSION } from '../support/web-service';

/** The template of a service with a released image; synthesized once for each set of props. */
const released = (() => {
  const known = new Map<string, Template>();
  return (props: Partial<ProductionWebServiceProps> = {}): Template => {
    const key = JSON.stringify(props);
    known.set(key, known.get(key) ?? templateOf(serviceFixture(({ images }) => ({ image: ServiceImage.released(images), ...props })).stack));
    return known.get(key)!;
  };
})();

const declared = (tag: string): Template => templateOf(serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { tag }) })).stack);

describe('A released image (docs/adr/0002-one-deployer.md)', () => {
  test('first deployment: succeeds with an empty repository, the service has no tasks', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(released());
    expect(aws.desiredCount).toBe(0);
    expect(aws.serving).toBeUndefined();
    released().hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: { 'Fn::If': [Match.anyValue(), 0, 2] } });
  });

  test('first release: the released image serves', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(released());
    aws.release('v1');
    expect(aws.serving?.image).toBe('repository:v1');
  });

  test('first deployment after the first release: the released image keeps serving, with tasks', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(released());
    aws.release('v1');
    aws.cdkDeploy(released());
    expect(aws.serving?.image).toBe('repository:v1');
    expect(aws.desiredCount).toBe(2);
  });

  describe('with v2 released', () => {
    let aws: CloudFormationAndEcs;
    const taskChange = { cpu: 1024, memoryMiB: 2048 };

    beforeEach(() => {
      aws = new CloudFormationAndEcs();
      aws.cdkDeploy(released());
      aws.release('v1');
      aws.cdkDeploy(released());
      aws.release('v2');
    });

    test('second release: v2 serves', () => {
      expect(aws.serving).toMatchObject({ image: 'repository:v2', by: 'release' });
    });

    test('a deployment without a change starts no rollout', () => {
      const { serving, serviceUpdates } = { ...aws };
      aws.cdkDeploy(released());
      expect(aws.serving).toBe(serving);
      expect(aws.serviceUpdates).toBe(serviceUpdates);
    });

    test('infrastructure change of the task: no rollout, and the latest revision has the released image', () => {
      const { serving, serviceUpdates } = { ...aws };
      aws.cdkDeploy(released(taskChange));
      expect(aws.serving).toBe(serving);
      expect(aws.serviceUpdates).toBe(serviceUpdates);
      expect(aws.latest).toMatchObject({ image: 'repository:v2', by: 'cdk deploy' });
    });

    test('failed infrastructure change after a release: no rollout, no old image, the latest revision is a good one', () => {
      const { serving } = aws;
      aws.cdkDeploy(released(taskChange), { failsAfterwards: true });
      expect(aws.serving).toBe(serving);
      expect(aws.latest.image).toBe('repository:v2');
    });

    test('failed release: v2 keeps serving, and the next deployment does not bring the failed image', () => {
      aws.release('v3', { fails: true });
      expect(aws.serving?.image).toBe('repository:v2');
      aws.cdkDeploy(released(taskChange));
      expect(aws.serving?.image).toBe('repository:v2');
      expect(aws.latest.image).toBe('repository:v2');
    });

    test('deployment during a release: the service is not touched', () => {
      const { serviceUpdates } = aws;
      aws.cdkDeploy(released(taskChange));
      aws.release('v3');
      aws.cdkDeploy(released(taskChange));
      expect(aws.serving?.image).toBe('repository:v3');
      expect(aws.serviceUpdates).toBe(serviceUpdates);
    });
  });

  test('the service names its family, and revisions stay active when CloudFormation replaces them', () => {
    const [definition] = Object.values(released().findResources('AWS::ECS::TaskDefinition'));
    released().hasResourceProperties('AWS::ECS::Service', { TaskDefinition: definition.Properties.Family });
    expect(definition.UpdateReplacePolicy).toBe('Retain');
  });

  test('is read from the track\'s parameter of the repository\'s stack, which is deployed before', () => {
    const { stack, registry, images } = serviceFixture((parts) => ({ image: ServiceImage.released(parts.images, 'staging') }));
    const [parameter] = Object.entries(templateOf(stack).toJSON().Parameters as { [id: string]: { Default: string } }).filter(([id]) => id.startsWith('WebReleasedImage'));
    expect(parameter[1].Default).toBe(images.releasedImageParameterName('staging'));
    expect(stack.dependencies).toContain(registry);
  });

  test('of a repository in the same stack is refused with the reason', () => {
    const message = refusal(() => serviceFixture(({ stack }) => ({ image: ServiceImage.released(new ImageRepository(stack, 'Own')) })));
    expect(message).toMatch(/^ProductionWebService 'Test\/Web': image is .*, expected a repository of a stack that is deployed before.*Make the ImageRepository in a stack of its own/);
  });

  test('of an adopted repository needs the names of its parameters', () => {
    const stack = testStack({ app: testApp() });
    const { repository } = new ImageRepository(stack, 'Made');
    const adopted = ImageRepository.fromRepository(stack, 'Adopted', { repository, releasedImageParameterNames: { production: '/images/web' } });
    expect(adopted.releasedImageParameterName('production')).toBe('/images/web');
    expect(refusal(() => adopted.releasedImageParameterName('staging'))).toMatch(/track is "staging", expected a track of this repository \(production\)/);
    adopted.keepTag('anything');
  });
});

describe('A declared image', () => {
  test('is deployed by CloudFormation: a new tag is a new revision and a rollout', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(declared('1.4.2'));
    expect(aws.serving?.image).toBe('repository:1.4.2');
    aws.cdkDeploy(declared('1.5.0'));
    expect(aws.serving?.image).toBe('repository:1.5.0');
  });

  test('a failed deployment leaves the previous image serving', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(declared('1.4.2'));
    aws.cdkDeploy(declared('1.5.0'), { failsAfterwards: true });
    expect(aws.serving?.image).toBe('repository:1.4.2');
  });

  test('starts with its tasks at once', () => {
    const template = declared(VERSION);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2 });
    expect(template.toJSON().Conditions).toBeUndefined();
  });

  test('is kept by its repository as long as an app names it', () => {
    const { registry } = serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { tag: 'commit-4711' }) }));
    const [repository] = Object.values(templateOf(registry).findResources('AWS::ECR::Repository'));
    expect(repository.Properties.LifecyclePolicy.LifecyclePolicyText).toContain('"tagPatternList":["commit-4711"]');
  });

  test('may be named by its digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const { stack } = serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { digest }) }));
    expect(JSON.stringify(templateOf(stack).findResources('AWS::ECS::TaskDefinition'))).toContain(`@${digest}`);
  });

  test('that moves is refused in production and taken in development', () => {
    const latest = (profile: EnvironmentProfile) => () =>
      serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { tag: 'latest' }) }), (app) => profile.applyTo(app));
    expect(refusal(latest(EnvironmentProfile.production()))).toMatch(/image is "latest", expected a tag that never moves, or a digest/);
    expect(latest(EnvironmentProfile.development())).not.toThrow();
  });

  test('needs a tag or a digest, and not both', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    [{}, { tag: '1', digest }].forEach((props) =>
      expect(refusal(() => serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, props) })))).toContain('a tag or a digest, exactly one'));
    expect(refusal(() => serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { digest: 'sha256:1' }) })))).toContain('64 hexadecimal digits');
  });

  test('B-14: of a public registry is refused where nothing but endpoints leads out, and taken where NAT does', () => {
    const message = refusal(() => serviceFixture({ image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29') }));
    expect(message).toMatch(/image is .*, expected an image of private ECR.*Copy it to an ImageRepository/);
    expect(refusal(() => serviceFixture({ image: ServiceImage.fromRegistry('nginx') }))).toContain('a tag that never moves');
  });

  test('B-14: is built from a folder into the account\'s own ECR', () => {
    const { stack } = serviceFixture({ image: ServiceImage.fromAsset('test/support/image'), arm64: true });
    templateOf(stack).hasResourceProperties('AWS::ECS::TaskDefinition', { RuntimePlatform: { CpuArchitecture: 'ARM64' } });
  });
});
