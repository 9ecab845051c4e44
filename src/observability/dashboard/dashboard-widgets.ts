import {
  GraphWidget,
  type GraphWidgetProps,
  type IWidget,
  LegendPosition,
  LogQueryVisualizationType,
  LogQueryWidget,
  Row,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import { QueryString } from 'aws-cdk-lib/aws-logs';
import type { LogQuery } from '../logs/log-queries';

/** Columns of CloudWatch's grid. */
const COLUMNS = 24;
/** A service and its database fit on two screens of 900 pixels. */
const GRAPH_HEIGHT = 5;
const TABLE_HEIGHT = 5;
const GRAPHS_PER_ROW = 4;

/** Axis of percentages. */
export const PERCENT_AXIS = { max: 100, label: '%', showUnits: false };

/** Widget for a width that its row decides. */
export type Sized = (width: number) => IWidget;

/** Rows of up to four graphs. The last row has the same width as the others, however few graphs it has. */
export function rowsOf(widgets: Sized[]): IWidget[] {
  const rows = Math.ceil(widgets.length / GRAPHS_PER_ROW);
  return Array.from({ length: rows }, (_, row) =>
    rowOf(widgets.slice(row * GRAPHS_PER_ROW, (row + 1) * GRAPHS_PER_ROW)),
  );
}

/**
 * Row over the whole width.
 *
 * @param shares widths in proportion to each other; equal unless given
 */
export function rowOf(widgets: Sized[], shares: number[] = widgets.map(() => 1)): IWidget {
  const sum = (some: number[]): number => some.reduce((total, share) => total + share, 0);
  const edge = (index: number): number => Math.round((COLUMNS * sum(shares.slice(0, index))) / sum(shares));
  return new Row(...widgets.map((widget, index) => widget(edge(index + 1) - edge(index))));
}

/** Heading of a section. */
export function heading(markdown: string): IWidget {
  return new TextWidget({ markdown, width: COLUMNS, height: 1, background: TextWidgetBackground.TRANSPARENT });
}

/** Graph of one unit. */
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

/** Table with the result of a query. */
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
