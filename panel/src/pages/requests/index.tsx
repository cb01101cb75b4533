import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Activity, SearchX } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { api, data } from '@/api/client';
import { useStream } from '@/api/stream';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import type { Flow } from '@/lib/flows';
import { count } from '@/lib/format';
import { usePreference } from '@/lib/hooks';
import { ErrorBox } from '@/ui/error';
import { Switch } from '@/ui/field';
import { Empty, Page, Skeleton } from '@/ui/page';
import { Segmented } from '@/ui/segmented';
import { useToast } from '@/ui/toast';
import { BatchBar, mark } from './batch-bar';
import { flowColumns } from './columns';
import { FlowFeed } from './feed';
import { type Field, queryOf, queryText, setFields } from './filters';
import { FlowList } from './list';
import { FlowSheet } from './sheet';
import { ColumnChooser, ExportMenu, Filters, TextSearch, Views } from './toolbar';

const Conversations = lazy(() => import('./conversations'));
const nothing: ReadonlySet<string> = new Set();
const usual = flowColumns.filter((c) => !c.off).map((c) => c.id);

export default function Requests() {
  const t = useTexts('requests');
  const toast = useToast();
  const [address, setAddress] = useAddress();
  const tab = address.tab === 'conversations' ? 'conversations' : 'requests';
  const asked = JSON.stringify(queryOf(address));
  const query = useMemo(() => queryOf(JSON.parse(asked)), [asked]);
  const feed = useMemo(() => new FlowFeed(query), [query]);
  const state = useSyncExternalStore(feed.watch, feed.current);
  // Chosen rows are those of one list: another filter begins anew.
  const [choice, setChoice] = useState<{ feed: FlowFeed; ids: ReadonlySet<string> } | null>(null);
  const chosen = choice?.feed === feed ? choice.ids : nothing;
  const setChosen = useCallback((ids: ReadonlySet<string>) => setChoice({ feed, ids }), [feed]);
  const [kept, setKept] = usePreference<string[] | null>('columns.requests', null);
  const wanted = address.columns ?? kept?.join() ?? usual.join();
  const columns = useMemo(() => flowColumns.filter((c) => wanted.split(',').includes(c.id)), [wanted]);
  const shown = columns.map((c) => c.id);

  useEffect(() => {
    if (tab !== 'requests') return;
    feed.start();
    return () => feed.stop();
  }, [feed, tab]);
  // What has an end has no tail.
  const live = address.live !== 'off' && !query.to && tab === 'requests';
  const stream = useStream(
    live ? `/api/v1/flows/live${queryText(query)}` : null,
    { flow: (value) => feed.add(value as Flow), missed: () => feed.miss(), reset: () => void feed.catchUp() },
    // What ended between the first page and the stream, or in a break that the gateway cannot make up for, is read again.
    (how) => how !== 'resumed' && void feed.catchUp(),
  );

  const accounts = useQuery({ queryKey: ['accounts', 'all'], queryFn: () => data(api.GET('/api/v1/accounts')), enabled: !!address.account });
  const keys = useQuery({ queryKey: ['keys', 'all'], queryFn: () => data(api.GET('/api/v1/keys')), enabled: !!address.key });
  const totals = useQuery({ queryKey: ['flows', 'totals'], queryFn: () => data(api.GET('/api/v1/flows/totals')) });
  const nameOf = (field: Field, value: string): string => {
    if (field === 'account') return accounts.data?.accounts.find((a) => a.id === value)?.label ?? value;
    if (field === 'key') return keys.data?.keys.find((k) => k.id === value)?.name ?? value;
    if ((field === 'from' || field === 'to') && !Number.isNaN(Date.parse(value))) return new Date(value).toLocaleString();
    return value;
  };

  const openId = address.open || null;
  const onMove = useCallback(
    (by: 1 | -1) => {
      const index = openId ? feed.rows.indexOf(openId) : -1;
      const next = feed.rows.at(index + by);
      if (index >= 0 && next) setAddress({ open: next.id });
    },
    [feed, openId, setAddress],
  );
  const onMark = async (flow: Flow): Promise<void> => {
    try {
      feed.replace(await mark(flow.id, { bookmarked: !flow.bookmarked }));
    } catch (error) {
      toast.error(error);
    }
  };
  const filtered = setFields(address).length > 0;
  const recordingOff = totals.data?.recording_mode === 'off';

  return (
    <Page
      title={t('pages.requests')}
      fill
      actions={
        <>
          {tab === 'requests' ? <Switch label={t(live && stream === 'lost' ? 'liveLost' : 'live')} checked={address.live !== 'off'} disabled={!!query.to} onChange={(on) => setAddress({ live: on ? undefined : 'off' })} /> : null}
          <Segmented
            label={t('view.title')}
            value={tab}
            onChange={(next) => setAddress({ tab: next === 'requests' ? undefined : next, columns: undefined, open: undefined }, true)}
            options={[
              { value: 'requests', label: t('tab.requests') },
              { value: 'conversations', label: t('tab.conversations') },
            ]}
          />
        </>
      }
    >
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <TextSearch address={address} onChange={setAddress} />
        <Filters address={address} onChange={setAddress} names={nameOf} />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          {tab === 'requests' ? (
            <>
              <Views address={address} onShow={(view) => setAddress(view, true)} />
              <ColumnChooser
                columns={flowColumns}
                shown={shown}
                onChange={(next) => {
                  setKept(next);
                  setAddress({ columns: next.join() === usual.join() ? undefined : next.join() });
                }}
              />
              <ExportMenu query={query} />
            </>
          ) : null}
        </div>
      </div>
      {tab === 'conversations' ? (
        <Suspense fallback={<Skeleton lines={8} />}>
          <Conversations query={query} onOpen={(session) => setAddress({ tab: undefined, columns: undefined, session }, true)} />
        </Suspense>
      ) : (
        <>
          {chosen.size > 0 ? <BatchBar feed={feed} chosen={chosen} onChoose={setChosen} /> : null}
          {state.error && !state.ready ? (
            <ErrorBox error={state.error} onRetry={() => void feed.more()} />
          ) : (
            <FlowList
              feed={feed}
              state={state}
              columns={columns}
              openId={openId}
              onOpen={(id) => setAddress({ open: id }, !openId)}
              chosen={chosen}
              onChoose={setChosen}
              address={address}
              onFilter={setAddress}
              empty={
                !state.ready ? (
                  <Skeleton lines={9} className="p-4" />
                ) : filtered ? (
                  <Empty icon={SearchX} title={t('noneFit')}>
                    {t('noneFitText')}
                  </Empty>
                ) : (
                  <Empty
                    icon={Activity}
                    title={t(recordingOff ? 'recordingOff' : 'noneYet')}
                    action={
                      <Link to={recordingOff ? '/configuration' : '/connect'} className="font-medium text-accent underline">
                        {t(recordingOff ? 'pages.configuration' : 'pages.connect')}
                      </Link>
                    }
                  >
                    {t(recordingOff ? 'recordingOffText' : 'noneYetText')}
                  </Empty>
                )
              }
              foot={state.error ? <ErrorBox error={state.error} onRetry={() => void feed.more()} /> : state.loading ? t('reading') : state.done ? (feed.rows.full ? t('full', { count: feed.rows.length, shown: count(feed.rows.length) }) : t('end', { count: feed.rows.length, shown: count(feed.rows.length) })) : null}
            />
          )}
        </>
      )}
      <FlowSheet id={openId} flow={openId ? feed.rows.at(feed.rows.indexOf(openId)) : undefined} onClose={() => setAddress({ open: undefined })} onMove={onMove} onMark={(flow) => void onMark(flow)} />
    </Page>
  );
}
