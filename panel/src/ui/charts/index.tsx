import { Area, Bar, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { visible } from '@/lib/text';

/** One line, area or kind of bar of a chart. */
export interface ChartSeries {
  id: string;
  /** What strangers named: shown as text. */
  name: string;
  color: string;
  /** `line` beside areas and bars: what is compared with. */
  shape?: 'area' | 'bar' | 'line';
  dashed?: boolean;
  /** Series of one stack stand on each other. */
  stack?: string;
}

/** The values of all series at one time; null where there is none. */
export interface ChartPoint {
  at: number;
  values: Record<string, number | null | undefined>;
}

export interface TimeChartProps {
  /** What it shows, in words: the numbers stand in a table beside it. */
  label: string;
  points: readonly ChartPoint[];
  series: readonly ChartSeries[];
  /** Writes a value, on the axis and when pointed at. */
  format: (value: number) => string;
  /** Writes a time on the axis. */
  tick: (at: number) => string;
  /** Writes a time when pointed at. */
  title: (at: number) => string;
  height?: number;
  /** The top of the axis, where it has one. */
  most?: number;
  /** Whether times are placed by how far they are apart, and not one beside the other. */
  timed?: boolean;
  /** A time that was chosen by a click. */
  onPick?: (at: number) => void;
  /** A line across at a value. */
  mark?: number;
}

/** Values over time. Loaded lazily: `lazy(() => import('@/ui/charts'))`. */
export default function TimeChart({ label, points, series, format, tick, title, height = 280, most, timed, onPick, mark }: TimeChartProps) {
  const shared = { isAnimationActive: false } as const;
  return (
    <div role="img" aria-label={label} style={{ height }} className={onPick ? 'cursor-pointer [&_*]:outline-none' : '[&_*]:outline-none'}>
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 600, height }}>
        <ComposedChart
          data={points as ChartPoint[]}
          margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          barCategoryGap="15%"
          onClick={onPick ? (state) => state.activeLabel !== undefined && onPick(Number(state.activeLabel)) : undefined}
        >
          <CartesianGrid vertical={false} stroke="var(--color-line)" />
          <XAxis
            dataKey="at"
            {...(timed ? { type: 'number', domain: ['dataMin', 'dataMax'], scale: 'time' } : {})}
            tickFormatter={tick}
            tick={{ fill: 'var(--color-muted)', fontSize: 12 }}
            tickLine={false}
            axisLine={{ stroke: 'var(--color-line)' }}
            minTickGap={36}
          />
          <YAxis width="auto" domain={[0, most ?? 'auto']} tickFormatter={format} tick={{ fill: 'var(--color-muted)', fontSize: 12 }} tickLine={false} axisLine={false} />
          <Tooltip cursor={{ fill: 'var(--color-line)', fillOpacity: 0.4, stroke: 'var(--color-line-strong)' }} isAnimationActive={false} content={<Pointed series={series} format={format} title={title} />} />
          {mark === undefined ? null : <ReferenceLine y={mark} stroke="var(--color-bad-bar)" strokeDasharray="4 4" />}
          {series.map((one) => {
            const value = (point: ChartPoint): number | null => point.values[one.id] ?? null;
            if (one.shape === 'bar') return <Bar key={one.id} {...shared} dataKey={value} name={one.id} stackId={one.stack} fill={one.color} maxBarSize={48} />;
            if (one.shape === 'line') return <Line key={one.id} {...shared} dataKey={value} name={one.id} stroke={one.color} strokeWidth={1.75} strokeDasharray={one.dashed ? '4 4' : undefined} dot={false} activeDot={{ r: 3 }} connectNulls />;
            return <Area key={one.id} {...shared} dataKey={value} name={one.id} stackId={one.stack} stroke={one.color} strokeWidth={1.5} fill={one.color} fillOpacity={one.stack ? 0.35 : 0.15} dot={points.length === 1 ? { r: 3 } : false} activeDot={{ r: 3 }} />;
          })}
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

interface PointedProps {
  series: readonly ChartSeries[];
  format: (value: number) => string;
  title: (at: number) => string;
  active?: boolean;
  label?: string | number;
  payload?: readonly { payload?: ChartPoint }[];
}

/** What is pointed at: the values of a time, the largest first. */
function Pointed({ series, format, title, active, payload }: PointedProps) {
  const point = payload?.[0]?.payload;
  if (!active || !point) return null;
  const shown = series
    .map((one) => ({ one, value: point.values[one.id] }))
    .filter((entry): entry is { one: ChartSeries; value: number } => typeof entry.value === 'number' && (entry.value !== 0 || series.length <= 2))
    .sort((a, b) => Number(!!a.one.dashed) - Number(!!b.one.dashed) || b.value - a.value);
  return (
    <div className="max-w-72 rounded-lg bg-raised px-3 py-2 text-[13px] shadow-pop">
      <div className="nums mb-1 font-medium">{title(point.at)}</div>
      {shown.slice(0, 10).map(({ one, value }) => (
        <div key={one.id} className="flex items-center gap-2">
          <span aria-hidden className="size-2 shrink-0 rounded-[2px]" style={{ background: one.color }} />
          <bdi className="min-w-0 flex-1 truncate text-muted">{visible(one.name)}</bdi>
          <span className="nums font-medium">{format(value)}</span>
        </div>
      ))}
    </div>
  );
}
