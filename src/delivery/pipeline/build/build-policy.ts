import { Arn, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcard } from '../../../compliance/acknowledge';
import { GrowingPolicy, type GrowingPolicyProps } from '../../../iam/growing-policy';
import { SubnetTier } from '../../../network';
import { SOURCE_ACTION } from '../source/source-config';
import type { BoundRegistry } from './build-registry';
import type { SecretVariable } from './build-secret';
import type { BuildNetwork } from './build-settings';

/** Permissions of a build. */
export interface BuildRights {
  /** Role of the build. */
  readonly role: GrowingPolicyProps['role'];
  /** ARN of the log group. */
  readonly logGroupArn: string;
  /** ARN of the key of artifacts, log and reports. */
  readonly keyArn: string;
  /**
   * Bucket with the artifacts of sources.
   * @default - the build has no input
   */
  readonly input?: Pick<IBucket, 'bucketArn' | 'arnForObjects'>;
  /**
   * ARNs of the report group and of the objects that reports are exported to.
   * @default - the build writes no reports
   */
  readonly reports?: { readonly groupArn: string; readonly objectsArn: string };
  /** ARNs of the image repositories that the build pulls from. */
  readonly pulls: string[];
  /** ARNs of the image repositories that the build pushes to. */
  readonly pushes: string[];
  /** Names of the parameters that the build reads. */
  readonly parameters: string[];
  /** Secrets that the build reads. */
  readonly secrets: SecretVariable[];
  /** Registries that the build signs in to. */
  readonly registries: BoundRegistry[];
  /**
   * Network of the build.
   * @default - no network
   */
  readonly network?: BuildNetwork;
}

/** Artifacts of sources, in the folder of any pipeline. Others of the bucket, and reports, are not read. */
const SOURCES = `*/${SOURCE_ACTION}*`;
const PULL_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:GetDownloadUrlForLayer',
];
const PUSH_ACTIONS = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];
const INTERFACE_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
];

/** Creates the policy of a build, with exactly what it needs. */
export function createBuildPolicy(scope: Construct, id: string, rights: BuildRights): GrowingPolicy {
  const policy = new GrowingPolicy(scope, id, {
    role: rights.role,
    prop: 'builds.registries',
    statements: [
      new PolicyStatement({
        sid: 'Log',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [rights.logGroupArn],
      }),
      ...inputStatements(rights),
      new PolicyStatement({
        sid: 'Key',
        actions: ['kms:Decrypt', 'kms:DescribeKey', ...(rights.reports ? ['kms:GenerateDataKey'] : [])],
        resources: [rights.keyArn],
      }),
      ...reportStatements(rights),
      ...imageStatements(rights),
      ...parameterStatements(scope, rights),
      ...rights.secrets.flatMap(({ statements }) => statements),
      ...rights.registries.flatMap(({ statements }) => statements),
      ...networkStatements(scope, rights),
    ],
  });
  acknowledgeWildcards(policy, scope, rights);
  return policy;
}

/** Read-only, because a build that writes artifacts could change the input of the next action. */
function inputStatements({ input }: BuildRights): PolicyStatement[] {
  return input
    ? [
      new PolicyStatement({
        sid: 'Artifacts',
        actions: ['s3:GetObject', 's3:GetObjectVersion'],
        resources: [input.arnForObjects(SOURCES)],
      }),
      new PolicyStatement({
        sid: 'Bucket',
        actions: ['s3:GetBucketAcl', 's3:GetBucketLocation'],
        resources: [input.bucketArn],
      }),
    ]
    : [];
}

function reportStatements({ reports }: BuildRights): PolicyStatement[] {
  return reports
    ? [
      new PolicyStatement({
        sid: 'Reports',
        actions: ['codebuild:BatchPutTestCases', 'codebuild:CreateReport', 'codebuild:UpdateReport'],
        resources: [reports.groupArn],
      }),
      new PolicyStatement({ sid: 'Export', actions: ['s3:PutObject'], resources: [reports.objectsArn] }),
    ]
    : [];
}

function imageStatements({ pulls, pushes }: BuildRights): PolicyStatement[] {
  if (pulls.length + pushes.length === 0) {
    return [];
  }
  const push = [...PULL_ACTIONS, ...PUSH_ACTIONS].sort();
  return [
    new PolicyStatement({ sid: 'SignIn', actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
    ...(pushes.length > 0 ? [new PolicyStatement({ sid: 'Push', actions: push, resources: pushes })] : []),
    ...(pulls.length > 0 ? [new PolicyStatement({ sid: 'Pull', actions: PULL_ACTIONS, resources: pulls })] : []),
  ];
}

function parameterStatements(scope: Construct, { parameters }: BuildRights): PolicyStatement[] {
  const arns = parameters.map((name) =>
    Stack.of(scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName: name.replace(/^\//, '') }),
  );
  return arns.length > 0 ? [new PolicyStatement({ actions: ['ssm:GetParameter'], resources: arns })] : [];
}

/** Permissions that CodeBuild documents for a build in a network. */
function networkStatements(scope: Construct, { network: placement }: BuildRights): PolicyStatement[] {
  if (!placement) {
    return [];
  }
  const { network } = placement;
  const stack = Stack.of(scope);
  const arnOf = (resource: string, resourceName: string) =>
    Arn.format({ service: 'ec2', resource, resourceName }, stack);
  const { subnetIds } = network.vpc.selectSubnets(network.subnets(SubnetTier.APPLICATION));
  return [
    new PolicyStatement({ actions: INTERFACE_ACTIONS, resources: ['*'] }),
    new PolicyStatement({
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [interfacesOf(scope)],
      conditions: {
        StringEquals: {
          'ec2:Subnet': subnetIds.map((id) => arnOf('subnet', id)),
          'ec2:AuthorizedService': 'codebuild.amazonaws.com',
        },
      },
    }),
  ];
}

function interfacesOf(scope: Construct): string {
  return Arn.format({ service: 'ec2', resource: 'network-interface', resourceName: '*' }, Stack.of(scope));
}

function acknowledgeWildcards(policy: GrowingPolicy, scope: Construct, rights: BuildRights): void {
  const { input, reports, registries, network } = rights;
  const reasons = [
    ...(rights.pulls.length + rights.pushes.length > 0 || registries.some(({ images }) => images)
      ? ['ecr:GetAuthorizationToken does not support resource-level permissions; the next statement limits the rest.']
      : []),
    ...(registries.some(({ statements }) => statements.some(({ actions }) => actions[0].startsWith('sts:')))
      ? ['sts:GetServiceBearerToken does not support resource-level permissions; a condition names CodeArtifact.']
      : []),
    ...(network ? ['CodeBuild needs actions of EC2 on network interfaces that have no names yet.'] : []),
  ];
  if (reasons.length > 0) {
    acknowledge(policy, 'AwsSolutions-IAM5[Resource::*]', reasons.join(' '));
  }
  if (input) {
    acknowledgeWildcard(
      policy,
      input.arnForObjects(SOURCES),
      'CodePipeline names the files of an artifact itself, below its folders of the pipeline and the source.',
    );
  }
  if (reports) {
    acknowledgeWildcard(
      policy,
      reports.objectsArn,
      'CodeBuild names the files of reports itself, below the folder of this project.',
    );
  }
  registries.forEach(({ wildcard }) => wildcard && acknowledgeWildcard(policy, wildcard.arn, wildcard.reason));
  if (network) {
    acknowledgeWildcard(policy, interfacesOf(scope), 'Network interfaces of builds are named when they begin.');
  }
}
