import { Duration } from 'aws-cdk-lib';
import type { ComputeType } from 'aws-cdk-lib/aws-codebuild';
import type { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { type ISecureVpc, SubnetTier } from '../../../network';
import { closedSecurityGroup } from '../../../network/security-groups/closed-security-group';
import { stackPath } from '../../../text/stack-path';
import { checkDuration, checkWholeNumber, repeatedIn } from '../../../validation/checks';
import { checkKinds } from '../../../validation/kinds';
import { checkInReach } from '../../../validation/objects-in-reach';
import { checkRules } from '../../../validation/rules';
import { type BoundRegistry, BuildRegistry } from './build-registry';

/** Settings of the checks and image builds of a {@link BlueGreenPipeline}. None is required. */
export interface BuildSettings {
  /**
   * Private registries of packages and base images that all builds sign in to.
   * @default - public registries, without a user
   */
  readonly registries?: BuildRegistry[];
  /**
   * Network of the builds, for registries and services that only the network reaches. It needs a route to the internet.
   *
   * The builds are in its application tier, and may open connections on port 443 alone.
   * @default - no network; CodeBuild's own has a route to the internet
   */
  readonly network?: ISecureVpc;
  /**
   * Size of the build hosts, on which their time and price depend.
   * @default - `SMALL` for checks without Docker, `MEDIUM` for all others
   */
  readonly computeType?: ComputeType;
  /**
   * Time after which a build is stopped, 5 minutes to 8 hours.
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;
  /**
   * Time that a build waits for a free host, 5 minutes to 8 hours.
   * @default Duration.hours(1)
   */
  readonly queuedTimeout?: Duration;
  /**
   * Number of images that are built at once, 1 to 50.
   *
   * A new account may run one build at a time, and CodePipeline's action fails where CodeBuild refuses another. Give 1
   * there, or have the quota raised.
   * @default - all images at once
   */
  readonly concurrentBuilds?: number;
}

/** Network of the builds of a pipeline. */
export interface BuildNetwork {
  /** Network with a route to the internet. */
  readonly network: ISecureVpc;
  /** Security group of all builds. */
  readonly securityGroup: SecurityGroup;
}

/** Settings of the builds of a pipeline, checked. */
export interface BoundSettings {
  /** Registries that builds sign in to. */
  readonly registries: BoundRegistry[];
  /**
   * Network of the builds.
   * @default - no network
   */
  readonly network?: BuildNetwork;
  /**
   * Size of the build hosts.
   * @default - each build has the size that it needs
   */
  readonly computeType?: ComputeType;
  /** Time after which a build fails. */
  readonly timeout: Duration;
  /** Time after which a build fails that could not begin. */
  readonly queuedTimeout: Duration;
  /**
   * Images that are built at once.
   * @default - all images
   */
  readonly concurrentBuilds?: number;
}

const LIMITS = { min: Duration.minutes(5), max: Duration.hours(8), whole: 'minutes' as const };

/** Checks the settings, and creates what all builds share in the scope of the builds. */
export function bindSettings(pipeline: Construct, builds: Construct, settings: BuildSettings = {}): BoundSettings {
  const { network, computeType, timeout, queuedTimeout, concurrentBuilds } = settings;
  checkDuration(pipeline, 'builds.timeout', timeout, { ...LIMITS, fix: 'give Duration.minutes(90), for example' });
  checkDuration(pipeline, 'builds.queuedTimeout', queuedTimeout, { ...LIMITS, fix: 'give Duration.hours(2)' });
  checkWholeNumber(pipeline, 'builds.concurrentBuilds', concurrentBuilds, {
    min: 1,
    max: 50,
    unit: 'images',
    fix: 'remove it to build all images at once',
  });
  return {
    registries: bindRegistries(pipeline, settings),
    network: network && bindNetwork(pipeline, builds, network),
    computeType,
    timeout: timeout ?? Duration.hours(1),
    queuedTimeout: queuedTimeout ?? Duration.hours(1),
    concurrentBuilds,
  };
}

/** Settings for all packages come before those of a scope, which would else be in the midst of them. */
function bindRegistries(pipeline: Construct, { registries = [] }: BuildSettings): BoundRegistry[] {
  checkKinds(pipeline, { 'builds.registries': registries }, { 'builds.registries': BuildRegistry });
  const sorted = [...registries].sort((one, other) => Number(one._scoped) - Number(other._scoped));
  const bound = sorted.map((registry, index) => registry._bind(pipeline, 'builds.registries', index + 1));
  const purposes = bound.map(({ purpose }) => purpose);
  const repeated = repeatedIn(purposes);
  checkRules(pipeline, [
    {
      condition: repeated !== undefined,
      prop: 'builds.registries',
      problem: `has two registries for ${repeated}, of which a build can use one`,
      fix: 'remove one, or give an npm registry a scope',
    },
  ]);
  return bound;
}

function bindNetwork(pipeline: Construct, builds: Construct, network: ISecureVpc): BuildNetwork {
  checkInReach(pipeline, 'builds.network', network, 'network');
  checkRules(pipeline, [
    {
      condition: !network.reachesInternet || !network.hasTier(SubnetTier.APPLICATION),
      prop: 'builds.network',
      problem: 'has no route to the internet, from where builds load packages, base images and the scanner',
      fix: 'remove it, or give a network with NAT',
    },
  ]);
  const securityGroup = closedSecurityGroup(builds, 'SecurityGroup', {
    vpc: network.vpc,
    description: `Builds of ${stackPath(pipeline)}`,
  });
  network.allowToAwsServices({
    client: securityGroup.connections,
    services: [],
    purpose: `the builds of ${stackPath(pipeline)}`,
  });
  return { network, securityGroup };
}
