import { Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnInsightRule, MathExpression, type MathExpressionOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import { uniqueName } from '../../text/stack-path';
import { checkAllInReach } from '../../validation/objects-in-reach';
import { checkRules, type Rule } from '../../validation/rules';

/** Properties of a {@link DistinctCount}. Log groups are required. */
export interface DistinctCountProps {
  /** Log groups with events in JSON, 1 to 20. A user of two services counts once. Source: requirement A-15. */
  readonly logGroups: ILogGroup[];
  /**
   * Path of the field whose distinct values are counted. Source: requirements.
   * @default '$.user' - active users
   */
  readonly field?: string;
  /**
   * Accepted values of up to three fields, by path: `{ '$.level': ['info', 'warn'] }`.
   * @default - every event that has the field
   */
  readonly where?: { [field: string]: string[] };
}

/** Conditions of a caller. A rule accepts four filters, and one of them requires the field. */
const MAX_CONDITIONS = 3;
/** Values that one filter accepts. */
const MAX_VALUES = 10;
const MAX_GROUPS = 20;

/**
 * Number of distinct values of a log field, such as active users, by a Contributor Insights rule.
 *
 * A metric filter can't count distinct values, because it sees each event alone. The rule is charged by itself and by
 * the events that match. It counts events after its deployment. For the time before, use the saved query `Active
 * users`. Source: requirement A-18.
 *
 * @example
 * const activeUsers = new DistinctCount(this, 'ActiveUsers', { logGroups: [api.logGroup, web.logGroup] });
 * new OperationsDashboard(this, 'Operations', { signals, business: [activeUsers.metric()] });
 */
export class DistinctCount extends Construct {
  /** Contributor Insights rule. */
  public readonly rule: CfnInsightRule;
  private readonly ruleName: string;

  public constructor(scope: Construct, id: string, props: DistinctCountProps) {
    super(scope, id);
    checkAllInReach(this, props);
    const field = props.field ?? '$.user';
    this.check(props, field);
    // CloudFormation requires a name, and the metric's expression contains it.
    this.ruleName = uniqueName(this, { maxLength: 128, separator: '-' });
    this.rule = this.createRule(props, field);
  }

  /**
   * Metric of the distinct values in each period, an hour unless the options have another.
   *
   * The values of two periods don't add up to those of both together.
   *
   * @param options options of the metric, such as its period and label
   */
  public metric(options: MathExpressionOptions = {}): MathExpression {
    return new MathExpression({
      expression: `INSIGHT_RULE_METRIC("${this.ruleName}", "UniqueContributors")`,
      usingMetrics: {},
      period: Duration.hours(1),
      label: this.node.id,
      ...options,
    });
  }

  private createRule(props: DistinctCountProps, field: string): CfnInsightRule {
    const conditions = Object.entries(sortedByName(props.where)).map(([name, values]) => ({ Match: name, In: values }));
    return new CfnInsightRule(this, 'Rule', {
      ruleName: this.ruleName,
      ruleState: 'ENABLED',
      ruleBody: Stack.of(this).toJsonString({
        Schema: { Name: 'CloudWatchLogRule', Version: 1 },
        LogGroupNames: props.logGroups.map(({ logGroupName }) => logGroupName),
        LogFormat: 'JSON',
        Contribution: { Keys: [field], Filters: [{ Match: field, IsPresent: true }, ...conditions] },
        AggregateOn: 'Count',
      }),
    });
  }

  private check({ logGroups, where = {} }: DistinctCountProps, field: string): void {
    const conditions = Object.entries(where);
    checkRules(this, [
      {
        condition: logGroups.length < 1 || logGroups.length > MAX_GROUPS,
        prop: 'logGroups',
        value: logGroups.length,
        expected: `1 to ${MAX_GROUPS} log groups`,
        fix: 'give the log groups of the services: service.logGroup',
      },
      {
        condition: conditions.length > MAX_CONDITIONS,
        prop: 'where',
        value: conditions.map(([name]) => name),
        expected: `up to ${MAX_CONDITIONS} fields`,
        fix: 'log one field in the application that combines them',
      },
      pathRule('field', field),
      ...conditions.map(([name]) => pathRule('where', name)),
      ...conditions.map(([name, values]) => ({
        condition: values.length < 1 || values.length > MAX_VALUES,
        prop: `where['${name}']`,
        value: values,
        expected: `1 to ${MAX_VALUES} values`,
        fix: 'list the accepted values',
      })),
    ]);
  }
}

function pathRule(prop: string, value: string): Rule {
  return {
    condition: !Token.isUnresolved(value) && !/^\$\.[\w.@[\]-]+$/.test(value),
    prop,
    value,
    expected: 'a path in the event that begins with "$."',
    fix: `write '$.${value.replace(/^\$?\.?/, '')}'`,
  };
}
