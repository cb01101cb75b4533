import { useQuery } from '@tanstack/react-query';
import { Radio } from 'lucide-react';
import { ApiError, json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { browserOf } from '@/lib/browser';
import { clientName } from '@/lib/flows';
import { count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { CodeBlock, CopyButton } from '@/ui/copy';
import { ErrorBox } from '@/ui/error';
import { Badge, When } from '@/ui/figures';
import { Freshness } from '@/ui/freshness';
import { Card, Empty, Facts, Page, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { RoutesSheet } from './routes-sheet';
import { TurnOn } from './turn-on';
import type { Listener, SurfaceFace } from './listeners';

/** Which surface listens where, who used it, and how to turn on those that are off. */
export default function SurfacesPage() {
  const t = useTexts('surfaces');
  const [address, setAddress] = useAddress();
  const listeners = useQuery({
    queryKey: ['listeners'],
    queryFn: () =>
      json<{ listeners: Listener[]; surfaces: SurfaceFace[] }>('GET', '/api/v1/listeners').catch((error: unknown) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
    refetchInterval: 15_000,
  });
  const value = listeners.data;
  const off = value?.surfaces.filter((face) => !face.on) ?? [];
  const faces = new Map(value?.surfaces.map((face) => [face.id, face]));
  const routes = (id: string) => (
    <Button small look="quiet" onClick={() => setAddress({ routes: id }, true)}>
      {t('routesOf', { count: faces.get(id)?.routes.length ?? 0 })}
    </Button>
  );
  return (
    <Page title={t('pages.surfaces')} lead={t('lead')} actions={<Freshness of={[listeners]} />}>
      {listeners.isPending ? (
        <Skeleton lines={6} />
      ) : listeners.error && !value ? (
        <ErrorBox error={listeners.error} onRetry={() => void listeners.refetch()} />
      ) : !value ? (
        <Empty icon={Radio} title={t('unavailable')}>
          {t('unavailableText')}
        </Empty>
      ) : (
        <div className="flex flex-col gap-6">
          <section aria-labelledby="listening">
            <h2 id="listening" className="mb-2 text-base font-semibold">
              {t('listening')}
            </h2>
            <div className="grid items-start gap-4 xl:grid-cols-2">
              {value.listeners.map((one) => (
                <Card
                  key={`${one.address} ${one.surface}`}
                  title={
                    <span className="flex flex-wrap items-center gap-2">
                      <Plain text={one.title} />
                      <Badge tone={one.loopback ? 'muted' : 'warn'}>{t(one.loopback ? 'localOnly' : 'reachable')}</Badge>
                      <Badge tone={one.requires_key ? 'ok' : one.loopback ? 'muted' : 'bad'}>{t(one.requires_key ? 'keyNeeded' : 'open')}</Badge>
                    </span>
                  }
                  actions={routes(one.surface)}
                >
                  <Facts
                    facts={[
                      [
                        t('address'),
                        <span key="a" className="flex items-center gap-1">
                          <Mono text={one.url} className="break-all" />
                          <CopyButton text={one.url} label={t('copyAddress')} />
                        </span>,
                      ],
                      [t('bound'), <Mono key="b" text={one.address} />],
                      [t('requests'), <span key="r" className="nums">{t('sinceStart', { number: count(one.requests) })}</span>],
                      [
                        t('lastUsed'),
                        one.last_used_at ? (
                          <span key="l" className="flex min-w-0 flex-wrap gap-x-2">
                            <When at={one.last_used_at} />
                            <span className="min-w-0 break-words text-muted" title={visible(one.last_user_agent ?? '')}>
                              <Plain text={browserOf(one.last_user_agent ?? '') ?? clientName(one.last_user_agent ?? '')} />
                            </span>
                          </span>
                        ) : (
                          <span key="n" className="text-muted">
                            {t('never')}
                          </span>
                        ),
                      ],
                    ]}
                  />
                  <CodeBlock className="mt-3" wrap label={t('example')} text={one.example} />
                </Card>
              ))}
            </div>
          </section>
          {off.length > 0 ? (
            <section aria-labelledby="off">
              <h2 id="off" className="text-base font-semibold">
                {t('off')}
              </h2>
              <p className="mb-2 max-w-3xl text-muted">{t('offLead')}</p>
              <div className="grid items-start gap-4 md:grid-cols-2 xl:grid-cols-3">
                {off.map((face) => (
                  <Card key={face.id} title={<Plain text={face.title} />} actions={routes(face.id)}>
                    <TurnOn face={face} taken={value.listeners} />
                  </Card>
                ))}
              </div>
            </section>
          ) : null}
        </div>
      )}
      <RoutesSheet face={address.routes ? faces.get(address.routes) : undefined} onClose={() => setAddress({ routes: undefined, find: undefined })} />
    </Page>
  );
}
