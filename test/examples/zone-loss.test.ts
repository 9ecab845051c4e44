import * as fs from 'fs';
import * as path from 'path';
import { synthesizedProgram } from '../fixtures/synthesized-program';
import { Account } from '../simulators/cloudformation/account';
import type { Existing } from '../simulators/cloudformation/resource';
import { ZoneLoss } from '../simulators/zone-loss';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** What exists once the stacks of an example's production are deployed into an empty account. */
function deployed(example: string, stacks: RegExp, edit: (program: string) => string = (program) => program): Existing {
  const read = (file: string): string => fs.readFileSync(path.join(EXAMPLES, example, file), 'utf8');
  const program = edit(read('app.ts'));
  const { stacks: names, templates } = synthesizedProgram(program, (JSON.parse(read('cdk.json')) as { context: object }).context);
  // Every image is released, so that services have tasks.
  const released = Object.values(templates).flatMap(({ Parameters }) => Object.values(Parameters ?? {})).filter(({ Type, Default }) => Type.startsWith('AWS::SSM') && !String(Default).startsWith('/cdk-bootstrap'));
  const parameterStore = { '/cdk-bootstrap/hnb659fds/version': '30', ...Object.fromEntries(released.map(({ Default }) => [String(Default), '1.0.0'])) };
  const account = new Account({ account: '111111111111', region: 'eu-central-1', parameterStore });
  const statuses = names.filter((name) => stacks.test(name)).map((name) => account.deploy(name, templates[name], { rollback: false }).state.status);
  expect(new Set(statuses)).toEqual(new Set(['CREATE_COMPLETE']));
  return account.existing;
}

const lossesOf = (existing: Existing): string[] => ZoneLoss.zonesOf(existing).flatMap((zone) => new ZoneLoss(existing, zone).losses());

describe.each([['nestjs-nextjs', /registry|production/], ['canary-fargate', /./]])('The example %s', (example, stacks) => {
  test('survives the loss of each of its zones, in every tier [A-32]', () => {
    const existing = deployed(example, stacks);

    expect(ZoneLoss.zonesOf(existing)).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
    expect(lossesOf(existing)).toEqual([]);
  });
});

describe('What would not survive', () => {
  const changed = (from: string, to: string): string[] => {
    const existing = deployed('nestjs-nextjs', /registry|production/, (program) => {
      expect(program).toContain(from);
      return program.replace(from, to).replace('AlertChannel,', 'AlertChannel, Egress, PostgresCapacity, ServiceScaling,');
    });
    return [...new Set(lossesOf(existing).map((loss) => loss.replace(/ \S+:/, ':')))].sort();
  };

  test('a single NAT gateway takes the way out of all tasks with it [A-32]', () => {
    expect(changed("-network'), 'Network')", "-network'), 'Network', { egress: Egress.singleNatGateway() })"))
      .toEqual(expect.arrayContaining(['AWS::ECS::Service: its way out goes through this zone']));
  });

  test('a single task [A-32]', () => {
    expect(changed('port: 3000,', 'port: 3000, scaling: ServiceScaling.targetTracking({ minTasks: 1 }),')).toEqual(['AWS::ECS::Service: it has 1 task']);
  });

  test('a server without a standby [A-32]', () => {
    expect(changed('    backup: BackupPolicy', '    capacity: PostgresCapacity.instance({ multiAz: false }),\n    backup: BackupPolicy')).toEqual(['AWS::RDS::DBInstance: the server has no standby in another zone']);
  });
});
