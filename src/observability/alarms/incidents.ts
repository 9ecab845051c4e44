import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
  type IAlarmRule,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct, IConstruct } from 'constructs';
import { acknowledgeInCompliancePacks } from '../../compliance/acknowledge';
import type { DatabaseSignals, ServiceSignals } from '../../contracts';
import { stackPath, uniqueName } from '../../text/stack-path';
import { textFor } from '../../text/text-for';
import type { AlertRouting } from '../alerting/alert-routing';
import type { Runbooks } from '../alerting/runbooks';
import { Severity } from '../alerting/severity';
import { DatabaseMetrics } from '../metrics/database-metrics';
import { ServiceMetrics } from '../metrics/service-metrics';
import { anyOf, type Explanation, IncidentAlarm } from './incident-alarm';
import { LOAD_BALANCER_FIRST_ACTION } from './load-balancer-alarms';

/** Sources and alarms that incidents are made of. */
export interface IncidentParts {
  /** Services that are watched. */
  readonly services: ServiceSignals[];
  /** Databases that are watched. */
  readonly databases: DatabaseSignals[];
  /** Services behind each load balancer. */
  readonly byLoadBalancer: ServiceSignals[][];
  /** Critical alarms of a source, and the pages of its objectives. */
  readonly criticalOf: (source: IConstruct) => IAlarm[];
  /** Alarm of a service on less traffic than usual, if there is one. */
  readonly trafficDropOf: (source: IConstruct) => IAlarm | undefined;
  /** Scope of the resources of a source. */
  readonly scopeFor: (source: IConstruct) => Construct;
  /** Routing with the topics. */
  readonly alertRouting: AlertRouting;
  /** Location of the runbook pages. */
  readonly runbooks: Runbooks;
}

const MINUTE = Duration.minutes(1);
const FIVE_MINUTES = Duration.minutes(5);
/** Minutes without data of a database, beside the two or three that CloudWatch looks back further. */
const SILENT_MINUTES = 2;
/** Time from the first errors of a service to the silence of its database. */
const DATABASE_WAIT = Duration.minutes(4);
/** Time from the first errors of a load balancer to the alarms on the tasks of a service. */
const SERVICE_WAIT = Duration.minutes(3);

/**
 * One incident for each service, each database and each shared load balancer.
 *
 * A database that several services use explains their incidents: it notifies, and they don't. The incident of a
 * service explains the errors of a load balancer that it shares.
 */
export class Incidents {
  private readonly ofDatabases = new Map<IConstruct, CompositeAlarm>();
  private readonly ofServices = new Map<IConstruct, CompositeAlarm>();

  public constructor(private readonly parts: IncidentParts) {}

  /** Creates them, services first. */
  public create(): CompositeAlarm[] {
    const { databases, services, byLoadBalancer } = this.parts;
    databases.forEach((database) => this.createForDatabase(database));
    services.forEach((service) => this.createForService(service));
    const ofLoadBalancers = byLoadBalancer.flatMap((sharing) => (sharing.length > 1 ? this.createShared(sharing) : []));
    return [...this.ofServices.values(), ...this.ofDatabases.values(), ...ofLoadBalancers];
  }

  private createForService(signals: ServiceSignals): void {
    const { source } = signals;
    const rules = [...this.alarmsOfService(signals).map(fires), ...this.trafficStopped(signals)];
    if (rules.length > 0) {
      this.ofServices.set(source, this.incident(source, {
        key: 'service-incident',
        severity: Severity.CRITICAL,
        happened: 'does not serve its users as it should: at least one of its critical alarms fires',
        firstAction: 'Open the alarms that this message names: each says what happened and has a runbook.',
        rules,
        explanation: this.explanationByDatabase(source),
      }));
    }
  }

  /** With those of a load balancer that it has for itself. */
  private alarmsOfService({ source, loadBalancer }: ServiceSignals): IAlarm[] {
    const { byLoadBalancer, criticalOf } = this.parts;
    const alone = byLoadBalancer.some((sharing) => sharing.length === 1 && sharing[0].source === source);
    const ofLoadBalancer = alone && loadBalancer !== undefined ? criticalOf(loadBalancer) : [];
    return [...criticalOf(source), ...ofLoadBalancer];
  }

