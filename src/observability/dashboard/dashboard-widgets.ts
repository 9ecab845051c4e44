import { Token } from 'aws-cdk-lib';
import {
  Color,
  GraphWidget,
  type GraphWidgetProps,
  type HorizontalAnnotation,
  type IWidget,
  LegendPosition,
  LogQueryVisualizationType,
  LogQueryWidget,
  Row,
  Shading,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { AlarmDefinition } from '../alarms/alarm-definition';
import { isBand } from '../alarms/apply-overrides';
import { bound } from '../alarms/threshold-alarm';
import { SEVERITIES, Severity } from '../alerting/severity';
import type { LogQuery } from '../logs/log-queries';

/** CloudWatch's grid. */
const COLUMNS = 24;
const GRAPH_HEIGHT = 6;
const TABLE_HEIGHT = 6;
const GRAPHS_IN_A_ROW = 4;

const COLOURS: { [severity in Severity]: string } = {
  [Severity.WARNING]: Color.ORANGE,
  [Severity.ERROR]: '#e45649',
  [Severity.CRITICAL]: '#8b0000',
};

/** A widget that takes the width that its row has for it. */
export type Sized = (width: number) => IWidget;

/** Rows of up to four graphs. The last row is as wide as the others, however few stand in it. */
export function rowsOf(widgets: Sized[]): IWidget[] {
  const rows = Math.ceil(widgets.length / GRAPHS_IN_A_ROW);
  return Array.from({ length: rows }, (_, row) =>
    rowOf(widgets.slice(row * GRAPHS_IN_A_ROW, (row + 1) * GRAPHS_IN_A_ROW)),
  );
}

/**
 * One row over the whole width.
 *
 * @param shares how wide each is, compared with the others; equally wide unless said
 */
export function rowOf(widgets: Sized[], shares: number[] = widgets.map(() => 1)): IWidget {
  const sum = (some: number[]): number => some.reduce((total, share) => total + share, 0);
  const edge = (index: number): number => Math.round((COLUMNS * sum(shares.slice(0, index))) / sum(shares));
  return new Row(...widgets.map((widget, index) => widget(edge(index + 1) - edge(index))));
}

/** The name of what follows. */
export function heading(markdown: string): IWidget {
  return new TextWidget({ markdown, width: COLUMNS, height: 1, background: TextWidgetBackground.TRANSPARENT });
}

/** A graph of one unit, over the time that the dashboard shows. */
export function graph(title: string, props: GraphWidgetProps): Sized {
  return (width) =>
    new GraphWidget({
      title,
      width,
      height: GRAPH_HEIGHT,
      legendPosition: LegendPosition.BOTTOM,
      ...props,
      leftYAxis: { min: 0, ...props.leftYAxis },
    });
}

/** The answer to a query, as a table. */
export function table(title: string, { query }: LogQuery, logGroupNames: string[]): Sized {
  const queryString = new QueryString(query).toString();
  return (width) =>
    new LogQueryWidget({
      title,
      width,
      height: TABLE_HEIGHT,
      logGroupNames,
      queryString,
      view: LogQueryVisualizationType.TABLE,
    });
}

/** The alarms that there are, looked up by whom they are about. */
export class Limits {
  public constructor(private readonly definitions: AlarmDefinition[]) {}

  /** The alarms of a signal, if it has any. */
  public of(source: IConstruct, key: string): AlarmDefinition | undefined {
    return this.definitions.find((definition) => definition.source === source && definition.key === key);
  }

  /**
   * A line for each limit, in its severity's colour; limits of one height share it, for their words would cover each other.
   *
   * @param names what each signal is called beside its limit, where a graph has several
   */
  public lines(source: IConstruct, names: { readonly [key: string]: string }): HorizontalAnnotation[] {
    const lines = Object.entries(names).flatMap(([key, name]) => linesOf(name, this.of(source, key)));
    return [...new Set(lines.map(({ value }) => value))].map((value) => {
      const same = lines.filter((line) => line.value === value);
      const worst = [...SEVERITIES]
        .reverse()
        .map((severity) => COLOURS[severity])
        .find((colour) => same.some(({ color }) => color === colour));
      return { ...same[0], color: worst, label: same.map(({ label }) => label).join(', ') };
    });
  }
}

function linesOf(name: string, definition?: AlarmDefinition): HorizontalAnnotation[] {
  return definition === undefined || isBand(definition.comparison)
    ? []
    : SEVERITIES.filter(
      (severity) =>
        definition.thresholds[severity] !== undefined && !Token.isUnresolved(definition.thresholds[severity]),
    ).map((severity) => ({
      value: definition.thresholds[severity]!,
      label: `${[name, severity].join(' ').trim()} ${bound(definition, severity)}`,
      color: COLOURS[severity],
      fill: Shading.NONE,
    }));
}
