import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { PropError } from '../validation/prop-error';

/** Answers of an {@link EnvironmentProfile} that differ from the profile they are taken from. */
export interface EnvironmentProfileAdjustments {
  /**
   * The environment's name, as it appears in tags and log groups.
   * @default - the name of the profile that is adjusted
   */
  readonly name?: string;
  /**
   * What happens to a resource that holds data when it leaves the template.
   * `RETAIN` becomes RetainExceptOnCreate, so that a failed first deployment can be repeated.
   * @default - as in the profile that is adjusted: retained in production and staging, destroyed in development
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Whether databases, load balancers and tables refuse to be deleted.
   * @default - as in the profile that is adjusted: true in production and staging
   */
  readonly deletionProtection?: boolean;
  /**
   * Whether stores keep a standby in another zone, and networks a way out per zone (requirement A-32).
   * @default - as in the profile that is adjusted: true in production and staging
   */
  readonly multiAz?: boolean;
  /**
   * Fewest tasks of a service.
   * @default - as in the profile that is adjusted: 2 in production and staging (requirement A-33), 1 in development
   */
  readonly minTasks?: number;
  /**
   * Most tasks of a service.
   * @default - as in the profile that is adjusted: 8 in production (requirement C-05), 4 in staging, 2 in development
   */
  readonly maxTasks?: number;
  /**
   * CPU units of a task, 1024 to a vCPU.
   * @default - as in the profile that is adjusted: 512 in production, 256 elsewhere
   */
  readonly taskCpu?: number;
  /**
   * Memory of a task in MiB.
   * @default - as in the profile that is adjusted: 1024 in production, 512 elsewhere
   */
  readonly taskMemoryMiB?: number;
  /**
   * How long logs of applications and networks are kept.
   * @default - as in the profile that is adjusted: 30 days in production and staging (requirement A-15), 7 in development (E-11)
   */
  readonly logRetention?: RetentionDays;
  /**
   * How long automated backups are kept.
   * @default - as in the profile that is adjusted: 7 days in production and staging (requirement A-05), 1 in development
   */
  readonly backupRetention?: Duration;
  /**
   * Size of a database instance, as RDS names it without `db.`.
   * @default - as in the profile that is adjusted: `t4g.medium` in production (requirement A-03), `t4g.small` in staging, `t4g.micro` in development
   */
  readonly databaseSize?: string;
  /**
   * Whether databases write the text of queries to their logs.
   * @default - as in the profile that is adjusted: false in production alone (requirement A-31)
   */
  readonly queryLogging?: boolean;
  /**
   * Whether a release waits for a person's approval.
   * @default - as in the profile that is adjusted: true in production alone (requirement A-10)
   */
  readonly approval?: boolean;
  /**
   * Whether a service may only run an image whose tag never moves.
   * @default - as in the profile that is adjusted: true in production and staging
   */
  readonly fixedImages?: boolean;
  /**
   * Whether each severity of alerts must have a channel.
   * @default - as in the profile that is adjusted: true in production alone (requirement A-22)
   */
  readonly alertsHeard?: boolean;
  /**
   * Whether all alarms are made, or only those that tell an outage.
   * @default - as in the profile that is adjusted: true in production and staging, false in development (requirement E-09)
   */
  readonly allAlarms?: boolean;
}

type Answers = Required<EnvironmentProfileAdjustments>;

const PRODUCTION: Answers = {
  name: 'production',
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  deletionProtection: true,
  multiAz: true,
  minTasks: 2,
  maxTasks: 8,
  taskCpu: 512,
  taskMemoryMiB: 1024,
  logRetention: RetentionDays.ONE_MONTH,
  backupRetention: Duration.days(7),
  databaseSize: 't4g.medium',
  queryLogging: false,
  approval: true,
  fixedImages: true,
  alertsHeard: true,
  allAlarms: true,
};

/** Staging differs from production in size, in that nobody has to approve (requirements A-10, C-23) or to hear of alerts, and in that queries are logged. */
const STAGING: Answers = {
  ...PRODUCTION,
  name: 'staging',
  maxTasks: 4,
  taskCpu: 256,
  taskMemoryMiB: 512,
  databaseSize: 't4g.small',
  queryLogging: true,
  approval: false,
  alertsHeard: false,
};

const DEVELOPMENT: Answers = {
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
  fixedImages: false,
  allAlarms: false,
};

/** Registered symbols, so that two copies of the library in one program see the same profile. */
const APPLIED = Symbol.for('@org/prod-constructs.EnvironmentProfile.applied');
const ASKED = Symbol.for('@org/prod-constructs.EnvironmentProfile.asked');
interface Marked {
  [APPLIED]?: EnvironmentProfile;
  [ASKED]?: string;
}

