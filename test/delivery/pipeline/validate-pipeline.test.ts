import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Duration } from 'aws-cdk-lib';
import { FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import {
  type BlueGreenPipelineProps, DeployStage, DeploymentEngine, ImageBuild, type IReleasedService, Migration, PipelineChecks, PipelineSource, Rollout, ServiceImage, SmokeTest,
} from '../../../src';
import { CONNECTION_ARN, pipelineOf, shop, type Shop } from '../../fixtures/delivery-stages';
import { refusal, REGION } from '../../fixtures/test-stack';

type Mistake = (fixture: Shop) => Partial<BlueGreenPipelineProps>;

const both = ({ production: { api, web } }: Shop) => [api, web];
const staged = ({ staging: { api, web } }: Shop) => [api, web];
const production = (fixture: Shop, props: object = {}) => DeployStage.production({ services: both(fixture), ...props });
const staging = (fixture: Shop, props: object = {}) => DeployStage.staging({ services: staged(fixture), ...props });
const connection = (props: object) => PipelineSource.codeConnection({ connectionArn: CONNECTION_ARN, repository: 'org/app', ...props });
const MACHINE = `arn:aws:states:${REGION}:222222222222:stateMachine:shop`;

function foreignService({ stack, apiImages, production: { api } }: Shop): IReleasedService {
  const { releaseTarget } = api;
  return { releaseTarget: { ...releaseTarget, source: new FargateTaskDefinition(stack, 'Foreign'), repositoryName: apiImages.repository.repositoryName, engine: DeploymentEngine.BLUE_GREEN } };
}

describe('BlueGreenPipeline refuses, in one line that names path, prop, value, what is allowed and a way out,', () => {
  test.each<[string, Mistake, string]>([
    ['no production stage', (f) => ({ stages: [staging(f)] }), 'stages is ["staging"], expected a production stage at the end'],
    ['no stage at all', () => ({ stages: [] }), 'stages is [], expected a production stage at the end'],
    ['production before staging', (f) => ({ stages: [production(f), staging(f)] }), 'stages is ["production","staging"], expected production last: staging comes too late'],
    ['production without an approval and without a reason', (f) => ({ stages: [production(f, { withoutApproval: { reason: '' } })] }), 'stages.production.withoutApproval.reason is "", expected a sentence'],
    ['the same of a stage elsewhere', () => ({
      stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: MACHINE, withoutApproval: { reason: 'no' } })],
    }), 'stages.production.withoutApproval.reason is "no"'],
    ['two stages with one name', (f) => ({ stages: [staging(f, { name: 'qa' }), production(f, { name: 'qa' })] }), 'stages.name is "qa", expected names of which each stands once'],
    ['a stage with the name of one of its own', (f) => ({ stages: [staging(f, { name: 'build' }), production(f)] }), 'stages.name is "build"'],
    ['a name that is none', (f) => ({ stages: [production(f, { name: 'Production!' })] }), 'stages.name is "Production!", expected lower-case letters'],
    ['an approval that waits too long', (f) => ({ stages: [production(f, { approvalTimeout: Duration.days(8) })] }), 'stages.production.approvalTimeout is 11520, expected 5 to 10080 minutes'],
    ['a close watch of more than a day', (f) => ({ stages: [production(f, { postReleaseAlarms: { duration: Duration.hours(48) } })] }), 'stages.production.postReleaseAlarms.duration is 48, expected 1 to 24 hours'],
    ['a success rate that is none', (f) => ({ stages: [production(f, { postReleaseAlarms: { successRatePercent: 0 } })] }), 'stages.production.postReleaseAlarms.successRatePercent is 0, expected above 0'],
    ['a connection ARN that is none', () => ({ source: connection({ connectionArn: 'github' }) }), 'source.connectionArn is "github", expected the ARN of a connection'],
    ['a repository without its owner', () => ({ source: connection({ repository: 'app' }) }), 'source.repository is "app", expected owner and name'],
    ['a repository with its host', () => ({ source: connection({ repository: 'github.com/org/app' }) }), 'source.repository is "github.com/org/app", expected owner and name, without host'],
    ['a repository as it is cloned', () => ({ source: connection({ repository: 'org/app.git' }) }), 'source.repository is "org/app.git"'],
    ['no branch', () => ({ source: connection({ branch: '' }) }), 'source.branch is "", expected the name of one branch'],
    ['a pattern that EventBridge refuses', (f) => ({ source: PipelineSource.imagePush(f.apiImages, { tags: ['v**'] }), images: [] }), 'source.tags is ["v**"], expected 1 to 5 patterns'],
    ['more stages than a policy has room for', (f) => ({
      stages: [...Array.from({ length: 10 }, (_, index) => DeployStage.elsewhere({ name: `qa${index}`, production: false, stateMachineArn: MACHINE, roleArn: 'arn:aws:iam::222222222222:role/shop' })), production(f)],
    }), 'stages is "11 stages", expected at most 10'],
    ['a stage without services', () => ({ stages: [DeployStage.production({ services: [] })] }), 'stages.production.services is [], expected at least one service'],
    ['time for an approval that nobody gives', (f) => ({ stages: [staging(f, { approvalTimeout: Duration.hours(1) }), production(f)] }), 'stages.staging.approvalTimeout is "1 hour", expected none where nobody is asked'],
    ['no approval without a word why', (f) => ({ stages: [production(f, { withoutApproval: {} })] }), 'stages.production.withoutApproval.reason is not given, expected a sentence'],
    ['one service in two stages', (f) => ({ stages: [DeployStage.staging({ services: both(f) }), production(f)] }), 'stages.production.services is "Production/Api", expected services of no other stage: staging releases it'],
    ['two stages with one release track', (f) => {
      const [api] = both(f);
      return { stages: [DeployStage.staging({ services: [{ releaseTarget: { ...api.releaseTarget, source: f.staging.api } }] }), production(f)] };
    }, 'stages.production.services is ["Staging/Api","Production/Api"], expected a release track for each stage: these two have the same. Name the track of each, as in ServiceImage.released(images, \'staging\')'],
    ['a stage of another account without a role there', () => ({ stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: MACHINE })] }),
      'stages.production.roleArn is not given, expected a role of 222222222222: no other may start a state machine there'],
    ['tags and a branch', () => ({ source: connection({ tags: ['v*'], branch: 'main' }) }), 'source.tags is ["v*"], expected tags, or a branch'],
    ['no paths', () => ({ source: connection({ paths: [] }) }), 'source.paths is [], expected 1 to 8 patterns'],
    ['an archive that is none', (f) => ({ source: PipelineSource.s3(pipelineOf(shop()).artifacts ?? f, 'sources.tar') }), 'source.key is "sources.tar", expected the key of a zip archive'],
    ['Trivy without a digest', (f) => ({ images: [ImageBuild.docker({ repository: f.apiImages, trivyImage: 'aquasec/trivy:0.69.4' }), f.images[1]] }),
      'images.trivyImage is "aquasec/trivy:0.69.4", expected an image with its digest'],
    ['the same for pushed images', (f) => ({ source: PipelineSource.imagePush(f.apiImages, { trivyImage: 'aquasec/trivy:latest' }), images: [] }), 'source.trivyImage is "aquasec/trivy:latest"'],
    ['a folder outside of the sources', (f) => ({ images: [ImageBuild.docker({ repository: f.apiImages, directory: '../api' }), f.images[1]] }), 'images.directory is "../api", expected a path within the sources'],
    ['a build argument of several lines', (f) => ({ images: [ImageBuild.docker({ repository: f.apiImages, buildArguments: { KEY: 'a\nb' } }), f.images[1]] }), 'images.buildArguments is "KEY"'],
    ['no architecture', (f) => ({ images: [ImageBuild.docker({ repository: f.apiImages, architectures: [] }), f.images[1]] }), 'images.architectures is []'],
    ['no image', () => ({ images: [] }), 'images is [], expected at least one image'],
    ['two images for one repository', (f) => ({ images: [f.images[0], f.images[0]] }), 'images is "Registry/Api", expected each repository once'],
    ['an image that no service runs', (f) => ({ stages: [DeployStage.production({ services: [f.production.api] })] }), 'images is "Registry/Web", expected images that a service of a stage runs'],
    ['a pushed image that no service runs', (f) => ({ source: PipelineSource.imagePush(f.apiImages), images: [], stages: [DeployStage.production({ services: [f.production.web] })] }), 'source is "Registry/Api"'],
    ['a service whose image nobody builds', (f) => ({ images: [f.images[0]] }), 'stages.services is "Staging/Web", expected services whose images the pipeline builds'],
    ['images beside pushed ones', (f) => ({ source: PipelineSource.imagePush(f.apiImages) }), 'images is ["Registry/Api","Registry/Web"], expected none with PipelineSource.imagePush'],
    ['checks without sources', (f) => ({ source: PipelineSource.imagePush(f.apiImages), images: [], checks: PipelineChecks.npmScripts() }), 'checks is "checks", expected none with PipelineSource.imagePush'],
    ['a push of anything, the release\'s own tags too', (f) => ({ source: PipelineSource.imagePush(f.apiImages, { tags: ['*'] }), images: [] }), 'source.tags is ["*"], expected 1 to 5 patterns'],
    ['Docker in checks without a reason', () => ({ checks: PipelineChecks.commands({ lint: [], unit: [], integration: [], docker: { reason: '' } }) }), 'checks.docker.reason is ""'],
    ['a stage elsewhere without an ARN', () => ({ stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: 'shop' })] }), 'stages.production.stateMachineArn is "shop"'],
    ['a role that is none', () => ({ stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: MACHINE, roleArn: 'deployer' })] }), 'stages.production.roleArn is "deployer"'],
    ['a stage of another region without a bucket there', () => ({
      stages: [DeployStage.elsewhere({ name: 'production', production: true, stateMachineArn: MACHINE.replace(REGION, 'eu-west-1') })],
    }), 'artifactBuckets is [], expected a bucket with a key in eu-west-1, for the stage production'],
    ['a smoke test of a service that has no hook of ours', (f) => ({ stages: [DeployStage.production({ services: [foreignService(f), f.production.web], smokeTest: SmokeTest.http('/') })] }),
      'stages.production.smokeTest is "Delivery/Foreign", expected services of ProductionWebService'],
  ])('%s', (_, mistake, message) => {
    const fixture = shop();
    const said = refusal(() => pipelineOf(fixture, mistake(fixture)));
    expect(said).toContain(message);
    expect(said).toMatch(/^BlueGreenPipeline 'Delivery\/Pipeline': [\w.]+ is .+, expected .+\. [A-Z].+\.$/);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a smoke test longer than the hook may take', () => {
      const fixture = shop();
      pipelineOf(fixture, { stages: [production(fixture, { smokeTest: SmokeTest.http('/', { verifyFor: Duration.hours(2) }) })] });
    }, /^ProductionWebService 'Production\/Api': smokeTest\.verifyFor is 7200, expected 0 to 3600 seconds/],
    ['verification before traffic of a rolling service', () => {
      const fixture = shop({ production: { rollout: Rollout.rolling() } });
      pipelineOf(fixture, { stages: [production(fixture)] });
    }, /^Release 'Delivery\/Pipeline\/production\/Release': services\[0\] \(Production\/Api\) has a rolling rollout: it does not verify/],
    ['a smoke test of a rolling service', () => {
      const fixture = shop({ production: { rollout: Rollout.rolling() } });
      pipelineOf(fixture, { stages: [production(fixture, { smokeTest: SmokeTest.http('/'), verifyBeforeTraffic: false })] });
    }, /smokeTest is "a smoke test", expected none with Rollout\.rolling\(\)/],
    ['a service whose image is declared', () => {
      const fixture = shop();
      const declared = shop({ production: { image: ServiceImage.fromRepository(fixture.apiImages, { tag: '1.4.2' }) } });
      pipelineOf({ ...declared, apiImages: fixture.apiImages, images: [fixture.images[0], declared.images[1]] }, { stages: [production(declared)] });
    }, /services\[0\] \(Production\/Api\) has a declared image/],
    ['a migration with a service that has no database', () => {
      const fixture = shop();
      pipelineOf(fixture, { stages: [production(fixture, { migration: Migration.command(fixture.production.web, ['migrate']) })] });
    }, /migration runs in Production\/Web, which has no database/],
    ['a watch of more than a day', () => {
      const fixture = shop();
      pipelineOf(fixture, { stages: [production(fixture, { monitoringTime: Duration.days(2) })] });
    }, /monitoringTime is 2880, expected 0 to 1440 minutes/],
  ])('and by the parts that it is made of, %s', (_, make, message) => {
    expect(refusal(make)).toMatch(message);
  });
});

