import { useInfiniteQuery } from '@tanstack/react-query';
import { ScrollText } from 'lucide-react';
import { useMemo } from 'react';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { dateTime } from '@/lib/format';
import { useSettled } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Input, Select } from '@/ui/field';
import { Badge, type Tone, When } from '@/ui/figures';
import { Empty, Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { beginOf, keyOf } from './audit-filters';

type Entry = View<'AuditEntryView'>;
const outcomes: Record<string, Tone> = { done: 'ok', refused: 'warn', failed: 'bad' };
const groups = ['account.', 'backup.', 'emulators.', 'flow.', 'gateway.', 'key.', 'login.', 'restore.', 'session.', 'settings.', 'system.', 'usage.'] as const;
const periods = ['hour', 'day', 'week', 'month'] as const;

/** Who changed what, newest first; what is looked for stands in the address. */
export default function Audit() {
  const t = useTexts('system');
  const [address, setAddress] = useAddress();
  const filters = { actor: useSettled(address.actor ?? ''), target: useSettled(address.target ?? ''), action: useSettled(address.action ?? ''), period: address.period ?? '' };
  const entries = useInfiniteQuery({
    queryKey: ['audit', filters],
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/v1/audit', {
          params: { query: { actor: filters.actor || undefined, target: filters.target || undefined, action: filters.action || undefined, from: beginOf(filters.period, Date.now()), limit: 200, after: pageParam || undefined } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = useMemo(() => entries.data?.pages.flatMap((page) => page.entries) ?? [], [entries.data]);
  const open = rows.find((row) => keyOf(row) === address.open);
  const columns = useMemo<Column<Entry>[]>(
    () => [
      { id: 'at', header: t('audit.at'), cell: ({ row }) => <When at={row.original.at} />, meta: { width: '8.5rem', least: 110 } },
      { id: 'action', header: t('audit.action'), cell: ({ row }) => <Mono text={row.original.action} />, meta: { width: 'minmax(9rem, 1fr)', least: 140 } },
      { id: 'target', header: t('audit.target'), cell: ({ row }) => <Plain text={row.original.target} />, meta: { width: 'minmax(9rem, 1.4fr)', least: 140 } },
      { id: 'outcome', header: t('audit.outcome'), cell: ({ row }) => <Badge tone={outcomes[row.original.outcome] ?? 'muted'}>{t(`outcome.${row.original.outcome}`, { defaultValue: row.original.outcome })}</Badge>, meta: { width: '7rem', least: 90 } },
      { id: 'actor', header: t('audit.actor'), cell: ({ row }) => <Plain text={row.original.actor} />, meta: { width: 'minmax(7rem, 1fr)', least: 110 } },
      { id: 'source', header: t('audit.source'), cell: ({ row }) => <Mono text={row.original.source} />, meta: { width: '8.5rem', least: 110 } },
      { id: 'detail', header: t('audit.detail'), cell: ({ row }) => <Plain text={row.original.detail} />, meta: { width: 'minmax(12rem, 2fr)', least: 180 } },
    ],
    [t],
  );
  const filtered = !!(address.actor || address.target || address.action || address.period);
  if (entries.error && !entries.data) return <ErrorBox error={entries.error} onRetry={() => void entries.refetch()} />;
  const knownAction = address.action && !groups.includes(address.action as never) ? [{ value: address.action, label: visible(address.action) }] : [];
  return (
    <>
      <DataTable
        name="audit"
        label={t('tabs.audit')}
        rows={rows}
        columns={columns}
        keyOf={keyOf}
        sorted
        fill
        rowHeight={40}
        onOpen={(row) => setAddress({ open: keyOf(row) }, true)}
        openKey={address.open ?? null}
        onNearEnd={() => entries.hasNextPage && !entries.isFetchingNextPage && void entries.fetchNextPage()}
        toolbar={
          <>
            <Select
              className="max-w-52"
              label={t('audit.action')}
              value={address.action ?? 'all'}
              onChange={(value) => setAddress({ action: value === 'all' ? undefined : value })}
              options={[{ value: 'all', label: t('audit.allActions') }, ...knownAction, ...groups.map((group) => ({ value: group as string, label: t(`group.${group.slice(0, -1)}`) }))]}
            />
            <Input className="max-w-40" aria-label={t('audit.actor')} placeholder={t('audit.actor')} value={address.actor ?? ''} onChange={(event) => setAddress({ actor: event.target.value })} data-search />
            <Input className="max-w-48" aria-label={t('audit.target')} placeholder={t('audit.target')} value={address.target ?? ''} onChange={(event) => setAddress({ target: event.target.value })} />
            <Select
              className="max-w-44"
              label={t('audit.period')}
              value={address.period ?? 'all'}
              onChange={(value) => setAddress({ period: value === 'all' ? undefined : value })}
              options={[{ value: 'all', label: t('period.all') }, ...periods.map((one) => ({ value: one as string, label: t(`period.${one}`) }))]}
            />
          </>
        }
        empty={
          entries.isPending ? (
            <Skeleton lines={6} className="p-4" />
          ) : (
            <Empty
              icon={ScrollText}
              title={t(filtered ? 'audit.noMatch' : 'audit.empty')}
              action={filtered ? <Button onClick={() => setAddress({ actor: undefined, target: undefined, action: undefined, period: undefined })}>{t('audit.clear')}</Button> : undefined}
            />
          )
        }
      />
      <Dialog side open={open !== undefined} onClose={() => setAddress({ open: undefined })} title={open ? <Mono text={open.action} /> : ''} description={open ? dateTime(open.at) : undefined}>
        {open ? (
          <Facts
            facts={[
              [t('audit.outcome'), <Badge key="o" tone={outcomes[open.outcome] ?? 'muted'}>{t(`outcome.${open.outcome}`, { defaultValue: open.outcome })}</Badge>],
              [t('audit.target'), <Plain key="t" text={open.target} />],
              [t('audit.actor'), <Plain key="a" text={open.actor} />],
              [t('audit.source'), <Mono key="s" text={open.source} />],
              [t('audit.detail'), <span key="d" className="whitespace-pre-wrap"><Plain text={open.detail} /></span>],
            ]}
          />
        ) : null}
      </Dialog>
    </>
  );
}
