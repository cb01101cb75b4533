import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Power, RotateCcw } from 'lucide-react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { Button } from '@/ui/button';
import { useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge } from '@/ui/figures';
import { Card, Skeleton } from '@/ui/page';
import { Mono } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { useRestart } from './restart';

/** Emulated upstreams, on and off: what can be tried without an account. */
export function Emulators() {
  const t = useTexts('system');
  const toast = useToast();
  const client = useQueryClient();
  const emulators = useQuery({ queryKey: ['emulators'], queryFn: () => data(api.GET('/api/v1/emulators')) });
  const turning = useMutation({
    mutationFn: (on: boolean) => data(on ? api.POST('/api/v1/emulators/start') : api.POST('/api/v1/emulators/stop')),
    onSuccess: (view) => {
      client.setQueryData(['emulators'], view);
      for (const key of ['accounts', 'models', 'health']) void client.invalidateQueries({ queryKey: [key] });
      toast.success(t(view.running ? 'emulators.started' : 'emulators.stopped'));
    },
    onError: toast.error,
  });
  const { data: value } = emulators;
  return (
    <Card title={t('emulators.title')} actions={value ? <Badge tone={value.running ? 'ok' : 'muted'} dot>{t(value.running ? 'emulators.on' : 'emulators.off')}</Badge> : undefined}>
      {value ? (
        <div className="flex flex-col items-start gap-3">
          <p className="text-muted">{t(value.available ? 'emulators.about' : 'emulators.none')}</p>
          {value.running ? (
            <ul className="flex flex-wrap gap-x-3 gap-y-1">
              {value.accounts.flatMap((account) => account.models).map((model) => (
                <li key={model}><Mono text={model} /></li>
              ))}
            </ul>
          ) : null}
          {value.available ? (
            <div className="flex flex-wrap items-center gap-3">
              <Button icon={Power} busy={turning.isPending} onClick={() => turning.mutate(!value.running)}>
                {t(value.running ? 'emulators.stop' : 'emulators.start')}
              </Button>
              {value.running ? <Link to="/playground" className="font-medium text-accent">{t('pages.playground')}</Link> : null}
            </div>
          ) : null}
        </div>
      ) : emulators.error ? (
        <ErrorBox error={emulators.error} onRetry={() => void emulators.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Card>
  );
}

/** Stops the gateway and starts it again, where it can. */
export function Restart() {
  const t = useTexts('system');
  const confirm = useConfirm();
  const restore = useQuery({ queryKey: ['restore'], queryFn: () => data(api.GET('/api/v1/restore')) });
  const restart = useRestart();
  if (!restore.data?.can_restart) return null;
  const waits = restore.data.waiting;
  return (
    <Card title={t('restart.title')}>
      <p className="text-muted">{t('restart.about')}</p>
      {waits ? <p className="mt-3 rounded-lg bg-warn-soft p-3">{t('restart.restores', { name: waits.name })}</p> : null}
      <Button className="mt-3" icon={RotateCcw} busy={restart.isPending} onClick={() => void confirm({ title: t('restart.question'), effect: t('restart.effect'), action: t('restart.action'), danger: !!waits }).then((yes) => yes && restart.mutate())}>
        {t('restart.action')}
      </Button>
    </Card>
  );
}
