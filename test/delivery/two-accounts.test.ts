import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  BlueGreenPipeline, CiDeployRole, DeployStage, ImageBuild, ImageReplication, ImageRepository, PipelineSource, ProductionWebService, Release, ReleaseAccess,
  ReplicaLocation, ReplicationPermission, SecureVpc, ServiceImage,
} from '../../src';
import { CONNECTION_ARN } from '../fixtures/delivery-stages';
import { ACCOUNT, refusal, REGION, testApp, testStack, unacknowledged } from '../fixtures/test-stack';
import { Cloud } from '../simulators/iam/cloud';

jest.setTimeout(300_000);

const OTHER = '222222222222';
const PIPELINE_ROLE = `arn:aws:iam::${ACCOUNT}:role/shop-pipeline`;
const START_ROLE = `arn:aws:iam::${OTHER}:role/shop-production-start`;
const MACHINE = `arn:aws:states:${REGION}:${OTHER}:stateMachine:shop-production`;

function certificateOf(stack: Stack, account: string) {
  return Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${REGION}:${account}:certificate/11111111-2222-3333-4444-555555555555`);
}

/** Builds in one account, production in another, from one program. */
function twoAccounts(app: App = testApp()) {
  const builds = testStack({ app, id: 'Builds' });
  const images = new ImageRepository(builds, 'Images', { repositoryName: 'shop-api' });
  new ImageReplication(builds, 'Replication', { repositories: [images], destinations: [ReplicaLocation.of(OTHER, REGION)] });

  const env = { account: OTHER, region: REGION };
  const registry = new Stack(app, 'Registry', { env });
  const replicas = new ImageRepository(registry, 'Images', { repositoryName: 'shop-api' });
  new ReplicationPermission(registry, 'FromBuilds', { sourceAccount: ACCOUNT, repositories: [replicas] });
  const services = new Stack(app, 'Services', { env });
  const api = new ProductionWebService(services, 'Api', {
    network: new SecureVpc(services, 'Network'), certificate: certificateOf(services, OTHER), image: ServiceImage.released(replicas), arm64: true,
  });
  const release = new Release(services, 'Release', { stageName: 'production', services: [api], stateMachineName: 'shop-production' });
  const access = new ReleaseAccess(services, 'Access', { release, trustedRoleArn: PIPELINE_ROLE });

  const delivery = testStack({ app, id: 'Delivery' });
  const pipeline = (props: object = {}) => new BlueGreenPipeline(delivery, 'Pipeline', {
    source: PipelineSource.codeConnection({ connectionArn: CONNECTION_ARN, repository: 'org/app' }),
    images: [ImageBuild.docker({ repository: images })],
    stages: [DeployStage.remote({ access, production: true })],
    roleName: 'shop-pipeline',
    ...props,
  });
  return { app, builds, images, registry, replicas, services, api, release, access, delivery, pipeline };
}

describe('A pipeline in one account, and production in another', () => {
  const { app, delivery, services, access, pipeline } = twoAccounts();
  pipeline();
  const cloud = new Cloud(app);
  const as = (id: string) => ({ kind: 'AWS' as const, id });

  test('refer to each other by literal names, without a reference between their stacks', () => {
    expect([access.roleArn, access.stateMachineArn]).toEqual([START_ROLE, MACHINE]);
    expect(cloud.arn(delivery, 'AWS::IAM::Role', /^PipelineRole/)).toBe(PIPELINE_ROLE);
    expect(cloud.arn(services, 'AWS::IAM::Role', /^AccessRole/)).toBe(START_ROLE);
    expect(cloud.arn(services, 'AWS::StepFunctions::StateMachine', /^Release/)).toBe(MACHINE);
    const { Stages } = Object.values(Template.fromStack(delivery).findResources('AWS::CodePipeline::Pipeline'))[0].Properties;
    const action = Stages.at(-1).Actions.at(-1);
    expect([action.RoleArn, action.Configuration.StateMachineArn]).toEqual([START_ROLE, MACHINE]);
    expect(delivery.dependencies.map(({ stackName }) => stackName)).not.toContain('Services');
  });

  test("the pipeline's role reaches the release in two hops, and another role does not", () => {
    const context = { 'aws:SourceAccount': ACCOUNT };
    const service = { kind: 'Service' as const, id: 'codepipeline.amazonaws.com' };
    expect(cloud.allows({ caller: service, action: 'sts:AssumeRole', resource: PIPELINE_ROLE, context })).toBe(true);
    expect(cloud.allows({ caller: service, action: 'sts:AssumeRole', resource: PIPELINE_ROLE, context: { 'aws:SourceAccount': '333333333333' } })).toBe(false);
    const assume = (id: string) => cloud.allows({ caller: as(id), action: 'sts:AssumeRole', resource: START_ROLE });
    expect(assume(PIPELINE_ROLE)).toBe(true);
    // A role of builds, which runs what a commit says, is of the same account.
    expect(assume(cloud.arn(delivery, 'AWS::IAM::Role', /Build1.*Role/))).toBe(false);
    expect(assume(`arn:aws:iam::${ACCOUNT}:role/admin`)).toBe(false);
    expect(assume('arn:aws:iam::333333333333:role/shop-pipeline')).toBe(false);
    expect(assume(cloud.arn(services, 'AWS::IAM::Role', /^ReleaseRole/))).toBe(false);
  });

  test('the role there starts the one release and reads its executions, and nothing else', () => {
    const may = (action: string, resource: string) => cloud.allows({ caller: as(START_ROLE), action, resource });
    expect(['states:StartExecution', 'states:DescribeStateMachine'].map((action) => may(action, MACHINE))).toEqual([true, true]);
    expect(may('states:DescribeExecution', `arn:aws:states:${REGION}:${OTHER}:execution:shop-production:1`)).toBe(true);
    expect(may('states:DescribeExecution', `arn:aws:states:${REGION}:${OTHER}:execution:shop-production-2:1`)).toBe(false);
    expect(may('states:StartExecution', `${MACHINE}-2`)).toBe(false);
    ['states:StopExecution', 'states:UpdateStateMachine', 'states:DeleteStateMachine'].forEach((action) => expect(may(action, MACHINE)).toBe(false));
  });

  test("images arrive in the repository that is there, and the builds' account makes no other", () => {
    expect(cloud.registryAllows(ACCOUNT, 'ecr:ReplicateImage', `arn:aws:ecr:${REGION}:${OTHER}:repository/shop-api`)).toBe(true);
    expect(cloud.registryAllows('333333333333', 'ecr:ReplicateImage', `arn:aws:ecr:${REGION}:${OTHER}:repository/shop-api`)).toBe(false);
    expect(cloud.registryAllows(ACCOUNT, 'ecr:ReplicateImage', `arn:aws:ecr:${REGION}:${OTHER}:repository/other`)).toBe(false);
    expect(cloud.registryAllows(ACCOUNT, 'ecr:CreateRepository', `arn:aws:ecr:${REGION}:${OTHER}:repository/other`)).toBe(false);
  });

  test('the release and the tasks there read the replica, and the pipeline pushes to its own', () => {
    const there = `arn:aws:ecr:${REGION}:${OTHER}:repository/shop-api`;
    const releaseRole = cloud.arn(services, 'AWS::IAM::Role', /^ReleaseRole/);
    expect(cloud.allows({ caller: as(releaseRole), action: 'ecr:BatchGetImage', resource: there })).toBe(true);
    const build = cloud.arn(delivery, 'AWS::IAM::Role', /Build1.*Role/);
    expect(cloud.allows({ caller: as(build), action: 'ecr:PutImage', resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/shop-api` })).toBe(true);
    expect(cloud.allows({ caller: as(build), action: 'ecr:PutImage', resource: there })).toBe(false);
  });

  test("the pipeline's role uses the key of the artifacts, and no role of the other account does", () => {
    const key = cloud.arn(delivery, 'AWS::KMS::Key', /^PipelineKey/);
    expect(cloud.allows({ caller: as(PIPELINE_ROLE), action: 'kms:Decrypt', resource: key })).toBe(true);
    expect(cloud.allows({ caller: as(START_ROLE), action: 'kms:Decrypt', resource: key })).toBe(false);
  });

  test('build for the processors of the services there', () => {
    const project = Object.values(Template.fromStack(delivery).findResources('AWS::CodeBuild::Project'))
      .find(({ Properties }) => JSON.stringify(Properties.Environment).includes('PLATFORMS'))!;
    const platforms = project.Properties.Environment.EnvironmentVariables.find(({ Name }: { Name: string }) => Name === 'PLATFORMS');
    expect(platforms.Value).toBe('linux/arm64');
  });

  test('leave no finding unacknowledged', () => {
    expect(unacknowledged(delivery)).toEqual([]);
  });
});

