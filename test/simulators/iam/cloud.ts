import type { App, Stack } from 'aws-cdk-lib';
import { accountOf, type Answer, identityAnswer, type Policy, type Request, resourceAnswer } from './policy';

type Json = any;
interface Resource { readonly Type: string; readonly Properties?: { readonly [name: string]: Json } }
interface Output { readonly Value: Json; readonly Export?: { readonly Name: Json } }
interface Template { readonly Resources: { readonly [id: string]: Resource }; readonly Outputs?: { readonly [id: string]: Output } }
interface Deployed { readonly name: string; readonly account: string; readonly region: string; readonly template: Template }

/** ARN of each type: service, whether it has a region and an account, prefix, and the property with its physical name. */
const ARNS: { readonly [type: string]: readonly [service: string, region: boolean, account: boolean, prefix: string, name?: string] } = {
  'AWS::IAM::Role': ['iam', false, true, 'role/', 'RoleName'],
  'AWS::IAM::ManagedPolicy': ['iam', false, true, 'policy/', 'ManagedPolicyName'],
  'AWS::IAM::OIDCProvider': ['iam', false, true, 'oidc-provider/'],
  'AWS::StepFunctions::StateMachine': ['states', true, true, 'stateMachine:', 'StateMachineName'],
  'AWS::ECR::Repository': ['ecr', true, true, 'repository/', 'RepositoryName'],
  'AWS::KMS::Key': ['kms', true, true, 'key/'],
  'AWS::S3::Bucket': ['s3', false, false, '', 'BucketName'],
  'AWS::CodePipeline::Pipeline': ['codepipeline', true, true, '', 'Name'],
  'AWS::CodeBuild::Project': ['codebuild', true, true, 'project/', 'Name'],
  'AWS::SNS::Topic': ['sns', true, true, '', 'TopicName'],
};
/** Types whose Ref is the ARN. */
const REF_IS_ARN = ['AWS::IAM::ManagedPolicy', 'AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic', 'AWS::IAM::OIDCProvider'];

/**
 * Accounts of an app as IAM sees them: it answers whether a request is allowed, by the templates of all stacks.
 *
 * Within an account the caller's or the resource's policy suffices; between accounts both must allow. Keys and roles need their own policy
 * always. An explicit denial wins. It models no boundaries, session policies, service control policies and grants.
 */
export class Cloud {
  private readonly stacks: Deployed[];

  public constructor(app: App) {
    this.stacks = app.synth().stacksRecursively.map((artifact) => ({
      name: artifact.stackName, account: artifact.environment.account, region: artifact.environment.region, template: artifact.template as Template,
    }));
  }

  /** ARN of the only resource of a type whose logical id matches, in a stack. */
  public arn(stack: Stack, type: string, id: RegExp): string {
    const at = this.stacks.find(({ name }) => name === stack.stackName)!;
    const found = Object.entries(at.template.Resources).filter(([logicalId, { Type }]) => Type === type && id.test(logicalId));
    if (found.length !== 1) {
      throw new Error(`${found.length} resources of type ${type} match ${id} in ${stack.stackName}`);
    }
    return this.arnOf(at, found[0][0]);
  }

  /** Whether a request is allowed. */
  public allows(request: Request): boolean {
    const own = this.identityPolicies(request.caller.id);
    const identity: Answer = request.caller.kind === 'AWS' ? identityAnswer(own, request) : 'nothing';
    const policy = this.policyOf(request);
    const resource = resourceAnswer(policy, request);
    if (identity === 'deny' || resource === 'deny') {
      return false;
    }
    if (request.caller.kind !== 'AWS') {
      return resource === 'allow';
    }
    const sameAccount = accountOf(request.caller.id) === this.ownerOf(request.resource);
    const strict = /^(sts:AssumeRole|kms:)/.test(request.action);
    if (sameAccount) {
      return resource === 'allow' || (identity === 'allow' && (!strict || resource === 'account'));
    }
    return identity === 'allow' && (resource === 'allow' || resource === 'account');
  }

  /** Whether the registry of a resource allows an account, whose own role has the permission by a policy of AWS. */
  public registryAllows(account: string, action: string, resource: string): boolean {
    const request: Request = { caller: { kind: 'AWS', id: `arn:aws:iam::${account}:role/ecr` }, action, resource };
    return ['allow', 'account'].includes(resourceAnswer(this.policyOf(request), request));
  }

  private ownerOf(arn: string): string {
    return accountOf(arn) || (this.stacks.find((at) => Object.keys(at.template.Resources).some((id) => arn.startsWith(this.arnOf(at, id))))?.account ?? '');
  }

