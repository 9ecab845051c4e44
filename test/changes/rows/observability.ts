import { Duration } from 'aws-cdk-lib';
import { Alarm, Metric, ScheduleExpression, Unit } from 'aws-cdk-lib/aws-cloudwatch';
import { InstanceType } from 'aws-cdk-lib/aws-ec2';
import { CfnReplicationGroup } from 'aws-cdk-lib/aws-elasticache';
import { FilterPattern, type ILogGroup, LogGroup } from 'aws-cdk-lib/aws-logs';
import { DatabaseCluster, DatabaseClusterEngine, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import {
  AlarmMute, type AlarmMuteProps, AlarmOverride, type AlarmOverrideProps, AlertChannel, AlertRouting, type AlertRoutingProps, BurnRateAlarms, type BurnRateAlarmsProps,
  DatabaseFamily, DeploymentEvents, type DeploymentEventsProps, DeploymentHistory, type DeploymentHistoryProps, DisabledAlarm, DistinctCount,
  type DistinctCountProps, EnvironmentProfile, GoldenSignalAlarms, type GoldenSignalAlarmsProps, type LogFields, LogMetric, type LogMetricProps,
  MonitoredCache, type MonitoredClusterProps, MonitoredDatabase, type MonitoredDatabaseProps, type MonitoredInstanceProps,
  type MonitoredReplicationGroupProps, type MonitoredServiceProps, ObjectiveExclusion, type ObjectiveExclusionProps, type ObjectiveRecordProps,
  OperationsDashboard, type OperationsDashboardProps, PagerDutyRegion, Runbooks, SavedQueries, type SavedQueriesProps, ServiceObjective,
  type ServiceObjectiveOptions, Severity, type SlackChannelProps, type TeamsChannelProps, UnnotifiedAlerts, type Waiver,
} from '../../../src';
import { secretOf, SLACK, TEAMS } from '../../fixtures/alert-routing';
import { watchedCache, watchedDatabase, watchedService } from '../../fixtures/monitored-sources';
import { callsOf } from '../calls';
import { changesAround } from '../general';
import type { Subject } from '../row';
import { changesOf, choicesOf, parametersOf, type Row } from '../rows';
import type { Site } from '../site';

const EVERYBODY = [AlertChannel.email('ops@example.com')];
const REASON = 'reason that the team gives, long enough';

const ALERTS: Subject<AlertRoutingProps> = {
  name: 'AlertRouting',
  make: (site, id, props) => new AlertRouting(site.scope, id, { onCritical: EVERYBODY, onError: EVERYBODY, onWarning: EVERYBODY, ...props }),
};
const SIGNALS: Subject<GoldenSignalAlarmsProps> = {
  name: 'GoldenSignalAlarms',
  make: (site, id, props) => new GoldenSignalAlarms(site.scope, id, { alertRouting: site.alertRouting, services: [watched(site)], ...props }),
};
const BURN_RATE: Subject<BurnRateAlarmsProps> = {
  name: 'BurnRateAlarms',
  make: (site, id, props) => new BurnRateAlarms(site.scope, id, {
    alertRouting: site.alertRouting, objective: ServiceObjective.availability(99.9), runbooks: Runbooks.published(), service: watched(site), ...props,
  }),
};
const EVENTS: Subject<DeploymentEventsProps> = {
  name: 'DeploymentEvents',
  make: (site, id, props) => new DeploymentEvents(site.scope, id, { alertRouting: site.alertRouting, service: watched(site), ...props }),
};
const HISTORY: Subject<DeploymentHistoryProps> = {
  name: 'DeploymentHistory',
  make: (site, id, props) => new DeploymentHistory(site.scope, id, { services: [watched(site)], ...props }),
};
const DASHBOARD: Subject<OperationsDashboardProps> = {
  name: 'OperationsDashboard',
  make: (site, id, props) => new OperationsDashboard(site.scope, id, { services: [watched(site)], ...props }),
};
const QUERIES: Subject<SavedQueriesProps> = {
  name: 'SavedQueries',
  make: (site, id, props) => new SavedQueries(site.scope, id, { services: [watched(site)], ...props }),
};
const DISTINCT: Subject<DistinctCountProps> = {
  name: 'DistinctCount',
  make: (site, id, props) => new DistinctCount(site.scope, id, { logGroups: [logOf(site)], ...props }),
};
const METRIC: Subject<LogMetricProps> = {
  name: 'LogMetric',
  make: (site, id, props) => new LogMetric(site.scope, id, { logGroup: logOf(site), pattern: FilterPattern.literal('{ $.event = "login" }'), ...props }),
};

const DESCRIBED = { exempt: 'it describes what another tool deployed; alarms and widgets follow' };
const OF_READERS = { note: 'A reason is for readers.' };

export const OBSERVABILITY_ROWS: readonly Row[] = [
  ...changesOf<AlertRoutingProps>({
    subject: ALERTS,
    struct: 'AlertRoutingProps',
    changes: {
      onCritical: [undefined, () => [AlertChannel.email('oncall@example.com')]],
      onError: [undefined, () => [AlertChannel.email('oncall@example.com')]],
      onWarning: [undefined, () => [AlertChannel.email('oncall@example.com')]],
      onDeployment: [undefined, () => [AlertChannel.email('oncall@example.com')]],
      onCost: [undefined, () => [AlertChannel.email('oncall@example.com')]],
      runbooks: [undefined, () => Runbooks.at('https://wiki.example.com'), { note: 'Alarms name the page.' }],
      unnotified: [undefined, () => [UnnotifiedAlerts.costs({ reason: REASON })], {
        note: 'It says that nobody hears alarms of this kind.', with: () => ({ onWarning: undefined, profile: EnvironmentProfile.development() }),
      }],
      profile: [undefined, () => EnvironmentProfile.development(), { note: 'It has an effect where a severity has no channel.' }],
    },
  }),
  ...choicesOf<AlertChannel, AlertRoutingProps>({
    subject: ALERTS,
    class: 'AlertChannel',
    prop: 'onError',
    within: (channel) => ({ onError: [channel] }),
    values: {
      'email(address)': () => AlertChannel.email('ops@example.com'),
      'slack': () => AlertChannel.slack(SLACK),
      'slackWebhook(webhook)': (site) => AlertChannel.slackWebhook(secretOf(site.stack, 'Webhook')),
      'teams': () => AlertChannel.teams(TEAMS),
      'pagerDuty(integrationKey)': (site) => AlertChannel.pagerDuty(secretOf(site.stack, 'Pager')),
      'pagerDuty(integrationKey, region)': (site) => AlertChannel.pagerDuty(secretOf(site.stack, 'Pager'), PagerDutyRegion.EUROPE),
      'existingChat(configurationArn)': () => AlertChannel.existingChat('arn:aws:chatbot::111111111111:chat-configuration/slack-channel/ops'),
    },
  }),
  ...changesOf<SlackChannelProps, AlertRoutingProps>({
    subject: ALERTS,
    struct: 'SlackChannelProps',
    at: 'AlertChannel.slack',
    required: SLACK,
    within: (props) => ({ onError: [AlertChannel.slack(props)] }),
    changes: { channelId: [undefined, 'C987ZYXWVUT'], workspaceId: [undefined, 'T987ZYXWVUT'] },
  }),
  ...changesOf<TeamsChannelProps, AlertRoutingProps>({
    subject: ALERTS,
    struct: 'TeamsChannelProps',
    at: 'AlertChannel.teams',
    required: TEAMS,
    within: (props) => ({ onError: [AlertChannel.teams(props)] }),
    changes: {
      channelId: [undefined, '19%3Azyxwvu9876543210%40thread.tacv2'], teamId: [undefined, '11111111-7777-8888-9999-000000000000'], tenantId: [undefined, '22222222-2222-3333-4444-555555555555'],
    },
  }),
  ...choicesOf<UnnotifiedAlerts, AlertRoutingProps>({
    subject: ALERTS,
    class: 'UnnotifiedAlerts',
    prop: 'unnotified',
    within: (one) => ({ unnotified: [one], onWarning: undefined, profile: EnvironmentProfile.development() }),
    remarks: { '*': { note: 'It says that nobody hears alarms of this kind.' } },
    values: {
      'costs(waiver)': () => UnnotifiedAlerts.costs({ reason: REASON }),
      'deployments(waiver)': () => UnnotifiedAlerts.deployments({ reason: REASON }),
      'severity(severity, waiver)': () => UnnotifiedAlerts.severity(Severity.WARNING, { reason: REASON }),
    },
  }),
  ...choicesOf<Runbooks, AlertRoutingProps>({
    subject: ALERTS,
    class: 'Runbooks',
    prop: 'runbooks',
    within: (runbooks) => ({ runbooks }),
    remarks: { '*': { note: 'Alarms name the page.' } },
    values: { 'published': () => Runbooks.published(), 'at(url)': () => Runbooks.at('https://wiki.example.com'), 'at(other)': () => Runbooks.at('https://docs.example.com') },
  }),
  ...callsOf<AlertRouting, AlertRoutingProps>({
    subject: ALERTS,
    class: 'AlertRouting',
    calls: {
      listenTo: [(alerts, site) => alerts.listenTo(topicOf(site), Severity.WARNING), {
        with: (site) => {
          topicOf(site);
          return {};
        },
      }],
    },
  }),
  ...changesAround(ALERTS),
  ...changesOf<GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'GoldenSignalAlarmsProps',
    changes: {
      alertRouting: [undefined, (site: Site) => new AlertRouting(site.stack, 'Other', { onCritical: EVERYBODY, onError: EVERYBODY, onWarning: EVERYBODY })],
      allAlarms: [undefined, false],
      caches: [undefined, (site: Site) => [watchedCache(site.stack, 'Sessions')]],
      dashboard: [undefined, false],
      databases: [undefined, (site: Site) => [watchedDatabase(site.stack, 'Orders')]],
      deploymentEvents: [undefined, false],
      disabledAlarms: [undefined, () => [DisabledAlarm.of('service-cpu', { reason: REASON })]],
      mutes: [undefined, () => [sundayMute()]],
      objectives: [undefined, () => [ServiceObjective.availability(99.9)]],
      overrides: [undefined, () => [AlarmOverride.of('service-latency-p99', { warningThreshold: 5 })]],
      p99Limit: [undefined, Duration.seconds(2)],
      profile: [undefined, () => EnvironmentProfile.development()],
      rollBackOnCritical: [undefined, true, { note: 'It has an effect on a `ProductionWebService`: its deployments watch the alarms.' }],
      runbooks: [undefined, () => Runbooks.at('https://wiki.example.com')],
      services: [undefined, (site: Site) => [watched(site), watchedService(site.stack, 'Web')]],
    },
  }),
  ...changesOf<AlarmMuteProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'AlarmMuteProps',
    at: 'AlarmMute.of',
    within: (props) => ({ mutes: [sundayMute(props)] }),
    changes: {
      reason: [undefined, 'The archive is rebuilt in this hour'],
      schedule: [undefined, () => ScheduleExpression.cron({ minute: '0', hour: '4', weekDay: 'SAT' })],
      duration: [undefined, Duration.hours(3)],
    },
  }),
  ...changesOf<AlarmOverrideProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'AlarmOverrideProps',
    at: 'AlarmOverride.of',
    within: (props) => ({ overrides: [AlarmOverride.of('service-latency-p99', { warningThreshold: 3, errorThreshold: 4, criticalThreshold: 8, ...props })] }),
    changes: {
      warningThreshold: [undefined, 2],
      errorThreshold: [undefined, 5],
      criticalThreshold: [undefined, 10],
      datapointsToAlarm: [undefined, 2, { with: { evaluationPeriods: 8 } }],
      evaluationPeriods: [undefined, 10],
      period: [undefined, Duration.minutes(10)],
    },
  }),
  ...parametersOf<AlarmOverride, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    prop: 'overrides',
    within: (one) => ({ overrides: [one] }),
    changes: { 'AlarmOverride.of': [() => AlarmOverride.of('service-latency-p99', { warningThreshold: 5 }), () => AlarmOverride.of('service-latency-p50', { warningThreshold: 1 })] },
  }),
  ...parametersOf<DisabledAlarm, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    prop: 'disabledAlarms',
    within: (one) => ({ disabledAlarms: [one] }),
    changes: { 'DisabledAlarm.of': [() => DisabledAlarm.of('service-cpu', { reason: REASON }), () => DisabledAlarm.of('service-error-rate', { reason: REASON })] },
  }),
  ...choicesOf<ServiceObjective, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    class: 'ServiceObjective',
    prop: 'objectives',
    within: (one) => ({ objectives: [one] }),
    values: {
      'availability(percent)': () => ServiceObjective.availability(99.9),
      'availability(other)': () => ServiceObjective.availability(99.5),
      'latency(percent, threshold)': () => ServiceObjective.latency(99, Duration.seconds(1)),
      'latency(percent, other)': () => ServiceObjective.latency(99, Duration.seconds(2)),
    },
  }),
  ...changesOf<ServiceObjectiveOptions, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'ServiceObjectiveOptions',
    at: 'ServiceObjective.availability',
    within: (props) => ({ objectives: [ServiceObjective.availability(99.9, props)] }),
    changes: { minFailures: [undefined, 20] },
  }),
  ...changesOf<ObjectiveRecordProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'ObjectiveRecordProps',
    at: 'ServiceObjective.recorded',
    within: (props, site) => ({ services: [site.service], objectives: [ServiceObjective.availability(99.9).recorded(props)] }),
    changes: { warnAt: [undefined, 60], exclusions: [undefined, () => [ObjectiveExclusion.of({ duration: Duration.hours(1), reason: REASON, recurrence: 'cron(0 2 ? * SUN *)' })]] },
  }),
  ...changesOf<ObjectiveExclusionProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'ObjectiveExclusionProps',
    at: 'ObjectiveExclusion.of',
    required: () => ({ duration: Duration.hours(1), reason: REASON, recurrence: 'cron(0 2 ? * SUN *)' }),
    within: (props, site) => ({ services: [site.service], objectives: [ServiceObjective.availability(99.9).recorded({ exclusions: [ObjectiveExclusion.of(props)] })] }),
    changes: { duration: [undefined, Duration.hours(2)], reason: [undefined, 'another reason that the team gives'], recurrence: [undefined, 'cron(0 3 ? * SUN *)'], start: [undefined, '2030-01-01T00:00:00Z'] },
  }),
  ...changesOf<Waiver, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'Waiver',
    at: 'DisabledAlarm.of',
    within: (waiver) => ({ disabledAlarms: [DisabledAlarm.of('service-cpu', waiver)] }),
    changes: { reason: [REASON, `${REASON} and longer`, OF_READERS] },
  }),
  ...changesOf<MonitoredReplicationGroupProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'MonitoredReplicationGroupProps',
    at: 'MonitoredCache.fromReplicationGroup',
    within: (props, site) => ({ caches: [MonitoredCache.fromReplicationGroup(cacheOf(site), props)] }),
    changes: { clusterMode: [undefined, true] },
  }),
  ...choicesOf<MonitoredCache, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    class: 'MonitoredCache',
    prop: 'caches',
    within: (cache) => ({ caches: [cache] }),
    values: {
      'fromNodes(source, nodeIds)': (site) => MonitoredCache.fromNodes(cacheOf(site), ['sessions-001']),
      'fromNodes(source, others)': (site) => MonitoredCache.fromNodes(cacheOf(site), ['sessions-001', 'sessions-002']),
      'fromReplicationGroup': (site) => MonitoredCache.fromReplicationGroup(cacheOf(site), { clusterMode: true }),
    },
  }),
  ...changesOf<MonitoredClusterProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'MonitoredClusterProps',
    at: 'MonitoredDatabase.fromCluster',
    required: () => ({ family: DatabaseFamily.POSTGRES, maxAcu: 8 }),
    within: (props, site) => ({ databases: [MonitoredDatabase.fromCluster(clusterOf(site), props)] }),
    changes: {
      instanceType: [() => new InstanceType('r8g.large'), () => new InstanceType('r8g.xlarge'), { with: { maxAcu: undefined } }], maxAcu: [undefined, 16],
    },
  }),
  ...changesOf<MonitoredDatabaseProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'MonitoredDatabaseProps',
    at: 'MonitoredDatabase.fromInstance',
    required: () => ({ family: DatabaseFamily.POSTGRES, instanceType: new InstanceType('r8g.large') }) as never,
    within: (props, site) => ({ databases: [MonitoredDatabase.fromInstance(instanceOf(site), props)] }),
    changes: {
      family: [undefined, () => DatabaseFamily.MYSQL],
      events: [undefined, (site: Site) => new Topic(site.stack, 'Events')],
      maxConnections: [undefined, 500],
      logGroups: [undefined, (site: Site) => [logOf(site)]],
    },
  }),
  ...changesOf<MonitoredInstanceProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'MonitoredInstanceProps',
    at: 'MonitoredDatabase.fromInstance',
    required: () => ({ family: DatabaseFamily.POSTGRES, instanceType: new InstanceType('r8g.large') }),
    within: (props, site) => ({ databases: [MonitoredDatabase.fromInstance(instanceOf(site), props)] }),
    changes: { instanceType: [undefined, () => new InstanceType('r8g.xlarge')], readReplicas: [undefined, (site: Site) => [instanceOf(site, 'replica')]] },
  }),
  ...changesOf<MonitoredServiceProps, GoldenSignalAlarmsProps>({
    subject: SIGNALS,
    struct: 'MonitoredServiceProps',
    at: 'MonitoredService.fromFargate',
    changes: {
      loadBalancer: DESCRIBED, targetGroups: DESCRIBED, deploymentGroup: DESCRIBED, logGroups: DESCRIBED, maxTasks: DESCRIBED, stores: DESCRIBED,
    },
  }),
  ...changesAround(SIGNALS),
  ...changesOf<BurnRateAlarmsProps>({
    subject: BURN_RATE,
    struct: 'BurnRateAlarmsProps',
    changes: {
      alertRouting: [undefined, (site: Site) => new AlertRouting(site.stack, 'Other', { onCritical: EVERYBODY, onError: EVERYBODY, onWarning: EVERYBODY })],
      notifiesPage: [undefined, false, { note: 'Something else must page then, as the incident of `GoldenSignalAlarms` does.' }],
      objective: [undefined, () => ServiceObjective.availability(99.5)],
      sharedLoadBalancer: [undefined, true],
      runbooks: [undefined, () => Runbooks.at('https://wiki.example.com')],
      service: [undefined, (site: Site) => watchedService(site.stack, 'Web')],
    },
  }),
  ...changesAround(BURN_RATE),
  ...changesOf<DeploymentEventsProps>({
    subject: EVENTS,
    struct: 'DeploymentEventsProps',
    changes: {
      alertRouting: [undefined, (site: Site) => new AlertRouting(site.stack, 'Other', { onCritical: EVERYBODY, onError: EVERYBODY, onWarning: EVERYBODY })],
      service: [undefined, (site: Site) => watchedService(site.stack, 'Web')],
    },
  }),
  ...changesAround(EVENTS),
  ...changesOf<DeploymentHistoryProps>({
    subject: HISTORY,
    struct: 'DeploymentHistoryProps',
    changes: { services: [undefined, (site: Site) => [watchedService(site.stack, 'Web')]], profile: [undefined, () => EnvironmentProfile.development()] },
  }),
  ...changesAround(HISTORY),
  ...changesOf<OperationsDashboardProps>({
    subject: DASHBOARD,
    struct: 'OperationsDashboardProps',
    changes: {
      alarms: [undefined, (site: Site) => [alarmOf(site)]],
      business: [undefined, () => [new Metric({ namespace: 'Shop', metricName: 'Orders' })]],
      caches: [undefined, (site: Site) => [watchedCache(site.stack, 'Sessions')]],
      databases: [undefined, (site: Site) => [watchedDatabase(site.stack, 'Orders')]],
      deploymentLog: [undefined, (site: Site) => logOf(site)],
      fields: [undefined, { level: 'severity' }],
      logTables: [undefined, false],
      services: [undefined, (site: Site) => [watched(site), watchedService(site.stack, 'Web')]],
      signals: [undefined, (site: Site) => new GoldenSignalAlarms(site.stack, 'Signals', { alertRouting: site.alertRouting, services: [watched(site)], dashboard: false })],
    },
  }),
  ...changesAround(DASHBOARD),
  ...changesOf<SavedQueriesProps>({
    subject: QUERIES,
    struct: 'SavedQueriesProps',
    changes: {
      databases: [undefined, (site: Site) => [watchedDatabase(site.stack, 'Orders')]],
      fields: [undefined, { level: 'severity' }],
      services: [undefined, (site: Site) => [watched(site), watchedService(site.stack, 'Web')]],
    },
  }),
  ...changesOf<LogFields, SavedQueriesProps>({
    subject: QUERIES,
    struct: 'LogFields',
    at: 'fields',
    within: (fields) => ({ fields }),
    changes: {
      context: [undefined, 'ctx', { note: 'Some queries use it.' }],
      duration: [undefined, 'ms', { note: 'Some queries use it.' }],
      level: [undefined, 'severity'],
      message: [undefined, 'msg'],
      requestId: [undefined, 'trace', { note: 'Some queries use it.' }],
      user: [undefined, 'account', { note: 'Some queries use it.' }],
    },
  }),
  ...changesAround(QUERIES),
  ...changesOf<DistinctCountProps>({
    subject: DISTINCT,
    struct: 'DistinctCountProps',
    changes: { logGroups: [undefined, (site: Site) => [logOf(site, 'Other')]], field: [undefined, '$.account'], where: [undefined, { '$.event': ['login'] }] },
  }),
  ...changesAround(DISTINCT),
  ...changesOf<LogMetricProps>({
    subject: METRIC,
    struct: 'LogMetricProps',
    changes: {
      logGroup: [undefined, (site: Site) => logOf(site, 'Other')],
      pattern: [undefined, () => FilterPattern.literal('{ $.event = "logout" }')],
      defaultValue: [undefined, 1],
      dimensions: [undefined, { Tenant: '$.tenant' }],
      metricName: [undefined, 'Logins', { note: 'Alarms and dashboards find the former metric under its former name.' }],
      metricNamespace: [undefined, 'Shop', { note: 'Alarms and dashboards find the former metric under its former name.' }],
      unit: [undefined, () => Unit.COUNT],
      value: [undefined, '$.amount', { with: () => ({ pattern: FilterPattern.exists('$.amount') }) }],
    },
  }),
  ...changesAround(METRIC),
];

