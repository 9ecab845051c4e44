import { MetricStore, type RecordedMetric } from '../../simulators/cloudwatch/metric-store';
import type { Ailment, Conditions, Story } from './conditions';
import { demandAt } from './demand';
import { type Deployment, Schedule } from './deployments';
import { hiccupAt } from './hiccups';
import { LoadBalancer, type LoadBalancerNames } from './load-balancer';
import { Random } from './random';
import { Cache, Database, type DatabaseNames } from './stores';
import { type TaskNames, Tasks } from './tasks';
import { HOUR, isNight, isPause } from './time';

/** What is simulated, by the names that the template has for it. */
export interface WorldNames extends LoadBalancerNames, TaskNames {
  readonly database: DatabaseNames;
  readonly cacheNodes: readonly string[];
  /** ARN of the load balancer's certificate. */
  readonly certificate: string;
  /** Metrics that count errors in the application's log. */
  readonly errorLogs: ReadonlyArray<{ readonly namespace: string; readonly name: string }>;
  /** Metrics that count lines of logs in which nothing happens. */
  readonly quietLogs: ReadonlyArray<{ readonly namespace: string; readonly name: string }>;
}

/** How it goes. */
export interface WorldProps {
  readonly names: WorldNames;
  readonly minutes: number;
  readonly seed: number;
  readonly deployments: Deployment[];
  /** Whether the load balancer counts refused connections as requests. */
  readonly refusedCount?: boolean;
  /** Whether nobody comes from 01:00 to 06:00. */
  readonly emptyNights?: boolean;
  /** Percent of a task's CPU that a request a minute takes: 0.41 holds it at a target of 70 % by day. */
  readonly cpuPerRequest?: number;
  /**
   * Requests in proportion to those of production.
   * @default 1
   */
  readonly demand?: number;
  /** Whether nothing has been released: no task is wanted, and a few stray requests come. */
  readonly unreleased?: boolean;
  /** Whether the service rests from 20:00 to 06:00, with a few stray requests. */
  readonly nightPause?: boolean;
}

/** Days that a certificate still has, and minutes between two reports of it. */
const [CERTIFICATE_DAYS, CERTIFICATE_REPORTED] = [200, 12 * HOUR];
/** Requests a minute that come although the service rests: 18 an hour. */
const STRAY_REQUESTS = 0.3;

/** Users, load balancer, tasks and stores, minute by minute. */
export class World {
  public readonly store: MetricStore;
  private readonly schedule: Schedule;
  private readonly loadBalancer: LoadBalancer;
  private readonly tasks: Tasks;
  private readonly database: Database;
  private readonly cache: Cache;
  private readonly certificate: RecordedMetric;
  private readonly errorLogs: RecordedMetric[];
  private readonly quietLogs: RecordedMetric[];
  private past = 0;

  public constructor(private readonly props: WorldProps) {
    const { names, minutes, deployments, refusedCount = false } = props;
    this.store = new MetricStore(minutes);
    this.schedule = new Schedule(deployments);
    this.loadBalancer = new LoadBalancer(this.store, names, refusedCount);
    this.tasks = new Tasks(this.store, names, props.cpuPerRequest);
    this.database = new Database(this.store, names.database);
    this.cache = new Cache(this.store, names.cacheNodes);
    this.certificate = this.store.declare({ namespace: 'AWS/CertificateManager', name: 'DaysToExpiry', dimensions: { CertificateArn: names.certificate } });
    const log = (metric: { namespace: string; name: string }) => this.store.declare({ ...metric, dimensions: {} });
    this.errorLogs = names.errorLogs.map(log);
    this.quietLogs = names.quietLogs.map(log);
  }

  /** Goes on where another world stands, which had the same deployments until then. */
  public continueFrom(past: World): this {
    this.past = past.past;
    this.store.continueFrom(past.store, past.past);
    this.tasks.continueFrom(past.tasks);
    return this;
  }

  /** Lives on to a minute. A story begins with the minute that it is told. */
  public liveTo(end: number, told?: { readonly from: number; readonly story: Story }): this {
    for (; this.past < end; this.past++) {
      this.live(this.past, told && this.past >= told.from ? told.story(this.past - told.from) : {});
    }
    return this;
  }

  private live(minute: number, conditions: Conditions): void {
    const { seed } = this.props;
    const random = new Random(seed, minute);
    const usual = hiccupAt(minute, seed);
    const { groups, deploying, fresh } = this.schedule.at(minute);
    const resting = this.props.unreleased === true || (this.props.nightPause === true && isPause(minute));
    const demand = resting ? STRAY_REQUESTS : demandAt(minute, seed) * (conditions.demand ?? 1) * (this.props.demand ?? 1);
    const requests = this.props.emptyNights && isNight(minute) ? 0 : random.poisson(demand);
    const toFresh = random.binomial(requests, groups[fresh].share);
    const size = this.tasks.wanted;
    const versions = this.schedule.versionsRunning(minute);
    const added = this.tasks.run(minute, { conditions, requests, versions, deploying, resting }, random);
    const errors = this.loadBalancer.serve(minute, groups.map((group, colour) => ({
      ...group,
      tasks: conditions.noTargets || resting ? 'none' as const : group.tasks,
      requests: colour === fresh ? toFresh : requests - toFresh,
      ailment: { ...usual.all, ...conditions.all, ...(colour === fresh ? conditions.fresh : undefined) } as Ailment,
      size,
      added,
    })), random);
    this.database.run(minute, { tasks: size * versions, requests, conditions }, random);
    this.cache.run(minute, { tasks: size * versions, requests, conditions }, random);
    if (minute % CERTIFICATE_REPORTED === 0) {
      this.certificate.observe(minute, conditions.certificateDays ?? CERTIFICATE_DAYS);
    }
    // Every line that a filter doesn't match counts as 0.
    this.errorLogs.forEach((metric) => metric.observe(minute, errors));
    this.quietLogs.forEach((metric) => metric.observe(minute, 0));
  }
}
