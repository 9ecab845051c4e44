import type { ECSClient } from '@aws-sdk/client-ecs';
import { EcsDeployments } from './ecs-deployments';
import { type Invocation, read } from './invocation';
import { beforeShift, DEPLOYMENT, GREEN, SERVICE } from './payloads';

const INVOCATION = read(beforeShift(0)) as Invocation;
const CREATED = new Date('2026-01-01T12:00:00Z');
const DEFINITION = 'arn:aws:ecs:eu-central-1:111111111111:task-definition/web:2';
const UNDER_WAY = { first: false, rollingBack: false, requestedTasks: 2, createdAt: CREATED };

/** ECS with canned answers by command; it keeps what it is asked. */
function ecs(answers: { [command: string]: object[] }) {
  const asked: Array<{ command: string; input: object }> = [];
  const send = async (command: { input: object }) => {
    const name = command.constructor.name.replace(/Command$/, '');
    asked.push({ command: name, input: command.input });
    return answers[name]?.shift() ?? {};
  };
  return { asked, deployments: new EcsDeployments({ send } as unknown as ECSClient) };
}

const task = (ip: string, change: object = {}) => ({
  taskDefinitionArn: DEFINITION,
  lastStatus: 'RUNNING',
  createdAt: new Date(CREATED.getTime() + 60000),
  containers: [{ networkInterfaces: [{ privateIpv4Address: ip }] }],
  ...change,
});

describe('The description of a deployment', () => {
  const described = (deployment?: object) => {
    const { asked, deployments } = ecs({
      DescribeServiceDeployments: [{ serviceDeployments: deployment ? [deployment] : [] }],
    });
    return { asked, answer: deployments.describe(INVOCATION) };
  };
  const running = {
    status: 'IN_PROGRESS',
    createdAt: CREATED,
    sourceServiceRevisions: [{}],
    targetServiceRevision: { requestedTaskCount: 2 },
  };

  test('is requested for this deployment only', async () => {
    const { asked, answer } = described(running);
    expect(await answer).toEqual(UNDER_WAY);
    expect(asked).toEqual([{ command: 'DescribeServiceDeployments', input: { serviceDeploymentArns: [DEPLOYMENT] } }]);
  });

  test('is that of a first deployment without a version before it', async () => {
    expect(await described({ ...running, sourceServiceRevisions: [] }).answer).toMatchObject({ first: true });
    expect(await described({ ...running, sourceServiceRevisions: undefined }).answer).toMatchObject({ first: true });
  });

  test.each(['STOP_REQUESTED', 'ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'])(
    'is that of a rollback in the status %s',
    async (status) => {
      expect(await described({ ...running, status }).answer).toMatchObject({ rollingBack: true });
    },
  );

  test("fails for a deployment that ECS doesn't know", async () => {
    await expect(described().answer).rejects.toThrow(DEPLOYMENT);
    await expect(described({ sourceServiceRevisions: [] }).answer).rejects.toThrow(DEPLOYMENT);
  });
});

describe('The addresses of the new version', () => {
  const found = async (tasks: object[]) => {
    const { asked, deployments } = ecs({
      DescribeServiceRevisions: [{ serviceRevisions: [{ taskDefinition: DEFINITION }] }],
      ListTasks: [{ taskArns: ['a'] }],
      DescribeTasks: [{ tasks }],
    });
    return { addresses: await deployments.addresses(INVOCATION, UNDER_WAY), asked };
  };

  test('are those of its running tasks, found by revision, cluster and service', async () => {
    const { addresses, asked } = await found([task('10.0.11.7'), task('10.0.12.7')]);
    expect(addresses).toEqual(['10.0.11.7', '10.0.12.7']);
    expect(asked).toEqual([
      { command: 'DescribeServiceRevisions', input: { serviceRevisionArns: [GREEN] } },
      {
        command: 'ListTasks',
        input: { cluster: 'shop', serviceName: 'web', desiredStatus: 'RUNNING', maxResults: 100, nextToken: undefined },
      },
      { command: 'DescribeTasks', input: { cluster: 'shop', tasks: ['a'] } },
    ]);
    expect(SERVICE).toMatch(/shop\/web$/);
  });

  test.each<[string, object]>([
    ['of the version before', { taskDefinitionArn: `${DEFINITION}1` }],
    [
      'older than the deployment, where both versions have one task definition',
      { createdAt: new Date(CREATED.getTime() - 1) },
    ],
    ['that do not run yet', { lastStatus: 'PENDING' }],
    ['without an address', { containers: [] }],
  ])('exclude tasks %s', async (_, change) => {
    expect((await found([task('10.0.11.7'), task('10.0.11.8', change)])).addresses).toEqual(['10.0.11.7']);
  });

  test('are read up to the last page', async () => {
    const { deployments } = ecs({
      DescribeServiceRevisions: [{ serviceRevisions: [{ taskDefinition: DEFINITION }] }],
      ListTasks: [{ taskArns: ['a'], nextToken: 'more' }, { taskArns: [], nextToken: 'last' }, { taskArns: ['b'] }],
      DescribeTasks: [{ tasks: [task('10.0.11.7')] }, { tasks: [task('10.0.12.7')] }],
    });
    expect(await deployments.addresses(INVOCATION, UNDER_WAY)).toEqual(['10.0.11.7', '10.0.12.7']);
  });

  test("can't be read for a revision that ECS doesn't know", async () => {
    await expect(ecs({}).deployments.addresses(INVOCATION, UNDER_WAY)).rejects.toThrow(GREEN);
  });
});
