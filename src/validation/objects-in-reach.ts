import { Arn, ArnFormat, CfnElement, Stack, Stage, Token } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct, type IConstruct } from 'constructs';
import { knownToDiffer } from './checks';
import { PropError } from './prop-error';

/** Object that another object stands for: the VPC of a network, the source of signals. */
interface Standing {
  readonly vpc?: unknown;
  readonly signals?: { readonly source?: unknown };
  readonly releaseTarget?: { readonly source?: unknown };
}

/** Props whose object works in its own region only, or in its own account too, even if it is imported. */
const BOUND: ReadonlyMap<string, readonly string[]> = new Map([
  ['certificate', ['account', 'region']],
  ['cluster', ['account', 'region']],
  ['network', ['region']],
  ['vpc', ['region']],
  ['logBucket', ['region']],
  ['flowLogBucket', ['region']],
]);

/** Ways to name what can't be an object. */
const WAYS: ReadonlyMap<string, string> = new Map([
  ['certificate', 'give one of this account and region by Certificate.fromCertificateArn() and a literal ARN'],
  ['hostedZone', 'import it by HostedZone.fromHostedZoneAttributes() with literal values'],
  ['network', 'import it by SecureVpc.fromVpc() and Vpc.fromVpcAttributes() with literal ids'],
  ['vpc', 'import it by Vpc.fromVpcAttributes() with literal ids'],
  [
    'image',
    'import it by ImageRepository.fromRepository() and Repository.fromRepositoryAttributes() with literal names, ' +
      'and give releasedImageParameterNames',
  ],
  ['repository', 'import it by Repository.fromRepositoryAttributes() with literal names'],
  ['secret', 'import it by Secret.fromSecretCompleteArn() with a literal ARN'],
  ['logBucket', 'import a bucket of that region by Bucket.fromBucketName() and a literal name'],
  ['flowLogBucket', 'import a bucket of that region by Bucket.fromBucketName() and a literal name'],
]);

/**
 * Refuses objects of another Stage, account or region in the props of a construct.
 *
 * A template can't refer to them, and CDK says so only at synthesis or not at all. Imported objects pass where AWS
 * accepts them, because they are literal names.
 */
export function checkAllInReach(scope: Construct, props: object): void {
  Object.entries(props).forEach(([prop, value]: [string, unknown]) => {
    if (Array.isArray(value)) {
      value.forEach((item: unknown, index) => checkInReach(scope, `${prop}[${index}]`, item, prop));
    } else {
      checkInReach(scope, prop, value);
    }
  });
}

/** Refuses an object of another Stage, account or region. `kind` is the prop whose way is the fix. */
export function checkInReach(scope: IConstruct, prop: string, value: unknown, kind: string = prop): void {
  const object = constructOf(value);
  if (!object) {
    return;
  }
  const { vpc } = value as Standing;
  const problem =
    foreign(scope, object) ?? unlike(scope, Construct.isConstruct(vpc) ? vpc : object, BOUND.get(kind) ?? []);
  if (problem) {
    const fix = WAYS.get(kind) ?? 'create it in the Stage, account and region of this construct';
    throw new PropError(scope, { prop, problem, fix });
  }
}

/** The value itself, or what it stands for. Not every getter of a service answers: a public image has no release. */
function constructOf(value: unknown): IConstruct | undefined {
  if (Construct.isConstruct(value)) {
    return value;
  }
  const { signals, releaseTarget } = (value ?? {}) as Standing;
  return [signals?.source, releaseTarget?.source].find((one) => Construct.isConstruct(one));
}

/** Problem of an object whose resources no template of the scope can refer to. */
function foreign(scope: IConstruct, object: IConstruct): string | undefined {
  const [own, theirs] = [stackOf(scope), stackOf(object)];
  if (!own || !theirs || own === theirs || !object.node.findAll().some((part) => CfnElement.isCfnElement(part))) {
    return undefined;
  }
  return Stage.of(own) === Stage.of(theirs)
    ? differing(own, theirs, crossesRegions(own) ? ['account'] : ['account', 'region'])
    : `is created in another Stage ('${object.node.path}'), to which no template of this Stage can refer`;
}

/** Problem of an imported object that AWS accepts nowhere else. */
function unlike(scope: IConstruct, object: IConstruct, places: readonly string[]): string | undefined {
  const own = stackOf(scope);
  const env = placeOf(object);
  return own && env && differing(own, env, places);
}

/** Account and region of an imported object. CDK does not read them from the ARN of a certificate. */
function placeOf(object: IConstruct): Place | undefined {
  const { env, certificateArn } = object as Partial<ICertificate>;
  const { account, region } =
    certificateArn === undefined || Token.isUnresolved(certificateArn)
      ? {}
      : Arn.split(certificateArn, ArnFormat.SLASH_RESOURCE_NAME);
  return account && region ? { account, region } : env;
}

/** True if the app asked CDK for references between regions, which a custom resource resolves. */
function crossesRegions(stack: Stack): boolean {
  return (stack as { readonly _crossRegionReferences?: boolean })._crossRegionReferences === true;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

function differing(own: Place, theirs: Place, places: readonly string[]): string | undefined {
  const place = places.find((one) => knownToDiffer(own[one as keyof Place], theirs[one as keyof Place])) as keyof Place;
  return place && `is in ${place} ${theirs[place]}, and this construct in ${own[place]}`;
}

function stackOf(construct: IConstruct): Stack | undefined {
  return [...construct.node.scopes].reverse().find((scope) => Stack.isStack(scope)) as Stack | undefined;
}
