import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Power } from 'lucide-react';
import { api, data, json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { Button } from '@/ui/button';
import { CodeBlock } from '@/ui/copy';
import { useConfirm } from '@/ui/dialog';
import { useToast } from '@/ui/toast';
import { type Listener, proposedAddress, snippetOf, type SurfaceFace } from './listeners';

/** How a surface is turned on: what to write, and a button that writes it. */
export function TurnOn({ face, taken }: { face: SurfaceFace; taken: readonly Listener[] }) {
  const t = useTexts('surfaces');
  const toast = useToast();
  const confirm = useConfirm();
  const client = useQueryClient();
  const settings = useQuery({ queryKey: ['settings', 'all'], queryFn: () => data(api.GET('/api/v1/settings')) });
  const address = proposedAddress(face, taken);
  const written = settings.data?.settings.some((one) => one.path.startsWith('listeners[') && one.path.endsWith('.surface') && one.value === face.id) ?? false;
  const turning = useMutation({
    mutationFn: () => json<{ version: string }>('PATCH', '/api/v1/settings', { 'listeners[+]': { ...address, surface: face.id } }, { 'if-match': settings.data?.version ?? '*' }),
    onSuccess: () => toast.success(t('written')),
    onError: (error) => toast.error(error),
    onSettled: () => void client.invalidateQueries({ queryKey: ['settings'] }),
  });
  if (!address) return null;
  return (
    <div className="flex flex-col gap-3">
      {written ? (
        <p className="rounded-lg bg-warn-soft p-2.5">{t('waits')}</p>
      ) : (
        <>
          <CodeBlock label={t('snippet')} text={snippetOf(face.id, address)} />
          <div className="flex flex-wrap items-center gap-3">
            <Button
              icon={Power}
              busy={turning.isPending}
              disabled={!settings.data?.file}
              onClick={() =>
                void confirm({ title: t('question', { name: face.title }), effect: t('effect', { address: `${address.host}:${address.port}` }), action: t('turnOn') }).then((yes) => yes && turning.mutate())
              }
            >
              {t('turnOn')}
            </Button>
            <Link to="/configuration" search={{ section: 'listening' } as never} className="text-[13px] font-medium text-accent">
              {t('byHand')}
            </Link>
            {settings.data && !settings.data.file ? <p className="text-[13px] text-muted">{t('noFile')}</p> : null}
          </div>
        </>
      )}
    </div>
  );
}
