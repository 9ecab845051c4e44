import * as fs from 'fs';
import * as path from 'path';
import type { SynthesizedProgram } from '../fixtures/synthesized-program';
import { Account } from '../simulators/cloudformation/account';
import { README, readmeProgram } from './readme-program';

/* eslint-disable @typescript-eslint/no-explicit-any -- resources are whatever CloudFormation takes */
const ROOT = path.join(__dirname, '..', '..');

describe('The shortest example of the README', () => {
  let program: SynthesizedProgram;
  let made: { [stack: string]: any };

  beforeAll(() => {
    program = readmeProgram(0);
    made = program.templates;
  });

  /** State of the only ECS service in an account in which both stacks were deployed, with a released tag or none. */
  function serviceAfterDeployment(released?: string): any {
    const [[, parameter]] = Object.entries<any>(made.Shop.Parameters).filter(([id]) => id.includes('ReleasedImage'));
    const parameterStore = { '/cdk-bootstrap/hnb659fds/version': '30', ...(released && { [parameter.Default]: released }) };
    const account = new Account({ account: '111111111111', region: 'eu-central-1', parameterStore });
    ['Registry', 'Shop'].forEach((stack) => {
      const { state, changes } = account.deploy(stack, program.templates[stack]);
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
    expect(program.stacks).toEqual(['Registry', 'Shop']);
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
  const others = ['node_modules', '.next', 'dist', 'cdk.out'];
  return fs.statSync(name).isDirectory() ? fs.readdirSync(name).filter((child) => !others.includes(child)).flatMap((child) => files(path.join(name, child))) : [name];
}
