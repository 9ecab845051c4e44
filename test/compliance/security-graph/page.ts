import { Estate } from './estate';
import { actorsIn, handedOut, reachable, stepsIn } from './paths';
import { listOf, type Right, rightsIn, short, type Statement } from './rights';

type Json = any;

/** What is worth an attack: the type, and the actions by which it is had. */
const PRIZES: ReadonlyArray<readonly [name: string, actions: RegExp]> = [
  ['reads the secret', /^secretsmanager:(Batch)?GetSecretValue/],
  ['changes the secret', /^secretsmanager:(Put|Update|Rotate|Delete|Restore|Cancel)/],
  ['reads the parameter', /^ssm:GetParameter/],
  ['changes the parameter', /^ssm:(PutParameter|DeleteParameter)/],
  ['reads files of', /^s3:GetObject/],
  ['writes files of', /^s3:(Put|Delete)Object/],
  ['reads the log', /^logs:(Get|Filter|StartQuery|StartLiveTail|Unmask)/],
  ['deletes the log', /^logs:(DeleteLog(Group|Stream)|PutRetentionPolicy)$/],
  ['decrypts with', /^kms:(Decrypt|ReEncrypt)/],
  ['governs the key', /^kms:(Put|Schedule|Disable|CreateGrant|Update|Delete)/],
  ['changes the database', /^(rds:(Modify|Delete|Create|Restore|Start|Stop|Reboot|Failover|Copy|Add)|rds-db:)/],
  ['changes the traffic of', /^elasticloadbalancing:(Modify|Create|Delete|Set|Register|Deregister)/],
  ['changes the service', /^ecs:(Update|Delete|Create|Stop|Run|Execute)/],
  ['pushes images to', /^ecr:PutImage/],
  ['starts', /^(states:StartExecution|codepipeline:StartPipelineExecution|codepipeline:PutApprovalResult|codebuild:StartBuild|lambda:Invoke\w*|ssm:StartAutomationExecution|backup:Start)/],
];

/** Beginning of the page. */
export const INTRODUCTION = [
  '# Who can do what',
  '',
  '<!-- Written by npm run iam. A test fails where it differs. -->',
  '',
  'Every role of the examples, and of the two apps of the tests that hold every construct, with all that it can do.',
  'A simulator of IAM has evaluated each line against IAM\'s whole list of actions, with the policies of roles and of resources.',
  '[Security](security.md) says what an attacker makes of it.',
  '',
  '- A right counts where some request has it. The conditions that such a request must fulfil are in brackets.',
  '- "From actor to asset" follows each way from role to role: roles that can be assumed, and code that runs with a role that can be passed.',
  '  A state machine or function that is only *started* does what its definition says, so its rights do not count for the one who starts it.',
  '- `*` is every resource of the account that the action takes. Actions that read only the shape of things (`Describe`, `List`) are left out.',
  '- A service that a role or a resource admits is shown with the conditions of its statement.',
  '- Policies that AWS manages are named ("has"), and not evaluated.',
  '',
];

/** The section of one app, line by line and sorted, so that a change of the rights is a change of lines. */
export async function sectionOf(name: string, templates: { readonly [stack: string]: Json }): Promise<string[]> {
  const estate = new Estate(templates);
  const rights = await rightsIn(estate);
  const steps = stepsIn(estate, rights);
  return [
    `## ${name}`, '',
    '### From actor to asset', '',
    ...sorted(actorsIn(estate).flatMap(({ name: actor, role }) => [...reachable(role, steps)].flatMap(([reached, how]) =>
      prizesOf(rights.filter((right) => right.role.label === reached)).map((prize) => `${actor} ${prize}${how === '' ? '' : `, as ${reached} by ${how}`}`)))),
    ...sorted(handedOut(estate).map(({ from, secret }) => `${from} is given ${secret}`)), '',
    '### From role to role', '',
    ...sorted(steps.map(({ from, to, how }) => `${from} → ${to}: ${how}`)), '',
    '### Who takes a role', '',
    ...sorted(estate.ofType('AWS::IAM::Role').flatMap(({ label, properties }) => principals(properties.AssumeRolePolicyDocument as Json).map((who) => `${who} → ${label}`))), '',
    '### Whom a resource admits', '',
    ...sorted(admitted(estate)), '',
    '### What a role does', '',
    ...sorted(grouped(rights)),
    ...sorted(estate.ofType('AWS::IAM::Role').flatMap(({ label, properties }) => listOf(properties.ManagedPolicyArns as string[]).map((arn) => `${label} → has ${short(arn)}`))), '',
  ];
}

