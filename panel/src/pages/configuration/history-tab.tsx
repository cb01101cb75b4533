import { useMutation, useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { History, RotateCcw } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { bytes, dateTime } from '@/lib/format';
import { Button } from '@/ui/button';
import { useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge, When } from '@/ui/figures';
import { Empty, Skeleton } from '@/ui/page';
import { Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { entryQuery, historyQuery, restore } from './api';
import type { Workbench } from './use-draft';

const MergeEditor = lazy(() => import('@/ui/editor').then((m) => ({ default: m.MergeEditor })));

/** The texts that the file had: who changed it, when, what is different now, and the way back. */
export default function HistoryTab({ bench }: { bench: Workbench }) {
  const t = useTexts('configuration');
  const toast = useToast();
  const confirm = useConfirm();
  const [address, setAddress] = useAddress();
  const history = useQuery(historyQuery);
  const entries = history.data?.entries ?? [];
  const open = entries.find((e) => e.version === address.version) ?? entries.find((e) => !e.current) ?? entries[0];
  const text = useQuery({ ...entryQuery(open?.version ?? ''), enabled: open !== undefined });
  const back = useMutation({
    mutationFn: (version: string) => restore(version, bench.draft.base.version),
    onSuccess: async (changed) => {
      await bench.again();
      void history.refetch();
      toast.success(changed.needs_restart.length > 0 ? t('save.doneRestart') : t('history.done'));
    },
    onError: (error) => {
      toast.error(error);
      void bench.again();
    },
  });

  if (history.isPending) return <Skeleton lines={6} />;
  if (history.error) return <ErrorBox error={history.error} onRetry={() => void history.refetch()} />;
  if (history.data === null) return <Empty icon={History} title={t('history.unavailable')}>{t('history.unavailableText')}</Empty>;
  if (entries.length === 0 || !open) return <Empty icon={History} title={t('history.empty')}>{t('history.emptyText')}</Empty>;

  const ask = async (): Promise<void> => {
    const yes = await confirm({ title: t('history.question'), effect: `${t('history.effect', { at: dateTime(open.at) })}${bench.dirty ? `\n\n${t('history.effectDraft')}` : ''}`, action: t('history.restore') });
    if (yes) back.mutate(open.version);
  };
  return (
    <div className="grid min-h-0 flex-1 gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <ul aria-label={t('history.list')} className="card max-h-56 divide-y divide-line overflow-y-auto lg:max-h-none">
        {entries.map((entry) => (
          <li key={entry.version}>
            <button type="button" aria-current={entry.version === open.version || undefined} onClick={() => setAddress({ version: entry.version }, true)} className={clsx('flex w-full flex-col gap-0.5 px-3 py-2 text-left hover:bg-sunken', 'aria-[current=true]:bg-accent-soft')}>
              <span className="flex w-full items-center gap-2">
                <When at={entry.at} className="font-medium" />
                {entry.current ? <Badge tone="ok">{t('history.current')}</Badge> : null}
                {entry.bytes !== undefined ? <span className="nums ml-auto text-[13px] text-muted">{bytes(entry.bytes)}</span> : null}
              </span>
              <span className="text-[13px] text-muted">
                <Plain text={[entry.actor, entry.source].filter(Boolean).join(' · ')} />
              </span>
              {entry.summary ? (
                <span className="line-clamp-2 text-[13px] break-words">
                  <Plain text={entry.summary} />
                </span>
              ) : null}
            </button>
          </li>
        ))}
      </ul>
      <div className="flex min-h-96 min-w-0 flex-col gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <p className="min-w-0 flex-1 text-muted">{open.current ? t('history.isCurrent') : t('history.compare', { at: dateTime(open.at) })}</p>
          <Button icon={RotateCcw} disabled={open.current || !text.data} busy={back.isPending} onClick={() => void ask()}>
            {t('history.restore')}
          </Button>
        </div>
        <div className="card min-h-0 flex-1 overflow-hidden">
          {text.error ? (
            <div className="p-4">
              <ErrorBox error={text.error} onRetry={() => void text.refetch()} />
            </div>
          ) : text.data === undefined ? (
            <Skeleton lines={6} className="p-4" />
          ) : (
            <Suspense fallback={<Skeleton lines={6} className="p-4" />}>
              <MergeEditor original={text.data} value={bench.draft.base.text} labels={{ original: t('history.then'), value: t('history.now') }} />
            </Suspense>
          )}
        </div>
      </div>
    </div>
  );
}
