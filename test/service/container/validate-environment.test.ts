import { Match, Template } from 'aws-cdk-lib/assertions';
import { type ProductionWebServiceProps, SecureVpc, ServiceImage, ServiceSecret, Sidecar, SmokeTest } from '../../../src';
import { refusal } from '../../fixtures/test-stack';
import { serviceFixture } from '../../fixtures/web-service';

/** Members of Object.prototype, which every object literal seems to have. */
const MEMBERS = ['constructor', 'toString', 'hasOwnProperty', '__proto__'];

const redis = ServiceImage.fromRegistry('public.ecr.aws/docker/library/redis:8.2');
const variable = (name: string, value: string) => Object.fromEntries([[name, value]]);
const service = (props: Partial<ProductionWebServiceProps>) =>
  serviceFixture(({ stack }) => ({ network: new SecureVpc(stack, 'Routed'), ...props }));

function hasContainer(props: Partial<ProductionWebServiceProps>, container: object): void {
  Template.fromStack(service(props).stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: Match.arrayWith([Match.objectLike(container)]),
  });
}

describe.each(MEMBERS)('A variable that is called %s', (name) => {
  test('is an environment variable of the application like any other (A-24)', () => {
    hasContainer(
      { environment: variable(name, 'value') },
      { Name: 'web', Environment: Match.arrayWith([{ Name: name, Value: 'value' }]) },
    );
  });

  test('is an environment variable of a sidecar like any other (A-24)', () => {
    hasContainer(
      { sidecars: [Sidecar.of('cache', { image: redis, environment: variable(name, 'value') })] },
      { Name: 'cache', Environment: [{ Name: name, Value: 'value' }] },
    );
  });

  test('has a secret created for it, which the service exposes under that name (A-24)', () => {
    const { web } = service({ secrets: [ServiceSecret.generated(name)] });
    expect(Object.entries(web.secrets)).toEqual([[name, expect.objectContaining({ secretArn: expect.any(String) })]]);
  });

  test('is refused with a value that is secret unless notSecret itself gives a reason (A-24)', () => {
    const environment = variable(name, 'postgres://shop:hunter2@db:5432/shop');
    expect(refusal(() => service({ environment }))).toContain(`environment.${name} is "(not shown)"`);
    const notSecret = variable(name, 'A password of the public demonstration');
    expect(() => service({ environment, notSecret })).not.toThrow();
  });
});

describe('A secret among the words of a command', () => {
  const command = ['serve', '--password=hunter2'];
  const refused = (props: Partial<ProductionWebServiceProps>) => refusal(() => service(props));

  test('is refused for the application, with the option and without the value (A-24)', () => {
    const message = refused({ command });
    expect(message).toContain('command holds what looks like a secret (--password)');
    expect(message).toContain('pass it as a secret, and read the variable in the command');
    expect(message).not.toContain('hunter2');
  });

  test('is refused for a sidecar, its health check and a smoke test (A-24)', () => {
    expect(refused({ sidecars: [Sidecar.of('cache', { image: redis, command })] })).toContain('sidecars.command holds');
    expect(refused({ sidecars: [Sidecar.of('cache', { image: redis, healthCommand: ['CMD', ...command] })] })).toContain('sidecars.healthCommand holds');
    expect(refused({ smokeTest: SmokeTest.command(command) })).toContain('smokeTest.command holds');
  });

  test('is let through with a reason under the name of the option (A-24)', () => {
    expect(() => service({ command, notSecret: { '--password': 'A password of the public demonstration' } })).not.toThrow();
  });
});
