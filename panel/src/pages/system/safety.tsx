import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Download, KeyRound, RefreshCw, Sparkles, Trash2 } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { api, data, json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { bytes } from '@/lib/format';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { Dialog, useConfirm } from '@/ui/dialog';
import { describe } from '@/ui/error';
import { Checkbox, Field, Input } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { Card } from '@/ui/page';
import { useToast } from '@/ui/toast';
import { faultOfSecret, randomSecret, saveBackup } from './backup';
import { Restore } from './restore';

/** Backup and restore, the key of the secrets at rest, and the management secret. */
export function Safety({ engine }: { engine: string | undefined }) {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Backup />
      <Restore />
      <MasterKey shared={engine === 'postgresql'} />
      <ManagementSecret />
    </div>
  );
}

function Backup() {
  const t = useTexts('system');
  const toast = useToast();
  const [withFlows, setWithFlows] = useState(true);
  const [come, setCome] = useState<{ share: number | null; bytes: number } | null>(null);
  const stop = useRef<AbortController | null>(null);
  const making = useMutation({
    mutationFn: () => {
      stop.current = new AbortController();
      return saveBackup(withFlows, (share, size) => setCome({ share, bytes: size }), stop.current.signal);
    },
    onSuccess: (saved) => toast.success(t('backup.done', { name: saved.name, size: bytes(saved.bytes) })),
    onError: (error) => (error instanceof DOMException && error.name === 'AbortError' ? undefined : toast.error(error)),
    onSettled: () => setCome(null),
  });
  return (
    <Card title={t('backup.title')}>
      <p className="text-muted">{t('backup.about')}</p>
      <div className="mt-3">
        <Checkbox checked={withFlows} onChange={setWithFlows} disabled={making.isPending} label={t('backup.withFlows')} />
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <Button look="primary" icon={Download} busy={making.isPending} onClick={() => making.mutate()}>
          {t('backup.make')}
        </Button>
        {making.isPending ? <Button onClick={() => stop.current?.abort()}>{t('cancel')}</Button> : null}
        {come ? <progress aria-label={t('backup.title')} value={come.share ?? undefined} max={1} className="h-2 w-40 accent-accent-solid" /> : null}
        {come ? <span className="nums text-muted">{bytes(come.bytes)}</span> : null}
      </div>
      <p className="mt-3 rounded-lg bg-warn-soft p-3">{t('backup.key')}</p>
    </Card>
  );
}

function MasterKey({ shared }: { shared: boolean }) {
  const t = useTexts('system');
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [keepOld, setKeepOld] = useState(true);
  const [sharedFile, setSharedFile] = useState(false);
  const rotating = useMutation({
    mutationFn: () => data(api.POST('/api/v1/settings/rotate-key', { params: { query: { keepOld, sharedKeyFile: sharedFile } } })),
    onSuccess: (done) => {
      setOpen(false);
      toast.success(t(done.old_dropped ? 'rotate.doneDropped' : 'rotate.done', { count: done.secrets }));
    },
  });
  return (
    <Card title={t('rotate.title')}>
      <p className="text-muted">{t('rotate.about')}</p>
      <Button className="mt-3" icon={RefreshCw} onClick={() => setOpen(true)}>
        {t('rotate.action')}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t('rotate.question')}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{t('cancel')}</Button>
            <Button look="danger" busy={rotating.isPending} onClick={() => rotating.mutate()} data-confirm>
              {t('rotate.action')}
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-3">
          <p>{t('rotate.effect')}</p>
          <Checkbox checked={keepOld} onChange={setKeepOld} label={t('rotate.keepOld')} />
          {!keepOld ? <p className="rounded-lg bg-warn-soft p-3">{t('rotate.dropOld')}</p> : null}
          {shared ? <Checkbox checked={sharedFile} onChange={setSharedFile} label={t('rotate.shared')} /> : null}
          {rotating.error ? (
            <p role="alert" className="rounded-lg bg-bad-soft p-3 break-words whitespace-pre-line">
              {[describe(rotating.error, t).title, describe(rotating.error, t).detail].filter(Boolean).join('\n')}
            </p>
          ) : null}
        </div>
      </Dialog>
    </Card>
  );
}

