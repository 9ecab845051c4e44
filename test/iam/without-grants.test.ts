import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ContainerImage, type FargateTaskDefinition, Secret as EcsSecret } from 'aws-cdk-lib/aws-ecs';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import {
  BlueGreenPipeline, DeployStage, ImageRepository, PipelineSource, ProductionWebService, Release, Rollout, SecureVpc, ServiceImage, SmokeTest,
} from '../../src';
import { withoutGrants } from '../../src/iam/without-grants';
import { releasedServices } from '../fixtures/released-services';
import { statementsOf } from '../fixtures/task-definition';
import { REGION, templateOf, testApp, testStack } from '../fixtures/test-stack';
import { certificate, serviceFixture, VERSION } from '../fixtures/web-service';

jest.setTimeout(60_000);

const OTHER_ACCOUNT = '222222222222';

/** Actions that inline policies of a template allow, by the id of their role. */
function granted(template: Template): { [role: string]: string[] } {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return Object.fromEntries(policies.map(({ Properties }) => [
    (Properties.Roles as Array<{ Ref: string }>)[0].Ref,
    (Properties.PolicyDocument.Statement as Array<{ Action: string | string[] }>).flatMap(({ Action }) => Action),
  ]));
}

const grantedTo = (template: Template, of: RegExp) => Object.entries(granted(template)).filter(([id]) => of.test(id)).flatMap(([, actions]) => actions);

function role(): Role {
  return new Role(testStack(), 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
}

describe('What CDK makes without grants', () => {
  const statement = () => new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] });
  const extend = (subject: Role) => {
    expect(subject.addToPolicy(statement())).toBe(true);
    expect(subject.addToPrincipalPolicy(statement()).statementAdded).toBe(true);
    subject.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName('ReadOnlyAccess'));
  };

  test('leaves a role as it is', () => {
    const subject = role();
    withoutGrants([subject], () => extend(subject));
    const template = templateOf(Stack.of(subject));
    template.resourceCountIs('AWS::IAM::Policy', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('ReadOnlyAccess');
  });

  test('leaves a role open afterwards, also where it throws', () => {
    const subject = role();
    expect(() => withoutGrants([subject], () => { throw new Error('refused'); })).toThrow('refused');
    extend(subject);
    const template = templateOf(Stack.of(subject));
    template.resourceCountIs('AWS::IAM::Policy', 1);
    expect(JSON.stringify(template.toJSON())).toContain('ReadOnlyAccess');
  });
});

describe('A grant of the team', () => {
  test('on the execution role reaches it, and the tasks wait for it', () => {
    const { stack, web } = serviceFixture();
    new Repository(stack, 'Tools').grantPull(web.executionRole);
    new Key(stack, 'Key').grantDecrypt(web.taskDefinition.executionRole!);
    const template = templateOf(stack);
    expect(grantedTo(template, /ExecutionRole/)).toEqual(expect.arrayContaining(['ecr:BatchGetImage', 'kms:Decrypt']));
    const [policy] = Object.keys(template.findResources('AWS::IAM::Policy'));
    const [definition] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    expect(definition.DependsOn).toContain(policy);
  });

  test('by a container that the team adds to the task reaches the execution role', () => {
    const { stack, web } = serviceFixture();
    const secret = new Secret(stack, 'Token');
    (web.taskDefinition as FargateTaskDefinition).addContainer('agent', {
      image: ContainerImage.fromEcrRepository(new Repository(stack, 'Agents'), '1'),
      secrets: { TOKEN: EcsSecret.fromSecretsManager(secret) },
    });
    expect(grantedTo(templateOf(stack), /ExecutionRole/)).toEqual(
      expect.arrayContaining(['ecr:BatchGetImage', 'secretsmanager:GetSecretValue']),
    );
  });

  test('on a function, a release and the role of CodeDeploy reaches their roles', () => {
    const { stack, web } = serviceFixture({ smokeTest: SmokeTest.http('/health') });
    const released = releasedServices();
    const release = new Release(released.stack, 'Release', { stageName: 'production', services: released.services });
    const classic = serviceFixture({ rollout: Rollout.codeDeploy() });
    new Bucket(stack, 'Bucket').grantRead(web.rolloutFunction!);
    new Bucket(released.stack, 'Bucket').grantRead(release.stateMachine);
    new Bucket(classic.stack, 'Bucket').grantRead(classic.web.deploymentGroup!.role);
    expect(grantedTo(templateOf(stack), /RolloutHook/)).toContain('s3:GetObject*');
    expect(grantedTo(templateOf(released.stack), /^ReleaseRole/)).toContain('s3:GetObject*');
    expect(grantedTo(templateOf(classic.stack), /^Web/)).toContain('s3:GetObject*');
  });

  test('on the role of a pipeline reaches it, and CDK adds nothing of its own', () => {
    const app = testApp();
    const images = new ImageRepository(testStack({ app, id: 'Registry' }), 'Images');
    const stack = testStack({ app });
    const api = new ProductionWebService(stack, 'Api', {
      network: new SecureVpc(stack, 'Network'), certificate: certificate(stack), image: ServiceImage.released(images),
    });
    const { pipeline } = new BlueGreenPipeline(stack, 'Delivery', {
      source: PipelineSource.imagePush([images]), stages: [DeployStage.production({ services: [api] })],
    });
    new Key(stack, 'Key').grantDecrypt(pipeline.role);
    expect(Object.entries(granted(templateOf(stack)))).toEqual([[expect.stringMatching(/^DeliveryRole/), ['kms:Decrypt']]]);
  });
});

describe('An image of another account', () => {
  test('is pulled by a role whose policy names the repository', () => {
    const arn = `arn:aws:ecr:${REGION}:${OTHER_ACCOUNT}:repository/shop`;
    const { stack } = serviceFixture(({ stack: scope }) => {
      const repository = Repository.fromRepositoryArn(scope, 'Repository', arn);
      return { image: ServiceImage.fromRepository(ImageRepository.fromRepository(scope, 'Shared', { repository }), { tag: VERSION }) };
    });
    const pulls = statementsOf(templateOf(stack), 'ExecutionPolicy').filter(({ Action }) => [Action].flat().includes('ecr:BatchGetImage'));
    expect(pulls.map(({ Resource }) => Resource as unknown)).toEqual([arn]);
  });

  test('of the same program is pulled by a role that has the tag which the policy of the repository asks for', () => {
    const { app, stack, web } = serviceFixture();
    const shared = testStack({ app, id: 'Shared', env: { account: OTHER_ACCOUNT, region: REGION } });
    const repository = new Repository(shared, 'Repository', { repositoryName: 'shop' });
    repository.grantPull(web.executionRole);
    const roles = Object.values(templateOf(stack).findResources('AWS::IAM::Role')) as Array<{ Properties: { Tags?: Array<{ Key: string; Value: string }> } }>;
    const [tag] = roles.flatMap(({ Properties }) => Properties.Tags ?? []).filter((found) => found.Key === 'aws-cdk:id');
    const [{ Properties }] = Object.values(templateOf(shared).findResources('AWS::ECR::Repository'));
    const [{ Condition }] = Properties.RepositoryPolicyText.Statement as Array<{ Condition: unknown }>;
    expect(Condition).toEqual({ StringEquals: { 'aws:PrincipalTag/aws-cdk:id': tag.Value } });
  });
});
