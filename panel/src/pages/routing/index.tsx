import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { api, data, send } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { ErrorBox } from '@/ui/error';
import { Page, Skeleton } from '@/ui/page';
import { Tabs } from '@/ui/tabs';
import { Explain } from './explain';

const RulesEditor = lazy(() => import('./rules-editor').then((m) => ({ default: m.RulesEditor })));
const Strategy = lazy(() => import('./strategy').then((m) => ({ default: m.Strategy })));

export default function Routing() {
  const t = useTexts('routing');
  const [address, setAddress] = useAddress();
  const tab = address.tab === 'strategy' || address.tab === 'rules' ? address.tab : 'explain';
  return (
    <Page title={t('pages.routing')} lead={t('lead')}>
      <Tabs
        label={t('pages.routing')}
        value={tab}
        onChange={(next) => setAddress({ tab: next === 'explain' ? undefined : next }, true)}
        tabs={[
          { value: 'explain', label: t('tab.explain') },
          { value: 'strategy', label: t('tab.strategy') },
          { value: 'rules', label: t('tab.rules') },
        ]}
      >
        {tab === 'explain' ? <Explain /> : <Editing tab={tab} />}
      </Tabs>
    </Page>
  );
}

/** What stands now: the settings that are in force, and the section of the file that has the rules. */
function Editing({ tab }: { tab: 'strategy' | 'rules' }) {
  const settings = useQuery({ queryKey: ['settings', 'all'], queryFn: () => data(api.GET('/api/v1/settings')) });
  const file = useQuery({
    queryKey: ['settings', 'routing'],
    queryFn: async () => {
      const response = await send('/api/v1/settings/config').catch((error: { status?: number }) => {
        // There is no file yet: the first change makes it.
        if (error.status === 404) return null;
        throw error;
      });
      if (!response) return { routing: undefined, version: '*' };
      const { parse } = await import('yaml');
      const document = parse(await response.text()) as { routing?: unknown } | null;
      return { routing: document?.routing, version: response.headers.get('etag') ?? '*' };
    },
  });
  const failed = settings.error ?? file.error;
  if (failed) {
    return (
      <ErrorBox
        error={failed}
        onRetry={() => {
          void settings.refetch();
          void file.refetch();
        }}
      />
    );
  }
  if (!settings.data || !file.data) return <Skeleton lines={6} />;
  return <Suspense fallback={<Skeleton lines={6} />}>{tab === 'strategy' ? <Strategy settings={settings.data} version={file.data.version} /> : <RulesEditor key={file.data.version} routing={file.data.routing} version={file.data.version} />}</Suspense>;
}
