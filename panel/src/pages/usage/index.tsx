import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { refusedQuery } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { count } from '@/lib/format';
import { ErrorBox } from '@/ui/error';
import { Freshness } from '@/ui/freshness';
import { Card, Page, Skeleton } from '@/ui/page';
import { Tabs } from '@/ui/tabs';
import { OverTime } from './chart';
import { Controls, Export, Filters } from './controls';
import { Parts, Totals } from './figures';
import { asked } from './range';
import { type Measure, measures } from './series';
import { Unusual } from './unusual';
import { requestsOf, useNames, useUsage, useWanted, type Wanted } from './use-usage';

// Not needed at first: they come when they are shown.
const GroupsTable = lazy(() => import('./groups-table').then((m) => ({ default: m.GroupsTable })));

// Tabs that few open come when they are opened.
const CacheTab = lazy(() => import('./cache-tab'));
const PricesTab = lazy(() => import('./prices-tab'));

const tabs = ['usage', 'cache', 'prices'] as const;

export default function Usage() {
  const t = useTexts('usage');
  const [address, set] = useAddress();
  const wanted = useWanted(address);
  const tab = tabs.find((one) => one === address.tab) ?? 'usage';
  return (
    <Page title={t('pages.usage')} lead={t('lead')} actions={<Export wanted={wanted} />}>
      <Tabs label={t('pages.usage')} value={tab} onChange={(next) => set({ tab: next === 'usage' ? undefined : next, open: undefined, text: undefined, sort: undefined, columns: undefined }, true)} tabs={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))}>
        {tab === 'prices' ? null : <Controls wanted={wanted} set={set} spanOnly={tab === 'cache'} />}
        {tab === 'prices' ? null : <Filters wanted={wanted} set={set} />}
        <Suspense fallback={<Skeleton lines={8} className="card p-4" />}>
          {tab === 'usage' ? <Sums wanted={wanted} address={address} set={set} /> : tab === 'cache' ? <CacheTab wanted={wanted} address={address} set={set} /> : <PricesTab wanted={wanted} address={address} set={set} />}
        </Suspense>
      </Tabs>
    </Page>
  );
}

/** How many requests of the same time are not counted here, and the way to them; nothing where there are none. */
function Refused({ wanted }: { wanted: Wanted }) {
  const t = useTexts('usage');
  const refused = useQuery(refusedQuery({ ...wanted.filter, ...asked(wanted.range) }));
  const number = wanted.filter.account || wanted.filter.provider ? 0 : (refused.data?.count ?? 0);
  if (number === 0) return null;
  return (
    <Link to="/requests" search={requestsOf(wanted, { refused: 'true' }) as never} className="block truncate text-accent hover:underline">
      {t('total.refused', { count: number, number: count(number) })}
    </Link>
  );
}

function Sums({ wanted, address, set }: { wanted: Wanted; address: ReturnType<typeof useAddress>[0]; set: ReturnType<typeof useAddress>[1] }) {
  const t = useTexts('usage');
  const usage = useUsage(wanted);
  const nameOf = useNames(wanted.by);
  const measure: Measure = measures.find((one) => one === address.measure) ?? 'cost';
  const total = usage.table.data?.total;
  const failed = usage.queries.find((q) => q.isError && !q.data);
  if (failed) return <ErrorBox error={failed.error} onRetry={() => usage.queries.forEach((q) => void q.refetch())} />;
  return (
    <div className="flex flex-col gap-4">
      {usage.table.isPending ? <Skeleton lines={4} className="card p-4" /> : <Totals total={total} before={usage.before?.table?.total ?? undefined} sampled={usage.table.data?.percentiles === 'sampled'} refused={<Refused wanted={wanted} />} />}
      <Unusual wanted={wanted} />
      <div className="grid gap-4 xl:grid-cols-[minmax(0,5fr)_minmax(0,2fr)]">
        <OverTime wanted={wanted} usage={usage} nameOf={nameOf} measure={measure} view={address.view === 'table' ? 'table' : 'chart'} set={set} />
        {total ? <Parts total={total} /> : <Card title={t('parts.title')}>{usage.table.isPending ? <Skeleton lines={5} /> : <p className="text-muted">{t('none')}</p>}</Card>}
      </div>
      <Suspense fallback={<Skeleton lines={8} />}><GroupsTable wanted={wanted} usage={usage} nameOf={nameOf} set={set} /></Suspense>
      <div className="flex justify-end">
        <Freshness of={usage.queries} />
      </div>
    </div>
  );
}