function ManagementSecret() {
  const t = useTexts('system');
  const toast = useToast();
  const confirm = useConfirm();
  const client = useQueryClient();
  const settings = useQuery({ queryKey: ['settings', 'all'], queryFn: () => data(api.GET('/api/v1/settings')) });
  const isSet = settings.data?.management_secret === true;
  const [open, setOpen] = useState(false);
  const [secret, setSecret] = useState('');
  const [shown, setShown] = useState(false);
  const again = (): void => {
    void client.invalidateQueries({ queryKey: ['settings'] });
    void client.invalidateQueries({ queryKey: ['session'] });
    void client.invalidateQueries({ queryKey: ['sessions'] });
  };
  const close = (): void => {
    setOpen(false);
    setSecret('');
    setShown(false);
  };
  const setting = useMutation({
    mutationFn: () => json<void>('PUT', '/api/v1/settings/management-secret', { secret }),
    onSuccess: () => {
      close();
      toast.success(t('secretCard.done'));
      again();
    },
  });
  const forgetting = useMutation({
    mutationFn: () => json<void>('DELETE', '/api/v1/settings/management-secret'),
    onSuccess: () => {
      toast.success(t('secretCard.forgotten'));
      again();
    },
    onError: (error) => toast.error(error),
  });
  const fault = secret === '' ? null : faultOfSecret(secret);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (secret !== '' && !fault) setting.mutate();
  };
  return (
    <Card title={t('secretCard.title')} actions={settings.data ? <Badge tone={isSet ? 'ok' : 'muted'} dot>{t(isSet ? 'secretCard.set' : 'secretCard.unset')}</Badge> : undefined}>
      <p className="text-muted">{t('secretCard.about')}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button icon={KeyRound} onClick={() => setOpen(true)}>
          {t(isSet ? 'secretCard.change' : 'secretCard.setAction')}
        </Button>
        {isSet ? (
          <Button
            icon={Trash2}
            busy={forgetting.isPending}
            onClick={() => void confirm({ title: t('secretCard.forgetQuestion'), effect: t('secretCard.forgetEffect'), action: t('secretCard.forget'), danger: true }).then((yes) => yes && forgetting.mutate())}
          >
            {t('secretCard.forget')}
          </Button>
        ) : null}
      </div>
      <Dialog
        open={open}
        onClose={close}
        title={t(isSet ? 'secretCard.change' : 'secretCard.setAction')}
        footer={
          <>
            <Button onClick={close}>{t('cancel')}</Button>
            <Button look="primary" type="submit" form="management-secret" busy={setting.isPending} disabled={secret === '' || fault !== null}>
              {t('common:save')}
            </Button>
          </>
        }
      >
        <form id="management-secret" onSubmit={submit} className="flex flex-col gap-3">
          <p className="text-muted">{t('secretCard.effect')}</p>
          <Field label={t('secretCard.new')} hint={t('secretCard.hint')} error={fault ? t(`secretCard.${fault}`) : setting.error ? describe(setting.error, t).title : undefined}>
            {(wiring) => (
              <div className="flex items-center gap-2">
                <Input {...wiring} type={shown ? 'text' : 'password'} className={shown ? 'font-mono' : undefined} autoComplete="new-password" value={secret} onChange={(event) => setSecret(event.target.value)} autoFocus />
                {shown && secret ? <CopyButton text={secret} /> : null}
              </div>
            )}
          </Field>
          <div className="flex flex-wrap items-center gap-3">
            <Button
              small
              icon={Sparkles}
              onClick={() => {
                setSecret(randomSecret());
                setShown(true);
              }}
            >
              {t('secretCard.generate')}
            </Button>
            <Checkbox checked={shown} onChange={setShown} label={t('secretCard.show')} />
          </div>
        </form>
      </Dialog>
    </Card>
  );
}
