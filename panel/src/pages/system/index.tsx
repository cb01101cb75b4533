import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { Freshness } from '@/ui/freshness';
import { Page, Skeleton } from '@/ui/page';
import { Tabs } from '@/ui/tabs';
import { Safety } from './safety';
import { Sessions } from './sessions';
import { State } from './state';

// The table of the audit log is large; the other tabs do not wait for it.
const Audit = lazy(() => import('./audit'));

type Tab = 'state' | 'safety' | 'sessions' | 'audit';
const tabs: readonly Tab[] = ['state', 'safety', 'sessions', 'audit'];

/** How the gateway is, what is kept safe, who is signed in, and who changed what. */
export default function SystemPage() {
  const t = useTexts('system');
  const [address, setAddress] = useAddress();
  const health = useQuery({ queryKey: ['health'], queryFn: () => data(api.GET('/api/v1/health')), refetchInterval: 15_000 });
  const tab = tabs.find((one) => one === address.tab) ?? 'state';
  return (
    <Page title={t('pages.system')} lead={t('lead')} fill={tab === 'audit'} actions={<Freshness of={[health]} />}>
      <Tabs<Tab>
        label={t('pages.system')}
        value={tab}
        // What another tab keeps in the address goes with it.
        onChange={(next) => setAddress({ ...Object.fromEntries(Object.keys(address).map((key) => [key, undefined])), tab: next === 'state' ? undefined : next }, true)}
        tabs={tabs.map((one) => ({ value: one, label: t(`tabs.${one}`) }))}
      />
      {tab === 'state' ? <State health={health} /> : tab === 'safety' ? <Safety engine={health.data?.store.engine} /> : tab === 'sessions' ? <Sessions /> : (
        <Suspense fallback={<Skeleton lines={6} />}>
          <Audit />
        </Suspense>
      )}
    </Page>
  );
}