describe('A release of another account without a pipeline', () => {
  test('is started by a role of CI there, which reaches nothing else', () => {
    const { app, services, release, pipeline } = twoAccounts();
    pipeline();
    CiDeployRole.github(services, 'Ci', { release, subjects: ['repo:org/app:environment:production'] });
    const cloud = new Cloud(app);
    const provider = cloud.arn(services, 'AWS::IAM::OIDCProvider', /^Ci/);
    const role = cloud.arn(services, 'AWS::IAM::Role', /^CiRole/);
    const claims = (subject: string) => ({ 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com', 'token.actions.githubusercontent.com:sub': subject });
    const signIn = (subject: string) =>
      cloud.allows({ caller: { kind: 'Federated', id: provider }, action: 'sts:AssumeRoleWithWebIdentity', resource: role, context: claims(subject) });
    expect(signIn('repo:org/app:environment:production')).toBe(true);
    expect(['repo:org/app:pull_request', 'repo:org/app:ref:refs/heads/main', 'repo:org/other:environment:production'].map(signIn)).toEqual([false, false, false]);
    const may = (action: string) => cloud.allows({ caller: { kind: 'AWS', id: role }, action, resource: MACHINE });
    expect(['states:StartExecution', 'states:StopExecution', 'states:UpdateStateMachine'].map(may)).toEqual([true, false, false]);
  });
});

describe('Stages of other accounts refuse, with the fix,', () => {
  test('a pipeline whose role is not the one that the other account trusts', () => {
    const { pipeline } = twoAccounts();
    expect(refusal(() => pipeline({ roleName: undefined }))).toContain(
      `roleName is not given, expected the name of the role that the stage production trusts, ${PIPELINE_ROLE}. Set roleName: 'shop-pipeline'`,
    );
  });

  test('a service there whose image the pipeline does not build', () => {
    const { pipeline, builds } = twoAccounts();
    const other = new ImageRepository(builds, 'Other', { repositoryName: 'shop-web' });
    expect(refusal(() => pipeline({ images: [ImageBuild.docker({ repository: other })] }))).toContain(
      'stages.services is "Services/Api", expected services whose images the pipeline builds',
    );
  });

  test('names that are not literal', () => {
    const { services, builds, release, images } = twoAccounts();
    expect(refusal(() => new ReleaseAccess(services, 'Any', { release, trustedRoleArn: `arn:aws:iam::${ACCOUNT}:role/*` }))).toContain('expected the ARN of one role');
    const unnamed = new ImageRepository(builds, 'Unnamed');
    const destinations = [ReplicaLocation.of(OTHER, REGION)];
    expect(refusal(() => new ImageReplication(builds, 'Again', { repositories: [unnamed], destinations }))).toContain(
      'repositories is "Builds/Unnamed", expected repositories with a literal name',
    );
    expect(refusal(() => new ImageReplication(builds, 'Here', { repositories: [images], destinations: [ReplicaLocation.of(ACCOUNT, REGION)] }))).toContain(
      'expected other registries than the one of this account and region',
    );
    expect(refusal(() => new ImageReplication(builds, 'Where', { repositories: [images], destinations: [ReplicaLocation.of('production', REGION)] }))).toContain(
      'expected accounts of 12 digits',
    );
    expect(refusal(() => new ReplicationPermission(builds, 'Own', { repositories: [images], sourceAccount: ACCOUNT }))).toContain('expected another account');
  });

  test('a release without a name, and a stack without an account', () => {
    const app = testApp();
    const stack = new Stack(app, 'Anywhere', { env: { region: REGION } });
    const registry = new Stack(app, 'AnyRegistry', { env: { region: REGION } });
    const api = new ProductionWebService(stack, 'Api', {
      network: new SecureVpc(stack, 'Network'), certificate: certificateOf(stack, ACCOUNT), image: ServiceImage.released(new ImageRepository(registry, 'Images')),
    });
    const named = new Release(stack, 'Named', { stageName: 'production', services: [api], stateMachineName: 'shop' });
    expect(refusal(() => new ReleaseAccess(stack, 'Access', { release: named, trustedRoleArn: PIPELINE_ROLE }))).toContain('env of the stack is not known at synthesis');
    const { release } = { release: Object.assign(Object.create(named) as Release, { _stateMachineName: undefined }) };
    expect(refusal(() => new ReleaseAccess(stack, 'Nameless', { release, trustedRoleArn: PIPELINE_ROLE }))).toContain("Set it on the Release, for example stateMachineName: 'shop-production'");
  });
});
