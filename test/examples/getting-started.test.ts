import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { smoke } from '../../lambda/rollout-hook/smoke';
import { Application } from '../applications/application';
import { synthesizedProgram, type SynthesizedProgram } from '../fixtures/synthesized-program';
import { FLAGS } from '../fixtures/test-stack';
import { Account } from '../simulators/cloudformation/account';
import type { Outcome } from '../simulators/cloudformation/outcome';
import { README } from './readme-program';

jest.setTimeout(60_000);

const DOCS = path.join(__dirname, '..', '..', 'docs');
const PAGE = fs.readFileSync(path.join(DOCS, 'getting-started.md'), 'utf8');
const blocks = (language: string, text = PAGE): string[] => [...text.matchAll(new RegExp(`^\`\`\`${language}( nofixture)?\\n([^]*?)\\n\`\`\`$`, 'gm'))].map(([,, code]) => code);
const [PROGRAM, RELEASE, REMOVABLE] = blocks('ts');

const program = (...edits: Array<[string | RegExp, string]>): SynthesizedProgram =>
  synthesizedProgram(edits.reduce((text, [from, to]) => {
    const edited = text.replace(from, to);
    expect(edited).not.toBe(text);
    return edited;
  }, PROGRAM), FLAGS);
const WITH_ROLLBACK: Array<[string | RegExp, string]> = [['Release,', 'Release, RollbackCommand,'], [/new Release.*/, RELEASE]];
const WITHOUT_PROTECTION: Array<[string | RegExp, string]> = [
  ['ImageRepository,', 'EnvironmentProfile, ImageRepository,'],
  ['Environment, Stack', 'Environment, RemovalPolicy, Stack'],
  ['const app = new App();', `const app = new App();\n${REMOVABLE}`],
];

describe('Getting started', () => {
  const account = new Account({ account: '111111111111', region: 'eu-central-1' });

  function deploy({ stacks, templates }: SynthesizedProgram, rollback?: boolean): Outcome[] {
    return stacks.map((stack) => account.deploy(stack, templates[stack], { rollback }));
  }

  test('shows the program of the README in TypeScript and Python, and its certificate', () => {
    expect(PROGRAM).toBe(blocks('ts', README)[0]);
    expect(blocks('python')[0]).toBe(blocks('python', fs.readFileSync(path.join(DOCS, 'languages.md'), 'utf8'))[0]);
    expect(PAGE).toContain(/certificate=.*\n.*\n.*/.exec(README)![0]);
  });

  test('deploys into an empty account', () => {
    expect(deploy(program(), false).map(({ state }) => state.status)).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE']);
  });

  test('the rollback command is added without a change to what runs', () => {
    const [registry, shop] = deploy(program(...WITH_ROLLBACK));

    expect(registry.changes).toEqual([]);
    expect(shop.state.status).toBe('UPDATE_COMPLETE');
    expect(shop.changes.map(({ action }) => action).filter((action) => action !== 'create')).toEqual([]);
  });

  test('each command names one resource', () => {
    const named = [...PAGE.matchAll(/resource (\w+) (\w+::\w+) ?(\w*)/g)].map(([, stack, type, beginning]) => [stack, `AWS::${type}`, beginning]);

    expect(named.length).toBeGreaterThan(4);
    expect(named.filter(([stack, type, beginning]) =>
      account.existing.of(type).filter((one) => one.stack === stack && one.logicalId.startsWith(beginning)).length !== 1)).toEqual([]);
  });

  test('everything can be removed, and only revisions of the task definition are left', () => {
    const [registry, shop] = deploy(program(...WITH_ROLLBACK, ...WITHOUT_PROTECTION));
    expect([registry, shop].map(({ state }) => state.status)).toEqual(['UPDATE_COMPLETE', 'UPDATE_COMPLETE']);

    const buckets = account.existing.of('AWS::S3::Bucket');
    expect(buckets.map(({ stack, properties }) => [stack, properties.VersioningConfiguration])).toEqual([['Shop', { Status: 'Enabled' }]]);
    expect(PAGE).toContain('aws s3api list-object-versions');
    expect(account.remove('Shop').state.status).toBe('DELETE_FAILED');
    // As if its versions had been deleted.
    account.byHand((resource) => (buckets.some(({ physicalId }) => physicalId === resource.physicalId) ? undefined : resource));
    expect(['Shop', 'Registry'].map((stack) => account.remove(stack).state.status)).toEqual(['DELETE_COMPLETE', 'DELETE_COMPLETE']);
    expect(account.existing.of().map(({ type }) => type)).toEqual(['AWS::ECS::TaskDefinition']);
  });

  test('its application meets the contract of an image', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'web-'));
    fs.chmodSync(folder, 0o755);
    fs.writeFileSync(path.join(folder, 'server.js'), blocks('js')[0]);
    const [, command] = /^CMD (.*)$/m.exec(blocks('dockerfile')[0])!;
    const application = Application.start(folder, (JSON.parse(command) as string[]).map((word) => word.replace('/app/', '')), { PORT: '18080' });
    const plan = { port: 18080, stepSeconds: 0, verifySeconds: 0, attempts: 1, requests: [{ path: '/ready', status: 200, timeoutMs: 5000 }, { path: '/', status: 200, timeoutMs: 5000 }] };
    const asked = async (tries = 50): Promise<void> => smoke(plan, '127.0.0.1').catch(async (error: Error) => {
      if (tries === 0) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      return asked(tries - 1);
    });

    await asked();
    expect([await application.stop(), application.log]).toEqual([0, [{ level: 'info', message: 'GET /' }]]);
    fs.rmSync(folder, { recursive: true });
  });
});
