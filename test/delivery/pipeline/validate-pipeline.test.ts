import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  type BlueGreenPipelineProps,
  DeployStage,
  DeploymentEngine,
  EnvironmentProfile,
  ImageBuild,
  ImageRepository,
  type IReleasedService,
  Migration,
  PipelineChecks,
  PipelineSource,
  Rollout,
  SmokeTest,
} from '../../../src';
import { CONNECTION_ARN, pipelineOf, shop, type Shop } from '../../fixtures/delivery-stages';
import { refusal, REGION, testStack } from '../../fixtures/test-stack';

type Mistake = (fixture: Shop) => Partial<BlueGreenPipelineProps>;

const both = ({ production: { api, web } }: Shop) => [api, web];
const staged = ({ staging: { api, web } }: Shop) => [api, web];
const production = (fixture: Shop, props: object = {}) => DeployStage.production({ services: both(fixture), ...props });
const staging = (fixture: Shop, props: object = {}) => DeployStage.staging({ services: staged(fixture), ...props });
const connection = (props: object) =>
  PipelineSource.codeConnection({ connectionArn: CONNECTION_ARN, repository: 'org/app', ...props });
const MACHINE = `arn:aws:states:${REGION}:222222222222:stateMachine:shop`;

function foreignService({ stack, apiImages, production: { api } }: Shop): IReleasedService {
  const { releaseTarget } = api;
  return {
    releaseTarget: {
      ...releaseTarget,
      source: new FargateTaskDefinition(stack, 'Foreign'),
      repositoryName: apiImages.repository.repositoryName,
      engine: DeploymentEngine.BLUE_GREEN,
    },
  };
}

