import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import * as ts from 'typescript';
import { FLAGS } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import type { Template } from '../simulators/cloudformation/template';

/* eslint-disable @typescript-eslint/no-explicit-any -- resources are whatever CloudFormation takes */
const ROOT = path.join(__dirname, '..', '..');
const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const ENVIRONMENT = { CDK_CONTEXT_JSON: JSON.stringify(FLAGS), CDK_OUTDIR: fs.mkdtempSync(path.join(os.tmpdir(), 'shortest-')) };

/** Templates of the first program of the README, by stack, as `cdk deploy` gets them. */
function templates(): { [stack: string]: any } {
  const [, program] = /```ts nofixture\n([^]*?)\n```/.exec(README)!;
  const { outputText } = ts.transpileModule(program, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });
  const before = { ...process.env };
  Object.assign(process.env, ENVIRONMENT);
  try {
    const load = (name: string): unknown => jest.requireActual(name === '@org/prod-constructs' ? path.join(ROOT, 'src') : name);
    new Function('require', 'exports', outputText)(load, {}); // eslint-disable-line @typescript-eslint/no-implied-eval
  } finally {
    process.env = before;
  }
  const read = (stack: string) => JSON.parse(fs.readFileSync(path.join(ENVIRONMENT.CDK_OUTDIR, `${stack}.template.json`), 'utf8'));
  return { Registry: read('Registry'), Shop: read('Shop') };
}

describe('The shortest example of the README', () => {
  let made: { [stack: string]: any };

  beforeAll(() => { made = templates(); });
  afterAll(() => fs.rmSync(ENVIRONMENT.CDK_OUTDIR, { recursive: true }));

  /** State of the only ECS service in an account in which both stacks were deployed, with a released tag or none. */
  function serviceAfterDeployment(released?: string): any {
    const [[, parameter]] = Object.entries<any>(made.Shop.Parameters).filter(([id]) => id.includes('ReleasedImage'));
    const parameterStore = { '/cdk-bootstrap/hnb659fds/version': '30', ...(released && { [parameter.Default]: released }) };
    const account = new Account({ account: '111111111111', region: 'eu-central-1', parameterStore });
    ['Registry', 'Shop'].forEach((stack) => {
      const { state, changes } = account.deploy(stack, made[stack] as Template);
      expect([state.status, changes.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict === 'refused by AWS')]).toEqual(['CREATE_COMPLETE', []]);
    });
    return account.existing.of('AWS::ECS::Service')[0].properties;
  }

  test('can be deployed on an empty account: the repository is empty, and no task asks for an image', () => {
    expect(serviceAfterDeployment().DesiredCount).toBe(0);
  });

  test('scales to its minimum once an image is released', () => {
    expect(serviceAfterDeployment('1.4.2').DesiredCount).toBeUndefined();
  });

  test('deploys the registry first, because CloudFormation reads the released tag before it creates anything', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(ENVIRONMENT.CDK_OUTDIR, 'manifest.json'), 'utf8'));

    expect(manifest.artifacts.Shop.dependencies).toContain('Registry');
  });

  test.each([['Registry', 'ECR::Repository'], ['Shop', 'StepFunctions::StateMachine'], ['Shop', 'ElasticLoadBalancingV2::LoadBalancer']])('has one resource for each command of the README: %s %s', (stack, type) => {
    expect(README).toContain(`resource ${stack} ${type}`);
    expect(Object.values<any>(made[stack].Resources).filter(({ Type }) => Type === `AWS::${type}`)).toHaveLength(1);
  });

  test('runs an image by the contract that the README states', () => {
    const [{ Properties }] = Object.values<any>(made.Shop.Resources).filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition');
    const [container] = Properties.ContainerDefinitions;
    const [group] = Object.values<any>(made.Shop.Resources).filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::TargetGroup');
    const [, contract] = /(Its image listens on [^]*?) Props say/.exec(README)!;

    expect(contract).toContain(`listens on ${container.PortMappings[0].ContainerPort}, answers \`GET ${group.Properties.HealthCheckPath}\``);
    expect(contract).toContain(`as user ${container.User.split(':')[0]} with a read-only root`);
    expect(contract).toContain(`writes to \`${container.LinuxParameters.Tmpfs[0].ContainerPath}\` alone`);
    expect([Properties.RuntimePlatform.CpuArchitecture, README]).toEqual(['X86_64', expect.stringContaining('--platform linux/amd64')]);
  });
});

test('no page, comment or example shows an image that starts as root on port 80', () => {
  const texts = ['README.md', 'docs', 'src', 'examples', 'test/languages'].flatMap((name) => files(path.join(ROOT, name)));

  expect(texts.filter((file) => /fromRegistry\('([\w.]+\/)*(nginx|httpd|caddy)[:'@]/.test(fs.readFileSync(file, 'utf8')))).toEqual([]);
});

function files(name: string): string[] {
  return fs.statSync(name).isDirectory() ? fs.readdirSync(name).flatMap((child) => files(path.join(name, child))) : [name];
}
