import { Link, useNavigate } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { Activity, CircleUserRound, Filter, KeyRound } from 'lucide-react';
import { useMemo } from 'react';
import type { UsageGroup, UsageRow } from '@/api/usage';
import { tokensOf } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { amount, change, count, milliseconds, money, percent, short } from '@/lib/format';
import { Badge } from '@/ui/figures';
import { Menu } from '@/ui/menu';
import { Empty } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { changeOf, type GroupRow, groupRows } from './series';
import { requestsOf, type useUsage, type Wanted } from './use-usage';

const dash = <span className="text-muted">—</span>;

/** The sums of each group, with their shares; each leads to its requests. */
export function GroupsTable({ wanted, usage, nameOf, set }: { wanted: Wanted; usage: ReturnType<typeof useUsage>; nameOf: (row: Partial<UsageRow>) => string; set: (change: Address, push?: boolean) => void }) {
  const t = useTexts('usage');
  const navigate = useNavigate();
  const { by } = wanted;
  const rows = useMemo(() => groupRows(usage.table.data?.rows ?? [], usage.before?.table?.rows, by, nameOf), [usage.table.data, usage.before?.table, by, nameOf]);
  const compared = !!usage.before;
  const credits = rows.some((row) => row.credits !== undefined);
  const columns = useMemo(() => columnsOf(t, wanted, compared, credits, set, (to, search) => void navigate({ to, search: search as never })), [t, wanted, compared, credits, set, navigate]);
  return (
    <DataTable
      name={`usage.${by}`}
      label={t(`groups.${by}`)}
      rows={rows}
      columns={columns}
      keyOf={(row) => row.id || '—'}
      onOpen={(row) => void navigate({ to: '/requests', search: requestsOf(wanted, { [by]: row.id }) as never })}
      empty={<Empty title={t('none')} />}
      toolbar={<h2 className="font-semibold">{t(`groups.${by}`)}</h2>}
    />
  );
}

