import { Repository } from 'aws-cdk-lib/aws-ecr';
import { ContainerImage, DeploymentStrategy, FargateService, FargateTaskDefinition, TaskDefinitionRevision } from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { type IReleasedService, ReleasedService } from '../../../src';
import type { ReleasedServices } from '../../fixtures/released-services';
import { DeployedRelease } from '../../simulators/deployed-release';

jest.setTimeout(300_000);

/** Limit of Step Functions for what a state gets and gives, in bytes. */
const MOST_DATA = 262_144;
/** Limit of ECS for a task definition. */
const MOST_OF_TASK = 64_000;
const long = (name: string) => `${'AnUnusuallyLongNameOfAConstructOrStack'.slice(0, 40 - name.length)}${name}`;

/** Eight services, six of them of another making. */
function eight({ stack, api, web }: ReleasedServices): IReleasedService[] {
  const others = [3, 4, 5, 6, 7, 8].map((number) => {
    const scope = new Construct(stack, long(`Part${number}`));
    const repository = new Repository(scope, long('Repository'));
    const taskDefinition = new FargateTaskDefinition(scope, long('Task'));
    taskDefinition.addContainer('app', { image: ContainerImage.fromEcrRepository(repository, 'x') });
    const service = new FargateService(scope, long('Service'), {
      cluster: api.cluster,
      taskDefinition,
      taskDefinitionRevision: TaskDefinitionRevision.LATEST,
      deploymentStrategy: DeploymentStrategy.BLUE_GREEN,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
    });
    const rollbackAlarmNames = ['errors', 'latency', 'success-rate'].map((alarm) => long(`${alarm}-${number}`));
    return ReleasedService.fromFargate(service, { repository, releasedImageParameterName: `/${long('shop')}/${number}`, minTasks: 2, rollbackAlarmNames });
  });
  return [api, web, ...others];
}

describe('A release of eight services with migration, snapshot and notifications', () => {
  let stage: DeployedRelease;
  beforeAll(() => {
    stage = new DeployedRelease((parts) => ({ services: eight(parts) }));
  });
  afterAll(() => stage.close());

  test('has definitions of less than the 1,048,576 bytes of Step Functions, and fits a template', () => {
    (['Release', 'Plan', 'Back', 'Drift'] as const).forEach((part) => expect(JSON.stringify(stage.definition(part)).length).toBeLessThan(500_000));
  });

  test('has no two states of which one has the name of the other and an addition', () => {
    const namesOf = ({ States }: any): string[] => Object.entries<any>(States).flatMap(([name, state]) => [
      name,
      ...[...(state.Branches ?? []), ...(state.ItemProcessor ? [state.ItemProcessor] : [])].flatMap(namesOf),
    ]);
    const names = namesOf(stage.definition('Release'));
    expect(names.filter((name) => names.some((other) => name.startsWith(`${other},`)))).toEqual([]);
  });

  // The second interpreter fails with States.DataLimitExceeded instead of measuring.
  const measured = process.env.SECOND_INTERPRETER === undefined ? test : test.skip;
  measured.each([
    ['a release', {}],
    ['a hotfix', { despite: 'x'.repeat(1000) }],
    ['a release that takes what runs as released', { adopt: true }],
    ['a rollback', { rollback: true }],
  ])('stays below 256 KB in each state with task definitions of 64 KB, as %s', async (_, input) => {
    const world = stage.account().runs('v1').push('v2');
    world.facts.forEach((fact) => {
      const { definition } = world.ecs.latest(fact);
      const [, application] = definition.ContainerDefinitions;
      const room = MOST_OF_TASK - JSON.stringify(definition).length;
      application.Environment = Array.from({ length: 100 }, (__, index) => ({ Name: `VARIABLE_${index}`, Value: 'x'.repeat(room / 100 - 40) }));
      expect(JSON.stringify(definition).length).toBeGreaterThan(MOST_OF_TASK * 0.9);
    });
    const { status, largest } = await stage.release(world, stage.images(world, 'v2'), input);
    expect(status).toBe('SUCCEEDED');
    expect(largest!.bytes).toBeGreaterThan(MOST_OF_TASK);
    expect(largest!.bytes).toBeLessThan(MOST_DATA);
  });
});
