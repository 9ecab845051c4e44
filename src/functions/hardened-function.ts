import * as path from 'path';
import type { Duration } from 'aws-cdk-lib';
import type { InterfaceVpcEndpointAwsService, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  type FunctionOptions,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../compliance/acknowledge';
import type { EnvironmentProfile } from '../environment';
import { withoutGrants } from '../iam/without-grants';
import { EncryptedLogGroup } from '../logging/encrypted-log-group';
import { type ISecureVpc, SubnetTier } from '../network';
import { closedSecurityGroup } from '../network/security-groups/closed-security-group';
import { textFor } from '../text/text-for';
import { keepAwake } from './keep-awake';

/** Placement of a hardened function in the application tier of a network. */
interface FunctionNetwork {
  readonly network: ISecureVpc;
  /** Services that the function calls. */
  readonly services: InterfaceVpcEndpointAwsService[];
  readonly securityGroupDescription: string;
  /** Purpose of the calls, for errors: `the rollout hook of Shop/Api`. */
  readonly purpose: string;
}

/** Queue of events that a hardened function could not process. */
interface DeadLetters {
  readonly queue: Queue;
  readonly key: Key;
  /** Invocations after the first one, before an event is sent to the queue. */
  readonly retryAttempts: number;
}

/** Properties of {@link hardenedFunction}. */
interface HardenedFunctionProps {
  /** Folder of the handler below `lambda/`, which `npm run bundle:lambdas` bundles into `assets/`. */
  readonly lambda: string;
  readonly description: string;
  readonly roleDescription: string;
  readonly timeout: Duration;
  readonly environment: { [name: string]: string };
  /** Supplies log retention and removal policy. */
  readonly profile: EnvironmentProfile;
  /**
   * Key that encrypts the log group.
   * @default - a dedicated key
   */
  readonly logKey?: Key;
  /** Statements of the policy, given those that logs, dead letters and network interfaces require. */
  readonly statements: (required: PolicyStatement[]) => PolicyStatement[];
  /**
   * Network of the function.
   * @default - none; `noNetworkReason` is required
   */
  readonly network?: FunctionNetwork;
  /**
   * Queue of events that the function could not process.
   * @default - none; `noDeadLettersReason` is required
   */
  readonly deadLetters?: DeadLetters;
  /** Reason for running without reserved concurrency, as compliance packs ask. */
  readonly noConcurrencyReason: string;
  readonly noNetworkReason?: string;
  readonly noDeadLettersReason?: string;
}

/** Resources of a hardened function. */
interface HardenedFunction {
  readonly handler: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly policy: ManagedPolicy;
  /**
   * Security group without rules but those that are added.
   * @default - the function is in no network
   */
  readonly securityGroup?: SecurityGroup;
}

/** Built by `npm run bundle:lambdas`. */
const ASSETS = path.join(__dirname, '..', '..', 'assets');
/** Actions of the Lambda service itself, when it attaches a function to a network. */
const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Creates a function with an encrypted log group and a role.
 *
 * The policy of the role allows what the function needs, and CDK itself adds nothing to it. The function waits for the
 * policy, because Lambda checks permissions when it creates the function.
 *
 * A schedule keeps a function in a network awake.
 *
 * The children belong to the scope itself, because the ids of deployed functions must not change.
 */
export function hardenedFunction(scope: Construct, props: HardenedFunctionProps): HardenedFunction {
  const { logGroup } = new EncryptedLogGroup(scope, 'Logs', { profile: props.profile, key: props.logKey });
  const securityGroup = props.network && createSecurityGroup(scope, props.network);
  const role = new Role(scope, 'Role', {
    description: textFor('role', props.roleDescription),
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  const policy = new ManagedPolicy(scope, 'Policy', {
    roles: [role],
    statements: props.statements(requiredStatements(props, logGroup)),
  });
  const handler = withoutGrants([role], () => createHandler(scope, { ...props, role, logGroup, securityGroup }));
  handler.node.addDependency(policy);
  if (props.network) {
    keepAwake(scope, {
      idPrefix: 'Awake',
      functions: props.network.purpose,
      targets: [{ id: 'Awake', functionArn: handler.functionArn }],
    });
  }
  acknowledgeSettings(handler, props);
  return { handler, logGroup, policy, securityGroup };
}

function createHandler(
  scope: Construct,
  props: HardenedFunctionProps & Omit<HardenedFunction, 'handler' | 'policy'> & { readonly role: Role },
): LambdaFunction {
  return new LambdaFunction(scope, 'Function', {
    description: textFor('function', props.description),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(path.join(ASSETS, props.lambda)),
    memorySize: 256,
    timeout: props.timeout,
    environment: props.environment,
    role: props.role,
    logGroup: props.logGroup,
    ...networkOptions(props.network, props.securityGroup),
    deadLetterQueue: props.deadLetters?.queue,
    retryAttempts: props.deadLetters?.retryAttempts,
  });
}

/** Outbound to the APIs that the function calls, nothing inbound. */
function createSecurityGroup(scope: Construct, placement: FunctionNetwork): SecurityGroup {
  const { network, services, purpose, securityGroupDescription: description } = placement;
  const group = closedSecurityGroup(scope, 'SecurityGroup', { vpc: network.vpc, description });
  network.allowToAwsServices({ client: group.connections, services, purpose });
  return group;
}

function networkOptions(
  placement: FunctionNetwork | undefined,
  securityGroup: SecurityGroup | undefined,
): Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
  return placement && securityGroup
    ? {
      vpc: placement.network.vpc,
      vpcSubnets: placement.network.subnets(SubnetTier.APPLICATION),
      securityGroups: [securityGroup],
    }
    : {};
}

function requiredStatements({ network, deadLetters }: HardenedFunctionProps, logGroup: LogGroup): PolicyStatement[] {
  const logs = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
  return [
    logs,
    ...(deadLetters ? deadLetterStatements(deadLetters) : []),
    ...(network ? networkInterfaceStatements() : []),
  ];
}

function deadLetterStatements({ queue, key }: DeadLetters): PolicyStatement[] {
  return [
    new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
    new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
  ];
}

/** Allows Lambda to create network interfaces with the function's role, and denies it to the code. */
function networkInterfaceStatements(): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'LambdaItself', actions: NETWORK_INTERFACES, resources: ['*'] }),
    new PolicyStatement({
      sid: 'NotTheCode',
      effect: Effect.DENY,
      actions: NETWORK_INTERFACES,
      resources: ['*'],
      conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    }),
  ];
}

function acknowledgeSettings(handler: LambdaFunction, props: HardenedFunctionProps): void {
  const { noConcurrencyReason, noDeadLettersReason, noNetworkReason } = props;
  const settings = [
    { rule: 'LambdaConcurrency', reason: noConcurrencyReason },
    { rule: 'LambdaDLQ', reason: noDeadLettersReason },
    { rule: 'LambdaInsideVPC', reason: noNetworkReason },
  ];
  settings.forEach(({ rule, reason }) => reason && acknowledgeInCompliancePacks(handler, rule, reason));
}