function columnsOf(t: TFunction, wanted: Wanted, compared: boolean, credits: boolean, set: (change: Address, push?: boolean) => void, go: (to: string, search: Record<string, string>) => void): Column<GroupRow>[] {
  const { by } = wanted;
  const number = (id: string, of: (row: GroupRow) => number | undefined, write: (value: number) => string, more: { off?: boolean; width?: string } = {}): Column<GroupRow> => ({
    id,
    header: t(`column.${id}`),
    accessorFn: (row) => of(row) ?? -1,
    sortDescFirst: true,
    meta: { right: true, width: more.width ?? 'minmax(5rem, 1fr)', least: 80, off: more.off },
    cell: ({ row: { original } }) => {
      const value = of(original);
      return value === undefined ? dash : write(value);
    },
  });
  return [
    {
      id: 'name',
      header: t(`by.${by}`),
      accessorFn: (row) => row.name.toLowerCase(),
      meta: { width: 'minmax(12rem, 2.5fr)', least: 192 },
      cell: ({ row: { original } }) => (
        <span className="flex min-w-0 items-center gap-2">
          <Link to="/requests" search={requestsOf(wanted, { [by]: original.id }) as never} className="min-w-0 truncate font-medium hover:underline">
            {by === 'account' || by === 'key' ? <Plain text={original.name} /> : <Mono text={original.name} />}
          </Link>
          <Marks row={original} t={t} />
        </span>
      ),
    },
    {
      id: 'cost',
      header: t('column.cost'),
      accessorFn: (row) => row.cost ?? -1,
      sortDescFirst: true,
      meta: { right: true, width: 'minmax(5.5rem, 1fr)', least: 88 },
      cell: ({ row: { original } }) => (original.cost === undefined ? dash : money(original.cost)),
    },
    {
      id: 'costShare',
      header: t('column.costShare'),
      accessorFn: (row) => row.costShare,
      sortDescFirst: true,
      meta: { width: 'minmax(7rem, 1.2fr)', least: 112 },
      cell: ({ row: { original } }) => <ShareBar share={original.costShare} />,
    },
    ...(compared
      ? [
          {
            id: 'change',
            header: t('column.change'),
            accessorFn: (row: GroupRow) => changeOf(row.cost, row.before?.cost) ?? Number.NEGATIVE_INFINITY,
            sortDescFirst: true,
            meta: { right: true, width: 'minmax(5rem, 1fr)', least: 80 },
            cell: ({ row: { original } }: { row: { original: GroupRow } }) => {
              const moved = changeOf(original.cost, original.before?.cost) ?? changeOf(original.requests, original.before?.requests);
              return moved === undefined ? <span className="text-muted">{t('column.new')}</span> : <span title={t('total.before', { value: original.before?.cost === undefined ? count(original.before?.requests ?? 0) : money(original.before.cost) })}>{change(moved)}</span>;
            },
          } satisfies Column<GroupRow>,
        ]
      : []),
    ...(credits ? [number('credits', (row) => row.credits, amount)] : []),
    number('requests', (row) => row.requests, count),
    number('tokens', tokensOf, short),
    number('input', (row) => row.input_tokens, short, { off: true }),
    number('output', (row) => row.output_tokens, short, { off: true }),
    number('tokenShare', (row) => row.tokenShare, percent, { off: true }),
    number('cached', (row) => row.cached_share, percent),
    {
      id: 'errors',
      header: t('column.errors'),
      accessorFn: (row) => (row.requests > 0 ? row.errors / row.requests : 0),
      sortDescFirst: true,
      meta: { right: true, width: 'minmax(4.5rem, 1fr)', least: 72 },
      cell: ({ row: { original } }) =>
        original.errors === 0 ? (
          <span className="text-muted">0</span>
        ) : (
          <Link to="/requests" search={requestsOf(wanted, { [by]: original.id, status: '400-599' }) as never} className="text-bad hover:underline" title={t('column.errorShare', { share: percent(original.errors / original.requests) })}>
            {count(original.errors)}
          </Link>
        ),
    },
    number('firstByte50', (row) => row.p50_first_byte_ms, milliseconds, { off: true }),
    number('firstByte95', (row) => row.p95_first_byte_ms, milliseconds, { width: 'minmax(5.5rem, 1fr)' }),
    number('duration50', (row) => row.p50_duration_ms, milliseconds, { off: true }),
    number('duration95', (row) => row.p95_duration_ms, milliseconds, { width: 'minmax(5.5rem, 1fr)' }),
    {
      id: 'actions',
      header: '',
      enableSorting: false,
      meta: { width: '2.25rem', least: 36, name: t('column.actions') },
      cell: ({ row: { original } }) => <RowMenu t={t} by={by} id={original.id} wanted={wanted} set={set} go={go} />,
    },
  ];
}

function RowMenu({ t, by, id, wanted, set, go }: { t: TFunction; by: UsageGroup; id: string; wanted: Wanted; set: (change: Address, push?: boolean) => void; go: (to: string, search: Record<string, string>) => void }) {
  return (
    <Menu
      small
      label={t('column.actions')}
      items={[
        { label: t('action.requests'), icon: Activity, onSelect: () => go('/requests', requestsOf(wanted, { [by]: id })) },
        { label: t('action.only'), icon: Filter, disabled: !id, onSelect: () => set({ [by]: id, by: by === 'model' ? 'account' : undefined }, true) },
        by === 'account' && !!id && { label: t('action.account'), icon: CircleUserRound, separated: true, onSelect: () => go('/accounts', { open: id }) },
        by === 'key' && !!id && { label: t('action.key'), icon: KeyRound, separated: true, onSelect: () => go('/keys', { open: id }) },
      ]}
    />
  );
}

/** What of a row is not exact: tokens that were estimated, requests without a price. */
function Marks({ row, t }: { row: UsageRow; t: TFunction }) {
  return (
    <>
      {row.unpriced > 0 ? (
        <Badge tone="warn" title={t('total.unpriced', { count: row.unpriced, number: count(row.unpriced) })}>
          {t('mark.unpriced')}
        </Badge>
      ) : null}
      {row.estimated > 0 ? <Badge title={t('total.estimated', { count: row.estimated, number: count(row.estimated) })}>{t('mark.estimated')}</Badge> : null}
    </>
  );
}

function ShareBar({ share }: { share: number }) {
  return (
    <span className="flex items-center gap-2">
      <span aria-hidden className="h-1.5 flex-1 overflow-hidden rounded-full bg-line">
        <span className="block h-full rounded-full bg-accent-solid" style={{ width: `${share * 100}%` }} />
      </span>
      <span className="nums w-10 text-right">{percent(share)}</span>
    </span>
  );
}
