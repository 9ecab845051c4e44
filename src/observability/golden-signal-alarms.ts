import { Annotations, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import type { Waiver } from '../compliance';
import type { IMonitoredCache, IMonitoredDatabase, IMonitoredService, ServiceSignals } from '../contracts';
import { EnvironmentProfile } from '../environment';
import { PropError } from '../validation/prop-error';
import type { AlarmDefinition } from './alarms/alarm-definition';
import type { AlarmOverride } from './alarms/alarm-override';
import { adjustedAlarms } from './alarms/apply-overrides';
import { cacheAlarms } from './alarms/cache-alarms';
import { databaseAlarms } from './alarms/database-alarms';
import { loadBalancerAlarms, serviceAlarms } from './alarms/service-alarms';
import { ThresholdAlarm } from './alarms/threshold-alarm';
import type { AlertRouting } from './alerting/alert-routing';
import { DeploymentEvents } from './alerting/deployment-events';
import { Runbooks } from './alerting/runbooks';
import { SEVERITIES, Severity } from './alerting/severity';
import { DatabaseLogMetrics } from './logs/database-log-metrics';
import { LogErrors } from './logs/log-errors';
import { SavedQueries } from './logs/saved-queries';
import { OperationsDashboard } from './operations-dashboard';
import { BurnRateAlarms } from './slo/burn-rate-alarms';
import type { ServiceObjective } from './slo/service-objective';
import { checkWatched, sharesLoadBalancer } from './validate-sources';

/** What {@link GoldenSignalAlarms} are told. Something to watch and whom to tell are enough. */
export interface GoldenSignalAlarmsProps {
  /** Who is told, by severity. */
  readonly alertRouting: AlertRouting;
  /**
   * The services that are watched: a `ProductionWebService`, or another by `MonitoredService.fromFargate`.
   * @default - none: then a database or a cache is needed
   */
  readonly services?: IMonitoredService[];
  /**
   * The databases that are watched. Where `services` tell what they use, one of them has to use each.
   * @default - none
   */
  readonly databases?: IMonitoredDatabase[];
  /**
   * The caches that are watched.
   * @default - none
   */
  readonly caches?: IMonitoredCache[];
  /**
   * What each of the services promises: then it is told when one breaks it too fast. Needs `services`.
   * @default - nothing
   */
  readonly objectives?: ServiceObjective[];
  /**
   * Where the page of each alarm is (requirement A-23).
   * @default Runbooks.published() - the pages that come with this library
   */
  readonly runbooks?: Runbooks;
  /**
   * Changed limits and windows, by the key of the alarm: `{ 'service-cpu': { warningThreshold: 85, errorThreshold: 95 } }`; with the construct's id or path before it
   * for one source alone: `{ 'Api/service-cpu': ... }`, which goes before the other.
   * @default - everything as documented
   */
  readonly overrides?: { readonly [key: string]: AlarmOverride };
  /**
   * Alarms that are not made, by key as in `overrides`, each with the reason, which is shown when the app is synthesized.
   * @default - none
   */
  readonly disabledAlarms?: { readonly [key: string]: Waiver };
  /**
   * Whether critical alarms of a service take its running deployment back. `true` adds services of other stacks: their alarms have to be deployed
   * before, so that it can only be set in a later deployment.
   * @default - where this construct stands in the service's stack (requirement A-13): an alarm of another stack does not exist yet when ECS first asks for it
   */
  readonly rollBackOnCritical?: boolean;
  /**
   * Whether what becomes of the services' deployments is told, on the routing's channels for them (requirement C-16).
   * @default true
   */
  readonly deploymentEvents?: boolean;
  /**
   * Whether an {@link OperationsDashboard} of what is watched, and {@link SavedQueries} on its logs, come with the alarms. `false` where they are made
   * beside them, with what the team counts itself: `new OperationsDashboard(this, 'Dashboard', { signals, business })`.
   * @default - where all alarms are made (requirements A-16, A-37, D-09)
   */
  readonly dashboard?: boolean;
  /**
   * Whether all alarms are made, or only those that tell an outage.
   * @default - all in production and staging, the small set in development (requirement E-09)
   */
  readonly allAlarms?: boolean;
  /**
   * The environment that answers what is left open.
   * @default - that of the scope, else production
   */
  readonly profile?: EnvironmentProfile;
}

/** An alarm and what it is about. */
interface Placed {
  readonly definition: AlarmDefinition;
  readonly severity: Severity;
  readonly alarm: Alarm;
}

/** What a dashboard takes from alarms. */
interface Watched {
  readonly services: IMonitoredService[];
  readonly databases: IMonitoredDatabase[];
  readonly caches: IMonitoredCache[];
  readonly definitions: AlarmDefinition[];
}

/**
 * Watches what users feel, and what they are about to feel: latency, traffic, errors and saturation of services, databases and caches (requirement
 * A-17). Each alarm of the documents exists with its limit, window and severity, tells what happened and what to do first, and has a page. What
 * happens to databases, and what becomes of deployments, is told, too.
 *
 * Throws a PropError for a key that no alarm has, limits that contradict each other, a window that CloudWatch doesn't take, a source of another
 * account or region, a database that none of the services uses, and objectives without a service.
 */
export class GoldenSignalAlarms extends Construct {
  /** Who is told. */
  public readonly alertRouting: AlertRouting;
  /** All alarms on limits, from source to source, the mildest of a signal first. */
  public readonly alarms: Alarm[];
  /** Of each objective and service, in this order. */
  public readonly burnRateAlarms: BurnRateAlarms[];
  /** What to look at first; none where it is not wanted. */
  public readonly dashboard?: OperationsDashboard;
  private readonly runbooks: Runbooks;
  private readonly placed: Placed[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: GoldenSignalAlarmsProps,
  ) {
    super(scope, id);
    this.alertRouting = props.alertRouting;
    this.runbooks = props.runbooks ?? Runbooks.published();
    checkWatched(this, props);
    this.runbooks._check(this);
    const wanted = adjustedAlarms(this, this.documentedAlarms(), props).filter(
      ({ onlyInFullSet }) => this.makesAll() || !onlyInFullSet,
    );
    this.placed = wanted.flatMap((definition) => this.createAlarms(definition));
    this.alarms = this.placed.map(({ alarm }) => alarm);
    this.burnRateAlarms = this.createBurnRateAlarms();
    this.tellOfEvents();
    this.tellWhatIsLeftOut();
    this.dashboard = (props.dashboard ?? this.makesAll()) ? this.createDashboard() : undefined;
  }

  /**
   * One alarm. Throws a PropError where there is none.
   *
   * @param key as in the table of the documentation: `service-errors-many`
   * @param source the service, database or cache that it is about, or the load balancer
   * @param severity needed where the signal has alarms of several; else its only one
   */
  public alarmFor(key: string, source: IConstruct, severity?: Severity): Alarm {
    const ofSource = this.placed.filter(({ definition }) => definition.source === source);
    const found = ofSource.filter(
      ({ definition, ...placed }) => definition.key === key && (severity === undefined || placed.severity === severity),
    );
    if (found.length !== 1) {
      throw new PropError(this, {
        prop: 'alarmFor',
        value: `${key} of ${source.node.path}${severity === undefined ? '' : `, ${severity}`}`,
        expected:
          ofSource.map((placed) => `${placed.definition.key} (${placed.severity})`).join(', ') ||
          'alarms of what is watched here',
        fix: found.length > 1 ? 'say which severity' : 'ask for one of these',
      });
    }
    return found[0].alarm;
  }

  /**
   * What is watched, and the alarms as the caller has them: for a dashboard that shows the same.
   *
   * @internal
   */
  public get _watched(): Watched {
    const { services = [], databases = [], caches = [] } = this.props;
    return { services, databases, caches, definitions: [...new Set(this.placed.map(({ definition }) => definition))] };
  }

  private makesAll(): boolean {
    return this.props.allAlarms ?? (this.props.profile ?? EnvironmentProfile.of(this)).allAlarms;
  }

  /** Everything that what is watched can have an alarm on, as documented. One load balancer has one, however many services share it. */
  private documentedAlarms(): AlarmDefinition[] {
    const { services = [], databases = [], caches = [] } = this.props;
    const fronts = services.filter(
      ({ signals }, index) => services.findIndex((other) => sharesLoadBalancer(this, signals, other.signals)) === index,
    );
    return [
      ...services.flatMap(({ signals }) => serviceAlarms(signals, this.logErrorsOf(signals))),
      ...fronts.flatMap(({ signals }) => loadBalancerAlarms(signals)),
      ...databases.flatMap(({ signals }) =>
        databaseAlarms(signals, new DatabaseLogMetrics(this.placeOf(signals.source), 'Logs', signals)),
      ),
      ...caches.flatMap(({ signals }) => cacheAlarms(signals)),
    ];
  }

  private logErrorsOf({ source, logGroups }: ServiceSignals): LogErrors | undefined {
    return logGroups.length === 0 ? undefined : new LogErrors(this.placeOf(source), 'LogErrors', { logGroups });
  }

  private createAlarms(definition: AlarmDefinition): Placed[] {
    const severities = SEVERITIES.filter((severity) => definition.thresholds[severity] !== undefined);
    if (severities.length > 0) {
      definition.count?.();
    }
    return severities.map((severity) => {
      const goesBack =
        definition.rollsBack && severity === Severity.CRITICAL
          ? this.serviceThatGoesBack(definition.source)
          : undefined;
      const { alarm } = new ThresholdAlarm(this.placeOf(definition.source), `${definition.key}-${severity}`, {
        definition,
        severity,
        alertRouting: this.alertRouting,
        runbooks: this.runbooks,
        goesBack,
      });
      return { definition, severity, alarm };
    });
  }

  private serviceThatGoesBack(source: IConstruct): IMonitoredService | undefined {
    const goesBack = this.props.rollBackOnCritical ?? Stack.of(source) === Stack.of(this);
    return goesBack ? this.props.services?.find(({ signals }) => signals.source === source) : undefined;
  }

  private createBurnRateAlarms(): BurnRateAlarms[] {
    const { objectives = [], services = [] } = this.props;
    return objectives.flatMap((objective, index) =>
      services.map(
        (service) =>
          new BurnRateAlarms(this.placeOf(service.signals.source), `Objective${index + 1}`, {
            objective,
            service,
            alertRouting: this.alertRouting,
            runbooks: this.runbooks,
          }),
      ),
    );
  }

  /** What happens to databases, and deployments. What is urgent about a database has an alarm; its maintenance and changes can wait. */
  private tellOfEvents(): void {
    const { services = [], databases = [], deploymentEvents = true } = this.props;
    databases
      .flatMap(({ signals }) => signals.events ?? [])
      .forEach((topic) => this.alertRouting._listenFrom(this, topic, Severity.WARNING));
    if (deploymentEvents) {
      services.forEach(
        (service) =>
          new DeploymentEvents(this.placeOf(service.signals.source), 'Deployments', {
            service,
            alertRouting: this.alertRouting,
          }),
      );
    }
  }

  private createDashboard(): OperationsDashboard {
    const { services, databases } = this.props;
    new SavedQueries(this, 'Queries', { services, databases });
    return new OperationsDashboard(this, 'Dashboard', { signals: this });
  }

  /** What is made for one source stands together, under its path: below the stack where that is this one's, too. */
  private placeOf(source: IConstruct): Construct {
    const stack = Stack.of(this);
    const scopes = Stack.of(source) === stack ? source.node.scopes.slice(stack.node.scopes.length) : source.node.scopes;
    const id = scopes
      .map(({ node }) => node.id)
      .filter((part) => part !== '')
      .join('.');
    return (this.node.tryFindChild(id) as Construct | undefined) ?? new Construct(this, id);
  }

  private tellWhatIsLeftOut(): void {
    Object.entries(this.props.disabledAlarms ?? {}).forEach(([key, { reason }]) =>
      Annotations.of(this).addInfo(`No alarm ${key}: ${reason}`),
    );
  }
}