function prizesOf(rights: Right[]): string[] {
  return rights.flatMap(({ action, target, when }) => PRIZES.filter(([, actions]) => actions.test(action)).map(([prize]) => `${prize} ${target}${when && ` [${when}]`}`));
}

/** One line for each role and asset, with all actions. */
function grouped(rights: Right[]): string[] {
  const lines = new Map<string, Set<string>>();
  rights.forEach(({ role, target, action, when }) => {
    const start = `${role.label} → ${target}`;
    lines.set(`${start}|${when}`, (lines.get(`${start}|${when}`) ?? new Set()).add(action));
  });
  return [...lines].map(([key, actions]) => {
    const [start, when] = key.split('|');
    return `${start}: ${[...actions].sort().join(', ')}${when && ` [${when}]`}`;
  });
}

/** Principals of a policy that are no role of the app itself, with their conditions. */
function principals(document: { readonly Statement: Statement[] } | undefined): string[] {
  return listOf(document?.Statement).filter(({ Effect }) => Effect === 'Allow').flatMap(({ Principal, Condition = {} }) => {
    const when = Object.values(Condition).flatMap((keys) => Object.entries(keys).map(([key, value]) => `${key.split(':').slice(-1)[0] === 'sub' ? 'sub' : key} ${listOf(value as string).map(short).sort().join(' or ')}`)).sort().join(' and ');
    const who = Principal === '*' ? ['everyone'] : Object.values((Principal ?? {}) as { [kind: string]: string | string[] }).flatMap(listOf).map(short);
    return who.map((one) => `${one}${when && ` [${when}]`}`);
  });
}

/** Services and others that keys, buckets, topics, queues, secrets and functions admit by their own policies. */
function admitted(estate: Estate): string[] {
  const policies: { readonly [type: string]: (properties: Json) => readonly [Json, string?] } = {
    'AWS::KMS::Key': ({ KeyPolicy }: Json) => [KeyPolicy],
    'AWS::S3::BucketPolicy': ({ PolicyDocument, Bucket }: Json) => [PolicyDocument, Bucket as string],
    'AWS::SNS::TopicPolicy': ({ PolicyDocument }: Json) => [PolicyDocument],
    'AWS::SQS::QueuePolicy': ({ PolicyDocument }: Json) => [PolicyDocument],
    'AWS::SecretsManager::ResourcePolicy': ({ ResourcePolicy }: Json) => [ResourcePolicy],
    'AWS::ECR::Repository': ({ RepositoryPolicyText }: Json) => [RepositoryPolicyText],
  };
  const permissions = estate.ofType('AWS::Lambda::Permission').map(({ properties: { Principal, FunctionName, SourceArn, SourceAccount } }) =>
    `${Principal as string} → ${short(FunctionName)}: lambda:InvokeFunction${SourceArn ?? SourceAccount ? ` [source ${short(SourceArn ?? SourceAccount)}]` : ''}`);
  const actions = new Map<string, Set<string>>();
  for (const [type, read] of Object.entries(policies)) {
    for (const { label, properties } of estate.ofType(type)) {
      const [document, of = label] = read(properties);
      for (const statement of (document?.Statement ?? []) as Statement[]) {
        principals({ Statement: [statement] }).map((who) => `${who} → ${of}`).forEach((edge) => {
          actions.set(edge, new Set([...actions.get(edge) ?? [], ...listOf(statement.Action)]));
        });
      }
    }
  }
  return [...permissions, ...[...actions].map(([edge, all]) => `${edge}: ${[...all].sort().join(', ')}`)];
}

function sorted(lines: string[]): string[] {
  return [...new Set(lines)].sort().map((line) => `- ${line}`);
}
