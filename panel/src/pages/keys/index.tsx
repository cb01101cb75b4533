import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, data, json } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import * as format from '@/lib/format';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { SearchInput } from '@/ui/field';
import { Badge, UsedBar, When } from '@/ui/figures';
import { Gone } from '@/ui/gone';
import { Empty, Page, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { Segmented } from '@/ui/segmented';
import { KeySheet } from './key-sheet';
import { NewKey } from './new-key';
import { toneOf } from './settings';

type Key = View<'KeyView'>;
type Status = View<'KeyStatusView'>;

export default function Keys() {
  const t = useTexts('keys');
  const [address, setAddress] = useAddress();
  const [making, setMaking] = useState(false);
  const keys = useQuery({ queryKey: ['keys', 'all'], queryFn: () => data(api.GET('/api/v1/keys')) });
  const statuses = useQuery({
    queryKey: ['keys', 'statuses'],
    queryFn: () => json<{ keys: Status[] }>('GET', '/api/v1/keys/status'),
    refetchInterval: 15_000,
    retry: false,
  });
  const text = (address.q ?? '').toLowerCase();
  const show = address.show === 'active' || address.show === 'ended' ? address.show : 'all';
  const rows = useMemo(
    () =>
      (keys.data?.keys ?? []).filter(
        (key) => (show === 'all' || (show === 'active') === (key.status === 'active')) && (text === '' || [key.name, key.id, key.prefix, key.note, ...(key.tags ?? [])].some((s) => s?.toLowerCase().includes(text))),
      ),
    [keys.data, show, text],
  );
  const byId = useMemo(() => new Map(statuses.data?.keys.map((s) => [s.id, s])), [statuses.data]);
  const columns = useMemo<Column<Key>[]>(
    () => [
      {
        id: 'name',
        header: t('name'),
        accessorKey: 'name',
        meta: { width: 'minmax(12rem, 2fr)', least: 180 },
        cell: ({ row: { original: key } }) => (
          <div className="min-w-0">
            <Plain text={key.name} className="block truncate font-medium" />
            <span className="block truncate text-[13px] text-muted">{key.origin === 'config' ? t('fromFile') : <Mono text={key.prefix} />}</span>
          </div>
        ),
      },
      { id: 'status', header: t('state'), accessorKey: 'status', meta: { width: '7rem' }, cell: ({ row }) => <Badge dot tone={toneOf(row.original.status)}>{t(`status.${row.original.status}`, { defaultValue: row.original.status })}</Badge> },
      { id: 'scope', header: t('scope'), accessorFn: (key) => scopeOf(key).join(' '), meta: { width: 'minmax(9rem, 1fr)', least: 130 }, cell: ({ row }) => (scopeOf(row.original).length > 0 ? <Mono text={scopeOf(row.original).join(', ')} /> : <span className="text-muted">{t('everything')}</span>) },
      { id: 'budget', header: t('budget'), accessorFn: (key) => worstBudget(byId.get(key.id))?.used ?? -1, meta: { width: 'minmax(10rem, 1fr)', least: 140 }, cell: ({ row }) => <BudgetCell status={byId.get(row.original.id)} settings={row.original} /> },
      { id: 'open', header: t('running'), accessorFn: (key) => byId.get(key.id)?.open ?? 0, meta: { width: '5.5rem', right: true }, cell: ({ row }) => { const s = byId.get(row.original.id); return s ? `${format.count(s.open)}${s.concurrency_limit ? ` / ${format.count(s.concurrency_limit)}` : ''}` : ''; } },
      { id: 'tags', header: t('tags'), accessorFn: (key) => (key.tags ?? []).join(), meta: { width: 'minmax(6rem, 1fr)', off: true }, cell: ({ row }) => <Plain text={(row.original.tags ?? []).join(', ')} /> },
      { id: 'note', header: t('note'), accessorKey: 'note', meta: { width: 'minmax(8rem, 1fr)', off: true }, cell: ({ row }) => <Plain text={row.original.note} /> },
      { id: 'used', header: t('lastUsed'), accessorFn: (key) => key.last_used_at ?? '', meta: { width: '7.5rem' }, cell: ({ row }) => <When at={row.original.last_used_at} /> },
      { id: 'expires', header: t('expires'), accessorFn: (key) => key.expires_at ?? '9', meta: { width: '7.5rem' }, cell: ({ row }) => <When at={row.original.expires_at} /> },
      { id: 'created', header: t('created'), accessorFn: (key) => key.created_at ?? '', meta: { width: '7.5rem', off: true }, cell: ({ row }) => (row.original.created_at ? <When at={row.original.created_at} /> : null) },
    ],
    [t, byId],
  );
  const close = (): void => setAddress({ open: undefined }, true);
  const opened = keys.data?.keys.find((key) => key.id === address.open);

  return (
    <Page
      fill
      title={t('pages.keys')}
      lead={t('lead')}
      actions={
        <Button look="primary" icon={Plus} onClick={() => setMaking(true)}>
          {t('new')}
        </Button>
      }
    >
      {keys.isPending ? (
        <Skeleton lines={8} />
      ) : keys.isError && !keys.data ? (
        <ErrorBox error={keys.error} onRetry={() => void keys.refetch()} />
      ) : (
        <DataTable
          fill
          name="keys"
          label={t('pages.keys')}
          rows={rows}
          columns={columns}
          keyOf={(key) => key.id}
          rowHeight={54}
          onOpen={(key) => setAddress({ open: key.id }, true)}
          openKey={address.open ?? null}
          toolbar={
            <>
              <SearchInput label={t('search')} value={address.q ?? ''} onChange={(event) => setAddress({ q: event.target.value })} className="w-full sm:w-64" />
              <Segmented
                label={t('state')}
                value={show}
                onChange={(value) => setAddress({ show: value === 'all' ? undefined : value })}
                options={[
                  { value: 'all', label: t('all') },
                  { value: 'active', label: t('show.active') },
                  { value: 'ended', label: t('show.ended') },
                ]}
              />
            </>
          }
          empty={
            (keys.data?.keys.length ?? 0) === 0 ? (
              <Empty
                icon={KeyRound}
                title={t('noKeys')}
                action={
                  <Button look="primary" icon={Plus} onClick={() => setMaking(true)}>
                    {t('new')}
                  </Button>
                }
              >
                {t('noKeysText')}
              </Empty>
            ) : (
              <Empty title={t('nothingFits')} action={<Button onClick={() => setAddress({ q: undefined, show: undefined })}>{t('showAll')}</Button>} />
            )
          }
        />
      )}
      {making ? <NewKey onClose={() => setMaking(false)} onMade={(id) => setAddress({ open: id }, true)} /> : null}
      {opened ? <KeySheet key={opened.id} view={opened} onClose={close} /> : null}
      <Gone id={address.open} found={opened} of={keys} title={t('pages.keys')} onClose={close} />
    </Page>
  );
}

const scopeOf = (key: Key): string[] => [...(key.models ?? []), ...(key.providers ?? []).map((p) => `${p}/`), ...(key.surfaces ?? [])];

function worstBudget(status: Status | undefined): { used: number; budget: View<'BudgetStatusView'> } | undefined {
  return status?.budgets.map((budget) => ({ used: budget.limit > 0 ? (budget.spent + budget.reserved) / budget.limit : 0, budget })).sort((a, b) => b.used - a.used)[0];
}

function BudgetCell({ status, settings }: { status: Status | undefined; settings: Key }) {
  const t = useTexts('keys');
  const worst = worstBudget(status);
  if (!worst) return (settings.budgets?.length ?? 0) > 0 ? <span className="text-muted">…</span> : <span className="text-muted">{t('noLimit')}</span>;
  const amount = (n: number): string => (worst.budget.unit === 'money' ? format.money(n) : format.short(n));
  const words = `${amount(worst.budget.spent)} / ${amount(worst.budget.limit)}`;
  return (
    <div className="min-w-0">
      <UsedBar used={worst.used} label={`${t('budget')}: ${words}`} />
      <span className="nums mt-1 block truncate text-[13px] text-muted">
        {words} · {t(`period.${worst.budget.period}`)}
      </span>
    </div>
  );
}
