import { Duration, Names, Stack, Token } from 'aws-cdk-lib';
import { CfnInsightRule, MathExpression, type MathExpressionOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { sortedByName } from '../../contracts/sorted-by-name';
import { PropError } from '../../validation/prop-error';

/** What a {@link DistinctCount} is made from. */
export interface DistinctCountProps {
  /** The log groups that are read together, 1 to 20: someone who uses two services is one user. Their events are JSON (requirement A-15). */
  readonly logGroups: ILogGroup[];
  /**
   * The field whose different values are counted, as a path: `$.user`.
   * @default '$.user' - active users (requirements)
   */
  readonly field?: string;
  /**
   * Fields that an event must have with one of the values, up to three: `{ '$.level': ['info', 'warn'] }`.
   * @default - every event that has the field
   */
  readonly where?: { [field: string]: string[] };
}

/** Four filters fit into a rule, and one of them says that the field is there. */
const MAX_CONDITIONS = 3;
/** Values to compare with in one filter. */
const MAX_VALUES = 10;
const MAX_GROUPS = 20;

/**
 * How many different values a field of the logs has: active users (requirement A-18). A metric filter can't count that: it adds numbers up and knows nothing of the event before. A
 * rule of Contributor Insights can, without code; it is charged by the rule and by the events that match it. {@link metric} stands on dashboards and in alarms like any other.
 * It counts what arrives after the deployment; for the days before there is the saved query `Active users`.
 */
export class DistinctCount extends Construct {
  /** The rule. */
  public readonly rule: CfnInsightRule;
  private readonly ruleName: string;

  public constructor(scope: Construct, id: string, props: DistinctCountProps) {
    super(scope, id);
    const field = props.field ?? '$.user';
    this.check(props, field);
    // CloudFormation asks for a name, and the expression has to spell it out.
    this.ruleName = Names.uniqueResourceName(this, { maxLength: 128, separator: '-' });
    this.rule = this.createRule(props, field);
  }

  /** The number of different values in each period: an hour's active users unless the options say otherwise. The users of two hours don't add up to those of both. */
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

  private check(props: DistinctCountProps, field: string): void {
    if (props.logGroups.length < 1 || props.logGroups.length > MAX_GROUPS) {
      throw new PropError(this, {
        prop: 'logGroups',
        value: props.logGroups.length,
        expected: `1 to ${MAX_GROUPS} log groups`,
        fix: 'give the log groups of the services: service.logGroup',
      });
    }
    const conditions = Object.entries(props.where ?? {});
    if (conditions.length > MAX_CONDITIONS) {
      throw new PropError(this, {
        prop: 'where',
        value: conditions.map(([name]) => name),
        expected: `up to ${MAX_CONDITIONS} fields`,
        fix: 'let the application log one field that says it',
      });
    }
    [['field', field] as const, ...conditions.map(([name]) => ['where', name] as const)].forEach(([prop, value]) =>
      this.checkField(prop, value),
    );
    conditions
      .filter(([, values]) => values.length < 1 || values.length > MAX_VALUES)
      .forEach(([name, values]) => {
        throw new PropError(this, {
          prop: `where['${name}']`,
          value: values,
          expected: `1 to ${MAX_VALUES} values`,
          fix: 'list the values that count',
        });
      });
  }

  private checkField(prop: string, value: string): void {
    if (!Token.isUnresolved(value) && !/^\$\.[\w.@[\]-]+$/.test(value)) {
      throw new PropError(this, {
        prop,
        value,
        expected: 'a path in the event that begins with "$."',
        fix: `write '$.${value.replace(/^\$?\.?/, '')}'`,
      });
    }
  }
}
