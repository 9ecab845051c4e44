import {
  Rollout, ProductionWebService, type ProductionWebServiceProps, Release, ImageRepository, SecureVpc, ServiceImage, ServiceScaling, ServiceSecret, Tracing,
} from '../../src';
import { ENV, testApp, testStack } from '../fixtures/test-stack';
import { certificate } from '../fixtures/web-service';
import { Account } from '../simulators/cloudformation/account';
import type { Template } from '../simulators/cloudformation/template';

jest.setTimeout(300_000);

/** Templates of a service with its release, where it has one, by the names of their stacks. */
function templates(props: Partial<ProductionWebServiceProps> = {}, tag?: string): Array<[string, Template]> {
  const app = testApp();
  const [registry, stack] = ['Registry', 'Shop'].map((id) => testStack({ app, id }));
  const images = new ImageRepository(registry, 'Images');
  const web = new ProductionWebService(stack, 'Web', {
    network: new SecureVpc(stack, 'Network'),
    certificate: certificate(stack),
    image: tag ? ServiceImage.fromRepository(images, { tag }) : ServiceImage.released(images),
    ...props,
  });
  if (!tag) {
    new Release(stack, 'Release', { stageName: 'production', services: [web] });
  }
  const assembly = app.synth();
  return [registry, stack].map(({ stackName }) => [stackName, assembly.getStackByName(stackName).template as Template]);
}

/** What `cdk deploy` of a changed service does to a running one: the types that change, and whether a rollout begins. */
function deployed(props: Partial<ProductionWebServiceProps>, tag?: string) {
  const account = new Account(ENV);
  templates({}, tag).forEach(([name, template]) => account.deploy(name, template));
  const outcome = account.deploy(...templates(props, tag)[1]);
  const changed = outcome.changes.map(({ type }) => type);
  return { registers: changed.includes('AWS::ECS::TaskDefinition'), touchesService: changed.includes('AWS::ECS::Service'), verdict: outcome.verdict, changed };
}

describe('The table "What I changed, when it is live" says of a released service that', () => {
  test.each<[string, Partial<ProductionWebServiceProps>]>([
    ['a variable', { environment: { FEATURE: 'on' } }],
    ['a secret that is added', { secrets: [ServiceSecret.placeholder('STRIPE_KEY')] }],
    ['a size', { cpu: 1024, memoryMiB: 4096 }],
    ['a sidecar', { tracing: Tracing.xray() }],
  ])('%s registers a revision, and the service keeps the one that runs until a release', (_, props) => {
    expect(deployed(props)).toMatchObject({ registers: true, touchesService: false });
  });

  test('the value of a secret is read by new tasks: the task names the secret, and no version of it', () => {
    const secrets = [ServiceSecret.placeholder('STRIPE_KEY')];
    const [, [, template]] = templates({ secrets });
    const [task] = Object.values(template.Resources!).filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition');
    const [{ ValueFrom }] = (task.Properties as any).ContainerDefinitions[0].Secrets;
    expect(JSON.stringify(ValueFrom)).toMatch(/^\{"Ref":"Web\w*StripeKey\w*"\}$/i);
  });

  test('code changes nothing in the template: its tag is in a parameter that a release writes', () => {
    const [, [, template]] = templates();
    const tags = Object.values(template.Parameters!).filter(({ Default }) => /\/released\/production$/.test(String(Default)));
    expect(tags).toHaveLength(1);
  });

  test('the stack of the service tells, after cdk deploy, that its tasks wait for a release', () => {
    const [, [, template]] = templates();
    const told = Object.entries((template as any).Outputs as object).filter(([id]) => id.startsWith('WebReleasedTag'));
    expect(told.map(([, output]) => output)).toEqual([{
      Description: expect.stringContaining('goes live with the next release'),
      Value: expect.stringMatching(/^aws ssm get-parameter --name .*\/released\/production /),
    }]);
    const [, [, declared]] = templates({}, '1.4.2');
    expect(Object.keys((declared as any).Outputs as object).join()).not.toContain('ReleasedTag');
  });

  test('a rollout is that of the next deployment, and starts none', () => {
    const { registers, verdict } = deployed({ rollout: Rollout.linear({ stepPercent: 20 }) });
    expect([registers, verdict]).toEqual([false, 'in place']);
  });

  test('scaling changes at once, without a revision', () => {
    expect(deployed({ scaling: ServiceScaling.stepScaling({ requestsPerMinute: 1000 }) })).toMatchObject({ registers: false, verdict: 'in place' });
  });
});

test('A variable of a service with a declared image is live when cdk deploy has ended', () => {
  expect(deployed({ environment: { FEATURE: 'on' } }, '1.4.2')).toMatchObject({ registers: true, touchesService: true, verdict: 'rollout' });
});