  /** Fewer requests than usual, and none at all. A night without any is usual, a Saturday is not. */
  private trafficStopped(signals: ServiceSignals): IAlarmRule[] {
    const { trafficDropOf, scopeFor } = this.parts;
    const drop = trafficDropOf(signals.source);
    if (drop === undefined) {
      return [];
    }
    const nothing = new Alarm(scopeFor(signals.source), 'NoTraffic', {
      alarmDescription: part('no requests for 15 minutes', signals.source),
      metric: new ServiceMetrics(signals, { period: FIVE_MINUTES }).requests(),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    acknowledge(nothing);
    return [AlarmRule.allOf(fires(drop), fires(nothing))];
  }

  /**
   * Silence alone is no outage: a stopped server is silent, too. So the database has an incident where a service that
   * uses it has one. Where there is one such service, its own incident pages, and this one names the cause.
   */
  private createForDatabase(signals: DatabaseSignals): void {
    const { criticalOf } = this.parts;
    const users = this.usersOf(signals.source);
    const silent = users.length > 0 && sleepsNever(signals) ? [this.createSilence(signals)] : [];
    const ofUsers = users.flatMap((user) => this.alarmsOfService(user)).map(fires);
    const down = ofUsers.length === 0 ? [] : silent.map((alarm) => AlarmRule.allOf(fires(alarm), anyOf(ofUsers)));
    const critical = criticalOf(signals.source).map(fires);
    const rules = [...critical, ...down];
    if (rules.length > 0) {
      const pages = critical.length > 0 || users.length > 1;
      this.ofDatabases.set(signals.source, this.incident(signals.source, {
        key: 'database-incident',
        severity: pages ? Severity.CRITICAL : Severity.ERROR,
        happened: 'is down, or a critical alarm of it fires: services that use it fail',
        firstAction: 'See the state and the last events of the database, before you look at the services.',
        rules,
      }));
    }
  }

  private createSilence(signals: DatabaseSignals): Alarm {
    const silence = new Alarm(this.parts.scopeFor(signals.source), 'Silence', {
      alarmDescription: part('a database that reports no connections any more', signals.source),
      metric: new DatabaseMetrics(signals).connections({ period: MINUTE }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: SILENT_MINUTES,
      treatMissingData: TreatMissingData.BREACHING,
    });
    acknowledge(silence);
    return silence;
  }

  private usersOf(database: IConstruct): ServiceSignals[] {
    return this.parts.services.filter(({ stores = [] }) => stores.includes(database));
  }

  /** A database with one service explains nothing that a page of that service doesn't. */
  private explanationByDatabase(service: IConstruct): Explanation | undefined {
    const shared = this.parts.databases.flatMap(({ source }) => {
      const users = this.usersOf(source);
      const incident = this.ofDatabases.get(source);
      return users.length > 1 && users.some((user) => user.source === service) && incident ? [incident] : [];
    });
    return this.explanation(service, 'Explained', shared, DATABASE_WAIT);
  }

  /** Errors of a load balancer that no incident of a service explains. */
  private createShared(sharing: ServiceSignals[]): CompositeAlarm[] {
    const [{ loadBalancer, source }] = sharing;
    const balancer = loadBalancer ?? source;
    const rules = this.parts.criticalOf(balancer).map(fires);
    const incidents = sharing.flatMap((service) => this.ofServices.get(service.source) ?? []);
    return rules.length === 0 || loadBalancer === undefined
      ? []
      : [
        this.incident(balancer, {
          key: 'load-balancer-errors',
          severity: Severity.CRITICAL,
          happened: 'answers requests with errors of its own, and no incident of a service explains them',
          firstAction: LOAD_BALANCER_FIRST_ACTION,
          rules,
          explanation: this.explanation(balancer, 'Explained', incidents, SERVICE_WAIT),
        }),
      ];
  }

  /** One alarm suppresses another, so several become one. */
  private explanation(source: IConstruct, id: string, alarms: IAlarm[], wait: Duration): Explanation | undefined {
    if (alarms.length <= 1) {
      return alarms.length === 0 ? undefined : { alarm: alarms[0], wait };
    }
    const scope = this.parts.scopeFor(source);
    const alarm = new CompositeAlarm(scope, id, {
      compositeAlarmName: uniqueName(scope, { maxLength: 255, child: id }),
      alarmDescription: part('incidents that explain this one', source),
      alarmRule: anyOf(alarms.map(fires)),
    });
    return { alarm, wait };
  }

  private incident(
    source: IConstruct,
    props: Pick<
      ConstructorParameters<typeof IncidentAlarm>[2],
      'key' | 'severity' | 'happened' | 'firstAction' | 'rules' | 'explanation'
    >,
  ): CompositeAlarm {
    const { scopeFor, alertRouting, runbooks } = this.parts;
    return new IncidentAlarm(scopeFor(source), 'Incident', { ...props, source, alertRouting, runbooks }).alarm;
  }
}

/** A serverless cluster may sleep, and then reports nothing. */
function sleepsNever({ maxAcu, clusterIdentifier, instanceIdentifiers }: DatabaseSignals): boolean {
  return maxAcu === undefined && (clusterIdentifier !== undefined || instanceIdentifiers.length > 0);
}

function fires(alarm: IAlarm): IAlarmRule {
  return AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
}

function part(of: string, source: IConstruct): string {
  return textFor('alarm', `Part of the incident of ${stackPath(source)}: ${of}. It notifies no channel.`);
}

function acknowledge(alarm: Alarm): void {
  acknowledgeInCompliancePacks(
    alarm,
    'CloudWatchAlarmAction',
    'It says nothing alone: the composite alarm of the incident notifies.',
  );
}
