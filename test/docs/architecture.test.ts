import * as fs from 'node:fs';
import * as path from 'node:path';
import { type CfnElement, CfnResource } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MaintenanceWindow, Migration, Release, Severity } from '../../src';
import { routingByMail } from '../fixtures/alert-routing';
import { releasedServices } from '../fixtures/released-services';
import { templateOf } from '../fixtures/test-stack';
import { serviceFixture } from '../fixtures/web-service';
import { definitions } from '../simulators/deployed-definition';
import { filesImportedBy, folderGraph, reducedEdges } from '../structure/import-graph';

const PAGE = path.join(__dirname, '..', '..', 'docs', 'architecture.md');
const MODULES = ['network', 'database', 'service', 'observability', 'delivery'];

/** Drawings of the page by their names. `UPDATE_ARCHITECTURE=1` writes them. */
const DRAWINGS: { readonly [name: string]: () => string[] } = {
  modules: () => graph(reducedEdges(folderGraph((file) => (file.includes('/') ? file.split('/')[0] : undefined)))),
  ...Object.fromEntries(MODULES.map((module) => [`rooms of ${module}`, () => graph(reducedEdges(folderGraph(roomIn(module))))])),
  service: () => parts(serviceFixture().web),
  release: () => release(),
};

/** Folder of a file in a module; the files at its root count for the module. */
function roomIn(module: string): (file: string) => string | undefined {
  return (file) => {
    const [first, second, third] = file.split('/');
    return first !== module ? undefined : third === undefined ? module : second;
  };
}

function graph(edges: [string, string][]): string[] {
  return ['graph LR', ...edges.map(([from, to]) => `  ${id(from)}["${from}"] --> ${id(to)}["${to}"]`)];
}

/** Children of a construct with the resources in each. */
function parts(construct: Construct): string[] {
  const name = construct.constructor.name;
  return ['graph LR', ...construct.node.children.flatMap((child) => {
    const types = child.node.findAll().filter(CfnResource.isCfnResource).map(({ cfnResourceType }) => cfnResourceType.replace('AWS::', ''));
    const shown = [...new Set(types)].sort().join('<br/>');
    return types.length === 0 ? [] : [`  ${name} --> ${id(child.node.id)}["<b>${child.node.id}</b><br/>${shown}"]`];
  })];
}

interface StateMachine { readonly StartAt: string; readonly States: { readonly [name: string]: MachineState } }

interface MachineState { readonly Type: string; readonly Next?: string; readonly Default?: string; readonly Branches?: StateMachine[] }

/** Steps of a release with everything that one may have, in their order, and what a failure leads to. */
function release(): string[] {
  const { stack, services, api, database } = releasedServices();
  const alertRouting = routingByMail(stack);
  alertRouting.listenTo(database.events.topic, Severity.WARNING);
  const { stateMachine } = new Release(stack, 'Release', {
    stageName: 'production',
    services,
    migrations: [Migration.command(api, ['npm', 'run', 'migrate'], { window: MaintenanceWindow.daily('22:00', '00:30') })],
    snapshot: database,
    alertRouting,
    gateAlarmNames: ['database-cpu'],
  });
  const machine = definitions(templateOf(stack))[stack.getLogicalId(stateMachine.node.defaultChild as CfnElement)] as StateMachine;
  const [prepare, deploy] = ['Prepare', 'Release'].map((name) => steps(machine.States[name].Branches![0]));
  return [
    'graph TD',
    `  prepare["<b>Prepare</b><br/>${prepare.join('<br/>')}"] --> release["<b>Release</b><br/>${deploy.join('<br/>')}"]`,
    '  prepare -- a failure --> refused["Refuse the release: nothing was changed"]',
    '  release --> released["Notify of the end"]',
    '  release -- a failure --> rollback["Roll back all services together"]',
  ];
}

/** Task states of a state machine, in order. */
function steps({ States }: StateMachine): string[] {
  return Object.keys(States).filter((name) => ['Task', 'Map', 'Parallel'].includes(States[name].Type));
}

function id(name: string): string {
  return name.replace(/\W/g, '_');
}

function block(name: string, lines: string[]): string {
  return [`<!-- drawing: ${name} -->`, '', '```mermaid', ...lines, '```', ''].join('\n');
}

/** The page with this drawing in the place of the old one. */
function redrawn(page: string, name: string): string {
  const [before, rest] = page.split(`<!-- drawing: ${name} -->`);
  const after = rest.slice(rest.indexOf('```\n', rest.indexOf('```mermaid') + 3) + 4);
  return `${before}${block(name, DRAWINGS[name]())}${after}`;
}

describe('drawings of docs/architecture.md', () => {
  if (process.env.UPDATE_ARCHITECTURE) {
    fs.writeFileSync(PAGE, Object.keys(DRAWINGS).reduce(redrawn, fs.readFileSync(PAGE, 'utf8')));
  }
  const page = fs.readFileSync(PAGE, 'utf8');

  test.each(Object.keys(DRAWINGS))('%s is what the code is', (name) => {
    expect(page).toContain(block(name, DRAWINGS[name]()));
  });

  test('a graph with a cycle is refused, because it has no shortest drawing', () => {
    const cyclic = new Map([['a', new Set(['b'])], ['b', new Set(['c'])], ['c', new Set(['b'])]]);
    expect(() => reducedEdges(cyclic)).toThrow('These folders import each other: b, c.');
  });

  test('there is none that nothing holds', () => {
    expect([...page.matchAll(/<!-- drawing: (.+) -->/g)].map(([, name]) => name).sort()).toEqual(Object.keys(DRAWINGS).sort());
  });
});

describe('walks of docs/architecture.md', () => {
  const walks = fs.readFileSync(PAGE, 'utf8').split(/^## /m).filter((section) => section.startsWith('Walk: '));
  const filesOf = (walk: string) => [...walk.matchAll(/^\d+\. `src\/([^`]+)`/gm)].map(([, file]) => file);

  test('there are two or more, of several files', () => {
    expect(walks.length).toBeGreaterThanOrEqual(2);
    walks.forEach((walk) => expect(filesOf(walk).length).toBeGreaterThan(3));
  });

  test.each(walks.map((walk) => [walk.split('\n')[0], walk]))('%s passes each file once', (_title, walk) => {
    expect(new Set(filesOf(walk)).size).toBe(filesOf(walk).length);
  });

  test.each(walks.map((walk) => [walk.split('\n')[0], walk]))('%s comes to each file by one before it', (_title, walk) => {
    const files = filesOf(walk);
    const lost = files.slice(1).filter((file, index) => !files.slice(0, index + 1).some((before) => filesImportedBy(before).includes(file)));
    expect(lost).toEqual([]);
  });
});
