import { Annotations, Duration, Stack } from 'aws-cdk-lib';
import type { Alarm, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import type { IMonitoredService, ServiceSignals } from '../contracts';
import { EnvironmentProfile } from '../environment';
import { pathInStack, stackPath } from '../text/stack-path';
import { checkDuration } from '../validation/checks';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { checkRules } from '../validation/rules';
import type { AlarmDefinition } from './alarms/alarm-definition';
import { AlarmOverride } from './alarms/alarm-override';
import { applyOverrides } from './alarms/apply-overrides';
import { cacheAlarms } from './alarms/cache-alarms';
import { databaseAlarms } from './alarms/database-alarms';
import { DisabledAlarm } from './alarms/disabled-alarm';
import { Incidents } from './alarms/incidents';
import { loadBalancerAlarms } from './alarms/load-balancer-alarms';
import { serviceAlarms } from './alarms/service-alarms';
import { ThresholdAlarm } from './alarms/threshold-alarm';
import { AlarmMute } from './alerting/alarm-mute';
import type { AlertRouting } from './alerting/alert-routing';
import { createMutes } from './alerting/create-mutes';
import { Runbooks } from './alerting/runbooks';
import { SEVERITIES, Severity } from './alerting/severity';
import { SourceEvents } from './alerting/source-events';
import type { IGoldenSignalAlarms, MonitoredSources } from './golden-signal-alarms-interface';
import type { GoldenSignalAlarmsProps } from './golden-signal-alarms-props';
import { DatabaseLogMetrics } from './logs/database-log-metrics';
import { LogErrors } from './logs/log-errors';
import { SavedQueries } from './logs/saved-queries';
import { OperationsDashboard } from './operations-dashboard';
import { BurnRateAlarms } from './slo/burn-rate-alarms';
import { ServiceObjective } from './slo/service-objective';
import { checkSources, shareLoadBalancer } from './validate-sources';

/** Alarm with its severity and the definition that it is created from. */
interface CreatedAlarm {
  readonly definition: AlarmDefinition;
  readonly severity: Severity;
  readonly alarm: Alarm;
}

/** Classes of the props that are objects of one. */
const KINDS = {
  disabledAlarms: DisabledAlarm,
  mutes: AlarmMute,
  objectives: ServiceObjective,
  overrides: AlarmOverride,
  profile: EnvironmentProfile,
  runbooks: Runbooks,
};

/**
 * Alarms on latency, traffic, errors and saturation of services, databases and caches.
 *
 * Creates one alarm for each documented limit, or the small set of a development environment. The description of an
 * alarm says what happened, what to do first, and where the runbook is. Events of databases and of deployments notify
 * the same routing. With `dashboard` come an operations dashboard and saved queries. Source: requirement A-17.
 *
 * Throws a PropError for a key that no alarm has, and for thresholds and windows that can't work. It also refuses
 * sources of another account or region, a database that no service uses, and objectives without a service.
 *
 * @example
 * new GoldenSignalAlarms(this, 'Alarms', {
 *   services: [api, web],
 *   databases: [database],
 *   objectives: [ServiceObjective.availability(99.9)],
 *   alertRouting,
 * });
 */
export class GoldenSignalAlarms extends Construct implements IGoldenSignalAlarms {
  /** Routing of the alarms to channels. */
  public readonly alertRouting: AlertRouting;
  /** All threshold alarms, source by source, the mildest of a signal first. */
  public readonly alarms: Alarm[];
  /** Burn-rate alarms of each objective and service, in this order. */
  public readonly burnRateAlarms: BurnRateAlarms[];
  /** Composite alarms that page, one for each service, database and shared load balancer. */
  public readonly incidentAlarms: CompositeAlarm[];
  /** Dashboard of the monitored sources. Undefined where `dashboard` is false, as by default in the small set. */
  public readonly dashboard?: OperationsDashboard;
  private readonly runbooks: Runbooks;
  private readonly createsAll: boolean;
  private readonly created: CreatedAlarm[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: GoldenSignalAlarmsProps,
  ) {
    super(scope, id);
    checkKinds(this, props, KINDS);
    this.alertRouting = props.alertRouting;
    this.runbooks = props.runbooks ?? Runbooks.published();
    this.createsAll = props.allAlarms ?? (props.profile ?? EnvironmentProfile.of(this)).allAlarms;
    checkSources(this, props);
    checkAllInReach(this, props);
    this.runbooks._check(this);
    checkDuration(this, 'p99Limit', props.p99Limit, {
      min: Duration.millis(1),
      max: Duration.hours(1),
      fix: 'give the time in seconds that 99 of 100 requests stay within',
    });

    this.created = this.enabledAlarms().flatMap((definition) => this.createAlarms(definition));
    this.alarms = this.created.map(({ alarm }) => alarm);
    this.burnRateAlarms = this.createBurnRateAlarms();
    this.incidentAlarms = this.createIncidents();
    createMutes(this, props.mutes ?? [], [
      ...this.incidentAlarms,
      ...this.burnRateAlarms.map(({ ticket }) => ticket),
      ...this.alarms,
    ]);
    this.forwardEvents();
    this.reportDisabledAlarms();
    this.dashboard = (props.dashboard ?? this.createsAll) ? this.createDashboard() : undefined;
  }

  /**
   * Alarm by its key and source. Throws a PropError where there is none or more than one.
   *
   * @param key key in the documentation's table, such as `service-errors-many`
   * @param source service, load balancer, database or cache that the alarm is about
   * @param severity severity of the alarm, required if the signal has alarms of several
   */
  public alarmFor(key: string, source: IConstruct, severity?: Severity): Alarm {
    const ofSource = this.created.filter(({ definition }) => definition.source === source);
    const ofKey = ofSource.filter(({ definition }) => definition.key === key);
    const found = ofKey.filter((created) => severity === undefined || created.severity === severity);
    const severities = ofKey.map((created) => `Severity.${created.severity.toUpperCase()}`).join(', ');
    checkRules(this, [
      {
        condition: ofSource.length === 0,
        prop: 'source',
        value: source,
        expected: 'a service, database or cache of this construct',
        fix: 'pass one of them',
      },
      {
        condition: ofKey.length === 0,
        prop: 'key',
        value: key,
        expected: `one of ${[...new Set(ofSource.map(({ definition }) => definition.key))].join(', ')}`,
        fix: 'use the key of an alarm that exists here',
      },
      {
        condition: found.length !== 1,
        prop: 'severity',
        value: severity,
        expected: `one of ${severities}, because ${key} has these alarms`,
        fix: `pass ${severities.split(', ').join(' or ')}`,
      },
    ]);
    return found[0].alarm;
  }

  /**
   * Sources and alarms, for a dashboard that shows the same.
   *
   * @internal
   */
  public get _monitored(): MonitoredSources {
    const { services = [], databases = [], caches = [] } = this.props;
    const definitions = [...new Set(this.created.map(({ definition }) => definition))];
    return { services, databases, caches, definitions };
  }

  private enabledAlarms(): AlarmDefinition[] {
    return applyOverrides(this, this.documentedAlarms(), this.props).filter(
      ({ onlyWithAllAlarms }) => this.createsAll || !onlyWithAllAlarms,
    );
  }

  /** One load balancer has one alarm, however many services share it. */
  private documentedAlarms(): AlarmDefinition[] {
    const { services = [], databases = [], caches = [] } = this.props;
    const objectivePercent = this.availabilityPercent();
    return [
      ...services.flatMap(({ signals }) =>
        serviceAlarms(signals, {
          logErrors: this.createLogErrors(signals),
          objectivePercent,
          p99Limit: this.props.p99Limit,
        }),
      ),
      ...this.byLoadBalancer().flatMap((sharing) => loadBalancerAlarms(sharing, { objectivePercent })),
      ...databases.flatMap(({ signals }) =>
        databaseAlarms(signals, new DatabaseLogMetrics(this.scopeFor(signals.source), 'Logs', signals)),
      ),
      ...caches.flatMap(({ signals }) => cacheAlarms(signals)),
    ];
  }

  /** Services behind each load balancer. */
  private byLoadBalancer(): ServiceSignals[][] {
    const all = (this.props.services ?? []).map(({ signals }) => signals);
    return all
      .filter((one, index) => all.findIndex((other) => shareLoadBalancer(this, one, other)) === index)
      .map((first) => all.filter((other) => shareLoadBalancer(this, first, other)));
  }

  /** Percentage of the first objective on availability, by which errors are weighed. */
  private availabilityPercent(): number | undefined {
    return (this.props.objectives ?? [])
      .map((objective) => objective._checked(this))
      .find(({ withinSeconds }) => withinSeconds === undefined)?.percent;
  }

  private createLogErrors({ source, logGroups }: ServiceSignals): LogErrors | undefined {
    return logGroups.length === 0 ? undefined : new LogErrors(this.scopeFor(source), 'LogErrors', { logGroups });
  }

  private createAlarms(definition: AlarmDefinition): CreatedAlarm[] {
    const severities = SEVERITIES.filter((severity) => definition.thresholds[severity] !== undefined);
    if (severities.length > 0) {
      definition.createMetricFilters?.();
    }
    return severities.map((severity) => {
      const { alarm } = new ThresholdAlarm(this.scopeFor(definition.source), `${definition.key}-${severity}`, {
        definition,
        severity,
        alertRouting: this.alertRouting,
        runbooks: this.runbooks,
        rollbackService: this.rollbackService(definition, severity),
        partOfIncident: severity === Severity.CRITICAL && this.hasIncident(definition.source),
      });
      return { definition, severity, alarm };
    });
  }

  private rollbackService(
    { rollsBackWhenCritical, source }: AlarmDefinition,
    severity: Severity,
  ): IMonitoredService | undefined {
    const isEnabled = this.props.rollBackOnCritical ?? Stack.of(source) === Stack.of(this);
    return rollsBackWhenCritical && severity === Severity.CRITICAL && isEnabled
      ? this.props.services?.find(({ signals }) => signals.source === source)
      : undefined;
  }

  private createBurnRateAlarms(): BurnRateAlarms[] {
    const { objectives = [], services = [] } = this.props;
    return objectives.flatMap((objective, index) =>
      services.map(
        (service) =>
          new BurnRateAlarms(this.scopeFor(service.signals.source), `Objective${index + 1}`, {
            objective,
            service,
            alertRouting: this.alertRouting,
            runbooks: this.runbooks,
            notifiesPage: false,
            sharedLoadBalancer: this.byLoadBalancer().some(
              (sharing) => sharing.length > 1 && sharing.some(({ source }) => source === service.signals.source),
            ),
          }),
      ),
    );
  }

  /** A cache fails no request by itself. Its critical alarms, if the caller sets any, notify alone. */
  private hasIncident(source: IConstruct): boolean {
    return !(this.props.caches ?? []).some(({ signals }) => signals.source === source);
  }

  private createIncidents(): CompositeAlarm[] {
    const { services = [], databases = [] } = this.props;
    const ofKey = (key: string, source: IConstruct) =>
      this.created.find(({ definition }) => definition.key === key && definition.source === source)?.alarm;
    return new Incidents({
      services: services.map(({ signals }) => signals),
      databases: databases.map(({ signals }) => signals),
      byLoadBalancer: this.byLoadBalancer(),
      criticalOf: (source) => [
        ...this.created
          .filter(({ definition, severity }) => definition.source === source && severity === Severity.CRITICAL)
          .map(({ alarm }) => alarm),
        ...this.burnRateAlarms.filter((alarms) => alarms._watched.signals.source === source).map(({ page }) => page),
      ],
      trafficDropOf: (source) => ofKey('service-traffic-drop', source),
      scopeFor: (source) => this.scopeFor(source),
      alertRouting: this.alertRouting,
      runbooks: this.runbooks,
    }).create();
  }

  /** Failovers, deployments, stopped tasks, failed backups and rotations notify the same channels. */
  private forwardEvents(): void {
    const { services = [], databases = [], deploymentEvents = true } = this.props;
    const events = new SourceEvents(this.alertRouting, (source) => this.scopeFor(source));
    databases.forEach((database) => events.ofServer(this, database));
    services.forEach((service) => events.ofService(service, { deployments: deploymentEvents }));
    databases.forEach((database) => events.ofBackups(database));
    databases.forEach((database) => events.ofRotations(database));
  }

  private createDashboard(): OperationsDashboard {
    const { services, databases } = this.props;
    new SavedQueries(this, 'Queries', { services, databases });
    return new OperationsDashboard(this, 'Dashboard', { signals: this });
  }

  private reportDisabledAlarms(): void {
    (this.props.disabledAlarms ?? []).forEach(({ key, reason }) =>
      Annotations.of(this).addInfo(`No alarm ${key}: ${reason}`),
    );
  }

  /** Scope of one source's resources. Its id is the source's path, without a stack that both share. */
  private scopeFor(source: IConstruct): Construct {
    const stack = Stack.of(this);
    const path = Stack.of(source) === stack ? pathInStack(source) : stackPath(source);
    const id = path.replace(/\//g, '.');
    return (this.node.tryFindChild(id) as Construct | undefined) ?? new Construct(this, id);
  }
}
