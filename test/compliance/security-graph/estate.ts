import { ACCOUNT, REGION } from '../../fixtures/test-stack';

type Json = any;
interface Resource { readonly Type: string; readonly Properties?: { readonly [name: string]: Json } }
interface Template {
  readonly Resources?: { readonly [id: string]: Resource };
  readonly Outputs?: { readonly [id: string]: { readonly Value: Json; readonly Export?: { readonly Name: Json } } };
}

/** Something that an app deploys, its references resolved. */
export interface Deployed {
  readonly type: string;
  /** `Stack/LogicalId`, without the hash where the rest tells it from all others. */
  readonly label: string;
  readonly arn: string;
  readonly properties: { readonly [name: string]: Json };
}

/** ARN of a type after the account, with `%` for the name, and the property with the physical name. */
const ARNS: { readonly [type: string]: readonly [service: string, path: string, name?: string] } = {
  'AWS::IAM::Role': ['iam', 'role/%', 'RoleName'],
  'AWS::KMS::Key': ['kms', 'key/%'],
  'AWS::S3::Bucket': ['s3', '%', 'BucketName'],
  'AWS::Logs::LogGroup': ['logs', 'log-group:%', 'LogGroupName'],
  'AWS::SNS::Topic': ['sns', '%', 'TopicName'],
  'AWS::SQS::Queue': ['sqs', '%', 'QueueName'],
  'AWS::ECR::Repository': ['ecr', 'repository/%', 'RepositoryName'],
  'AWS::Lambda::Function': ['lambda', 'function:%', 'FunctionName'],
  'AWS::StepFunctions::StateMachine': ['states', 'stateMachine:%', 'StateMachineName'],
  'AWS::CodeBuild::Project': ['codebuild', 'project/%', 'Name'],
  'AWS::CodeBuild::ReportGroup': ['codebuild', 'report-group/%', 'Name'],
  'AWS::CodePipeline::Pipeline': ['codepipeline', '%', 'Name'],
  'AWS::ECS::Cluster': ['ecs', 'cluster/%', 'ClusterName'],
  'AWS::ECS::Service': ['ecs', 'service/%', 'ServiceName'],
  'AWS::ECS::TaskDefinition': ['ecs', 'task-definition/%', 'Family'],
  'AWS::SecretsManager::Secret': ['secretsmanager', 'secret:%', 'Name'],
  'AWS::SSM::Parameter': ['ssm', 'parameter/%', 'Name'],
  'AWS::SSM::Document': ['ssm', 'document/%', 'Name'],
  'AWS::RDS::DBInstance': ['rds', 'db:%', 'DBInstanceIdentifier'],
  'AWS::RDS::DBCluster': ['rds', 'cluster:%', 'DBClusterIdentifier'],
  'AWS::Backup::BackupVault': ['backup', 'backup-vault:%', 'BackupVaultName'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['elasticloadbalancing', 'loadbalancer/app/%/1'],
  'AWS::ElasticLoadBalancingV2::Listener': ['elasticloadbalancing', 'listener/app/%/1/1'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['elasticloadbalancing', 'listener-rule/app/%/1/1/1'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['elasticloadbalancing', 'targetgroup/%/1'],
  'AWS::EFS::FileSystem': ['elasticfilesystem', 'file-system/%'],
  'AWS::IAM::OIDCProvider': ['iam', 'oidc-provider/%'],
};
/** Types whose `Ref` is the ARN. */
const REF_IS_ARN = [
  'AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic', 'AWS::ECS::Service', 'AWS::ECS::TaskDefinition', 'AWS::SecretsManager::Secret', 'AWS::IAM::OIDCProvider',
  'AWS::ElasticLoadBalancingV2::LoadBalancer', 'AWS::ElasticLoadBalancingV2::Listener', 'AWS::ElasticLoadBalancingV2::ListenerRule', 'AWS::ElasticLoadBalancingV2::TargetGroup',
];
/** Types that only attach something to a secret, and answer with its ARN. */
const OF_A_SECRET = ['AWS::SecretsManager::SecretTargetAttachment', 'AWS::SecretsManager::RotationSchedule'];
/** Secret that RDS makes for a master user. */
const MASTER = 'Master';

/** The stacks of an app as one account has them once they are deployed: names for hashes, ARNs for references. */
export class Estate {
  public readonly resources: Deployed[];
  private readonly labels = new Map<string, string>();

  /** @param templates by the name of their stack */
  public constructor(private readonly templates: { readonly [stack: string]: Template }) {
    const ids = Object.entries(templates).flatMap(([stack, { Resources = {} }]) => Object.keys(Resources).map((id) => ({ key: `${stack}/${id}`, short: `${stack}/${id.replace(/[0-9A-F]{8}$/, '')}` })));
    const times = new Map<string, number>();
    ids.forEach(({ short }) => times.set(short, (times.get(short) ?? 0) + 1));
    ids.forEach(({ key, short }) => this.labels.set(key, times.get(short) === 1 ? short : key));
    this.resources = Object.entries(templates).flatMap(([stack, { Resources = {} }]) => Object.entries(Resources).flatMap(([id, { Type, Properties = {} }]) => {
      const made = { type: Type, label: this.labelOf(stack, id), arn: this.arnOf(stack, id), properties: this.resolve(stack, Properties) as Deployed['properties'] };
      return Properties.ManageMasterUserPassword === true ? [made, { type: 'AWS::SecretsManager::Secret', label: `${made.label}${MASTER}`, arn: this.masterOf(stack, id), properties: {} }] : [made];
    }));
  }

  public ofType(...types: string[]): Deployed[] {
    return this.resources.filter(({ type }) => types.includes(type));
  }

  private labelOf(stack: string, id: string): string {
    return this.labels.get(`${stack}/${id}`)!;
  }

  private nameOf(stack: string, id: string): string {
    const { Type, Properties = {} } = this.templates[stack].Resources![id];
    const property = ARNS[Type]?.[2];
    const given: Json = property === undefined ? undefined : Properties[property];
    return given === undefined ? this.labelOf(stack, id).replace('/', '-') : String(this.resolve(stack, given));
  }

  private arnOf(stack: string, id: string): string {
    const { Type, Properties = {} } = this.templates[stack].Resources![id];
    if (OF_A_SECRET.includes(Type)) {
      return String(this.resolve(stack, Properties.SecretId));
    }
    const [service, path] = ARNS[Type] ?? ['other', '%'];
    const name = this.nameOf(stack, id).replace(/^\/(?=.)/, service === 'ssm' ? '' : '/');
    const cluster = Type === 'AWS::ECS::Service' ? `${String(this.resolve(stack, Properties.Cluster)).split('/cluster/').pop()}/` : '';
    const place = service === 's3' ? ':' : service === 'iam' ? `:${ACCOUNT}` : `${REGION}:${ACCOUNT}`;
    return `arn:aws:${service}:${place}:${path.replace('%', `${cluster}${name}`)}`;
  }

  private masterOf(stack: string, id: string): string {
    return `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${this.labelOf(stack, id).replace('/', '-')}${MASTER}`;
  }

  private resolve(stack: string, value: Json): Json {
    if (Array.isArray(value)) {
      return value.map((item: Json) => this.resolve(stack, item) as Json);
    }
    if (value === null || typeof value !== 'object') {
      return value;
    }
    const [name, given] = Object.entries<Json>(value as object)[0] ?? [];
    switch (name) {
      case 'Ref':
        return this.ref(stack, given as string);
      case 'Fn::GetAtt': {
        const [id, ...attribute] = Array.isArray(given) ? given as string[] : String(given).split('.');
        return this.attribute(stack, id, attribute.join('.'));
      }
      case 'Fn::Join':
        return (this.resolve(stack, given[1]) as Json[]).join(given[0] as string);
      case 'Fn::Split':
        return String(this.resolve(stack, given[1])).split(given[0] as string);
      case 'Fn::Select':
        return (this.resolve(stack, given[1]) as Json[])[Number(given[0])];
      case 'Fn::If':
        return this.resolve(stack, given[1]);
      case 'Fn::ImportValue':
        return this.output(({ Export }, from) => Export !== undefined && this.resolve(from, Export.Name) === this.resolve(stack, given));
      case 'Fn::GetStackOutput':
        return this.output((_, from, id) => from === given.StackName && id === given.OutputName);
      default:
        return Object.fromEntries(Object.entries<Json>(value as object).map(([key, item]) => [key, this.resolve(stack, item) as Json]));
    }
  }

  private attribute(stack: string, id: string, name: string): string {
    if (name.startsWith('MasterUserSecret')) {
      return this.masterOf(stack, id);
    }
    if (/Arn$/.test(name)) {
      const { Type } = this.templates[stack].Resources![id];
      // AWS gives the ARN of a log group with its streams.
      return Type === 'AWS::Logs::LogGroup' ? `${this.arnOf(stack, id)}:*` : this.arnOf(stack, id);
    }
    return name === 'Name' ? this.nameOf(stack, id) : `${this.labelOf(stack, id)}.${name}`;
  }

  private ref(stack: string, id: string): string {
    const pseudo: { readonly [name: string]: string } = {
      'AWS::AccountId': ACCOUNT, 'AWS::Region': REGION, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com', 'AWS::StackName': stack,
    };
    const resource = this.templates[stack].Resources?.[id];
    if (resource === undefined) {
      return pseudo[id] ?? id;
    }
    return [...REF_IS_ARN, ...OF_A_SECRET].includes(resource.Type) ? this.arnOf(stack, id) : this.nameOf(stack, id);
  }

  private output(matches: (output: { readonly Export?: { readonly Name: Json } }, from: string, id: string) => boolean): Json {
    for (const [from, { Outputs = {} }] of Object.entries(this.templates)) {
      const found = Object.entries(Outputs).find(([id, output]) => matches(output, from, id));
      if (found) {
        return this.resolve(from, found[1].Value) as Json;
      }
    }
    throw new Error('a reference to a stack that is not there');
  }
}
