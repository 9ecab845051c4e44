import * as fs from 'fs';
import * as path from 'path';
import { refusedByIam, refusedByIamIn, templatesIn } from '../catalogues/iam-actions';
import type { TemplateJson } from '../deploy-rules/template-json';
import { exampleNames, templatesOfExample } from '../fixtures/example-app';
import { wholeLibrary } from '../fixtures/whole-library';

const LAMBDA = path.join(__dirname, '..', '..', 'lambda');

const policy = (...statements: object[]) => ({ Resources: { Policy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Statement: statements } } } } });
const allow = (Action: string | string[], Resource: unknown) => policy({ Effect: 'Allow', Action, Resource });
const CLUSTER = 'arn:aws:ecs:eu-central-1:111111111111:cluster/shop';

describe('The check against the public catalogue of IAM', () => {
  test.each<[string, object, string]>([
    ['an action that doesn\'t exist', allow('ecs:DescribeServiceDeployment', '*'), 'no such action: ecs:DescribeServiceDeployment in Policy'],
    ['a wildcard that nothing matches', allow('kms:Enncrypt*', '*'), 'no such action: kms:Enncrypt* in Policy'],
    ['an action of a service that doesn\'t exist', allow('cloudwatch-alarms:DescribeAlarms', '*'), 'no such action: cloudwatch-alarms:DescribeAlarms'],
    ['a resource that the action isn\'t for', allow('ecs:UpdateService', CLUSTER), `ecs:UpdateService takes none of ${CLUSTER}`],
    ['a resource for an action that knows none', allow('ecr:GetAuthorizationToken', 'arn:aws:ecr:eu-central-1:111111111111:repository/shop'), 'ecr:GetAuthorizationToken takes none of'],
    ['a resource too many', allow('sns:Publish', ['arn:aws:sns:eu-central-1:1:topic', CLUSTER]), `${CLUSTER} is taken by none of sns:Publish`],
    ['a bucket where its objects are meant', allow('s3:GetObject', 'arn:aws:s3:::shop'), 's3:GetObject takes none of arn:aws:s3:::shop'],
    ['objects where the bucket is meant', allow('s3:ListBucket', 'arn:aws:s3:::shop/*'), 's3:ListBucket takes none of arn:aws:s3:::shop/*'],
    ['a queue of the template for a topic', { Resources: { ...allow('sns:Publish', { 'Fn::GetAtt': ['Queue', 'Arn'] }).Resources, Queue: { Type: 'AWS::SQS::Queue' } } }, 'sns:Publish takes none of'],
  ])('refuses %s', async (_, template, finding) => {
    expect((await refusedByIam(template)).join('\n')).toContain(finding);
  });

  test.each<[string, object]>([
    ['a log group for its streams', allow(['logs:CreateLogStream', 'logs:PutLogEvents'], 'arn:aws:logs:eu-central-1:111111111111:log-group:shop:*')],
    ['a denial of everything', policy({ Effect: 'Deny', Action: 's3:*', Resource: CLUSTER })],
    ['a topic of another stack', allow('sns:Publish', { 'Fn::ImportValue': 'Elsewhere' })],
  ])('lets %s pass', async (_, template) => {
    expect(await refusedByIam(template)).toEqual([]);
  });

  test('finds nothing in any policy of the library', async () => {
    expect(await refusedByIamIn(templatesIn(wholeLibrary()))).toEqual([]);
  }, 120_000);

  test.each(exampleNames())('finds nothing in any policy of the example %s', async (name) => {
    expect(await refusedByIamIn(templatesOfExample(name))).toEqual([]);
  }, 120_000);
});

describe('The role of a function', () => {
  const templates = Object.values(templatesIn(wholeLibrary()));

  test.each<[string, RegExp, string[]]>([
    // A hook without a command makes fewer calls: two are of the command alone.
    ['rollout-hook', /ROLLOUT_PLAN(?!.*command)/, ['ecs:RunTask', 'ecs:StopTask']],
    ['rollout-hook', /ROLLOUT_PLAN.*command/, []],
    // The plan of a forwarding function names a secret, that of a relaying one a topic: each calls one of the two.
    ['alert-forwarder', /secretArn/, ['sns:Publish']],
    ['alert-forwarder', /topicArn/, ['secretsmanager:GetSecretValue']],
  ])('allows %s with an environment like %s the calls of its source, and no others of those services', (name, told, notMade) => {
    const calls = callsOf(name).filter((call) => !notMade.includes(call));
    const services = new Set(callsOf(name).map((call) => call.split(':')[0]));
    const functions = templates.flatMap((template) => resources(template, 'AWS::Lambda::Function')
      .filter(({ properties }) => told.test(JSON.stringify(properties.Environment ?? {}))).map(({ properties }) => allowed(template, properties.Role['Fn::GetAtt'][0])));
    expect(functions.length).toBeGreaterThan(0);
    // IAM asks for it where RunTask gives tags.
    const tagging = 'ecs:TagResource';
    functions.forEach((actions) => expect(actions.filter((action) => services.has(action.split(':')[0]) && action !== tagging).sort()).toEqual(calls.sort()));
  });
});

/** The calls of AWS in the source of a function, as IAM names them. */
function callsOf(name: string): string[] {
  const sources = fs.readdirSync(path.join(LAMBDA, name)).filter((file) => !file.endsWith('.test.ts')).map((file) => fs.readFileSync(path.join(LAMBDA, name, file), 'utf8'));
  const imports = sources.flatMap((source) => [...source.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([a-z-]+)'/g)]);
  return [...new Set(imports.flatMap(([, names, client]) => [...names.matchAll(/(\w+)Command\b/g)].map(([, call]) => `${client.replace(/-/g, '')}:${call}`)))];
}

function resources(template: TemplateJson, type: string): Array<{ id: string; properties: any }> {
  return Object.entries(template.Resources ?? {}).filter(([, { Type }]) => Type === type).map(([id, { Properties }]) => ({ id, properties: Properties }));
}

/** What the policies of a role allow. */
function allowed(template: TemplateJson, role: string): string[] {
  return resources(template, 'AWS::IAM::ManagedPolicy').filter(({ properties }) => JSON.stringify(properties.Roles ?? []).includes(`"${role}"`))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement as Array<{ Effect: string; Action: string | string[] }>)
    .filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);
}
