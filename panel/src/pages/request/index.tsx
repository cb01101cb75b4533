import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Bookmark, BookOpenText, Download, FileSearch, Repeat2, Terminal, Trash2 } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import { api, ApiError, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { download } from '@/lib/download';
import type { Flow } from '@/lib/flows';
import { clip, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Menu } from '@/ui/menu';
import { Empty, Page, Skeleton } from '@/ui/page';
import { Tabs } from '@/ui/tabs';
import { useToast } from '@/ui/toast';
import { Summary } from './summary';

// Not needed at first: they come when they are shown.
const Bodies = lazy(() => import('./bodies').then((m) => ({ default: m.Bodies })));
const Conversation = lazy(() => import('./conversation').then((m) => ({ default: m.Conversation })));
const CurlDialog = lazy(() => import('./curl-dialog').then((m) => ({ default: m.CurlDialog })));
const Replay = lazy(() => import('./replay').then((m) => ({ default: m.Replay })));

type Tab = 'summary' | 'bodies' | 'conversation';

export default function Request() {
  const t = useTexts('request');
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const [address, setAddress] = useAddress();
  const navigate = useNavigate();
  const client = useQueryClient();
  const confirm = useConfirm();
  const toast = useToast();
  const [dialog, setDialog] = useState<'replay' | 'curl' | null>(null);
  const tab: Tab = address.tab === 'bodies' || address.tab === 'conversation' ? address.tab : 'summary';
  const one = useQuery({ queryKey: ['flows', 'one', id], queryFn: () => data(api.GET('/api/v1/flows/{id}', { params: { path: { id } } })), enabled: id !== '', retry: (times, error) => times < 5 && error instanceof ApiError && error.status === 404 && times < 2 });
  const kept = useQuery({ queryKey: ['flows', 'bodies', id], queryFn: () => data(api.GET('/api/v1/flows/{id}/bodies', { params: { path: { id } } })), enabled: one.data !== undefined });
  const bodies = useMemo(() => kept.data?.bodies ?? [], [kept.data]);
  const flow = one.data;
  const change = useMutation({
    mutationFn: (marks: View<'FlowMarksInput'>) => data(api.PATCH('/api/v1/flows/{id}', { params: { path: { id } }, body: marks })),
    onSuccess: (next: Flow) => client.setQueryData(['flows', 'one', id], next),
    onError: toast.error,
  });
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('deleteTitle'), effect: t('deleteEffect'), action: t('delete'), danger: true }))) return;
    try {
      await data(api.DELETE('/api/v1/flows/{id}', { params: { path: { id } } }));
      toast.success(t('deleted'));
      void navigate({ to: '/requests' });
    } catch (error) {
      toast.error(error);
    }
  };

  if (one.error)
    return (
      <Page title={t('pages.request')}>
        {one.error instanceof ApiError && one.error.status === 404 ? (
          <Empty icon={FileSearch} title={t('gone')} action={<Link to="/requests" className="font-medium text-accent underline">{t('pages.requests')}</Link>}>
            {t('goneText')}
          </Empty>
        ) : (
          <ErrorBox error={one.error} onRetry={() => void one.refetch()} />
        )}
      </Page>
    );
  if (!flow)
    return (
      <Page title={t('pages.request')}>
        <Skeleton lines={10} />
      </Page>
    );
  const name = flow.requested_model || flow.model;
  return (
    <Page
      title={name ? t('title', { model: visible(clip(name, 80)) }) : t('pages.request')}
      fill={tab === 'bodies'}
      actions={
        <>
          <Button icon={Bookmark} aria-pressed={flow.bookmarked} className="aria-pressed:text-accent [&[aria-pressed=true]_svg]:fill-current" busy={change.isPending && change.variables.bookmarked !== undefined} onClick={() => change.mutate({ bookmarked: !flow.bookmarked })}>
            <span className="sr-only sm:not-sr-only">{t(flow.bookmarked ? 'bookmarked' : 'bookmark')}</span>
          </Button>
          <Button icon={Repeat2} onClick={() => setDialog('replay')}>
            {t('replay')}
          </Button>
          <Button icon={Terminal} onClick={() => setDialog('curl')}>
            {t('asCommandShort')}
          </Button>
          <Menu
            label={t('more')}
            items={[
              ...(['json', 'har', 'markdown'] as const).map((format) => ({ label: t(`export.${format}`), icon: Download, onSelect: () => download(`/api/v1/flows/${encodeURIComponent(id)}/export?format=${format}${format === 'json' ? '&bodies=true' : ''}`) })),
              { label: t('logs'), icon: BookOpenText, separated: true, onSelect: () => void navigate({ to: '/logs', search: { text: id } as never }) },
              { label: t('delete'), icon: Trash2, danger: true, separated: true, onSelect: () => void remove() },
            ]}
          />
        </>
      }
    >
      <Tabs<Tab>
        label={t('parts')}
        value={tab}
        onChange={(next) => setAddress({ tab: next === 'summary' ? undefined : next }, true)}
        tabs={[
          { value: 'summary', label: t('tab.summary') },
          { value: 'bodies', label: t('tab.bodies') },
          { value: 'conversation', label: t('tab.conversation') },
        ]}
      />
      {tab === 'summary' ? <Summary flow={flow} recorded={kept.data ? bodies.length > 0 : null} onMarks={(marks) => change.mutateAsync(marks)} onLoss={(loss) => setAddress({ tab: 'bodies', loss: String(loss), left: 'client-request.0' }, true)} /> : null}
      {tab === 'bodies' ? kept.error ? <ErrorBox error={kept.error} onRetry={() => void kept.refetch()} /> : kept.data ? <Suspense fallback={<Skeleton lines={8} />}><Bodies flow={flow} bodies={bodies} address={address} setAddress={setAddress} /></Suspense> : <Skeleton lines={8} /> : null}
      {tab === 'conversation' ? kept.data ? <Suspense fallback={<Skeleton lines={8} />}><Conversation flow={id} bodies={bodies} /></Suspense> : <Skeleton lines={8} /> : null}
      {dialog === 'replay' ? <Suspense><Replay key={id} flow={flow} recorded={kept.data ? bodies.some((b) => b.kind === 'client-request') : null} open onClose={() => setDialog(null)} /></Suspense> : null}
      {dialog === 'curl' ? <Suspense><CurlDialog key={`${id}.curl`} flow={flow} bodies={bodies} open onClose={() => setDialog(null)} /></Suspense> : null}
    </Page>
  );
}
