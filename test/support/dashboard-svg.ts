import { type DashboardBody, optionsOf, type Widget } from './dashboard-body';

/** Pixels of a cell of CloudWatch's grid. */
const CELL = { width: 60, height: 44 };
const COLUMNS = 24;
const GAP = 4;
const LETTER = 6.2;
const COLOURS = ['#1f77b4', '#ff7f0e', '#2ca02c', '#9467bd', '#8c564b', '#17becf'];

interface Box { readonly x: number; readonly y: number; readonly width: number; readonly height: number }

/** A dashboard's layout as a picture: where each widget stands, what it is called, its legend, and its lines at their height. It draws no data. */
export function dashboardSvg({ widgets }: DashboardBody): string {
  const rows = Math.max(...widgets.map(({ y, height }) => y + height));
  const [width, height] = [COLUMNS * CELL.width, rows * CELL.height];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#eef0f3"/>`,
    ...widgets.flatMap(drawn),
    '</svg>',
    '',
  ].join('\n');
}

function drawn(widget: Widget): string[] {
  const box = {
    x: widget.x * CELL.width + GAP / 2, y: widget.y * CELL.height + GAP / 2, width: widget.width * CELL.width - GAP, height: widget.height * CELL.height - GAP,
  };
  const { title, markdown } = widget.properties;
  if (widget.type === 'text') {
    return [text({ ...box, y: box.y + box.height / 2 + 7 }, markdown!.replace(/^#+ */, ''), { size: 18, weight: 'bold' })];
  }
  const frame = `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="3" fill="#ffffff" stroke="#c5cad3"/>`;
  const inner = { x: box.x + 12, y: box.y + 34, width: box.width - 24, height: box.height - 42 };
  const inside = { metric: graph, log: table, alarm: alarms }[widget.type];
  return [frame, text({ ...inner, y: box.y + 22 }, title ?? '(no title)', { size: 14, weight: 'bold' }), ...inside(inner, widget)];
}

/** The axis with its unit, limits at their height, and the legend below. */
function graph(box: Box, { properties }: Widget): string[] {
  const shown = (properties.metrics ?? []).map(optionsOf).filter(({ visible }) => visible !== false);
  const limits = properties.annotations?.horizontal ?? [];
  const { label = 'unit of the metric', max } = properties.yAxis?.left ?? {};
  const legend = legendOf({ ...box, y: box.y + box.height }, shown);
  const plot = { ...box, y: box.y + 8, height: box.height - 22 - 15 * legend.lines };
  const top = max ?? 1.25 * Math.max(...limits.map(({ value }) => value), 0.8);
  const height = (value: number): number => Math.round(plot.y + plot.height * (1 - value / top));
  return [
    `<path d="M${plot.x} ${plot.y}V${plot.y + plot.height}H${plot.x + plot.width}" fill="none" stroke="#8a93a3"/>`,
    text({ ...plot, x: plot.x + 5, y: plot.y + 4 }, max === undefined ? label : `${label}, 0 to ${max}`, { size: 10, colour: '#5b6472' }),
    ...limits.flatMap(({ value, label: named, color }) => [
      `<path d="M${plot.x} ${height(value)}H${plot.x + plot.width}" stroke="${color}" stroke-dasharray="5 3"/>`,
      text({ ...plot, x: plot.x + 60, y: height(value) - 3, width: plot.width - 60 }, named ?? '', { size: 10, colour: color }),
    ]),
    ...shown.length === 0 ? [text({ ...plot, y: plot.y + plot.height / 2 }, '(no metrics)', { size: 12, colour: '#b00020' })] : legend.svg,
  ];
}

function legendOf(box: Box, shown: Array<{ readonly label?: string; readonly color?: string }>): { svg: string[]; lines: number } {
  let [x, line] = [0, 0];
  const placed = shown.map(({ label = '(metric\'s name)', color }, index) => {
    const width = 18 + label.length * LETTER;
    if (x > 0 && x + width > box.width) {
      [x, line] = [0, line + 1];
    }
    const place = { x: box.x + x, line };
    x += width + 8;
    return { ...place, label, color: color ?? COLOURS[index % COLOURS.length] };
  });
  const svg = placed.flatMap((entry) => {
    const y = box.y - (line - entry.line) * 15;
    return [`<rect x="${entry.x}" y="${y - 9}" width="12" height="9" fill="${entry.color}"/>`, text({ ...box, x: entry.x + 16, y }, entry.label, { size: 11 })];
  });
  return { svg, lines: line };
}

function table(box: Box, { properties }: Widget): string[] {
  return properties.query!.split('\n').map((line, index) => text({ ...box, y: box.y + 14 + index * 16 }, line, { size: 11, colour: '#5b6472' }));
}

function alarms(box: Box, { properties }: Widget): string[] {
  return [text({ ...box, y: box.y + 14 }, `${properties.alarms!.length} alarms, those that fire first`, { size: 12, colour: '#5b6472' })];
}

function text(box: Box, content: string, { size, weight = 'normal', colour = '#1d232e' }: { readonly size: number; readonly weight?: string; readonly colour?: string }): string {
  const room = Math.floor(box.width / (size * 0.56));
  const shown = content.length > room ? `${content.slice(0, room - 1)}…` : content;
  return `<text x="${box.x}" y="${box.y}" font-size="${size}" font-weight="${weight}" fill="${colour}">${shown.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')}</text>`;
}
