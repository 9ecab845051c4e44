import { createHash } from 'crypto';
import {
  CfnParameter,
  CfnResource,
  DefaultTokenResolver,
  type IPostProcessor,
  type IResolvable,
  type IResolveContext,
  Reference,
  Stack,
  StringConcat,
  Token,
  Tokenization,
} from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import { NAMINGS, type Naming, UNKNOWN } from './longest-names';

/** Hyphens and characters that CloudFormation adds to the names of stack and resource. */
const GENERATED = 14;
/** Characters of `us-isof-south-1`, and one more. */
const LONGEST_REGION = 'x'.repeat(16);
const LONGEST_PARTITION = 'aws-us-gov';
const LONGEST_URL_SUFFIX = 'amazonaws.com.cn';
const LONGEST_STACK_NAME = 128;
const ACCOUNT = '0'.repeat(12);
/** Length of a value that only the deployment knows: a parameter, an import, an output of another stack. */
const UNKNOWN_LENGTH = 256;

/**
 * A value in which each token is replaced by the longest text that it can become in a deployment.
 *
 * Quotas of AWS count resolved names. A template holds logical ids and references instead.
 */
export function longestText(scope: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope, resolver: new LongestTexts(), preparing: false });
}

/** Resolves tokens as synthesis does, but references to texts. */
class LongestTexts extends DefaultTokenResolver {
  public constructor() {
    super(new StringConcat());
  }

  public override resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    return Reference.isReference(token)
      ? longestReference(token)
      : ofIntrinsic(super.resolveToken(token, context, postProcessor), Stack.of(context.scope));
  }
}

function longestReference({ target, displayName }: Reference): string {
  if (displayName.startsWith('AWS::')) {
    return ofPseudoParameter(displayName, Stack.of(target));
  }
  return CfnResource.isCfnResource(target) && !(target instanceof CfnParameter)
    ? ofAttribute(target, displayName)
    : unknown(`${target.node.addr}${displayName}`);
}

/** Text in place of an unknown value. Different values get different texts, because a policy lists equal ones once. */
function unknown(value: unknown): string {
  return textOf(createHash('sha256').update(JSON.stringify(value)).digest('hex'), UNKNOWN_LENGTH);
}

/** Text of a length that begins with what makes it unique. */
function textOf(unique: string, length: number): string {
  return unique.padEnd(length, 'x').slice(0, length);
}

function ofAttribute(resource: CfnResource, attribute: string): string {
  const naming = NAMINGS[resource.cfnResourceType] ?? UNKNOWN;
  const name = longestName(resource, naming);
  const isArn = attribute === 'Ref' ? naming.refIsArn : attribute.endsWith('Arn');
  return isArn ? longestArn(resource, naming, name) : name;
}

function longestArn(resource: CfnResource, { path, below }: Naming, name: string): string {
  const stack = Stack.of(resource);
  const [, service] = resource.cfnResourceType.toLowerCase().split('::');
  const parent = below === undefined ? '' : `${String(longestText(resource, propertyOf(resource, below)))}/`;
  const region = service === 'iam' ? '' : regionOf(stack);
  const parts = ['arn', partitionOf(stack), service, region, ACCOUNT, `${path}${pathOf(resource)}${parent}${name}`];
  // CloudFormation's attribute of a log group ends in `:*`.
  return [...parts, ...(service === 'logs' ? ['*'] : [])].join(':');
}

/** Name that is given, or the one that CloudFormation generates from those of stack and resource. */
function longestName(resource: CfnResource, { longest, given }: Naming): string {
  const stack = Stack.of(resource);
  const name: unknown = given && stack.resolve(propertyOf(resource, given));
  if (name !== undefined) {
    return typeof name === 'string' ? name : textOf(resource.node.addr, longest);
  }
  const generated = nameOf(stack).length + String(stack.resolve(resource.logicalId)).length + GENERATED;
  return textOf(resource.node.addr, Math.min(longest, given === undefined ? longest : generated));
}

/** Path of a role, which is a part of its ARN. */
function pathOf(resource: CfnResource): string {
  const path = propertyOf(resource, 'path');
  return typeof path === 'string' ? path.replace(/^\//, '') : '';
}

function propertyOf(resource: CfnResource, property: string): unknown {
  return (resource as unknown as { readonly [name: string]: unknown })[property];
}

/** Text of an intrinsic function, whose arguments are texts already. Anything else is returned as it is. */
function ofIntrinsic(value: unknown, stack: Stack): unknown {
  const [[name, argument] = [], ...others] =
    value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : [];
  if (name === undefined || others.length > 0 || !/^(Ref$|Fn::)/.test(name)) {
    return value;
  }
  return name === 'Ref' ? ofPseudoParameter(String(argument), stack) : ofFunction(name, argument);
}

function ofFunction(name: string, argument: unknown): unknown {
  if (!Array.isArray(argument)) {
    return unknown(argument);
  }
  const [first, second, third] = argument as unknown[];
  switch (name) {
    case 'Fn::Join':
      return (second as unknown[]).map((item) => (typeof item === 'object' ? unknown(item) : item)).join(String(first));
    case 'Fn::Split':
      return String(second).split(String(first));
    case 'Fn::Select':
      return (second as unknown[])[Number(first)] ?? unknown(argument);
    case 'Fn::If':
      return JSON.stringify(second).length > JSON.stringify(third).length ? second : third;
    default:
      return unknown(argument);
  }
}

function ofPseudoParameter(name: string, stack: Stack): string {
  switch (name) {
    case 'AWS::Partition':
      return partitionOf(stack);
    case 'AWS::Region':
      return regionOf(stack);
    case 'AWS::AccountId':
      return ACCOUNT;
    case 'AWS::URLSuffix':
      return LONGEST_URL_SUFFIX;
    case 'AWS::StackName':
      return nameOf(stack);
    default:
      return unknown(name);
  }
}

function nameOf({ stackName }: Stack): string {
  return Token.isUnresolved(stackName) ? 'x'.repeat(LONGEST_STACK_NAME) : stackName;
}

function regionOf({ region }: Stack): string {
  return Token.isUnresolved(region) ? LONGEST_REGION : region;
}

function partitionOf({ region }: Stack): string {
  return (Token.isUnresolved(region) ? undefined : RegionInfo.get(region).partition) ?? LONGEST_PARTITION;
}
