import type { TFunction } from 'i18next';
import { Activity, Eraser, History, RefreshCw } from 'lucide-react';
import type { QuotaWindow } from '@/api/quotas';
import { count, percent, short } from '@/lib/format';
import { Badge, Countdown, UsedBar, When } from '@/ui/figures';
import { Menu } from '@/ui/menu';
import { Mono, Plain } from '@/ui/plain';
import type { Column } from '@/ui/table';
import { causeText } from '@/ui/reasons';
import { isStale, timeOf } from './windows';

/** What can be done with a window from its row. */
export interface RowActions {
  onOpen: (w: QuotaWindow) => void;
  onRefresh: (w: QuotaWindow) => void;
  onReset: (w: QuotaWindow) => void;
  onRequests: (w: QuotaWindow) => void;
}

/** The columns of the table of windows. Its rows are two lines high. */
export function columnsOf(t: TFunction, actions: RowActions): Column<QuotaWindow>[] {
  return [
    {
      id: 'account',
      header: t('columns.account'),
      accessorFn: (w) => w.account,
      meta: { width: 'minmax(11rem, 2fr)', least: 176 },
      cell: ({ row: { original: w } }) => (
        <div className="leading-tight">
          <Plain text={w.account} className="block truncate font-medium" />
          <span className="block truncate text-[13px] text-muted">
            {w.provider}
            {w.plan ? ' · ' : null}
            {w.plan ? <Plain text={w.plan} /> : null}
          </span>
        </div>
      ),
    },
    {
      id: 'window',
      header: t('columns.window'),
      accessorFn: (w) => `${w.family} ${w.name}`,
      meta: { width: 'minmax(8rem, 1.2fr)', least: 128 },
      cell: ({ row: { original: w } }) => (
        <div className="leading-tight">
          <span className="block truncate">{t(`family.${w.family}`, { defaultValue: w.family })}</span>
          <span className="block truncate text-[13px] text-muted">
            <Mono text={w.name} />
            {w.model ? ' · ' : null}
            {w.model ? <Mono text={w.model} /> : null}
          </span>
        </div>
      ),
    },
    {
      id: 'used',
      header: t('columns.used'),
      accessorFn: (w) => w.used_fraction ?? -1,
      sortDescFirst: true,
      meta: { width: 'minmax(9rem, 1.2fr)', least: 144 },
      cell: ({ row: { original: w } }) =>
        w.used_fraction === undefined ? (
          <span className="text-muted">—</span>
        ) : (
          <div>
            <div className="flex items-center gap-2">
              <UsedBar used={w.used_fraction} label={t('columns.used')} className="flex-1" />
              <span className="nums w-10 text-right">{percent(Math.min(1, w.used_fraction))}</span>
            </div>
            <div className="nums truncate text-[13px] leading-tight text-muted" title={w.remaining === undefined || w.limit === undefined ? undefined : t('leftOf', { left: count(w.remaining), limit: count(w.limit) })}>
              {w.remaining === undefined ? t('families.left', { share: percent(Math.max(0, 1 - w.used_fraction)) }) : w.limit === undefined ? t('families.left', { share: short(w.remaining) }) : t('families.left', { share: t('leftOf', { left: short(w.remaining), limit: short(w.limit) }) })}
            </div>
          </div>
        ),
    },
    {
      id: 'resets',
      header: t('columns.resets'),
      accessorFn: timeOf,
      meta: { right: true, width: '5.5rem', least: 88 },
      cell: ({ row: { original: w } }) => (w.resets_at ? <Countdown to={w.resets_at} /> : <span className="text-muted">—</span>),
    },
    {
      id: 'forecast',
      header: t('columns.forecast'),
      accessorFn: (w) => (w.forecast?.exhausted_at ? Date.parse(w.forecast.exhausted_at) : Number.MAX_SAFE_INTEGER),
      meta: { width: 'minmax(8rem, 1fr)', least: 128 },
      cell: ({ row: { original: w } }) => <Forecast window={w} t={t} />,
    },
    {
      id: 'unused',
      header: t('columns.unused'),
      accessorFn: (w) => w.unused_last_week ?? -1,
      sortDescFirst: true,
      meta: { right: true, width: '6rem', least: 88 },
      cell: ({ row: { original: w } }) => (w.unused_last_week === undefined ? <span className="text-muted">—</span> : percent(w.unused_last_week)),
    },
    {
      id: 'state',
      header: t('columns.state'),
      accessorFn: (w) => Number(w.ready),
      meta: { width: 'minmax(11rem, 1.2fr)', least: 176 },
      cell: ({ row: { original: w } }) => <State window={w} t={t} />,
    },
    {
      id: 'seen',
      header: t('columns.seen'),
      accessorFn: (w) => (w.seen_at ? Date.parse(w.seen_at) : 0),
      meta: { width: '5rem', least: 72 },
      cell: ({ row: { original: w } }) => (
        <span className={isStale(w, Date.now()) ? 'text-warn' : 'text-muted'} title={isStale(w, Date.now()) ? t('stale') : undefined}>
          {w.seen_at ? <When at={w.seen_at} /> : '—'}
        </span>
      ),
    },
    {
      id: 'actions',
      header: '',
      enableSorting: false,
      meta: { width: '2.25rem', least: 36, name: t('columns.actions') },
      cell: ({ row: { original: w } }) => (
        <Menu
          small
          label={t('columns.actions')}
          items={[
            { label: t('action.history'), icon: History, onSelect: () => actions.onOpen(w) },
            { label: t('action.refresh'), icon: RefreshCw, onSelect: () => actions.onRefresh(w) },
            { label: t('action.requests'), icon: Activity, onSelect: () => actions.onRequests(w) },
            w.cooling_down && { label: t('action.reset'), icon: Eraser, separated: true, onSelect: () => actions.onReset(w) },
          ]}
        />
      ),
    },
  ];
}

/** Whether requests can be sent, and if not, until when and why. */
export function State({ window: w, t }: { window: QuotaWindow; t: TFunction }) {
  if (w.cooling_down)
    return (
      <Badge tone="warn" dot title={causeText(t, w.reason_code, w.reason)}>
        {t('state.cooling')}
        {w.until ? <Countdown to={w.until} /> : null}
      </Badge>
    );
  if (w.ready) return <Badge tone="ok" dot>{t('state.ready')}</Badge>;
  return (w.used_fraction ?? 0) >= 1 ? (
    <Badge tone="bad" dot>
      {t('state.used')}
    </Badge>
  ) : (
    <Badge dot>{t('state.waiting')}</Badge>
  );
}

/** How a window ends at the pace so far. */
export function Forecast({ window: w, t }: { window: QuotaWindow; t: TFunction }) {
  if ((w.used_fraction ?? 0) >= 1) return <span className="text-muted">{t('forecast.over')}</span>;
  if (w.forecast?.exhausted_at)
    return (
      <span className="font-medium text-warn">
        {t('forecast.out')} <Countdown to={w.forecast.exhausted_at} />
      </span>
    );
  if (w.forecast?.used_at_reset !== undefined) return <span className="text-muted">{t('forecast.lasts', { share: percent(Math.min(1, w.forecast.used_at_reset)) })}</span>;
  return <span className="text-muted">—</span>;
}
