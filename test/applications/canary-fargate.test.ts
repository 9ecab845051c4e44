import { spawnSync } from 'child_process';
import * as fs from 'fs';
import * as path from 'path';
import { smoke } from '../../lambda/rollout-hook/smoke';
import { synthesizedProgram } from '../fixtures/synthesized-program';
import type { Properties } from '../simulators/cloudformation/template';
import { Application } from './application';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'canary-fargate');
const read = (...file: string[]): string => fs.readFileSync(path.join(EXAMPLE, ...file), 'utf8');

describe('The application of document B with the variables of its task', () => {
  let container: Properties;
  let application: Application;
  const checksHealth = (): number | null => {
    const [, program, ...words] = container.HealthCheck.Command as string[];
    return spawnSync(program, words).status;
  };

  beforeAll(() => {
    const { templates } = synthesizedProgram(read('app.ts'), (JSON.parse(read('cdk.json')) as { context: object }).context);
    const definition = Object.values(templates['canary-application'].Resources!).find(({ Type }) => Type === 'AWS::ECS::TaskDefinition')!;
    [container] = definition.Properties!.ContainerDefinitions as Properties[];
    const variables = (container.Environment as Array<{ Name: string; Value: string }>).map(({ Name, Value }) => [Name, Value]);
    const [, command] = /^CMD (.*)$/m.exec(read('web', 'Dockerfile'))!;
    application = Application.start(path.join(EXAMPLE, 'web'), JSON.parse(command) as string[], Object.fromEntries(variables) as { [name: string]: string });
  }, 60_000);
  afterAll(() => application.stop());

  test('the health check of the container tells if it lives [B-05]', async () => {
    for (let tries = 0; tries < 100 && checksHealth() !== 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect([checksHealth(), application.text]).toEqual([0, '']);
  });

  test('passes the smoke test of its hook, and logs requests with the fields that queries read [B-12]', async () => {
    const requests = ['/health', '/'].map((url) => ({ path: url, status: 200, timeoutMs: 5000 }));
    await smoke({ port: 3000, stepSeconds: 0, verifySeconds: 0, attempts: 1, requests }, '127.0.0.1');
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(application.log).toEqual([{ level: 'info', context: 'http', message: 'GET / 200', duration: expect.any(Number) }]);
  });

  test('ends by itself on SIGTERM, and is not healthy any more [B-05]', async () => {
    expect(await application.stop()).toBe(0);
    expect(checksHealth()).toBe(1);
  });
});
