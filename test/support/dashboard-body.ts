import type { Template } from 'aws-cdk-lib/assertions';

/** A line in a graph. */
export interface Annotation { readonly value: number; readonly label?: string; readonly color?: string }

/** What a metric of a graph says of itself, after namespace, name and dimensions. */
export interface MetricOptions { readonly id?: string; readonly expression?: string; readonly label?: string; readonly visible?: boolean; readonly color?: string }

/** A widget as CloudWatch reads it. */
export interface Widget {
  readonly type: 'metric' | 'log' | 'text' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly query?: string;
    readonly alarms?: string[];
    readonly metrics?: unknown[][];
    readonly annotations?: { readonly horizontal?: Annotation[] };
    readonly yAxis?: { readonly left?: { readonly label?: string; readonly min?: number; readonly max?: number } };
  };
}

export interface DashboardBody { readonly start?: string; readonly periodOverride?: string; readonly widgets: Widget[] }

type Intrinsic = string | { [name: string]: unknown };

/** The only dashboard of a template; what is known only when it is deployed reads as `<name>`. */
export function dashboardBody(template: Template): DashboardBody {
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  return JSON.parse(flat(Properties.DashboardBody)) as DashboardBody;
}

function flat(value: Intrinsic): string {
  if (typeof value === 'string') {
    return value;
  }
  const [[name, of]] = Object.entries(value);
  return name === 'Fn::Join' ? (of as [string, Intrinsic[]])[1].map(flat).join((of as [string])[0]) : `<${([] as unknown[]).concat(of).join('.')}>`;
}

/** What a metric of a graph says of itself. */
export function optionsOf(metric: unknown[]): MetricOptions {
  const last = metric[metric.length - 1];
  return typeof last === 'object' && last !== null ? last as MetricOptions : {};
}
