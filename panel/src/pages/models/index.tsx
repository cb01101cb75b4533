import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Boxes } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import { api, data } from '@/api/client';
import { pricesQuery } from '@/api/prices';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import * as format from '@/lib/format';
import { ErrorBox } from '@/ui/error';
import { SearchInput, Select } from '@/ui/field';
import { When } from '@/ui/figures';
import { Gone } from '@/ui/gone';
import { Empty, Page, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { ModelSheet } from './model-sheet';
import { priceOf } from './models';

type Model = View<'ModelView'>;

export default function Models() {
  const t = useTexts('models');
  const [address, setAddress] = useAddress();
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')) });
  const prices = useQuery(pricesQuery);
  const all = models.data?.models;
  const vendors = useMemo(() => [...new Set((all ?? []).map((m) => m.vendor).filter((v): v is string => !!v))].sort(), [all]);
  const accounts = useMemo(() => [...new Map((all ?? []).flatMap((m) => m.servers).map((s) => [s.account_id, s.account])).entries()].sort((a, b) => a[1].localeCompare(b[1])), [all]);
  const text = (address.q ?? '').toLowerCase();
  const rows = useMemo(
    () =>
      (all ?? []).filter(
        (m) => (!address.vendor || m.vendor === address.vendor) && (!address.account || m.servers.some((s) => s.account_id === address.account)) && (text === '' || m.id.toLowerCase().includes(text) || (m.display_name ?? '').toLowerCase().includes(text)),
      ),
    [all, address.vendor, address.account, text],
  );
  const columns = useMemo<Column<Model>[]>(() => {
    const price = (m: Model) => priceOf(prices.data?.prices ?? [], m.id)?.rates;
    return [
      {
        id: 'id',
        header: t('model'),
        accessorKey: 'id',
        meta: { width: 'minmax(14rem, 2fr)', least: 190 },
        cell: ({ row: { original: m } }) => (
          <div className="min-w-0">
            <Mono text={m.id} className="block truncate font-medium" />
            {m.display_name ? <Plain text={m.display_name} className="block truncate text-[13px] text-muted" /> : null}
          </div>
        ),
      },
      { id: 'vendor', header: t('vendor'), accessorFn: (m) => m.vendor ?? '', meta: { width: '7rem' }, cell: ({ row }) => <Plain text={row.original.vendor} /> },
      {
        id: 'servers',
        header: t('servedBy'),
        accessorFn: (m) => m.servers.length,
        meta: { width: 'minmax(10rem, 2fr)', least: 140 },
        cell: ({ row }) => (row.original.servers.length === 0 ? <span className="text-muted">{t('nobody')}</span> : <Plain text={row.original.servers.map((s) => s.account).join(', ')} />),
      },
      { id: 'context', header: t('context'), accessorFn: (m) => m.context_window ?? 0, meta: { width: '6rem', right: true }, cell: ({ row }) => (row.original.context_window ? format.short(row.original.context_window) : '') },
      { id: 'output', header: t('maxOutput'), accessorFn: (m) => m.max_output_tokens ?? 0, meta: { width: '6.5rem', right: true, off: true }, cell: ({ row }) => (row.original.max_output_tokens ? format.short(row.original.max_output_tokens) : '') },
      { id: 'can', header: t('can'), accessorFn: (m) => [m.images, m.tools].filter(Boolean).length, meta: { width: 'minmax(11.5rem, 1.2fr)', least: 184 }, cell: ({ row }) => <span className="text-muted">{abilities(row.original, t)}</span> },
      { id: 'input', header: t('priceIn'), accessorFn: (m) => price(m)?.input ?? -1, meta: { width: '6.5rem', right: true, name: t('priceInLong') }, cell: ({ row }) => amount(price(row.original)?.input) },
      { id: 'outputPrice', header: t('priceOut'), accessorFn: (m) => price(m)?.output ?? -1, meta: { width: '6.5rem', right: true, name: t('priceOutLong') }, cell: ({ row }) => amount(price(row.original)?.output) },
      { id: 'cached', header: t('priceCached'), accessorFn: (m) => price(m)?.cached ?? -1, meta: { width: '6.5rem', right: true, off: true }, cell: ({ row }) => amount(price(row.original)?.cached) },
    ];
  }, [t, prices.data]);
  const catalog = models.data?.catalog;
  const close = (): void => setAddress({ open: undefined }, true);
  const open = all?.find((m) => m.id === address.open);

  return (
    <Page
      fill
      title={t('pages.models')}
      lead={t('lead')}
      actions={
        catalog ? (
          <span className="text-[13px] text-muted">
            {catalog.source === 'built-in' ? t('catalogBuiltIn') : t('catalog', { source: catalog.source, models: catalog.models })} {catalog.checked_at ? <When at={catalog.checked_at} /> : null}
          </span>
        ) : null
      }
    >
      {models.isPending ? (
        <Skeleton lines={8} />
      ) : models.isError && !models.data ? (
        <ErrorBox error={models.error} onRetry={() => void models.refetch()} />
      ) : (
        <>
          {catalog?.error ? <div className="mb-3 rounded-lg bg-warn-soft px-3 py-2"><Plain text={catalog.error} /></div> : null}
          <DataTable
            fill
            name="models"
            label={t('pages.models')}
            rows={rows}
            columns={columns}
            keyOf={(m) => m.id}
            rowHeight={52}
            onOpen={(m) => setAddress({ open: m.id }, true)}
            openKey={address.open ?? null}
            toolbar={
              <>
                <SearchInput label={t('search')} value={address.q ?? ''} onChange={(event) => setAddress({ q: event.target.value })} className="w-full sm:w-64" />
                <div className="w-40">
                  <Select label={t('vendor')} value={address.vendor ?? 'all'} onChange={(value) => setAddress({ vendor: value === 'all' ? undefined : value })} options={[{ value: 'all', label: t('allVendors') }, ...vendors.map((value) => ({ value, label: <Plain text={value} /> }))]} />
                </div>
                <div className="w-44">
                  <Select label={t('servedBy')} value={address.account ?? 'all'} onChange={(value) => setAddress({ account: value === 'all' ? undefined : value })} options={[{ value: 'all', label: t('allAccounts') }, ...accounts.map(([value, label]) => ({ value, label: <Plain text={label} /> }))]} />
                </div>
                <span className="nums text-[13px] text-muted">{t('shown', { count: rows.length })}</span>
              </>
            }
            empty={
              (all?.length ?? 0) === 0 ? (
                <Empty icon={Boxes} title={t('noModels')} action={<Link to="/accounts/add" className="font-medium text-accent underline">{t('pages.add-account')}</Link>}>
                  {t('noModelsText')}
                </Empty>
              ) : (
                <Empty title={t('nothingFits')} />
              )
            }
          />
        </>
      )}
      {open ? <ModelSheet key={open.id} model={open} price={priceOf(prices.data?.prices ?? [], open.id)} sources={prices.data?.sources ?? {}} onClose={close} /> : null}
      <Gone id={address.open} found={open} of={models} title={t('pages.models')} onClose={close} />
    </Page>
  );
}

const amount = (rate: number | null | undefined): ReactNode => (rate === null || rate === undefined ? <span className="text-muted">–</span> : format.money(rate));

function abilities(m: Model, t: ReturnType<typeof useTexts>): string {
  return [m.tools && t('tools'), m.images && t('images'), m.reasoning !== 'unknown' && m.reasoning !== 'none' && t('reasoning')].filter(Boolean).join(' · ');
}
