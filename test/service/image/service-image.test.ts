import type { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { Egress, EnvironmentProfile, ImageRepository, type ProductionWebServiceProps, SecureVpc, ServiceImage, Sidecar } from '../../../src';
import { refusal, templateOf, testApp, testStack } from '../../fixtures/test-stack';
import { serviceFixture, VERSION } from '../../fixtures/web-service';
import { CloudFormationAndEcs } from '../../simulators/cloudformation-and-ecs';

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

describe('A service with a released image (docs/adr/0002-one-deployer.md)', () => {
  test('is created without tasks by the first deployment, while its repository is empty', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(released());
    expect(aws.desiredCount).toBe(0);
    expect(aws.serving).toBeUndefined();
    released().hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: { 'Fn::If': [Match.anyValue(), 0, 2] } });
  });

  test('serves the released image after the first release', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(released());
    aws.release('v1');
    expect(aws.serving?.image).toBe('repository:v1');
  });

  test('keeps serving the released image, with its tasks, after the next deployment', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(released());
    aws.release('v1');
    aws.cdkDeploy(released());
    expect(aws.serving?.image).toBe('repository:v1');
    expect(aws.desiredCount).toBe(2);
  });

  describe('after the release of v2', () => {
    let aws: CloudFormationAndEcs;
    const taskChange = { cpu: 1024, memoryMiB: 2048 };

    beforeEach(() => {
      aws = new CloudFormationAndEcs();
      aws.cdkDeploy(released());
      aws.release('v1');
      aws.cdkDeploy(released());
      aws.release('v2');
    });

    test('serves v2', () => {
      expect(aws.serving).toMatchObject({ image: 'repository:v2', by: 'release' });
    });

    test('starts no rollout when a deployment changes nothing', () => {
      const { serving, serviceUpdates } = { ...aws };
      aws.cdkDeploy(released());
      expect(aws.serving).toBe(serving);
      expect(aws.serviceUpdates).toBe(serviceUpdates);
    });

    test('starts no rollout when a deployment changes the task, and has the released image in its latest revision', () => {
      const { serving, serviceUpdates } = { ...aws };
      aws.cdkDeploy(released(taskChange));
      expect(aws.serving).toBe(serving);
      expect(aws.serviceUpdates).toBe(serviceUpdates);
      expect(aws.latest).toMatchObject({ image: 'repository:v2', by: 'cdk deploy' });
    });

    test('starts no rollout and gets no old image when a deployment fails, and has a good latest revision', () => {
      const { serving } = aws;
      aws.cdkDeploy(released(taskChange), { failsAfterwards: true });
      expect(aws.serving).toBe(serving);
      expect(aws.latest.image).toBe('repository:v2');
    });

    test('keeps serving v2 when a release fails, and does not get the failed image by the next deployment', () => {
      aws.release('v3', { fails: true });
      expect(aws.serving?.image).toBe('repository:v2');
      aws.cdkDeploy(released(taskChange));
      expect(aws.serving?.image).toBe('repository:v2');
      expect(aws.latest.image).toBe('repository:v2');
    });

    test('is not updated by a deployment during a release', () => {
      const { serviceUpdates } = aws;
      aws.cdkDeploy(released(taskChange));
      aws.release('v3');
      aws.cdkDeploy(released(taskChange));
      expect(aws.serving?.image).toBe('repository:v3');
      expect(aws.serviceUpdates).toBe(serviceUpdates);
    });
  });

  test('refers to the family of its task definition, whose revisions stay active when CloudFormation replaces them', () => {
    const [definition] = Object.values(released().findResources('AWS::ECS::TaskDefinition'));
    released().hasResourceProperties('AWS::ECS::Service', { TaskDefinition: definition.Properties.Family });
    expect(definition.UpdateReplacePolicy).toBe('Retain');
  });

  test('reads the tag from the parameter of its track, and depends on the stack of the repository', () => {
    const { stack, registry, images } = serviceFixture((parts) => ({ image: ServiceImage.released(parts.images, 'staging') }));
    const [parameter] = Object.entries(templateOf(stack).toJSON().Parameters as { [id: string]: { Default: string } }).filter(([id]) => id.startsWith('WebReleasedImage'));
    expect(parameter[1].Default).toBe(images.releasedImageParameterName('staging'));
    expect(stack.dependencies).toContain(registry);
  });

  test('refuses a repository in the same stack, and says why', () => {
    const message = refusal(() => serviceFixture(({ stack }) => ({ image: ServiceImage.released(new ImageRepository(stack, 'Own')) })));
    expect(message).toMatch(/^ProductionWebService 'Test\/Web': image is a released image of Test\/Own in the same stack: .* Create the ImageRepository in a separate stack/);
  });

  test('needs the parameter names of an adopted repository', () => {
    const stack = testStack({ app: testApp() });
    const { repository } = new ImageRepository(stack, 'Made');
    const adopted = ImageRepository.fromRepository(stack, 'Adopted', { repository, releasedImageParameterNames: { production: '/images/web' } });
    expect(adopted.releasedImageParameterName('production')).toBe('/images/web');
    expect(refusal(() => adopted.releasedImageParameterName('staging'))).toMatch(/track is "staging", expected a track of this repository \(production\)/);
    adopted.keepTag('anything');
  });
});

