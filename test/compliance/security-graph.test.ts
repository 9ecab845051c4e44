import * as fs from 'fs';
import * as path from 'path';
import type { App } from 'aws-cdk-lib';
import { exampleNames, templatesOfExample } from '../fixtures/example-app';
import { rareParts } from '../fixtures/rare-parts';
import { wholeLibrary } from '../fixtures/whole-library';
import { INTRODUCTION, sectionOf } from './security-graph/page';

const PAGE = path.join(__dirname, '..', '..', 'docs', 'security-graph.md');
const SYNTHESIS_AND_SIMULATION = 120_000;

/** Examples have flags of their own, so they are synthesized once. */
const EXAMPLES = process.env.FEATURE_FLAGS === 'none' ? [] : exampleNames();
const APPS: { readonly [name: string]: () => { readonly [stack: string]: unknown } } = {
  'All constructs': () => templatesIn(wholeLibrary()),
  'Rare parts': () => templatesIn(rareParts()),
  ...Object.fromEntries(EXAMPLES.map((name) => [`Example ${name}`, () => templatesOfExample(name)])),
};

function templatesIn(app: App): { readonly [stack: string]: unknown } {
  return Object.fromEntries(app.synth().stacksRecursively.map(({ stackName, template }) => [stackName, template as unknown]));
}

