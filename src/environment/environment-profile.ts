import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { PropError } from '../validation/prop-error';
import type { EnvironmentProfileAdjustments } from './environment-profile-adjustments';
import { LogKeys } from './log-keys';

type ProfileValues = Required<EnvironmentProfileAdjustments>;

const PRODUCTION: ProfileValues = {
  name: 'production',
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  deletionProtection: true,
  multiAz: true,
  minTasks: 2,
  maxTasks: 8,
  taskCpu: 512,
  taskMemoryMiB: 1024,
  logRetention: RetentionDays.ONE_MONTH,
  logKeys: LogKeys.onePerStack(),
  backupRetention: Duration.days(7),
  databaseSize: 't4g.medium',
  databaseMinAcu: 2,
  cacheSize: 't4g.small',
  queryLogging: false,
  immutableImageTags: true,
  requireAlertChannels: true,
  allAlarms: true,
};

/**
 * Values of staging, which differ from production in size, query logging and alert channels.
 *
 * Source: requirements and C-23.
 */
const STAGING: ProfileValues = {
  ...PRODUCTION,
  name: 'staging',
  maxTasks: 4,
  taskCpu: 256,
  taskMemoryMiB: 512,
  databaseSize: 't4g.small',
  databaseMinAcu: 0.5,
  cacheSize: 't4g.micro',
  queryLogging: true,
  requireAlertChannels: false,
};

const DEVELOPMENT: ProfileValues = {
  ...STAGING,
  name: 'development',
  removalPolicy: RemovalPolicy.DESTROY,
  deletionProtection: false,
  multiAz: false,
  minTasks: 1,
  maxTasks: 2,
  logRetention: RetentionDays.ONE_WEEK,
  backupRetention: Duration.days(1),
  databaseSize: 't4g.micro',
  immutableImageTags: false,
  allAlarms: false,
};

/** Global symbols, so that two copies of the library in one program share the profile of a scope. */
const APPLIED = Symbol.for('@org/prod-constructs.EnvironmentProfile.applied');
const READ_BY = Symbol.for('@org/prod-constructs.EnvironmentProfile.asked');

/** Scope with its profile, or with the path of the first construct that read a profile through it. */
interface ProfileScope {
  [APPLIED]?: EnvironmentProfile;
  [READ_BY]?: string;
}

/**
 * Defaults that depend on the environment, for a part of an app.
 *
 * A construct reads it only for unset props. Without a profile, a scope is production.
 *
 * @example
 * EnvironmentProfile.staging().applyTo(stagingStack);
 */
export class EnvironmentProfile {
  /** Profile with retained data, deletion protection and several Availability Zones. */
  public static production(): EnvironmentProfile {
    return new EnvironmentProfile(PRODUCTION);
  }

  /**
   * Profile that behaves as production does, in a smaller size.
   *
   * It also logs queries, and requires no alert channels. Everything else is as in production.
   */
  public static staging(): EnvironmentProfile {
    return new EnvironmentProfile(STAGING);
  }

  /** Profile of the smallest size, in one Availability Zone, whose data is deleted with its stack. */
  public static development(): EnvironmentProfile {
    return new EnvironmentProfile(DEVELOPMENT);
  }

  /** Profile of the nearest scope to which one was applied, or production. */
  public static of(scope: IConstruct): EnvironmentProfile {
    const scopes = [...scope.node.scopes].reverse() as ProfileScope[];
    const nearest = scopes.findIndex((s) => s[APPLIED] !== undefined);
    const scopesWithoutProfile = nearest === -1 ? scopes : scopes.slice(0, nearest);
    scopesWithoutProfile.forEach((s) => {
      s[READ_BY] ??= scope.node.path;
    });
    return scopes[nearest]?.[APPLIED] ?? EnvironmentProfile.production();
  }

  /** Name of the environment, as it appears in tags and log groups. */
  public readonly name: string;
  /** Removal policy of resources that hold data. */
  public readonly removalPolicy: RemovalPolicy;
  /** Deletion protection of databases and load balancers. */
  public readonly deletionProtection: boolean;
  /** Standby of each store in another Availability Zone, and a NAT gateway in each zone. */
  public readonly multiAz: boolean;
  /** Minimum number of tasks of a service, 0 to 5000. */
  public readonly minTasks: number;
  /** Maximum number of tasks of a service, 1 to 5000. */
  public readonly maxTasks: number;
  /** CPU units of a task, 256 to 16384, with 1024 for one vCPU. */
  public readonly taskCpu: number;
  /** Memory of a task in MiB. */
  public readonly taskMemoryMiB: number;
  /** Retention of the logs of applications and networks. */
  public readonly logRetention: RetentionDays;
  /** KMS keys of log groups. */
  public readonly logKeys: LogKeys;
  /** Retention of automated backups, 1 to 35 days. */
  public readonly backupRetention: Duration;
  /** RDS instance class without the prefix `db.`, for example `t4g.medium`. */
  public readonly databaseSize: string;
  /** Minimum capacity of serverless databases in Aurora capacity units. */
  public readonly databaseMinAcu: number;
  /** ElastiCache node type without the prefix `cache.`, for example `t4g.small`. */
  public readonly cacheSize: string;
  /** True where database logs contain the text of queries. */
  public readonly queryLogging: boolean;
  /** True where a service may only run images whose tags are immutable. */
  public readonly immutableImageTags: boolean;
  /** True where each severity of alerts requires a channel. */
  public readonly requireAlertChannels: boolean;
  /** True for all alarms, false for those that report an outage. */
  public readonly allAlarms: boolean;

  private constructor(private readonly values: ProfileValues) {
    this.name = values.name;
    this.removalPolicy = values.removalPolicy;
    this.deletionProtection = values.deletionProtection;
    this.multiAz = values.multiAz;
    this.minTasks = values.minTasks;
    this.maxTasks = values.maxTasks;
    this.taskCpu = values.taskCpu;
    this.taskMemoryMiB = values.taskMemoryMiB;
    this.logRetention = values.logRetention;
    this.logKeys = values.logKeys;
    this.backupRetention = values.backupRetention;
    this.databaseSize = values.databaseSize;
    this.databaseMinAcu = values.databaseMinAcu;
    this.cacheSize = values.cacheSize;
    this.queryLogging = values.queryLogging;
    this.immutableImageTags = values.immutableImageTags;
    this.requireAlertChannels = values.requireAlertChannels;
    this.allAlarms = values.allAlarms;
  }

  /**
   * True where what harms production is an error, and a warning elsewhere.
   * @internal
   */
  public get _isProduction(): boolean {
    return this.name === PRODUCTION.name;
  }

  /** Copy of this profile with some values changed. */
  public adjust(adjustments: EnvironmentProfileAdjustments = {}): EnvironmentProfile {
    const given = Object.fromEntries(Object.entries(adjustments).filter(([, value]) => value !== undefined));
    const removalPolicy =
      adjustments.removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : undefined;
    return new EnvironmentProfile({ ...this.values, ...given, ...(removalPolicy && { removalPolicy }) });
  }

  /**
   * Applies this profile to a stack, a stage or any other part of the app.
   *
   * Throws a PropError where a construct in the scope has already read a profile, because it would keep other values.
   */
  public applyTo(scope: IConstruct): void {
    const marked = scope as ProfileScope;
    if (marked[READ_BY] !== undefined) {
      throw new PropError(scope, {
        prop: 'EnvironmentProfile.applyTo()',
        problem: `comes too late: '${marked[READ_BY]}' has already read a profile`,
        fix: 'apply it before creating constructs in this scope',
      });
    }
    marked[APPLIED] = this;
  }
}
