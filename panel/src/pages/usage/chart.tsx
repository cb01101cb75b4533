import { Link, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo } from 'react';
import type { UsageRow } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { iso } from '@/lib/calendar';
import { clock, count, milliseconds, money, monthDay, percent, short } from '@/lib/format';
import { otherColor, seriesColors } from '@/ui/charts/colors';
import { Select } from '@/ui/field';
import { Card, Empty, Skeleton } from '@/ui/page';
import { Plain } from '@/ui/plain';
import { Segmented } from '@/ui/segmented';
import { nextBucket } from './range';
import { addsUp, type Measure, measures, others, overlay, seriesOf } from './series';
import { requestsOf, type useUsage, type Wanted } from './use-usage';

const TimeChart = lazy(() => import('@/ui/charts'));

/** Writes a value of a measure. */
export const writerOf = (measure: Measure): ((value: number) => string) =>
  ({ cost: money, tokens: short, requests: (v: number) => (v < 10_000 ? count(v) : short(v)), errors: (v: number) => (v < 10_000 ? count(v) : short(v)), cached: percent, firstByte: milliseconds, duration: milliseconds })[measure];

interface Props {
  wanted: Wanted;
  usage: ReturnType<typeof useUsage>;
  nameOf: (row: Partial<UsageRow>) => string;
  measure: Measure;
  view: 'chart' | 'table';
  set: (change: Address) => void;
}

/** A measure over time by group, as a chart or as the same numbers in a table. Each bucket leads to its requests. */
export function OverTime({ wanted, usage, nameOf, measure, view, set }: Props) {
  const t = useTexts('usage');
  const navigate = useNavigate();
  const { by, step } = wanted;
  const rows = useMemo(() => usage.series.data?.rows ?? [], [usage.series.data]);
  const buckets = usage.buckets;
  const { ids, points } = useMemo(() => seriesOf(rows, by, measure, buckets, seriesColors.length), [rows, by, measure, buckets]);
  const before = usage.before?.total ? overlay(usage.before.total.rows, measure, usage.before.buckets) : null;
  const write = writerOf(measure);
  const tick = (at: number): string => (step === 'day' || step === 'week' ? monthDay(at) : wanted.range.to - wanted.range.from > 30 * 3600e3 ? `${monthDay(at)} ${clock(at)}` : clock(at));
  const title = (at: number): string => (step === 'day' ? monthDay(at) : step === 'week' ? `${monthDay(at)} – ${monthDay(nextBucket(at, step) - 1)}` : `${monthDay(at)} ${clock(at)}–${clock(nextBucket(at, step))}`);
  const labelOf = (id: string): string => {
    if (id === others) return t('others');
    const row = rows.find((r) => (r[by] ?? '') === id);
    return nameOf(row ?? { [by]: id });
  };
  const linkOf = (at: number): Record<string, string> => requestsOf(wanted, { from: iso(Math.max(at, wanted.range.from)), to: iso(nextBucket(at, step)) });
  const stacked = addsUp(measure);
  const series = [
    ...ids.map((id, i) => ({ id, name: labelOf(id), color: id === others ? otherColor : (seriesColors[i] as string), shape: stacked ? ('bar' as const) : ('line' as const), stack: stacked ? 'all' : undefined })),
    ...(before ? [{ id: '\u0000before', name: t('total.beforeSpan'), color: 'var(--color-muted)', shape: 'line' as const, dashed: true }] : []),
  ];
  const shown = points.map((point, i) => ({ at: point.at, values: before ? { ...point.values, '\u0000before': before[i] } : point.values }));
  return (
    <Card
      title={t('overTime')}
      actions={
        <>
          <Select label={t('measure.label')} className="w-28 sm:w-48" value={measure} onChange={(next) => set({ measure: next === 'cost' ? undefined : next })} options={measures.map((value) => ({ value, label: t(`measure.${value}`) }))} />
          <Segmented label={t('view.label')} value={view} onChange={(next) => set({ view: next === 'chart' ? undefined : next })} options={(['chart', 'table'] as const).map((value) => ({ value, label: t(`view.${value}`) }))} />
        </>
      }
    >
      {usage.series.isPending ? <Skeleton lines={7} /> : null}
      {usage.series.isSuccess && ids.length === 0 ? <Empty title={t('none')}>{t('noneText')}</Empty> : null}
      {ids.length > 0 && view === 'chart' ? (
        <>
          <Suspense fallback={<Skeleton lines={7} />}>
            <TimeChart label={t('chartLabel', { measure: t(`measure.${measure}`), by: t(`by.${by}`) })} points={shown} series={series} format={write} tick={tick} title={title} most={measure === 'cached' ? 1 : undefined} onPick={(at) => void navigate({ to: '/requests', search: linkOf(at) as never })} />
          </Suspense>
          <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-[13px]">
            {series.map((one) => (
              <li key={one.id} className="flex max-w-64 items-center gap-1.5">
                <span aria-hidden className="size-2 shrink-0 rounded-[2px]" style={{ background: one.color }} />
                <Plain text={one.name} className="truncate text-muted" />
              </li>
            ))}
          </ul>
        </>
      ) : null}
      {ids.length > 0 && view === 'table' ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="max-h-[26rem] overflow-auto" tabIndex={0} role="region" aria-label={t('overTime')}>
          <table className="nums w-full text-[13px]">
            <thead className="sticky top-0 bg-surface">
              <tr className="border-b border-line text-muted">
                <th className="py-1.5 pr-3 text-left font-medium">{t('time')}</th>
                {series.map((one) => (
                  <th key={one.id} className="max-w-40 truncate py-1.5 pl-3 text-right font-medium">
                    <Plain text={one.name} />
                  </th>
                ))}
                {stacked ? <th className="py-1.5 pl-3 text-right font-medium">{t('all')}</th> : null}
              </tr>
            </thead>
            <tbody>
              {[...shown].reverse().map((point) => (
                <tr key={point.at} className="border-b border-line last:border-0">
                  <td className="py-1.5 pr-3 whitespace-nowrap">
                    <Link to="/requests" search={linkOf(point.at) as never} className="text-accent hover:underline">
                      {title(point.at)}
                    </Link>
                  </td>
                  {series.map((one) => {
                    const value = (point.values as Record<string, number | undefined>)[one.id];
                    return (
                      <td key={one.id} className="py-1.5 pl-3 text-right">
                        {value === undefined ? <span className="text-muted">—</span> : write(value)}
                      </td>
                    );
                  })}
                  {stacked ? <td className="py-1.5 pl-3 text-right font-medium">{write(ids.reduce((sum, id) => sum + ((point.values as Record<string, number | undefined>)[id] ?? 0), 0))}</td> : null}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Card>
  );
}
