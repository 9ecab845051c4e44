import type { TemplateJson } from '../simulators/cloudwatch/template-alarms';

/** Names as in the template beside which they stand. */
export interface NaiveAlarmsProps {
  readonly loadBalancer: string;
  /** The one target group that the documents know. */
  readonly targetGroup: string;
  readonly cluster: string;
  readonly service: string;
  readonly database: string;
  readonly maxConnections: number;
}

/* eslint-disable @typescript-eslint/no-explicit-any -- templates are untyped JSON */

const GIB = 1024 ** 3;
const PAGE = ['pagerduty-critical'];
const SLACK = ['slack-warning'];
/** What they are for: a deployment that runs. */
const ROLLBACK: string[] = [];

/**
 * The alarms of the five documents, word by word: one target group, an error rate over what the load balancer counts as requests, an average as
 * "response time", CloudWatch's own treatment of missing data.
 */
export function naiveAlarms(names: NaiveAlarmsProps): TemplateJson {
  const balancer = { LoadBalancer: names.loadBalancer };
  const group = { ...balancer, TargetGroup: names.targetGroup };
  const service = { ClusterName: names.cluster, ServiceName: names.service };
  const database = { DBInstanceIdentifier: names.database };
  const rates = [elb('r', 'RequestCount', balancer), elb('e', 'HTTPCode_Target_5XX_Count', balancer)];
  const resources = {
    // Document A, "Alerts".
    'A many errors': alarm(elb('m', 'HTTPCode_Target_5XX_Count', balancer, 300), '>', 10, 1, PAGE),
    'A slow response': alarm(elb('m', 'TargetResponseTime', balancer, 300, 'Average'), '>', 2, 1, SLACK),
    'A few DB connections': alarm(metric('m', 'AWS/RDS', 'DatabaseConnections', database), '>', names.maxConnections - 5, 1, SLACK),
    'A container down': alarm(elb('m', 'HealthyHostCount', group, 60, 'Minimum'), '<', 1, 1, PAGE),
    'A low disk space': alarm(metric('m', 'AWS/RDS', 'FreeStorageSpace', database), '<', 10 * GIB, 1, SLACK),
    // Document A, "Automatic rollback triggers".
    'A errors > 1 %': maths(rates, 'IF(r>0,100*e/r,0)', '>', 1, 5, ROLLBACK),
    'A very slow response': alarm(elb('m', 'TargetResponseTime', balancer, 60, 'Average'), '>', 2, 3, ROLLBACK),
    'A health checks fail': maths(
      [elb('h', 'HealthyHostCount', group, 60, 'Average'), elb('u', 'UnHealthyHostCount', group, 60, 'Average')], '100*u/(h+u)', '>', 50, 1, ROLLBACK),
    // Document B, "Alarms".
    'B success rate': maths(rates, 'IF(r>0,100*(r-e)/r,100)', '<', 99.5, 2, ROLLBACK),
    // Document C, "Alarms".
    'C high CPU': alarm(metric('m', 'AWS/ECS', 'CPUUtilization', service, 300), '>', 70, 1, SLACK),
    'C high memory': alarm(metric('m', 'AWS/ECS', 'MemoryUtilization', service, 300), '>', 80, 1, SLACK),
    'C health check failures': alarm(elb('m', 'UnHealthyHostCount', group, 300, 'Maximum'), '>', 2, 1, SLACK),
    // Document D, "Alerting Strategy".
    'D service down': alarm(elb('m', 'HealthyHostCount', group, 300, 'Average'), '<', 1, 1, PAGE),
    'D high error rate': maths([elb('e', 'HTTPCode_Target_5XX_Count', balancer, 600)], 'e/10', '>', 5, 1, PAGE),
    'D high response time': alarm(elb('m', 'TargetResponseTime', balancer, 900, 'Average'), '>', 2, 1, SLACK),
    'D database connections': alarm(metric('m', 'AWS/RDS', 'DatabaseConnections', database, 300), '>', 80, 1, SLACK),
    // Document E, "Alerting Strategy".
    'E high CPU': alarm(metric('m', 'AWS/ECS', 'CPUUtilization', service, 300), '>', 80, 1, SLACK),
    // Traffic is one of document A's golden signals, without a limit: the one that comes to mind.
    'A traffic': alarm(elb('m', 'RequestCount', balancer, 300), '<', 100, 1, SLACK),
  };
  return {
    Resources: {
      ...resources,
      'The service': {
        Type: 'AWS::ECS::Service',
        Properties: { DeploymentConfiguration: { Alarms: { AlarmNames: ['A errors > 1 %', 'A very slow response', 'A health checks fail', 'B success rate', 'A many errors', 'A container down'] } } },
      },
    },
  };
}

function elb(id: string, name: string, dimensions: object, period = 60, statistic = 'Sum') {
  return metric(id, 'AWS/ApplicationELB', name, dimensions, period, statistic);
}

function metric(Id: string, Namespace: string, MetricName: string, dimensions: object, Period = 60, Stat = 'Average') {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, ReturnData: false, MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Stat, Period } };
}

function alarm(watched: any, than: '<' | '>', threshold: number, periods: number, actions: string[]) {
  return resource([{ ...watched, ReturnData: true }], than, threshold, periods, actions);
}

function maths(watched: any[], expression: string, than: '<' | '>', threshold: number, periods: number, actions: string[]) {
  return resource([...watched, { Id: 'result', Expression: expression, ReturnData: true }], than, threshold, periods, actions);
}

function resource(Metrics: any[], than: '<' | '>', Threshold: number, EvaluationPeriods: number, AlarmActions: string[]) {
  const ComparisonOperator = than === '<' ? 'LessThanThreshold' : 'GreaterThanThreshold';
  return { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics, ComparisonOperator, Threshold, EvaluationPeriods, AlarmActions } };
}
