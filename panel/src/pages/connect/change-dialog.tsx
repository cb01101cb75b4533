import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { Button } from '@/ui/button';
import { Diff } from '@/ui/copy';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import type { Client, ClientChange } from './clients';

/** Shows what becomes of a client's files, and does it. */
export function ChangeDialog({ client, change, secret, model, onClose }: { client: Client; change: 'connect' | 'disconnect'; secret: string; model: string; onClose: () => void }) {
  const t = useTexts('connect');
  const cache = useQueryClient();
  const toast = useToast();
  const path = `/api/v1/clients/${encodeURIComponent(client.id)}/${change}`;
  const body = (more: Record<string, unknown>) => ({ ...(change === 'connect' ? { ...(secret ? { key: secret } : {}), ...(model ? { model } : {}) } : {}), ...more });
  const preview = useMutation({ mutationFn: () => json<ClientChange>('POST', path, body({ apply: false })), gcTime: 0 });
  const { mutate: look } = preview;
  useEffect(() => look(), [look]);
  const apply = useMutation({
    mutationFn: (digest: string) => json<ClientChange>('POST', path, body({ apply: true, digest })),
    gcTime: 0,
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ['clients'] });
      toast.success(t(change === 'connect' ? 'nowConnected' : 'nowDisconnected', { client: client.name }));
      onClose();
    },
  });
  const changed = preview.data?.files.some((f) => f.diff !== '') ?? false;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t(change === 'connect' ? 'connectTitle' : 'disconnectTitle', { client: client.name })}
      description={t(change === 'connect' ? 'connectEffect' : 'disconnectEffect')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          {apply.isError ? <Button onClick={() => { apply.reset(); look(); }}>{t('lookAgain')}</Button> : null}
          <Button look="primary" busy={apply.isPending} disabled={!preview.data || !changed} onClick={() => preview.data && apply.mutate(preview.data.digest)}>
            {t(change)}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {preview.isError ? <ErrorBox error={preview.error} onRetry={() => look()} /> : null}
        {apply.isError ? <ErrorBox error={apply.error} /> : null}
        {preview.isPending ? <Skeleton lines={6} /> : null}
        {preview.data?.warnings.map((warning) => (
          <p key={warning} className="rounded-lg bg-warn-soft p-3">
            <Plain text={warning} />
          </p>
        ))}
        {preview.data?.files.map((file) => (
          <section key={file.path}>
            <h3 className="mb-1.5 font-medium">
              <Mono text={file.path} /> <span className="font-normal text-muted">{file.exists ? '' : t('newFile')}</span>
            </h3>
            {file.diff === '' ? <p className="text-muted">{t('unchanged')}</p> : <Diff text={file.diff} label={file.path} />}
          </section>
        ))}
        {preview.data && !changed ? <p className="text-muted">{t('nothingToDo')}</p> : null}
      </div>
    </Dialog>
  );
}