describe('docs/security-graph.md', () => {
  const page = fs.existsSync(PAGE) ? fs.readFileSync(PAGE, 'utf8') : '';
  const sections = new Map(page.split(/^(?=## )/m).slice(1).map((section) => [section.split('\n')[0].slice(3), section]));

  afterAll(() => {
    if (process.env.UPDATE_SECURITY_GRAPH) {
      fs.writeFileSync(PAGE, `${INTRODUCTION.join('\n')}\n${[...sections.keys()].sort().map((name) => sections.get(name)!.trimEnd()).join('\n\n')}\n`);
    }
  });

  // Where it fails: `npm run iam` writes the page, and its diff is for the review of whoever knows what the change is for.
  test.each(Object.keys(APPS))('has every right of every role of %s, so that a change shows in review', async (name) => {
    const written = `${(await sectionOf(name, APPS[name]())).join('\n').trimEnd()}\n`;
    if (process.env.UPDATE_SECURITY_GRAPH) {
      sections.set(name, written);
    }
    expect(`${sections.get(name)?.trimEnd() ?? ''}\n`).toBe(written);
  }, SYNTHESIS_AND_SIMULATION);

  test('has no section of an app that is gone', () => {
    const gone = [...sections.keys()].filter((name) => !(name in APPS) && !(EXAMPLES.length === 0 && name.startsWith('Example ')));
    if (process.env.UPDATE_SECURITY_GRAPH) {
      gone.forEach((name) => sections.delete(name));
    } else {
      expect(gone).toEqual([]);
    }
  });
});

describe('by the committed graph', () => {
  const lines = fs.existsSync(PAGE) ? fs.readFileSync(PAGE, 'utf8').split('\n') : [];

  test.each(['compromised task of', 'code of a build in', 'CI as'])('no "%s" gets the rights of another role', (actor) => {
    const own = lines.filter((line) => line.startsWith(`- ${actor} `));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((line) => / by [a-z]+:\w+/.test(line))).toEqual([]);
  });

  test('no role writes policies, roles or users of IAM', () => {
    expect(lines.filter((line) => / iam:(Put|Attach|Create|Update|Add|Set|Delete|Detach)\w+/.test(line))).toEqual([]);
  });
});

describe('the graph', () => {
  const allow = (Action: string | string[], Resource: unknown, Condition?: object) => ({ Effect: 'Allow', Action, Resource, ...(Condition && { Condition }) });
  const role = (service: string, ...Statement: unknown[]) => ({
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] },
      Policies: [{ PolicyDocument: { Statement } }],
    },
  });
  const secret = { Type: 'AWS::SecretsManager::Secret', Properties: {} };
  const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const task = { Type: 'AWS::ECS::TaskDefinition', Properties: { TaskRoleArn: arnOf('Web') } };
  const graph = (Resources: object) => sectionOf('x', { Stack: { Resources } });
  const reader = role('ecs-tasks.amazonaws.com', allow('secretsmanager:GetSecretValue', { Ref: 'Secret' }));

  test('leads from a task that may run another one to the secret of that', async () => {
    const web = role('ecs-tasks.amazonaws.com', allow('ecs:RunTask', '*'), allow('iam:PassRole', arnOf('Jobs')));
    expect(await graph({ Web: web, Jobs: reader, Secret: secret, Task: task })).toEqual(expect.arrayContaining([
      '- Stack/Web → Stack/Jobs: iam:PassRole with ecs:RunTask',
      '- compromised task of Stack/Task reads the secret Stack/Secret, as Stack/Jobs by iam:PassRole with ecs:RunTask',
    ]));
  });

  test('does not follow a role that is passed to another service, or that nothing can run', async () => {
    const passes = (condition?: object) => allow('iam:PassRole', arnOf('Jobs'), condition);
    const toLambda = role('ecs-tasks.amazonaws.com', allow('ecs:RunTask', '*'), passes({ StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } }));
    const runsNothing = role('ecs-tasks.amazonaws.com', passes());
    for (const web of [toLambda, runsNothing]) {
      expect((await graph({ Web: web, Jobs: reader, Secret: secret, Task: task })).filter((line) => line.includes('secret Stack/Secret'))).toEqual([]);
    }
  });

  test('expands wildcards by the whole list of actions, and heeds a denial', async () => {
    const all = role('ecs-tasks.amazonaws.com', allow('secretsmanager:*', { Ref: 'Secret' }), { Effect: 'Deny', Action: 'secretsmanager:DeleteSecret', Resource: '*' });
    const line = (await graph({ Web: all, Secret: secret })).find((one) => one.startsWith('- Stack/Web → Stack/Secret'));
    expect(line).toContain('secretsmanager:PutSecretValue');
    expect(line).not.toContain('secretsmanager:DeleteSecret');
  });

  test('says that a key whose own policy admits nobody is no way to decrypt', async () => {
    const decrypts = role('ecs-tasks.amazonaws.com', allow('kms:Decrypt', arnOf('Key')));
    const key = (AWS: string) => ({ Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: { AWS } }] } } });
    const decryption = '- Stack/Web → Stack/Key: kms:Decrypt';
    expect(await graph({ Web: decrypts, Key: key('arn:aws:iam::111111111111:root') })).toContain(decryption);
    expect(await graph({ Web: decrypts, Key: key('arn:aws:iam::222222222222:root') })).not.toContain(decryption);
  });

  test('follows the roles that a role assumes, and the functions whose code it writes', async () => {
    const jobs = role('lambda.amazonaws.com', allow('secretsmanager:GetSecretValue', { Ref: 'Secret' }));
    const writes = role('ecs-tasks.amazonaws.com', allow('lambda:UpdateFunctionCode', arnOf('Function')));
    const lambda = { Type: 'AWS::Lambda::Function', Properties: { Role: arnOf('Jobs') } };
    expect(await graph({ Web: writes, Jobs: jobs, Function: lambda, Secret: secret })).toContain('- Stack/Web → Stack/Jobs: lambda:UpdateFunctionCode of Stack/Function');

    const assumes = role('ecs-tasks.amazonaws.com', allow('sts:AssumeRole', arnOf('Jobs')));
    expect((await graph({ Web: assumes, Jobs: jobs, Secret: secret })).filter((line) => line.includes('sts:AssumeRole'))).toEqual([]);
    const trusting = { ...jobs, Properties: { ...jobs.Properties, AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::111111111111:root' } }] } } };
    expect(await graph({ Web: assumes, Jobs: trusting, Secret: secret })).toContain('- Stack/Web → Stack/Jobs: sts:AssumeRole');
  });

  test('refuses an action that IAM does not have', async () => {
    await expect(graph({ Web: role('ecs-tasks.amazonaws.com', allow('ecs:RunTasks', '*')) })).rejects.toThrow('no such action: ecs:RunTasks');
  });
});