/**
 * Answers, for a part of an app, every question whose answer depends on the environment.
 * A construct asks it only for what its own props leave open; without one it is production.
 */
export class EnvironmentProfile {
  /** Retained, protected, in several zones, approved. */
  public static production(): EnvironmentProfile {
    return new EnvironmentProfile(PRODUCTION);
  }

  /** Production in a smaller size, released without approval. */
  public static staging(): EnvironmentProfile {
    return new EnvironmentProfile(STAGING);
  }

  /** Small, in one zone, and gone without a trace when destroyed. */
  public static development(): EnvironmentProfile {
    return new EnvironmentProfile(DEVELOPMENT);
  }

  /** The profile that holds for a construct: that of the nearest scope that has one, else production. */
  public static of(scope: IConstruct): EnvironmentProfile {
    const scopes = [...scope.node.scopes].reverse() as Marked[];
    const nearest = scopes.findIndex((s) => s[APPLIED] !== undefined);
    const askedWithoutAnswer = nearest === -1 ? scopes : scopes.slice(0, nearest);
    askedWithoutAnswer.forEach((s) => {
      s[ASKED] ??= scope.node.path;
    });
    return scopes[nearest]?.[APPLIED] ?? EnvironmentProfile.production();
  }

  /** The environment's name, as it appears in tags and log groups. */
  public readonly name: string;
  /** What happens to a resource that holds data when it leaves the template. */
  public readonly removalPolicy: RemovalPolicy;
  /** Whether databases, load balancers and tables refuse to be deleted. */
  public readonly deletionProtection: boolean;
  /** Whether stores keep a standby in another zone, and networks a way out per zone. */
  public readonly multiAz: boolean;
  /** Fewest tasks of a service. */
  public readonly minTasks: number;
  /** Most tasks of a service. */
  public readonly maxTasks: number;
  /** CPU units of a task, 1024 to a vCPU. */
  public readonly taskCpu: number;
  /** Memory of a task in MiB. */
  public readonly taskMemoryMiB: number;
  /** How long logs of applications and networks are kept. */
  public readonly logRetention: RetentionDays;
  /** How long automated backups are kept. */
  public readonly backupRetention: Duration;
  /** Size of a database instance, as RDS names it without `db.`. */
  public readonly databaseSize: string;
  /** Whether databases write the text of queries to their logs. */
  public readonly queryLogging: boolean;
  /** Whether a release waits for a person's approval. */
  public readonly approval: boolean;
  /** Whether a service may only run an image whose tag never moves. */
  public readonly fixedImages: boolean;
  /** Whether each severity of alerts must have a channel. */
  public readonly alertsHeard: boolean;
  /** Whether all alarms are made, or only those that tell an outage. */
  public readonly allAlarms: boolean;

  private constructor(private readonly answers: Answers) {
    this.name = answers.name;
    this.removalPolicy = answers.removalPolicy;
    this.deletionProtection = answers.deletionProtection;
    this.multiAz = answers.multiAz;
    this.minTasks = answers.minTasks;
    this.maxTasks = answers.maxTasks;
    this.taskCpu = answers.taskCpu;
    this.taskMemoryMiB = answers.taskMemoryMiB;
    this.logRetention = answers.logRetention;
    this.backupRetention = answers.backupRetention;
    this.databaseSize = answers.databaseSize;
    this.queryLogging = answers.queryLogging;
    this.approval = answers.approval;
    this.fixedImages = answers.fixedImages;
    this.alertsHeard = answers.alertsHeard;
    this.allAlarms = answers.allAlarms;
  }

  /** The same profile with some answers changed. */
  public adjust(adjustments: EnvironmentProfileAdjustments = {}): EnvironmentProfile {
    const given = Object.fromEntries(Object.entries(adjustments).filter(([, value]) => value !== undefined));
    const removalPolicy =
      adjustments.removalPolicy === RemovalPolicy.RETAIN ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : undefined;
    return new EnvironmentProfile({ ...this.answers, ...given, ...(removalPolicy && { removalPolicy }) });
  }

  /**
   * Makes this the profile of a stack, a stage or any other part of the app.
   * Throws when a construct inside has already asked: it would keep the answers of another profile.
   */
  public applyTo(scope: IConstruct): void {
    const marked = scope as Marked;
    if (marked[ASKED] !== undefined) {
      throw new PropError(scope, {
        prop: 'EnvironmentProfile.applyTo',
        value: this.name,
        expected: `a scope in which nothing has asked for a profile yet ('${marked[ASKED]}' has)`,
        fix: 'apply the profile before creating constructs in this scope',
      });
    }
    marked[APPLIED] = this;
  }
}