describe('BlueGreenPipeline refuses in one line with path, prop, value, expectation and fix:', () => {
  test.each<[string, Mistake, string]>([
    ['no stage at all', () => ({ stages: [] }), 'stages is [], expected at least one stage'],
    [
      'production before staging',
      (f) => ({ stages: [production(f), staging(f)] }),
      'stages is ["production","staging"], expected production stages last, but staging follows one',
    ],
    [
      'production without an approval and without a reason',
      (f) => ({ stages: [production(f, { withoutApproval: { reason: '' } })] }),
      'stages.production.withoutApproval.reason is "", expected a sentence',
    ],
    [
      'a production stage elsewhere without an approval and without a reason',
      () => ({
        stages: [
          DeployStage.elsewhere({
            name: 'production',
            production: true,
            stateMachineArn: MACHINE,
            withoutApproval: { reason: 'no' },
          }),
        ],
      }),
      'stages.production.withoutApproval.reason is "no"',
    ],
    [
      'two stages with one name',
      (f) => ({ stages: [staging(f, { name: 'qa' }), production(f, { name: 'qa' })] }),
      'stages.name is "qa", expected a unique name for each stage',
    ],
    [
      'a stage with the name of one that the pipeline adds',
      (f) => ({ stages: [staging(f, { name: 'build' }), production(f)] }),
      'stages.name is "build", expected no name of the stages that the pipeline adds',
    ],
    [
      'a stage with a name that CDK can not take',
      (f) => ({ stages: [production(f, { name: 'constructor' })] }),
      'stages.name is "constructor", expected a name other than JavaScript',
    ],
    [
      'a stage of a region that is named like a member of every object',
      () => ({
        stages: [
          DeployStage.elsewhere({
            name: 'production',
            production: true,
            stateMachineArn: MACHINE.replace(REGION, 'constructor'),
          }),
        ],
      }),
      'artifactBuckets is not given, expected an encrypted bucket in constructor',
    ],
    [
      'an invalid stage name',
      (f) => ({ stages: [production(f, { name: 'Production!' })] }),
      'stages.name is "Production!", expected lower-case letters',
    ],
    [
      'an approval timeout of more than a week',
      (f) => ({ stages: [production(f, { approvalTimeout: Duration.days(8) })] }),
      'stages.production.approvalTimeout is 11520, expected a whole number from 5 to 10080 minutes',
    ],
    [
      'post-release alarms for more than a day',
      (f) => ({ stages: [production(f, { postReleaseAlarms: { duration: Duration.hours(48) } })] }),
      'stages.production.postReleaseAlarms.duration is 48, expected a whole number from 1 to 24 hours',
    ],
    [
      'a success rate of 0 percent',
      (f) => ({ stages: [production(f, { postReleaseAlarms: { successRatePercent: 0 } })] }),
      'stages.production.postReleaseAlarms.successRatePercent is 0, expected above 0',
    ],
    [
      'an invalid connection ARN',
      () => ({ source: connection({ connectionArn: 'github' }) }),
      'source.connectionArn is "github", expected the ARN of a connection',
    ],
    [
      'a repository without its owner',
      () => ({ source: connection({ repository: 'app' }) }),
      'source.repository is "app", expected owner and name',
    ],
    [
      'a repository with its host',
      () => ({ source: connection({ repository: 'github.com/org/app' }) }),
      'source.repository is "github.com/org/app", expected owner and name, without host',
    ],
    [
      'a repository as it is cloned',
      () => ({ source: connection({ repository: 'org/app.git' }) }),
      'source.repository is "org/app.git"',
    ],
    [
      'an empty branch name',
      () => ({ source: connection({ branch: '' }) }),
      'source.branch is "", expected the name of one branch',
    ],
    [
      'a tag pattern that EventBridge refuses',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages], { tags: ['v**'] }), images: [] }),
      'source.tags is ["v**"], expected 1 to 5 patterns',
    ],
    [
      'more stages than a policy has room for',
      (f) => ({
        stages: [
          ...Array.from({ length: 10 }, (_, index) =>
            DeployStage.elsewhere({
              name: `qa${index}`,
              production: false,
              stateMachineArn: MACHINE,
              roleArn: 'arn:aws:iam::222222222222:role/shop',
            }),
          ),
          production(f),
        ],
      }),
      'stages has 11 elements, but the policy of the pipeline has room for 10',
    ],
    [
      'a stage without services',
      () => ({ stages: [DeployStage.production({ services: [] })] }),
      'stages.production.services is [], expected at least one service',
    ],
    [
      'an approval timeout of a stage without an approval',
      (f) => ({ stages: [staging(f, { approvalTimeout: Duration.hours(1) }), production(f)] }),
      'stages.staging.approvalTimeout is not supported without an approval. Set approval: true',
    ],
    [
      'a waiver of the approval without a reason',
      (f) => ({ stages: [production(f, { withoutApproval: {} })] }),
      'stages.production.withoutApproval.reason is not given, expected a sentence',
    ],
    [
      'one service in two stages',
      (f) => ({ stages: [DeployStage.staging({ services: both(f) }), production(f)] }),
      'stages.production.services is "Production/Api", expected services of no other stage, but staging releases it',
    ],
    [
      'two stages with one release track',
      (f) => {
        const [api] = both(f);
        return {
          stages: [
            DeployStage.staging({ services: [{ releaseTarget: { ...api.releaseTarget, source: f.staging.api } }] }),
            production(f),
          ],
        };
      },
      'stages.production.services is ["Staging/Api","Production/Api"], expected a release track for each stage, but these services share one. Name the track of each, as in ServiceImage.released(images, \'staging\')',
    ],
    [
      'a stage of another account without a role there',
      () => ({ stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: MACHINE })] }),
      'stages.production.roleArn is not given, expected a role in 222222222222, where the state machine is',
    ],
    [
      'tags and a branch',
      () => ({ source: connection({ tags: ['v*'], branch: 'main' }) }),
      'source.tags is not supported together with branch or paths',
    ],
    [
      'an empty list of paths',
      () => ({ source: connection({ paths: [] }) }),
      'source.paths is [], expected 1 to 8 patterns',
    ],
    [
      'an archive that is no zip file',
      (f) => ({ source: PipelineSource.s3(pipelineOf(shop()).artifacts ?? f, 'sources.tar') }),
      'source.key is "sources.tar", expected the key of a zip archive',
    ],
    [
      'Trivy without a digest',
      (f) => ({
        images: [ImageBuild.docker({ repository: f.apiImages, trivyImage: 'aquasec/trivy:0.69.4' }), f.images[1]],
      }),
      'images.trivyImage is "aquasec/trivy:0.69.4", expected an image with its digest',
    ],
    [
      'Trivy without a digest for pushed images',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages], { trivyImage: 'aquasec/trivy:latest' }), images: [] }),
      'source.trivyImage is "aquasec/trivy:latest"',
    ],
    [
      'a directory outside of the sources',
      (f) => ({ images: [ImageBuild.docker({ repository: f.apiImages, directory: '../api' }), f.images[1]] }),
      'images.directory is "../api", expected a path within the sources',
    ],
    [
      'a build argument of several lines',
      (f) => ({
        images: [ImageBuild.docker({ repository: f.apiImages, buildArguments: { KEY: 'a\nb' } }), f.images[1]],
      }),
      'images.buildArguments.KEY has several lines',
    ],
    [
      'an empty list of architectures',
      (f) => ({ images: [ImageBuild.docker({ repository: f.apiImages, architectures: [] }), f.images[1]] }),
      'images.architectures is []',
    ],
    ['an empty list of images', () => ({ images: [] }), 'images is [], expected at least one image'],
    [
      'two images for one repository',
      (f) => ({ images: [f.images[0], f.images[0]] }),
      'images is "Registry/Api", expected one image for each repository',
    ],
    [
      'an image that no service runs',
      (f) => ({ stages: [DeployStage.production({ services: [f.production.api] })] }),
      'images is "Registry/Web", expected images that a service of a stage runs',
    ],
    [
      'a pushed image that no service runs',
      (f) => ({
        source: PipelineSource.imagePush([f.apiImages, f.webImages]),
        images: [],
        stages: [DeployStage.production({ services: [f.production.web] })],
      }),
      'source is "Registry/Api"',
    ],
    [
      'a service whose image no repository of the source has',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages]), images: [], stages: [production(f)] }),
      'stages.services is "Production/Web", expected services of the repositories of the source',
    ],
    [
      'a pushed image twice',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages, f.apiImages]), images: [], stages: [production(f)] }),
      'source.repositories is "Registry/Api", expected one image for each repository',
    ],
    [
      'a source without repositories',
      () => ({ source: PipelineSource.imagePush([]), images: [] }),
      'source.repositories is [], expected 1 to 8 repositories',
    ],
    [
      'a start on pushes to a repository that the source does not have',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages], { startOn: [f.webImages] }), images: [] }),
      'source.startOn is ["Registry/Web"], expected one or more of the repositories of the source',
    ],
    [
      'pushes to a repository in which every tag may move',
      (f) => ({
        source: PipelineSource.imagePush([new ImageRepository(f.stack, 'Mutable', { mutableTags: ['*'] })]),
        images: [],
      }),
      'source.repositories is "Delivery/Mutable", expected repositories with immutable tags',
    ],
    [
      'pushes to a repository of development, in which every tag may move',
      (f) => ({
        source: PipelineSource.imagePush([
          new ImageRepository(f.stack, 'Mutable', { profile: EnvironmentProfile.development() }),
        ]),
        images: [],
      }),
      'source.repositories is "Delivery/Mutable", expected repositories with immutable tags',
    ],
    ...['latest', 'live-production-*'].map((tag): [string, Mistake, string] => [
      `the moving tag ${tag}`,
      (f) => ({ source: PipelineSource.imagePush([f.apiImages], { tags: [tag] }), images: [] }),
      `source.tags is "${tag}", expected patterns of tags that stay at their image`,
    ]),
    [
      'a tag that the repository lets move',
      (f) => ({
        source: PipelineSource.imagePush(
          [new ImageRepository(f.stack, 'Nightly', { mutableTags: ['latest', 'nightly-*'] })],
          { tags: ['nightly-eu-*'] },
        ),
        images: [],
      }),
      'source.tags is "nightly-eu-*", expected patterns of tags that stay at their image',
    ],
    [
      'a service whose image the pipeline does not build',
      (f) => ({ images: [f.images[0]] }),
      'stages.services is "Staging/Web", expected services whose images the pipeline builds',
    ],
    [
      'images together with a pushed image',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages]) }),
      'images is not supported with PipelineSource.imagePush()',
    ],
    [
      'checks without sources',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages]), images: [], checks: PipelineChecks.npmScripts() }),
      'checks is not supported with PipelineSource.imagePush()',
    ],
    [
      'a tag pattern that matches the tags of releases',
      (f) => ({ source: PipelineSource.imagePush([f.apiImages], { tags: ['*'] }), images: [] }),
      'source.tags is ["*"], expected 1 to 5 patterns',
    ],
    [
      'Docker in checks without a reason',
      () => ({ checks: PipelineChecks.commands({ lint: [], unit: [], integration: [], docker: { reason: '' } }) }),
      'checks.docker.reason is ""',
    ],
    [
      'a stage elsewhere with a name instead of an ARN',
      () => ({ stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: 'shop' })] }),
      'stages.production.stateMachineArn is "shop"',
    ],
    [
      'an invalid role ARN',
      () => ({
        stages: [
          DeployStage.elsewhere({
            name: 'production',
            production: true,
            stateMachineArn: MACHINE,
            roleArn: 'deployer',
          }),
        ],
      }),
      'stages.production.roleArn is "deployer"',
    ],
    [
      'a stage of another region without a bucket there',
      () => ({
        stages: [
          DeployStage.elsewhere({
            name: 'production',
            production: true,
            stateMachineArn: MACHINE.replace(REGION, 'eu-west-1'),
          }),
        ],
      }),
      'artifactBuckets is not given, expected an encrypted bucket in eu-west-1, for the stage production',
    ],
    [
      'a smoke test of a service without a lifecycle hook of this library',
      (f) => ({
        stages: [
          DeployStage.production({ services: [foreignService(f), f.production.web], smokeTest: SmokeTest.http('/') }),
        ],
      }),
      'stages.production.smokeTest is not supported for Delivery/Foreign: only a ProductionWebService has a hook for it',
    ],
  ])('%s', (_, mistake, message) => {
    const fixture = shop();
    const said = refusal(() => pipelineOf(fixture, mistake(fixture)));
    expect(said).toContain(message);
    expect(said).toMatch(
      /^BlueGreenPipeline 'Delivery\/Pipeline': [\w.]+ (is .+, expected|is not supported|has) .+\. [A-Z].+\.$/,
    );
  });

  test.each<[string, () => unknown, RegExp]>([
    [
      'a smoke test longer than the hook may take',
      () => {
        const fixture = shop();
        pipelineOf(fixture, {
          stages: [production(fixture, { smokeTest: SmokeTest.http('/', { verifyFor: Duration.hours(2) }) })],
        });
      },
      /^ProductionWebService 'Production\/Api': smokeTest\.verifyFor is 2 hours, expected 0 minutes to 1 hour/,
    ],
    [
      'verification before traffic of a rolling service',
      () => {
        const fixture = shop({ production: { rollout: Rollout.rolling() } });
        pipelineOf(fixture, { stages: [production(fixture)] });
      },
      /^Release 'Delivery\/Pipeline\/production\/Release': services\[0\] \(Production\/Api\) has a rolling rollout: .*\. Use Rollout\.blueGreen\(\)/,
    ],
    [
      'a smoke test of a rolling service',
      () => {
        const fixture = shop({ production: { rollout: Rollout.rolling() } });
        pipelineOf(fixture, {
          stages: [production(fixture, { smokeTest: SmokeTest.http('/'), verifyBeforeTraffic: false })],
        });
      },
      /smokeTest is not supported with Rollout\.rolling\(\)/,
    ],
    [
      'a service whose image is declared',
      () => {
        const declared = shop({ declaredTag: '1.4.2' });
        pipelineOf(declared, { stages: [production(declared)] });
      },
      /services\[0\] \(Production\/Api\) has a declared image: .*\. Use ServiceImage\.released\(repository, track\)/,
    ],
    [
      'a migration with a service that has no database',
      () => {
        const fixture = shop();
        pipelineOf(fixture, {
          stages: [production(fixture, { migrations: [Migration.command(fixture.production.web, ['migrate'])] })],
        });
      },
      /migrations\[0\] runs in Production\/Web, which has no database\. Add the database to its backingServices/,
    ],
    [
      'a monitoring time of more than a day',
      () => {
        const fixture = shop();
        pipelineOf(fixture, { stages: [production(fixture, { monitoringTime: Duration.days(2) })] });
      },
      /monitoringTime is 2880, expected a whole number from 0 to 1440 minutes/,
    ],
  ])('a part of it refuses %s', (_, make, message) => {
    expect(refusal(make)).toMatch(message);
  });
});

