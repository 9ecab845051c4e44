import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Dashboard,
  type IAlarm,
  type IMetric,
  type IWidget,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { IMonitoredCache, IMonitoredDatabase, IMonitoredService } from '../contracts';
import { distinct, inParts } from '../contracts/lists';
import { checkAllInReach } from '../validation/objects-in-reach';
import { PropError } from '../validation/prop-error';
import { checkDashboardLimits } from './dashboard/dashboard-limits';
import { businessSection, deploymentSection, logSection, serviceSection } from './dashboard/dashboard-sections';
import { heading, rowOf } from './dashboard/dashboard-widgets';
import { DeploymentHistory } from './dashboard/deployment-history';
import { cacheSection, databaseSection } from './dashboard/store-sections';
import { ThresholdLines } from './dashboard/threshold-lines';
import type { IGoldenSignalAlarms, MonitoredSources } from './golden-signal-alarms-interface';
import type { LogFields } from './logs/log-fields';
import { fieldNames, ServiceQueries } from './logs/log-queries';

/** Properties of an {@link OperationsDashboard}. Alarms, or something else to show, are required. */
export interface OperationsDashboardProps {
  /**
   * Alarms and their sources. States are on top, and thresholds are lines in the graphs.
   * @default - none; graphs of the other props without lines
   */
  readonly signals?: IGoldenSignalAlarms;
  /**
   * Further services.
   * @default - those of `signals`
   */
  readonly services?: IMonitoredService[];
  /**
   * Further databases.
   * @default - those of `signals`
   */
  readonly databases?: IMonitoredDatabase[];
  /**
   * Further caches.
   * @default - those of `signals`
   */
  readonly caches?: IMonitoredCache[];
  /**
   * Further alarms whose state is shown.
   * @default - those of `signals`
   */
  readonly alarms?: IAlarm[];
  /**
   * Business metrics, a graph each with the metric's label as its title. Source: requirements A-18, B-16 and D-09.
   * @default - no row of business metrics
   */
  readonly business?: IMetric[];
  /**
   * Log group of a {@link DeploymentHistory} that several dashboards share. Source: requirement B-16.
   * @default - a new log group for the services
   */
  readonly deploymentLog?: ILogGroup;
  /**
   * Shows errors and slow requests from the services' logs below their graphs.
   *
   * Each view queries the logs of the displayed time, and Logs Insights charges by the gigabyte.
   * @default true
   */
  readonly logTables?: boolean;
  /**
   * Names of the fields in the services' logs. Source: requirement A-15.
   * @default - `user`, `requestId`, `duration`, `level`, `context` and `message`
   */
  readonly fields?: LogFields;
}

/** Alarms that one widget accepts. */
const ALARMS_PER_WIDGET = 100;
/** Alarms that fit into a widget of three grid rows. */
const ALARMS_IN_THREE_ROWS = 24;

/**
 * Dashboard with alarm states, services, databases, caches, deployments, logs and business metrics.
 *
 * Each graph has one unit, and the alarms' thresholds are lines in it. Metrics are those of the alarms. Throws a
 * PropError where there is nothing to show, and above CloudWatch's quotas. Source: requirements A-37, B-16, C-28 and
 * D-09.
 *
 * @example
 * new OperationsDashboard(this, 'Operations', {
 *   signals,
 *   business: [registrations.metric({ label: 'Registrations' })],
 * });
 */
export class OperationsDashboard extends Construct {
  /** CloudWatch dashboard, to which further widgets can be added. */
  public readonly dashboard: Dashboard;
  /** Log of deployments, unless `deploymentLog` is given or there is no service. */
  public readonly deploymentLog?: DeploymentHistory;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: OperationsDashboardProps = {},
  ) {
    super(scope, id);
    checkAllInReach(this, props);
    const shown = this.shownSources();
    this.deploymentLog = this.createDeploymentLog(shown.services);
    this.dashboard = this.createDashboard([
      ...this.alarmStates(),
      ...this.sections(shown),
      ...(props.business?.length ? businessSection(props.business) : []),
    ]);
  }

  /** Sources of the alarms and those of the props, each once. */
  private shownSources(): MonitoredSources {
    const { signals, services = [], databases = [], caches = [], business = [], alarms = [] } = this.props;
    const monitored = signals?._monitored;
    const sources = {
      services: distinct([...(monitored?.services ?? []), ...services]),
      databases: distinct([...(monitored?.databases ?? []), ...databases]),
      caches: distinct([...(monitored?.caches ?? []), ...caches]),
    };
    if ([...Object.values(sources).flat(), ...business, ...alarms].length === 0) {
      throw new PropError(this, {
        prop: 'signals',
        value: undefined,
        expected: 'something to show',
        fix: 'give a GoldenSignalAlarms as signals, or services, databases, caches, alarms or business metrics',
      });
    }
    return { ...sources, definitions: monitored?.definitions ?? [] };
  }

  private createDeploymentLog(services: IMonitoredService[]): DeploymentHistory | undefined {
    return services.length > 0 && this.props.deploymentLog === undefined
      ? new DeploymentHistory(this, 'Deployments', { services })
      : undefined;
  }

  private sections({ services, databases, caches, definitions }: MonitoredSources): IWidget[] {
    const { logTables = true, fields } = this.props;
    const thresholds = new ThresholdLines(definitions);
    const queries = logTables ? new ServiceQueries(fieldNames(this, fields)) : undefined;
    const history = (this.props.deploymentLog ?? this.deploymentLog?.logGroup)?.logGroupName;
    const serviceSignals = services.map(({ signals }) => signals);
    const objectives = this.props.signals?.burnRateAlarms.map(({ _watched }) => _watched) ?? [];
    return [
      ...serviceSignals.flatMap((signals) =>
        serviceSection(
          signals,
          thresholds,
          objectives.filter((watched) => watched.signals.source === signals.source),
        ),
      ),
      ...databases.flatMap(({ signals }) => databaseSection(signals, thresholds)),
      ...caches.flatMap(({ signals }) => cacheSection(signals, thresholds)),
      ...(services.length === 0 ? [] : deploymentSection(serviceSignals, history)),
      ...(queries === undefined ? [] : serviceSignals.flatMap((signals) => logSection(signals, queries))),
    ];
  }

  /** Alarms in state ALARM come first. A widget shows four rows and scrolls to the others. */
  private alarmStates(): IWidget[] {
    const { signals, alarms = [] } = this.props;
    const all = distinct([
      ...(signals?.incidentAlarms ?? []),
      ...(signals?.burnRateAlarms.flatMap(({ page, ticket }) => [page, ticket]) ?? []),
      ...(signals?.alarms ?? []),
      ...alarms,
    ]);
    const widgets = inParts(all, ALARMS_PER_WIDGET);
    return widgets.length === 0
      ? []
      : [
        heading('## Alarms: firing alarms first, and each names its runbook'),
        ...widgets.map((some) =>
          rowOf([
            (width) =>
              new AlarmStatusWidget({
                title: 'State of the alarms',
                alarms: some,
                sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
                width,
                height: some.length > ALARMS_IN_THREE_ROWS ? 4 : 3,
              }),
          ]),
        ),
      ];
  }

  /** Periods stay as they are at any zoom: 10 errors in 5 minutes mean nothing in a graph of hours. */
  private createDashboard(widgets: IWidget[]): Dashboard {
    checkDashboardLimits(this, widgets);
    return new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
      widgets: widgets.map((widget) => [widget]),
    });
  }
}
