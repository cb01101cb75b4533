import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { ApiError, json, query } from '@/api/client';
import type { QuotaWindow } from '@/api/quotas';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { floorTo, hour, iso, wholeDay } from '@/lib/calendar';
import { clock, dateTime, monthDay, percent } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { ErrorBox } from '@/ui/error';
import { UsedBar } from '@/ui/figures';
import { Empty, Skeleton } from '@/ui/page';
import { Segmented } from '@/ui/tabs';

const TimeChart = lazy(() => import('@/ui/charts'));

interface History {
  series: { account_id: string; account: string; name: string; model?: string; points: { at: string; used_fraction: number }[]; periods: { start?: string; end: string; peak_fraction: number }[] }[];
}

const spans = { day: wholeDay, week: 7 * wholeDay, month: 30 * wholeDay } as const;
type Span = keyof typeof spans;

/** How much of a window was used over time, and how much of each that ended. */
export function WindowHistory({ window: w }: { window: QuotaWindow }) {
  const t = useTexts('quota');
  const [address, setAddress] = useAddress();
  const now = floorTo(useNow(), 5 * 60_000);
  const span: Span = address.history === 'day' || address.history === 'month' ? address.history : 'week';
  const from = iso(floorTo(now - spans[span], hour));
  const history = useQuery({
    queryKey: ['quotas', 'history', w.account_id, w.name, w.model ?? '', from],
    queryFn: () =>
      json<History>('GET', `/api/v1/quotas/history${query({ account: w.account_id, name: w.name, model: w.model, from })}`).catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
  });
  const series = history.data?.series.find((s) => s.account_id === w.account_id && s.name === w.name && (s.model ?? '') === (w.model ?? '')) ?? history.data?.series[0];
  const points = (series?.points ?? []).map((p) => ({ at: Date.parse(p.at), values: { used: p.used_fraction } }));
  const periods = [...(series?.periods ?? [])].sort((a, b) => Date.parse(b.end) - Date.parse(a.end));
  const ended = periods.filter((p) => Date.parse(p.end) <= now);
  const unused = ended.length > 0 ? ended.reduce((sum, p) => sum + Math.max(0, 1 - p.peak_fraction), 0) / ended.length : undefined;
  return (
    <section className="mt-5" aria-label={t('history.title')}>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <h3 className="flex-1 font-semibold">{t('history.title')}</h3>
        <Segmented label={t('history.span')} value={span} onChange={(history_) => setAddress({ history: history_ === 'week' ? undefined : history_ })} options={(['day', 'week', 'month'] as const).map((value) => ({ value, label: t(`history.${value}`) }))} />
      </div>
      {history.isPending ? <Skeleton lines={6} /> : null}
      {history.isError ? <ErrorBox error={history.error} onRetry={() => void history.refetch()} /> : null}
      {history.isSuccess && points.length < 2 ? <Empty title={t(history.data === null ? 'history.older' : 'history.none')} /> : null}
      {points.length >= 2 ? (
        <Suspense fallback={<Skeleton lines={6} />}>
          <TimeChart
            label={t('history.chart', { name: w.name })}
            points={points}
            series={[{ id: 'used', name: t('columns.used'), color: 'var(--color-accent)' }]}
            format={percent}
            tick={(at) => (span === 'day' ? clock(at) : monthDay(at))}
            title={(at) => dateTime(new Date(at))}
            height={220}
            most={1}
            timed
          />
        </Suspense>
      ) : null}
      {periods.length > 0 ? (
        <>
          <h3 className="mt-5 mb-1 font-semibold">{t('history.periods')}</h3>
          {unused === undefined ? null : <p className="mb-2 text-muted">{t('history.unused', { share: percent(unused), count: ended.length })}</p>}
          <table className="nums w-full text-[13px]">
            <thead>
              <tr className="border-b border-line text-left text-muted">
                <th className="py-1.5 pr-2 font-medium">{t('history.from')}</th>
                <th className="py-1.5 pr-2 font-medium">{t('history.to')}</th>
                <th className="w-1/3 py-1.5 pr-2 font-medium">{t('history.peak')}</th>
                <th className="py-1.5 text-right font-medium">{t('history.left')}</th>
              </tr>
            </thead>
            <tbody>
              {periods.slice(0, 60).map((p) => (
                <tr key={p.end} className="border-b border-line last:border-0">
                  <td className="py-1.5 pr-2">{p.start ? `${monthDay(p.start)} ${clock(p.start)}` : '—'}</td>
                  <td className="py-1.5 pr-2">{Date.parse(p.end) > now ? t('history.running') : `${monthDay(p.end)} ${clock(p.end)}`}</td>
                  <td className="py-1.5 pr-2">
                    <div className="flex items-center gap-2">
                      <UsedBar used={p.peak_fraction} label={t('history.peak')} className="flex-1" />
                      <span className="w-9 text-right">{percent(p.peak_fraction)}</span>
                    </div>
                  </td>
                  <td className="py-1.5 text-right">{percent(Math.max(0, 1 - p.peak_fraction))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : null}
    </section>
  );
}
