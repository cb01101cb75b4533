import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { MessagesSquare, Scissors } from 'lucide-react';
import { useMemo } from 'react';
import { ApiError, json, query } from '@/api/client';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { clock, count, money, monthDay, percent, short } from '@/lib/format';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge, type Tone, When } from '@/ui/figures';
import { Empty, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { Segmented } from '@/ui/segmented';
import { type Column, DataTable } from '@/ui/table';
import { type CacheHistory, type CacheStep, causesOf, type Conversation, missed, needCare, type Threshold } from './cache';
import { requestsOf, type Wanted } from './use-usage';

/** Reads what a gateway may not have yet; null where it has not. */
const ifThere = <T,>(path: string): Promise<T | null> =>
  json<T>('GET', path).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  });

/** Conversations by how well their prompt caches are used, and what broke them. */
export default function CacheTab({ wanted, address, set }: { wanted: Wanted; address: Address; set: (change: Address, push?: boolean) => void }) {
  const t = useTexts('usage');
  const threshold: Threshold = address.hits === 'half' || address.hits === 'low' ? address.hits : 'all';
  const search = { ...requestsOf(wanted), limit: 200 };
  const conversations = useQuery({ queryKey: ['flows', 'conversations', search], queryFn: () => ifThere<{ conversations: Conversation[]; next?: string }>(`/api/v1/flows/conversations${query(search)}`), placeholderData: keepPreviousData });
  const rows = useMemo(() => needCare(conversations.data?.conversations ?? [], threshold), [conversations.data, threshold]);
  const columns = useMemo<Column<Conversation>[]>(
    () => [
      {
        id: 'conversation',
        header: t('cache.conversation'),
        accessorFn: (c) => c.preview || c.session,
        meta: { width: 'minmax(13rem, 3fr)', least: 208 },
        cell: ({ row: { original: c } }) => (
          <div className="leading-tight">
            {c.preview ? <Plain text={c.preview} className="block truncate" /> : <Mono text={c.session} className="block truncate" />}
            <span className="block truncate text-[13px] text-muted">
              <Plain text={c.clients.join(', ')} />
              {' · '}
              <Mono text={c.models.join(', ')} />
            </span>
          </div>
        ),
      },
      {
        id: 'share',
        header: t('cache.share'),
        accessorFn: (c) => c.cached_share ?? -1,
        meta: { width: 'minmax(8rem, 1.2fr)', least: 128 },
        cell: ({ row: { original: c } }) => <HitBar share={c.cached_share} label={t('cache.share')} />,
      },
      { id: 'missed', header: t('cache.missed'), accessorFn: missed, sortDescFirst: true, meta: { right: true, width: '7rem', least: 96 }, cell: ({ row: { original: c } }) => short(missed(c)) },
      { id: 'input', header: t('cache.input'), accessorFn: (c) => c.input_tokens, sortDescFirst: true, meta: { right: true, width: '7rem', least: 96 }, cell: ({ row: { original: c } }) => short(c.input_tokens) },
      { id: 'requests', header: t('column.requests'), accessorFn: (c) => c.requests, sortDescFirst: true, meta: { right: true, width: '6rem', least: 80 }, cell: ({ row: { original: c } }) => count(c.requests) },
      { id: 'cost', header: t('column.cost'), accessorFn: (c) => c.cost ?? -1, sortDescFirst: true, meta: { right: true, width: '6rem', least: 80 }, cell: ({ row: { original: c } }) => (c.cost === undefined ? '—' : money(c.cost)) },
      { id: 'last', header: t('cache.last'), accessorFn: (c) => Date.parse(c.last_at), sortDescFirst: true, meta: { right: true, width: '6rem', least: 80 }, cell: ({ row: { original: c } }) => <When at={c.last_at} className="text-muted" /> },
    ],
    [t],
  );
  const opened = conversations.data?.conversations.find((c) => c.session === address.open);
  if (conversations.isPending) return <Skeleton lines={8} className="card p-4" />;
  if (conversations.isError && !conversations.data) return <ErrorBox error={conversations.error} onRetry={() => void conversations.refetch()} />;
  if (conversations.data === null)
    return (
      <div className="card">
        <Empty icon={MessagesSquare} title={t('cache.older')} />
      </div>
    );
  return (
    <>
      <p className="mb-3 max-w-3xl text-muted">{t('cache.lead')}</p>
      <DataTable
        name="usage.cache"
        label={t('cache.title')}
        rows={rows}
        columns={columns}
        keyOf={(c) => c.session}
        rowHeight={54}
        onOpen={(c) => set({ open: c.session }, true)}
        openKey={address.open}
        toolbar={
          <>
            <Segmented label={t('cache.hits')} value={threshold} onChange={(hits) => set({ hits: hits === 'all' ? undefined : hits })} options={(['all', 'half', 'low'] as const).map((value) => ({ value, label: t(`cache.threshold.${value}`) }))} />
            <span className="nums text-[13px] text-muted">{t('cache.rows', { count: rows.length })}</span>
          </>
        }
        empty={<Empty icon={MessagesSquare} title={t(threshold === 'all' ? 'cache.none' : 'cache.noneLow')} />}
      />
      <Dialog side wide open={!!address.open} onClose={() => set({ open: undefined })} title={t('cache.title')} description={opened?.preview ? <Plain text={opened.preview} className="line-clamp-2" /> : <Mono text={address.open} />}>
        {address.open ? <History session={address.open} /> : null}
      </Dialog>
    </>
  );
}

