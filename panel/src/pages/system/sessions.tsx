import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { LogOut, MonitorSmartphone } from 'lucide-react';
import { ApiError, json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { browserOf } from '@/lib/browser';
import { Button } from '@/ui/button';
import { useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge, Countdown, When } from '@/ui/figures';
import { Card, Empty, Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';

interface PanelSession {
  id: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  address: string;
  user_agent: string;
  current: boolean;
}

/** Who is signed in to the panel; each session can be ended from here. */
export function Sessions() {
  const t = useTexts('system');
  const toast = useToast();
  const confirm = useConfirm();
  const client = useQueryClient();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () =>
      json<{ sessions: PanelSession[] }>('GET', '/api/v1/sessions').catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
  });
  const ending = useMutation({
    mutationFn: (id: string | null) => json<void>('DELETE', id === null ? '/api/v1/sessions' : `/api/v1/sessions/${encodeURIComponent(id)}`),
    onSuccess: (_, id) => {
      toast.success(t(id === null ? 'sessions.endedOthers' : 'sessions.ended'));
      void client.invalidateQueries({ queryKey: ['session'] });
    },
    onError: (error) => toast.error(error),
    onSettled: () => void client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  if (sessions.isPending) return <Skeleton lines={4} />;
  if (sessions.error) return <ErrorBox error={sessions.error} onRetry={() => void sessions.refetch()} />;
  if (sessions.data === null) return <Empty icon={MonitorSmartphone} title={t('sessions.unavailable')}>{t('sessions.unavailableText')}</Empty>;
  const all = sessions.data.sessions;
  if (all.length === 0) return <Empty icon={MonitorSmartphone} title={t('sessions.none')}>{t('sessions.noneText')}</Empty>;
  const others = all.filter((s) => !s.current).length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 text-muted">{t('sessions.about')}</p>
        {others > 0 ? (
          <Button icon={LogOut} onClick={() => void confirm({ title: t('sessions.othersQuestion'), effect: t('sessions.othersEffect', { count: others }), action: t('sessions.endOthers'), danger: true }).then((yes) => yes && ending.mutate(null))}>
            {t('sessions.endOthers')}
          </Button>
        ) : null}
      </div>
      <div className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
        {all.map((session) => (
          <Card
            key={session.id}
            title={browserOf(session.user_agent) ?? t('sessions.unknown')}
            actions={session.current ? <Badge tone="ok" dot>{t('sessions.current')}</Badge> : undefined}
          >
            <Facts
              facts={[
                [t('sessions.address'), <Mono key="a" text={session.address} />],
                [t('sessions.lastUsed'), <When key="l" at={session.last_used_at} />],
                [t('sessions.created'), <When key="c" at={session.created_at} />],
                [t('sessions.expires'), <Countdown key="e" to={session.expires_at} />],
              ]}
            />
            <p className="mt-2 line-clamp-2 text-[13px] break-words text-muted">
              <Plain text={session.user_agent} />
            </p>
            <Button
              small
              className="mt-3"
              icon={LogOut}
              onClick={() => void confirm({ title: t('sessions.endQuestion'), effect: t(session.current ? 'sessions.endOwnEffect' : 'sessions.endEffect'), action: t('sessions.end'), danger: true }).then((yes) => yes && ending.mutate(session.id))}
            >
              {t('sessions.end')}
            </Button>
          </Card>
        ))}
      </div>
    </div>
  );
}