describe('The checks, run in a shell', () => {
  /** A project whose npm scripts write down that they ran, and fail where they are told. */
  function run(scripts: { [name: string]: string }): { status: number | null; ran: string } {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'checks-'));
    try {
      fs.mkdirSync(path.join(folder, 'api'));
      fs.writeFileSync(path.join(folder, 'api', 'package.json'), JSON.stringify({ name: 'api', version: '1.0.0', scripts }));
      const { lint, unit, integration } = PipelineChecks.npmScripts()._commands(['api']);
      const { status } = spawnSync('bash', ['-c', [...lint, ...unit, ...integration].join(' && ')], { cwd: folder, env: { ...process.env, OUT: path.join(folder, 'ran') } });
      return { status, ran: fs.existsSync(path.join(folder, 'ran')) ? fs.readFileSync(path.join(folder, 'ran'), 'utf8').trim().split('\n').join(' ') : '' };
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  }
  const [lint, unit, integration] = ['lint', 'unit', 'integration'].map((name) => `echo ${name} >> "$OUT"`);

  test('A-09: lint, unit and integration tests, in this order', () => {
    expect(run({ 'lint': lint, 'test': unit, 'test:integration': integration })).toEqual({ status: 0, ran: 'lint unit integration' });
  }, 30_000);

  test('A-09: a unit test that fails stops everything', () => {
    const { status, ran } = run({ 'lint': lint, 'test': `${unit} && false`, 'test:integration': integration });
    expect(status).not.toBe(0);
    expect(ran).toBe('lint unit');
  }, 30_000);

  test('A-09: a project without tests fails', () => {
    expect(run({ lint }).status).not.toBe(0);
  }, 30_000);
});
