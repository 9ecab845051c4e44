import { Template } from 'aws-cdk-lib/assertions';
import { AcceptedFinding, type DockerBuildProps, ImageBuild, PipelineSource, UnfixedFindings } from '../../../../src';
import { type BuildPipeline, buildPipeline, pipelineWith, projectOf, rightsOf } from '../../../fixtures/build-pipeline';
import { refusal, unacknowledged } from '../../../fixtures/test-stack';

const REASON = 'The vulnerable function is never called';
const built = (props: (fixture: BuildPipeline) => Partial<DockerBuildProps>) =>
  pipelineWith((fixture) => ({ images: [ImageBuild.docker({ repository: fixture.images, ...props(fixture) })] })).stack;
const plain = (props: Partial<DockerBuildProps>) => projectOf(built(() => props), /Build1/);

describe('An image', () => {
  test('is built by default with nothing accepted, no cache and no variant', () => {
    const { variables, spec } = plain({});
    expect(Object.keys(variables)).toEqual(expect.not.arrayContaining(['PATHS', 'VARIANT', 'LAYER_CACHE', 'UNFIXED_FINDINGS', 'TRIVY_DATABASE', 'BUILDKIT_IMAGE']));
    expect(spec.phases.build.commands).toHaveLength(3);
  });

  test('has accepted findings in the commands, where no limit of CodeBuild cuts them (A-09)', () => {
    const [command] = plain({ acceptedFindings: [AcceptedFinding.of('CVE-2026-1', { reason: "It's never called", until: '2020-01-01' })] }).spec.phases.build.commands;
    expect(command).toBe('export ACCEPTED_FINDINGS=\'[{"id":"CVE-2026-1","until":"2020-01-01","reason":"It\'\\\'\'s never called"}]\'');
  });

  test.each([
    ['stop', UnfixedFindings.stop()],
    ['libraries', UnfixedFindings.stopInLibraries()],
    ['accept', UnfixedFindings.accept({ reason: 'The image is an internal tool' })],
  ])('may %s unfixed findings', (value, unfixedFindings) => {
    expect(plain({ unfixedFindings }).variables.UNFIXED_FINDINGS.value).toBe(value);
  });

  test('may be scanned with databases of a mirror', () => {
    const { variables } = plain({ trivyDatabase: 'public.ecr.aws/aquasecurity/trivy-db:2', trivyJavaDatabase: 'public.ecr.aws/aquasecurity/trivy-java-db:1' });
    expect([variables.TRIVY_DATABASE.value, variables.TRIVY_JAVA_DATABASE.value]).toEqual([
      'public.ecr.aws/aquasecurity/trivy-db:2', 'public.ecr.aws/aquasecurity/trivy-java-db:1',
    ]);
  });

  test('may be built only where its paths change', () => {
    expect(plain({ paths: ['shared', 'api'] }).variables.PATHS.value).toBe('api shared');
  });

  test('may have a cache of layers in a repository of its own, which the build alone writes', () => {
    const stack = built(() => ({ layerCache: true }));
    const build = projectOf(stack, /Build1/);
    expect(build.variables.LAYER_CACHE).toBeDefined();
    expect(build.variables.BUILDKIT_IMAGE.value).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(rightsOf(build)['ecr:PutImage'])).toHaveLength(2);
    Template.fromStack(stack).hasResource('AWS::ECR::Repository', {
      DeletionPolicy: 'Delete',
      Properties: { EmptyOnDelete: true, EncryptionConfiguration: { EncryptionType: 'KMS' } },
    });
    expect(unacknowledged(stack)).toEqual([]);
  }, 60_000);

  test('may have variants, of which stages release the first', () => {
    const { stack } = pipelineWith(({ images }) => ({
      images: [
        ImageBuild.docker({ repository: images, buildArguments: { PHP: '8.2' } }),
        ImageBuild.docker({ repository: images, variant: 'php8-3', buildArguments: { PHP: '8.3' } }),
      ],
    }));
    const variant = projectOf(stack, /Build2/).variables;
    expect([variant.VARIANT.value, variant.MOVING_TAG]).toEqual(['php8-3', undefined]);
    const [{ Properties }] = Object.values(Template.fromStack(stack).findResources('AWS::CodePipeline::Pipeline'));
    const stages = JSON.stringify(Properties.Stages);
    expect(stages).toContain('#{Build1-Images.IMAGE_TAG}');
    expect(stages).not.toContain('#{Build2-Images-php8-3.IMAGE_TAG}');
    expect(stages).toContain('Release of #{Build1-Images.IMAGE_TAG} (#{Build1-Images.IMAGE_DIGEST}) to production');
  });

  test('that another CI has pushed has the same settings of the scan (A-09)', () => {
    const { stack } = pipelineWith(({ images }) => ({
      source: PipelineSource.imagePush([images], {
        acceptedFindings: [AcceptedFinding.of('CVE-2026-1', { reason: REASON, until: '2030-01-01' })],
        unfixedFindings: UnfixedFindings.stop(),
        trivyDatabase: 'public.ecr.aws/aquasecurity/trivy-db:2',
      }),
      images: undefined,
    }));
    const { variables, spec } = projectOf(stack, /Scan/);
    expect(spec.phases.build.commands[0]).toContain('"CVE-2026-1"');
    expect([variables.UNFIXED_FINDINGS.value, variables.TRIVY_DATABASE.value]).toEqual(['stop', 'public.ecr.aws/aquasecurity/trivy-db:2']);
    expect(spec.env['exported-variables']).toEqual(['IMAGE_TAG', 'IMAGE_DIGEST']);
  });
});

