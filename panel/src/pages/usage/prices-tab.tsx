import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { pricesQuery } from '@/api/prices';
import type { View } from '@/api/types';
import { usageQuery } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { count, day, short } from '@/lib/format';
import { safeLink } from '@/lib/text';
import { ErrorBox } from '@/ui/error';
import { SearchInput } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { Empty, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Column, DataTable } from '@/ui/table';
import { Tooltip } from '@/ui/tooltip';
import { asked } from './range';
import { requestsOf, type Wanted } from './use-usage';
import { Link } from '@tanstack/react-router';

type Price = View<'PriceView'>;

/** A price of a million tokens: as many digits as it has, two at least. */
const rate = (value: number | null | undefined): string => (value === null || value === undefined ? '—' : `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 4 })}`);

/** What models cost, where that was read and when; and the models in use that no price is known of. */
export default function PricesTab({ wanted, address, set }: { wanted: Wanted; address: Address; set: (change: Address) => void }) {
  const t = useTexts('usage');
  const prices = useQuery(pricesQuery);
  const used = useQuery(usageQuery(asked(wanted.range), 'model'));
  const missing = (used.data?.rows ?? []).filter((r) => r.unpriced > 0).sort((a, b) => b.unpriced - a.unpriced);
  const text = address.text ?? '';
  const rows = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    return (prices.data?.prices ?? []).filter((p) => words.every((w) => `${p.model} ${p.provider ?? ''} ${p.source}`.toLowerCase().includes(w)));
  }, [prices.data, text]);
  const sources = prices.data?.sources;
  const columns = useMemo<Column<Price>[]>(() => {
    const number = (id: string, of: (p: Price) => number | null | undefined): Column<Price> => ({
      id,
      header: t(`prices.${id}`),
      accessorFn: (p) => of(p) ?? -1,
      sortDescFirst: true,
      meta: { right: true, width: 'minmax(5rem, 1fr)', least: 80 },
      cell: ({ row: { original } }) => <span className={of(original) === null || of(original) === undefined ? 'text-muted' : ''}>{rate(of(original))}</span>,
    });
    return [
      {
        id: 'model',
        header: t('by.model'),
        accessorFn: (p) => p.model,
        meta: { width: 'minmax(13rem, 2.5fr)', least: 208 },
        cell: ({ row: { original: p } }) => (
          <span className="flex min-w-0 items-center gap-2">
            <Mono text={p.model} className="min-w-0 truncate" />
            {p.provider ? (
              <Badge>
                <Plain text={p.provider} />
              </Badge>
            ) : null}
          </span>
        ),
      },
      number('input', (p) => p.rates.input),
      number('output', (p) => p.rates.output),
      number('cached', (p) => p.rates.cached),
      number('cacheWrite', (p) => p.rates.cache_write),
      {
        id: 'tiers',
        header: t('prices.tiers'),
        enableSorting: false,
        meta: { width: 'minmax(7rem, 1fr)', least: 112 },
        cell: ({ row: { original: p } }) =>
          p.above && p.above.length > 0 ? (
            <Tooltip text={p.above.map((tier) => t('prices.tier', { tokens: count(tier.tokens), input: rate(tier.rates.input), output: rate(tier.rates.output) })).join('\n')}>
              <button type="button" className="rounded text-accent underline decoration-dotted underline-offset-2">
                {t('prices.above', { tokens: short(p.above[0]?.tokens ?? 0) })}
              </button>
            </Tooltip>
          ) : (
            <span className="text-muted">—</span>
          ),
      },
      {
        id: 'source',
        header: t('prices.source'),
        accessorFn: (p) => p.source,
        meta: { width: 'minmax(19rem, 2.2fr)', least: 304 },
        cell: ({ row: { original: p } }) => <Source name={p.source} source={sources?.[p.source]} />,
      },
    ];
  }, [t, sources]);
  if (prices.isPending) return <Skeleton lines={8} className="card p-4" />;
  if (prices.isError) return <ErrorBox error={prices.error} onRetry={() => void prices.refetch()} />;
  return (
    <>
      <p className="mb-3 max-w-3xl text-muted">{t('prices.lead')}</p>
      {missing.length > 0 ? (
        <div className="mb-3 rounded-xl border border-warn/40 bg-warn-soft px-4 py-3">
          <div className="font-medium">{t('prices.missing')}</div>
          <ul className="mt-1 flex flex-wrap gap-x-4 gap-y-1">
            {missing.slice(0, 12).map((row) => (
              <li key={row.model}>
                <Link to="/requests" search={requestsOf(wanted, { model: row.model }) as never} className="underline decoration-line-strong underline-offset-2">
                  <Mono text={row.model} />
                </Link>{' '}
                <span className="nums text-muted">{t('total.unpriced', { count: row.unpriced, number: count(row.unpriced) })}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <DataTable
        name="usage.prices"
        label={t('tab.prices')}
        rows={rows}
        columns={columns}
        keyOf={(p) => `${p.provider ?? ''}/${p.model}`}
        toolbar={
          <>
            <SearchInput label={t('prices.search')} value={text} onChange={(event) => set({ text: event.target.value })} className="w-full sm:w-64" />
            <span className="nums text-[13px] text-muted">{t('prices.rows', { count: rows.length })}</span>
          </>
        }
        empty={<Empty title={t('prices.none')} />}
      />
    </>
  );
}

function Source({ name, source }: { name: string; source: View<'PriceSourceView'> | undefined }) {
  const t = useTexts('usage');
  const link = safeLink(source?.page);
  const seen = source?.seen ? day(new Date(`${source.seen}T12:00:00`)) : '';
  return (
    <span className="block truncate">
      {link ? (
        <a href={link} target="_blank" rel="noopener noreferrer" className="text-accent hover:underline" title={new URL(link).host}>
          <Plain text={new URL(link).host} />
        </a>
      ) : (
        <Plain text={name} />
      )}
      {seen ? <span className="nums text-muted"> · {t('prices.seen', { day: seen })}</span> : null}
    </span>
  );
}
