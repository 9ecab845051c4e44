import { Annotations, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IConstruct } from 'constructs';
import type { IMonitoredService, ServiceSignals } from '../contracts';
import { EnvironmentProfile } from '../environment';
import { pathInStack, stackPath } from '../text/stack-path';
import { checkKinds } from '../validation/kinds';
import { checkAllInReach } from '../validation/objects-in-reach';
import { checkRules } from '../validation/rules';
import type { AlarmDefinition } from './alarms/alarm-definition';
import { AlarmOverride } from './alarms/alarm-override';
import { applyOverrides } from './alarms/apply-overrides';
import { cacheAlarms } from './alarms/cache-alarms';
import { databaseAlarms } from './alarms/database-alarms';
import { DisabledAlarm } from './alarms/disabled-alarm';
import { loadBalancerAlarms, serviceAlarms } from './alarms/service-alarms';
import { ThresholdAlarm } from './alarms/threshold-alarm';
import type { AlertRouting } from './alerting/alert-routing';
import { DeploymentEvents } from './alerting/deployment-events';
import { Runbooks } from './alerting/runbooks';
import { SEVERITIES, Severity } from './alerting/severity';
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

    this.created = this.enabledAlarms().flatMap((definition) => this.createAlarms(definition));
    this.alarms = this.created.map(({ alarm }) => alarm);
    this.burnRateAlarms = this.createBurnRateAlarms();
    this.forwardDatabaseEvents();
    this.createDeploymentEvents();
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
    const firstOfLoadBalancer = services.filter(
      ({ signals }, index) =>
        services.findIndex((other) => shareLoadBalancer(this, signals, other.signals)) === index,
    );
    return [
      ...services.flatMap(({ signals }) => serviceAlarms(signals, this.createLogErrors(signals))),
      ...firstOfLoadBalancer.flatMap(({ signals }) => loadBalancerAlarms(signals)),
      ...databases.flatMap(({ signals }) =>
        databaseAlarms(signals, new DatabaseLogMetrics(this.scopeFor(signals.source), 'Logs', signals)),
      ),
      ...caches.flatMap(({ signals }) => cacheAlarms(signals)),
    ];
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
          }),
      ),
    );
  }

  /** Warnings: what is urgent about a database has an alarm, and its maintenance can wait. */
  private forwardDatabaseEvents(): void {
    const topics = (this.props.databases ?? []).flatMap(({ signals }) => signals.events ?? []);
    topics.forEach((topic) => this.alertRouting._listenFrom(this, topic, Severity.WARNING));
  }

  private createDeploymentEvents(): void {
    const { services = [], deploymentEvents = true, alertRouting } = this.props;
    (deploymentEvents ? services : []).forEach(
      (service) =>
        new DeploymentEvents(this.scopeFor(service.signals.source), 'Deployments', { service, alertRouting }),
    );
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