describe('A service with a declared image', () => {
  test('gets a new revision and a rollout from CloudFormation when the tag changes', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(declared('1.4.2'));
    expect(aws.serving?.image).toBe('repository:1.4.2');
    aws.cdkDeploy(declared('1.5.0'));
    expect(aws.serving?.image).toBe('repository:1.5.0');
  });

  test('keeps serving the previous image when a deployment fails', () => {
    const aws = new CloudFormationAndEcs();
    aws.cdkDeploy(declared('1.4.2'));
    aws.cdkDeploy(declared('1.5.0'), { failsAfterwards: true });
    expect(aws.serving?.image).toBe('repository:1.4.2');
  });

  test('starts with its tasks', () => {
    const template = declared(VERSION);
    template.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', { MinCapacity: 2 });
    expect(template.toJSON().Conditions).toBeUndefined();
  });

  test('keeps its tag from expiring in the repository', () => {
    const { registry } = serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { tag: 'commit-4711' }) }));
    const [repository] = Object.values(templateOf(registry).findResources('AWS::ECR::Repository'));
    expect(repository.Properties.LifecyclePolicy.LifecyclePolicyText).toContain('"tagPatternList":["commit-4711"]');
  });

  test('accepts a digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const { stack } = serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { digest }) }));
    expect(JSON.stringify(templateOf(stack).findResources('AWS::ECS::TaskDefinition'))).toContain(`@${digest}`);
  });

  test('refuses a tag that moves in production, and accepts it in development', () => {
    const latest = (profile: EnvironmentProfile) => () =>
      serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { tag: 'latest' }) }), (app) => profile.applyTo(app));
    expect(refusal(latest(EnvironmentProfile.production()))).toMatch(/image is "latest", expected a tag that never moves, or a digest/);
    expect(latest(EnvironmentProfile.development())).not.toThrow();
  });

  test('refuses neither tag nor digest, both, and a malformed digest', () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    [{}, { tag: '1', digest }].forEach((props) =>
      expect(refusal(() => serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, props) })))).toContain('a tag or a digest, exactly one'));
    expect(refusal(() => serviceFixture(({ images }) => ({ image: ServiceImage.fromRepository(images, { digest: 'sha256:1' }) })))).toContain('64 hexadecimal digits');
  });

  test('refuses an image of a public registry in a network with endpoints only (B-14)', () => {
    const message = refusal(() => serviceFixture({ image: ServiceImage.fromRegistry('public.ecr.aws/nginx/nginx-unprivileged:1.29.1') }));
    expect(message).toMatch(/image is the image of the application in a public registry, which .* does not reach\. Copy it to an ImageRepository/);
    expect(refusal(() => serviceFixture({ image: ServiceImage.fromRegistry('nginx') }))).toContain('a tag that never moves');
  });

  describe('pulled from Docker Hub', () => {
    const warnings = (name: string, profile = EnvironmentProfile.production()) => {
      const network = (stack: Stack) => new SecureVpc(stack, 'Nat', { egress: Egress.singleNatGateway() });
      const { web } = serviceFixture(({ stack }) => ({ network: network(stack), profile, image: ServiceImage.fromRegistry(name) }));
      return web.node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data));
    };

    test.each(['redis:8.2', 'nginxinc/nginx-unprivileged:1.29.1', 'docker.io/library/redis:8.2', `redis@sha256:${'0'.repeat(64)}`])(
      'makes synthesis warn in production of %s, because all tasks behind a NAT gateway share a limit', (name) => {
        expect(warnings(name)).toEqual([expect.stringContaining(`image is ${name}, an image of Docker Hub`)]);
      });

    test.each(['public.ecr.aws/nginx/nginx-unprivileged:1.29.1', 'ghcr.io/org/shop:1.4.2', 'registry:5000/shop:1.4.2', 'localhost/shop:1.4.2'])(
      'is not the case of %s', (name) => expect(warnings(name)).toEqual([]));

    test('makes no warning outside production', () => {
      expect(warnings('redis:8.2', EnvironmentProfile.staging())).toEqual([]);
    });

    test('makes synthesis warn of a sidecar by its name', () => {
      const { web } = serviceFixture(({ stack }) => ({
        network: new SecureVpc(stack, 'Nat', { egress: Egress.singleNatGateway() }),
        sidecars: [Sidecar.of('cache', { image: ServiceImage.fromRegistry('redis:8.2'), memoryMiB: 64 })],
      }));
      expect(web.node.metadata.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data)))
        .toEqual([expect.stringMatching(/sidecars\.image is redis:8\.2.*dockerHubImage:cache/s)]);
    });
  });

  test('builds an image from a directory into the ECR of the account (B-14)', () => {
    const { stack } = serviceFixture({ image: ServiceImage.fromAsset('test/fixtures/image'), arm64: true });
    templateOf(stack).hasResourceProperties('AWS::ECS::TaskDefinition', { RuntimePlatform: { CpuArchitecture: 'ARM64' } });
  });
});
