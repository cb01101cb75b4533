import { type ReactNode, useMemo } from 'react';
import type { Account } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Badge, When } from '@/ui/figures';
import { Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { VendorMark } from '@/ui/vendor';
import type { BatchKind } from './batch-bar';
import { type HourCell, nextReset, quotaBars, states } from './model';
import { AccountMenu, NextReset, QuotaBars, RecentStrip, State } from './parts';

const order = Object.keys(states);
const at = (value: string | null | undefined): number => (value ? Date.parse(value) : 0);

/** The accounts as a table. */
export function AccountTable({ accounts, nameOf, strips, openId, onOpen, chosen, onChoose, onAct, toolbar, empty }: { accounts: readonly Account[]; nameOf: (provider: string) => string; strips: ReadonlyMap<string, HourCell[]>; openId?: string; onOpen: (account: Account) => void; chosen: ReadonlySet<string>; onChoose: (chosen: Set<string>) => void; onAct: (kind: BatchKind, account: Account) => void; toolbar: ReactNode; empty: ReactNode }) {
  const t = useTexts('accounts');
  const [, setAddress] = useAddress();
  const tagged = accounts.some((a) => a.tags.length > 0);
  const columns = useMemo<Column<Account>[]>(
    () => [
      {
        id: 'account',
        header: t('column.account'),
        accessorFn: (a) => a.label.toLowerCase(),
        meta: { width: 'minmax(11.5rem, 1.6fr)', least: 184 },
        cell: ({ row: { original: a } }) => (
          <div className="flex min-w-0 items-center gap-2.5">
            <VendorMark name={nameOf(a.provider)} />
            <div className="min-w-0">
              <div className="truncate font-medium" title={visible(a.label)}>
                <Plain text={a.label} />
              </div>
              <div className="truncate text-[12.5px] text-muted">{visible(nameOf(a.provider))}</div>
            </div>
          </div>
        ),
      },
      { id: 'state', header: t('column.state'), accessorFn: (a) => order.indexOf(a.status), meta: { width: 'minmax(7.5rem, 1.2fr)', least: 120 }, cell: ({ row }) => <State account={row.original} /> },
      { id: 'plan', header: t('column.plan'), accessorFn: (a) => a.usage_page?.plan ?? '', meta: { width: 'minmax(5.25rem, 0.7fr)', least: 84 }, cell: ({ row }) => (row.original.usage_page?.plan ? <Badge tone="accent">{visible(row.original.usage_page.plan)}</Badge> : <span className="text-muted">–</span>) },
      { id: 'quota', header: t('column.quota'), accessorFn: (a) => Math.max(0, ...quotaBars(a).map((b) => b.used)), meta: { width: 'minmax(9.5rem, 1.3fr)', least: 152 }, cell: ({ row }) => <QuotaBars account={row.original} /> },
      { id: 'reset', header: t('column.reset'), accessorFn: (a) => at(nextReset(a, Date.now())) || Number.MAX_SAFE_INTEGER, meta: { width: '5.5rem', least: 88 }, cell: ({ row }) => <NextReset account={row.original} /> },
      { id: 'expires', header: t('column.expires'), accessorFn: (a) => at(a.credential.expires_at) || Number.MAX_SAFE_INTEGER, meta: { width: '6.25rem', least: 100 }, cell: ({ row }) => (row.original.credential.expires_at ? <When at={row.original.credential.expires_at} /> : <span className="text-muted">–</span>) },
      { id: 'used', header: t('column.used'), accessorFn: (a) => at(a.health.last_used_at), meta: { width: '5.25rem', least: 84 }, cell: ({ row }) => <When at={row.original.health.last_used_at} /> },
      { id: 'recent', header: t('column.recent'), enableSorting: false, meta: { width: '10.5rem', least: 168 }, cell: ({ row }) => <RecentStrip cells={strips.get(row.original.id)} /> },
      { id: 'requests', header: t('column.requests'), accessorFn: (a) => a.health.requests, meta: { width: '5.5rem', least: 88, right: true, off: true }, cell: ({ row }) => count(row.original.health.requests) },
      { id: 'failures', header: t('column.failures'), accessorFn: (a) => a.health.failures, meta: { width: '5rem', least: 80, right: true, off: true }, cell: ({ row }) => <span className={row.original.health.failures > 0 ? 'text-bad' : 'text-muted'}>{count(row.original.health.failures)}</span> },
      { id: 'priority', header: t('column.priority'), accessorFn: (a) => a.priority, meta: { width: '4.5rem', least: 72, right: true, off: true }, cell: ({ row }) => count(row.original.priority) },
      { id: 'weight', header: t('column.weight'), accessorFn: (a) => a.weight, meta: { width: '4.5rem', least: 72, right: true, off: true }, cell: ({ row }) => count(row.original.weight) },
      {
        id: 'tags',
        header: t('column.tags'),
        accessorFn: (a) => a.tags.join(' '),
        meta: { width: 'minmax(6rem, 0.8fr)', least: 96, off: !tagged },
        cell: ({ row }) => <TagList tags={row.original.tags} />,
      },
      { id: 'origin', header: t('column.origin'), accessorFn: (a) => a.origin, meta: { width: '7.5rem', least: 120, off: true }, cell: ({ row }) => t(`origin.${row.original.origin}`) },
      {
        id: 'actions',
        header: () => <span className="sr-only">{t('column.actions')}</span>,
        enableSorting: false,
        meta: { width: '2rem', least: 32, name: t('column.actions') },
        cell: ({ row: { original: a } }) => <AccountMenu account={a} onAct={onAct} onEdit={() => setAddress({ open: a.id, tab: 'edit' }, true)} />,
      },
    ],
    [t, nameOf, strips, onAct, setAddress, tagged],
  );
  return <DataTable name="accounts" label={t('pages.accounts')} rows={accounts} columns={columns} keyOf={(a) => a.id} onOpen={onOpen} openKey={openId ?? null} chosen={chosen} onChoose={onChoose} rowHeight={64} toolbar={toolbar} empty={empty} />;
}

/** Tags as small tiles. */
export function TagList({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return <span className="text-muted">–</span>;
  return (
    <span className="flex flex-wrap gap-1 overflow-hidden">
      {tags.map((tag) => (
        <Badge key={tag}>{visible(tag)}</Badge>
      ))}
    </span>
  );
}