describe('The npm scripts of the checks', () => {
  /** Runs the checks in a project with these npm scripts, which record that they ran. */
  function run(scripts: { [name: string]: string }): { status: number | null; ran: string } {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'checks-'));
    try {
      fs.mkdirSync(path.join(folder, 'api'));
      fs.writeFileSync(
        path.join(folder, 'api', 'package.json'),
        JSON.stringify({ name: 'api', version: '1.0.0', scripts }),
      );
      const { lint, unit, integration } = PipelineChecks.npmScripts()._bind(testStack(), { directories: ['api'] });
      const { status } = spawnSync('bash', ['-c', [...lint, ...unit, ...integration].join(' && ')], {
        cwd: folder,
        env: { ...process.env, OUT: path.join(folder, 'ran') },
      });
      return {
        status,
        ran: fs.existsSync(path.join(folder, 'ran'))
          ? fs.readFileSync(path.join(folder, 'ran'), 'utf8').trim().split('\n').join(' ')
          : '',
      };
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }
  const [lint, unit, integration] = ['lint', 'unit', 'integration'].map((name) => `echo ${name} >> "$OUT"`);

  test('run lint, unit and integration tests, in this order (A-09)', () => {
    expect(run({ 'lint': lint, 'test': unit, 'test:integration': integration })).toEqual({
      status: 0,
      ran: 'lint unit integration',
    });
  }, 30_000);

  test('stop at a unit test that fails (A-09)', () => {
    const { status, ran } = run({ 'lint': lint, 'test': `${unit} && false`, 'test:integration': integration });
    expect(status).not.toBe(0);
    expect(ran).toBe('lint unit');
  }, 30_000);

  test('fail for a project without tests (A-09)', () => {
    expect(run({ lint }).status).not.toBe(0);
  }, 30_000);
});