function HitBar({ share, label }: { share: number | undefined; label: string }) {
  if (share === undefined) return <span className="text-muted">—</span>;
  return (
    <span className="flex items-center gap-2">
      <span role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} className="h-1.5 flex-1 overflow-hidden rounded-full bg-line">
        <span className={clsx('block h-full rounded-full', share < 0.2 ? 'bg-bad-bar' : share < 0.5 ? 'bg-warn-bar' : 'bg-ok-bar')} style={{ width: `${Math.max(share > 0 ? 2 : 0, share * 100)}%` }} />
      </span>
      <span className="nums w-10 text-right">{percent(share)}</span>
    </span>
  );
}

const tones: Record<string, Tone> = { first: 'muted', unknown: 'muted', expired: 'warn' };

/** What became of the cache of one conversation, request by request. */
function History({ session }: { session: string }) {
  const t = useTexts('usage');
  const history = useQuery({ queryKey: ['flows', 'conversations', session, 'cache'], queryFn: () => ifThere<CacheHistory>(`/api/v1/flows/conversations/${encodeURIComponent(session)}/cache`) });
  if (history.isPending) return <Skeleton lines={8} />;
  if (history.isError) return <ErrorBox error={history.error} onRetry={() => void history.refetch()} />;
  if (!history.data) return <Empty title={t('cache.gone')} />;
  const { steps } = history.data;
  const causes = causesOf(steps);
  const top = Math.max(...steps.map((s) => s.input ?? 0), 1);
  const unrecorded = steps.length > 1 && steps.every((s) => s.kept_prefix_share === undefined);
  return (
    <>
      <div className="mb-4 grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Figure name={t('cache.share')} value={history.data.cached_share === undefined ? '—' : percent(history.data.cached_share)} />
        <Figure name={t('cache.breaks')} value={count(causes.reduce((sum, c) => sum + c.count, 0))} />
        <Figure name={t('cache.steps')} value={count(steps.length)} />
      </div>
      {causes.length > 0 ? (
        <ul className="mb-4 flex flex-wrap gap-2">
          {causes.map((cause) => (
            <li key={cause.kind}>
              <Badge tone={tones[cause.kind] ?? 'bad'}>
                {t(`cache.break.${cause.kind}`, { defaultValue: cause.kind })} <span className="nums">×{count(cause.count)}</span>
                <span className="nums font-normal">{t('cache.again', { number: short(cause.tokens) })}</span>
              </Badge>
            </li>
          ))}
        </ul>
      ) : (
        <p className="mb-4 text-muted">{t('cache.unbroken')}</p>
      )}
      {unrecorded ? <p className="mb-4 rounded-lg bg-sunken px-3 py-2 text-[13px] text-muted">{t('cache.unrecorded')}</p> : null}
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-[13px] text-muted">
        {(['cached', 'cache_write', 'input'] as const).map((part) => (
          <span key={part} className="flex items-center gap-1.5">
            <span aria-hidden className={clsx('size-2 rounded-[2px]', { cached: 'bg-series-2', cache_write: 'bg-series-6', input: 'bg-series-1' }[part])} />
            {t(`parts.${part}`)}
          </span>
        ))}
        <Link to="/requests" search={{ session } as never} className="ml-auto font-medium text-accent hover:underline">
          {t('action.requests')}
        </Link>
      </div>
      {history.data.truncated ? <p className="mb-2 text-[13px] text-muted">{t('cache.truncated')}</p> : null}
      <ol className="flex flex-col">
        {steps.map((step, i) => (
          <Step key={step.flow} step={step} before={steps[i - 1]} top={top} />
        ))}
      </ol>
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="rounded-lg bg-sunken px-3 py-2">
      <div className="text-[13px] text-muted">{name}</div>
      <div className="nums text-lg font-semibold">{value}</div>
    </div>
  );
}