function sundayMute(props: Partial<AlarmMuteProps> = {}): AlarmMute {
  const schedule = ScheduleExpression.cron({ minute: '0', hour: '2', weekDay: 'SUN' });
  return AlarmMute.of({ reason: 'The archive is rebuilt each Sunday', schedule, duration: Duration.hours(2), ...props });
}

function watched(site: Site) {
  return site.part('Watched', (scope, id) => watchedService(scope as Site['stack'], id));
}

function topicOf(site: Site): Topic {
  return site.part('Topic', (scope, id) => new Topic(scope, id));
}

function logOf(site: Site, name = 'Log'): ILogGroup {
  return site.part(name, (scope, id) => LogGroup.fromLogGroupName(scope, id, `/shop/${name.toLowerCase()}`));
}

function alarmOf(site: Site): Alarm {
  return new Alarm(site.stack, 'Alarm', { metric: new Metric({ namespace: 'Shop', metricName: 'Orders' }), threshold: 1, evaluationPeriods: 1 });
}

function cacheOf(site: Site): CfnReplicationGroup {
  return site.part('Cache', (scope, id) => new CfnReplicationGroup(scope, id, {
    replicationGroupDescription: 'Sessions', numCacheClusters: 2, cacheNodeType: 'cache.t4g.small', replicationGroupId: 'sessions',
  }));
}

function clusterOf(site: Site) {
  return site.part('Cluster', (scope, id) => DatabaseCluster.fromDatabaseClusterAttributes(scope, id, {
    clusterIdentifier: 'orders', engine: DatabaseClusterEngine.AURORA_POSTGRESQL, instanceIdentifiers: ['orders-1', 'orders-2'],
  }));
}

function instanceOf(site: Site, identifier = 'orders') {
  return site.part(identifier, (scope, id) => DatabaseInstance.fromDatabaseInstanceAttributes(scope, id, {
    instanceIdentifier: identifier, instanceEndpointAddress: 'orders.example.com', port: 5432, securityGroups: [],
  }));
}