  private identityPolicies(role: string): Policy[] {
    return this.each('AWS::IAM::Role').filter(({ arn }) => arn === role).flatMap(({ properties, at, id }) => {
      const attached = this.each('AWS::IAM::ManagedPolicy', 'AWS::IAM::Policy').filter((policy) => policy.at.account === at.account
        && (policy.properties.Roles ?? []).includes(this.nameOf(at, id)));
      return [
        ...(properties.Policies ?? []).map(({ PolicyDocument }: Json) => PolicyDocument as Policy),
        ...attached.map((policy) => policy.properties.PolicyDocument as Policy),
      ];
    });
  }

  /** Policy of the resource itself: of a role, a key, a bucket, a topic, or the registry of a repository. */
  private policyOf({ action, resource }: Request): Policy | undefined {
    if (action === 'ecr:ReplicateImage' || action === 'ecr:CreateRepository') {
      const registry = this.each('AWS::ECR::RegistryPolicy').find(({ at }) => at.account === accountOf(resource) && at.region === resource.split(':')[3]);
      return registry?.properties.PolicyText as Policy | undefined;
    }
    const own = this.each('AWS::IAM::Role', 'AWS::KMS::Key', 'AWS::ECR::Repository').find(({ arn }) => arn === resource)?.properties;
    const bucket = this.each('AWS::S3::BucketPolicy').find(({ properties }) => new RegExp(`^arn:aws:s3:::${properties.Bucket}(/|$)`).test(resource));
    return (own?.AssumeRolePolicyDocument ?? own?.KeyPolicy ?? own?.RepositoryPolicyText ?? bucket?.properties.PolicyDocument) as Policy | undefined;
  }

  private each(...types: string[]): Array<{ at: Deployed; id: string; arn: string; properties: Json }> {
    return this.stacks.flatMap((at) => Object.entries(at.template.Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([id, { Properties = {} }]) => ({ at, id, arn: this.arnOf(at, id), properties: this.resolve(at, Properties) as Json })));
  }

  private nameOf(at: Deployed, id: string): string {
    const { Type, Properties = {} } = at.template.Resources[id];
    const property = ARNS[Type]?.[4];
    const given = property === undefined ? undefined : Properties[property] as Json;
    return given === undefined ? `${at.name}-${id}` : String(this.resolve(at, given));
  }

  private arnOf(at: Deployed, id: string): string {
    const [service, region, account, prefix] = ARNS[at.template.Resources[id].Type] ?? ['other', true, true, ''];
    return `arn:aws:${service}:${region ? at.region : ''}:${account ? at.account : ''}:${prefix}${this.nameOf(at, id)}`;
  }

  private resolve(at: Deployed, value: Json): Json {
    if (Array.isArray(value)) {
      return value.map((item: Json) => this.resolve(at, item) as Json);
    }
    if (value === null || typeof value !== 'object') {
      return value;
    }
    const [[name, given], ...more] = Object.entries<Json>(value as object).concat([['', undefined]]);
    if (more.length === 1 || value.Ref !== undefined) {
      switch (name) {
        case 'Ref':
          return this.ref(at, given as string);
        case 'Fn::GetAtt':
          return this.attribute(at, given[0] as string, given[1] as string);
        case 'Fn::Join':
          return (this.resolve(at, given[1]) as Json[]).join(given[0] as string);
        case 'Fn::Select':
          return (this.resolve(at, given[1]) as Json[])[Number(given[0])];
        case 'Fn::Split':
          return String(this.resolve(at, given[1])).split(given[0] as string);
        case 'Fn::ImportValue':
          return this.output(({ Export }, from) => Export !== undefined && this.resolve(from, Export.Name) === this.resolve(at, given));
        case 'Fn::GetStackOutput':
          return this.output((_, from, id) => from.name === given.StackName && id === given.OutputName);
        default:
      }
    }
    return Object.fromEntries(Object.entries<Json>(value as object).map(([key, item]) => [key, this.resolve(at, item) as Json]));
  }

  private attribute(at: Deployed, id: string, name: string): string {
    const known: { [attribute: string]: string } = { Arn: this.arnOf(at, id), Name: this.nameOf(at, id) };
    return known[name] ?? `${this.nameOf(at, id)}.${name}`;
  }

  private ref(at: Deployed, id: string): string {
    const pseudo: { [name: string]: string } = { 'AWS::AccountId': at.account, 'AWS::Region': at.region, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com', 'AWS::StackName': at.name };
    if (pseudo[id] !== undefined || !at.template.Resources[id]) {
      return pseudo[id] ?? id;
    }
    return REF_IS_ARN.includes(at.template.Resources[id].Type) ? this.arnOf(at, id) : this.nameOf(at, id);
  }

  private output(matches: (output: { readonly Export?: { readonly Name: Json } }, from: Deployed, id: string) => boolean): Json {
    for (const from of this.stacks) {
      const found = Object.entries(from.template.Outputs ?? {}).find(([id, output]) => matches(output, from, id));
      if (found) {
        return this.resolve(from, found[1].Value) as Json;
      }
    }
    return 'unknown';
  }
}
