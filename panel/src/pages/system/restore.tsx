import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCcw, Trash2, Upload } from 'lucide-react';
import { useRef } from 'react';
import { api, data, json, query, send } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { bytes, count, dateTime } from '@/lib/format';
import { Button } from '@/ui/button';
import { CodeBlock } from '@/ui/copy';
import { useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { When } from '@/ui/figures';
import { Card, Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { useRestart } from './restart';

/** Hands a backup over, which replaces everything at the next start; and says what came of the last. */
export function Restore() {
  const t = useTexts('system');
  const restore = useQuery({ queryKey: ['restore'], queryFn: () => data(api.GET('/api/v1/restore')) });
  const { data: value } = restore;
  return (
    <Card title={t('restore.title')}>
      {value ? (
        <div className="flex flex-col gap-3">
          {value.last ? <Last last={value.last} /> : null}
          {value.waiting ? <Waiting waiting={value.waiting} canRestart={value.can_restart} /> : value.possible ? <HandOver /> : <NotHere objection={value.objection ?? ''} />}
        </div>
      ) : restore.error ? (
        <ErrorBox error={restore.error} onRetry={() => void restore.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Card>
  );
}

function HandOver() {
  const t = useTexts('system');
  const client = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const sending = useMutation({
    mutationFn: async (file: File) => (await (await send(`/api/v1/restore${query({ name: file.name })}`, { method: 'PUT', body: file, headers: { 'content-type': 'application/gzip' } })).json()) as View<'RestoreView'>,
    onSuccess: (view) => client.setQueryData(['restore'], view),
  });
  return (
    <>
      <p className="text-muted">{t('restore.about')}</p>
      <ul className="list-disc space-y-1 pl-5 text-muted">
        <li>{t('restore.keeps')}</li>
        <li>{t('restore.engine')}</li>
        <li>{t('restore.secrets')}</li>
      </ul>
      <div>
        <input
          ref={input}
          type="file"
          accept=".backup,application/gzip"
          aria-label={t('restore.choose')}
          className="hidden"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) sending.mutate(file);
          }}
        />
        <Button icon={Upload} busy={sending.isPending} onClick={() => input.current?.click()}>
          {t('restore.choose')}
        </Button>
      </div>
      {sending.error ? <ErrorBox error={sending.error} /> : null}
    </>
  );
}

function Waiting({ waiting, canRestart }: { waiting: View<'WaitingRestoreView'>; canRestart: boolean }) {
  const t = useTexts('system');
  const toast = useToast();
  const confirm = useConfirm();
  const client = useQueryClient();
  const restart = useRestart();
  const discarding = useMutation({
    mutationFn: () => json<void>('DELETE', '/api/v1/restore'),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['restore'] }),
    onError: toast.error,
  });
  return (
    <>
      <p className="rounded-lg bg-warn-soft p-3">{t(canRestart ? 'restore.waits' : 'restore.waitsByHand')}</p>
      <Facts
        facts={[
          [t('restore.file'), <Mono key="f" text={waiting.name} className="break-all" />],
          [t('restore.madeAt'), dateTime(waiting.created_at)],
          [t('restore.holds'), t('restore.rows', { count: waiting.rows, number: count(waiting.rows), size: bytes(waiting.bytes) })],
          [t('restore.handedOver'), <When key="w" at={waiting.at} />],
        ]}
      />
      <div className="flex flex-wrap gap-2">
        {canRestart ? (
          <Button
            look="danger"
            icon={RotateCcw}
            busy={restart.isPending}
            onClick={() => void confirm({ title: t('restore.question'), effect: t('restore.effect', { at: dateTime(waiting.created_at) }), action: t('restore.now'), danger: true }).then((yes) => yes && restart.mutate())}
          >
            {t('restore.now')}
          </Button>
        ) : null}
        <Button icon={Trash2} busy={discarding.isPending} disabled={restart.isPending} onClick={() => discarding.mutate()}>
          {t('restore.forget')}
        </Button>
      </div>
    </>
  );
}

function Last({ last }: { last: View<'RestoreOutcome'> }) {
  const t = useTexts('system');
  return (
    <div role="status" className={`rounded-lg p-3 break-words ${last.succeeded ? 'bg-ok-soft' : 'bg-bad-soft'}`}>
      <p>{t(last.succeeded ? 'restore.wasDone' : 'restore.wasNotDone', { name: last.name, at: dateTime(last.created_at), kept: last.kept })}</p>
      {last.problem ? <p className="mt-1"><Plain text={last.problem} /></p> : null}
    </div>
  );
}

function NotHere({ objection }: { objection: string }) {
  const t = useTexts('system');
  return (
    <>
      <p className="text-muted"><Plain text={objection} /></p>
      <p className="text-muted">{t('restore.byCommand')}</p>
      <CodeBlock label={t('restore.title')} text={'dragoman restore dragoman-….backup --data FOLDER'} />
    </>
  );
}
