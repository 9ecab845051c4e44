import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  type IAlarm,
  type IMetric,
  type IWidget,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { IMonitoredCache, IMonitoredDatabase, IMonitoredService } from '../contracts';
import { PropError } from '../validation/prop-error';
import { checkDashboardLimits } from './dashboard/dashboard-limits';
import {
  businessSection,
  cacheSection,
  databaseSection,
  deploymentSection,
  serviceSection,
} from './dashboard/dashboard-sections';
import { heading, Limits, rowOf } from './dashboard/dashboard-widgets';
import { DeploymentLog } from './dashboard/deployment-history';
import type { GoldenSignalAlarms } from './golden-signal-alarms';
import type { LogFields } from './logs/log-fields';
import { fieldNames, ServiceQueries } from './logs/log-queries';

/** What an {@link OperationsDashboard} shows. Alarms, or something to look at, are enough. */
export interface OperationsDashboardProps {
  /**
   * The alarms: what they watch is shown, their state on top, their limits as lines in the graphs.
   * @default - none: graphs without lines, of what the other props name
   */
  readonly signals?: GoldenSignalAlarms;
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
   * What the team counts itself, a graph each with the metric's label as its title: `new LogMetric(...).metric({ label: 'Registrations' })` (requirements A-18, B-16, D-09).
   * @default - no such row
   */
  readonly business?: IMetric[];
  /**
   * Where deployments are written down, by a {@link DeploymentLog} that several dashboards share.
   * @default - a log of its own for the services (requirement B-16)
   */
  readonly deploymentLog?: ILogGroup;
  /**
   * Whether errors and slow requests out of the services' logs stand below their graphs. Each look reads the logs of the time that is shown, which is charged by the gigabyte.
   * @default true
   */
  readonly logTables?: boolean;
  /**
   * What the services call the fields of their log.
   * @default - `user`, `requestId`, `duration`, `level`, `context` and `message` (requirement A-15)
   */
  readonly fields?: LogFields;
}

/** Alarms that one widget shows. */
const ALARMS_IN_A_WIDGET = 100;
const COLUMNS = 24;

/**
 * One dashboard to look at first (requirements A-37, B-16, C-28, D-09): the state of all alarms, then row by row what is counted of the business, of each service (the four signals, saturation, log), of
 * deployments, of each database and cache. One unit an axis; the limits of the alarms are lines in the graphs. Metrics are those that the alarms judge.
 *
 * Throws a PropError where there is nothing to show, and for more than CloudWatch takes.
 */
export class OperationsDashboard extends Construct {
  /** The dashboard. Add widgets of your own below. */
  public readonly dashboard: Dashboard;
  /** Where deployments are written down; none where a log was given, or where there is no service. */
  public readonly deploymentLog?: DeploymentLog;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: OperationsDashboardProps = {},
  ) {
    super(scope, id);
    const { services, databases, caches } = this.shown();
    if (services.length > 0 && props.deploymentLog === undefined) {
      this.deploymentLog = new DeploymentLog(this, 'Deployments', { services });
    }
    const limits = new Limits(props.signals?._watched.definitions ?? []);
    const queries = (props.logTables ?? true) ? new ServiceQueries(fieldNames(this, props.fields)) : undefined;
    const history = (props.deploymentLog ?? this.deploymentLog?.logGroup)?.logGroupName;
    this.dashboard = this.createDashboard([
      ...this.alarmStates(),
      ...(props.business?.length ? businessSection(props.business) : []),
      ...services.flatMap(({ signals }) => serviceSection(signals, limits, queries)),
      ...(services.length === 0
        ? []
        : deploymentSection(
          services.map(({ signals }) => signals),
          history,
        )),
      ...databases.flatMap(({ signals }) => databaseSection(signals, limits)),
      ...caches.flatMap(({ signals }) => cacheSection(signals, limits)),
    ]);
  }

  /** What the alarms watch and what is named beside them, each once. */
  private shown(): { services: IMonitoredService[]; databases: IMonitoredDatabase[]; caches: IMonitoredCache[] } {
    const { signals, services = [], databases = [], caches = [], business = [], alarms = [] } = this.props;
    const watched = signals?._watched;
    const shown = {
      services: once([...(watched?.services ?? []), ...services]),
      databases: once([...(watched?.databases ?? []), ...databases]),
      caches: once([...(watched?.caches ?? []), ...caches]),
    };
    if ([...Object.values(shown).flat(), ...business, ...alarms].length === 0) {
      throw new PropError(this, {
        prop: 'signals',
        value: undefined,
        expected: 'something to show',
        fix: 'give a GoldenSignalAlarms as signals, or services, databases, caches, alarms or business metrics',
      });
    }
    return shown;
  }

  /** Those that fire stand first; a widget of four rows shows them, and scrolls to the others. */
  private alarmStates(): IWidget[] {
    const { signals, alarms = [] } = this.props;
    const all = [
      ...new Set([
        ...(signals?.burnRateAlarms.flatMap(({ page, ticket }) => [page, ticket]) ?? []),
        ...(signals?.alarms ?? []),
        ...alarms,
      ]),
    ];
    const widgets = Array.from({ length: Math.ceil(all.length / ALARMS_IN_A_WIDGET) }, (_, index) =>
      all.slice(index * ALARMS_IN_A_WIDGET, (index + 1) * ALARMS_IN_A_WIDGET),
    );
    return widgets.length === 0
      ? []
      : [
        heading('## Alarms: those that fire stand first, and each names its runbook'),
        ...widgets.map((some) =>
          rowOf([
            (width) =>
              new AlarmStatusWidget({
                title: 'State of the alarms',
                alarms: some,
                width,
                height: some.length > COLUMNS ? 4 : 3,
              }),
          ]),
        ),
      ];
  }

  /** Periods are kept as they are, whatever time is shown: a limit of 10 errors in 5 minutes says nothing in a graph of hours. */
  private createDashboard(widgets: IWidget[]): Dashboard {
    checkDashboardLimits(this, widgets);
    return new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
      widgets: widgets.map((widget) => [widget]),
    });
  }
}

function once<T extends { readonly signals: { readonly source: unknown } }>(watched: T[]): T[] {
  return watched.filter(
    ({ signals }, index) => watched.findIndex((other) => other.signals.source === signals.source) === index,
  );
}