function Step({ step, before, top }: { step: CacheStep; before: CacheStep | undefined; top: number }) {
  const t = useTexts('usage');
  const input = step.input ?? 0;
  const cached = Math.min(input, step.cached ?? 0);
  const written = Math.min(input - cached, step.cache_write ?? 0);
  const shares = [
    ['bg-series-2', cached],
    ['bg-series-6', written],
    ['bg-series-1', input - cached - written],
  ] as const;
  return (
    <li className="border-b border-line py-2.5 last:border-0">
      <Link to="/requests/$id" params={{ id: step.flow } as never} className="-mx-2 grid grid-cols-[3.5rem_minmax(0,1fr)_auto] items-center gap-x-3 rounded-lg px-2 py-0.5 hover:bg-sunken">
        <span className="nums text-[13px] text-muted" title={monthDay(step.at)}>
          {clock(step.at)}
        </span>
        <span aria-hidden className="h-2.5">
          <span className="flex h-full gap-px overflow-hidden rounded-full" style={{ width: `${Math.max(3, (input / top) * 100)}%` }}>
            {shares.map(([color, value]) => (value > 0 ? <span key={color} className={color} style={{ width: `${(value / input) * 100}%` }} /> : null))}
          </span>
        </span>
        <span className="nums text-right text-[13px]">
          {step.input === undefined ? '—' : t('cache.ofPrompt', { cached: short(cached), input: short(input) })}
        </span>
      </Link>
      {step.break ? (
        <div className="mt-1.5 flex items-start gap-2 pl-17 text-[13px]">
          <Badge tone={tones[step.break.kind] ?? 'bad'}>
            {step.break.kind === 'first' ? null : <Scissors aria-hidden className="size-3" />}
            {t(`cache.break.${step.break.kind}`, { defaultValue: step.break.kind })}
          </Badge>
          <span className="min-w-0 flex-1 break-words">
            <Plain text={step.break.description} />
            {step.break.path ? <Mono text={step.break.path} className="ml-1.5 text-muted" /> : null}
            {step.kept_prefix_share === undefined || step.break.kind === 'first' ? null : <span className="ml-1.5 text-muted">{t('cache.kept', { share: percent(step.kept_prefix_share) })}</span>}
          </span>
        </div>
      ) : before && (before.model !== step.model || before.account !== step.account) ? (
        <div className="mt-1 pl-17 text-[13px] text-muted">
          <Mono text={step.model} /> · <Plain text={step.account} />
        </div>
      ) : null}
    </li>
  );
}
