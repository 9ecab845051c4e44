import { Token } from 'aws-cdk-lib';
import { Color, type GraphWidgetProps, type HorizontalAnnotation, Shading } from 'aws-cdk-lib/aws-cloudwatch';
import type { IConstruct } from 'constructs';
import { type AlarmDefinition, isBand } from '../alarms/alarm-definition';
import { bound } from '../alarms/threshold-alarm';
import { SEVERITIES, Severity } from '../alerting/severity';

/** Name of each signal in a graph, by its key. Empty where the graph has only one. */
type SignalNames = { readonly [key: string]: string };

const COLORS: { [severity in Severity]: string } = {
  [Severity.WARNING]: Color.ORANGE,
  [Severity.ERROR]: '#e45649',
  [Severity.CRITICAL]: '#8b0000',
};

/** Thresholds of alarms as lines in graphs. */
export class ThresholdLines {
  public constructor(private readonly definitions: AlarmDefinition[]) {}

  /** Alarms of a signal, if it has any. */
  public definition(source: IConstruct, key: string): AlarmDefinition | undefined {
    return this.definitions.find((definition) => definition.source === source && definition.key === key);
  }

  /** Lines of the left axis. */
  public lines(source: IConstruct, names: SignalNames): Pick<GraphWidgetProps, 'leftAnnotations'> {
    return { leftAnnotations: this.annotations(source, names) };
  }

  /** A line for each threshold, in the color of its severity. Equal thresholds share a line with both labels. */
  public annotations(source: IConstruct, names: SignalNames): HorizontalAnnotation[] {
    const lines = Object.entries(names).flatMap(([key, name]) => linesOf(name, this.definition(source, key)));
    return [...new Set(lines.map(({ value }) => value))].map((value) => {
      const same = lines.filter((line) => line.value === value);
      const worst = [...SEVERITIES]
        .reverse()
        .map((severity) => COLORS[severity])
        .find((ofSeverity) => same.some(({ color }) => color === ofSeverity));
      return { ...same[0], color: worst, label: same.map(({ label }) => label).join(', ') };
    });
  }
}

function linesOf(name: string, definition?: AlarmDefinition): HorizontalAnnotation[] {
  if (definition === undefined || isBand(definition.comparison)) {
    return [];
  }
  const { thresholds } = definition;
  return SEVERITIES.flatMap((severity) => {
    const value = thresholds[severity];
    return value === undefined || Token.isUnresolved(value)
      ? []
      : [
        {
          value,
          label: `${[name, severity].join(' ').trim()} ${bound(definition, severity)}`,
          color: COLORS[severity],
          fill: Shading.NONE,
        },
      ];
  });
}