describe('An image is refused in one line', () => {
  const accept = (id: string, reason: string, until: string) => ({ acceptedFindings: [AcceptedFinding.of(id, { reason, until })] });

  test.each<[string, Partial<DockerBuildProps>, string]>([
    ['with an accepted finding without a reason', accept('CVE-2026-1', 'no', '2030-01-01'), 'images.acceptedFindings.reason is "no"'],
    ['with a day that no year has', accept('CVE-2026-1', REASON, '2030-02-30'), 'images.acceptedFindings.until is "2030-02-30", expected a day as 2027-03-31'],
    ['with a day in other words', accept('CVE-2026-1', REASON, 'tomorrow'), 'images.acceptedFindings.until is "tomorrow"'],
    ['with an id that is none', accept('all of them', REASON, '2030-01-01'), 'images.acceptedFindings is "all of them"'],
    ['with unfixed findings accepted without a reason', { unfixedFindings: UnfixedFindings.accept({ reason: '' }) }, 'images.unfixedFindings.reason is ""'],
    ['with a database without a tag', { trivyDatabase: 'public.ecr.aws/aquasecurity/trivy-db' }, 'images.trivyDatabase is '],
    ['with no paths', { paths: [] }, 'images.paths is []'],
    ['with a pattern as a path', { paths: ['api/**'] }, 'images.paths is ["api/**"], expected paths within the sources'],
    ['with a secret as a build argument', { buildArguments: { NPM_TOKEN: 'x' } }, 'images.buildArguments.NPM_TOKEN is "(not shown)", expected a value that every reader of the image may know. Pass it by secrets:'],
    ['with a variant in capitals', { variant: 'PHP' }, 'images.variant is "PHP"'],
  ])('%s', (_, props, message) => {
    expect(refusal(() => built(() => props))).toContain(message);
  });

  test('with two of one variant', () => {
    const fixture = buildPipeline();
    const images = ['a', 'b', 'a'].map((variant) => ImageBuild.docker({ repository: fixture.images, variant }));
    expect(refusal(() => pipelineWith(() => ({ images }), fixture))).toContain('expected one image for each repository');
  });

  test('an accepted finding whose day has passed is none at synthesis', () => {
    expect(() => built(() => accept('CVE-2026-1', REASON, '2020-01-01'))).not.toThrow();
  });
});
