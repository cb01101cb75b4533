import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, RefreshCw, TriangleAlert } from 'lucide-react';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { bytes, count, dateTime, day, duration, milliseconds } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Badge, Stat, type Tone, When } from '@/ui/figures';
import { Card, Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { Emulators, Restart } from './process';

const tones: Record<string, Tone> = { ok: 'ok', healthy: 'ok', degraded: 'warn', warning: 'warn', draining: 'warn', failing: 'bad', failed: 'bad' };
const toneOf = (state: string): Tone => tones[state] ?? 'muted';

/** Version, uptime, store, parts, accounts, problems of the configuration, the catalog of models and the recorder. */
export function State({ health }: { health: UseQueryResult<View<'GatewayHealthView'>> }) {
  const t = useTexts('system');
  const version = useQuery({ queryKey: ['version'], queryFn: () => data(api.GET('/api/v1/version')), staleTime: 600_000 });
  const now = useNow();
  if (health.isPending) return <Skeleton lines={8} />;
  if (!health.data) return <ErrorBox error={health.error} onRetry={() => void health.refetch()} />;
  const { data: value } = health;
  const { store, accounts } = value;
  return (
    <div className="flex flex-col gap-4">
      {health.error ? <ErrorBox error={health.error} onRetry={() => void health.refetch()} /> : null}
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat label={t('status')} value={t(`states.${value.status}`, { defaultValue: value.status })} tone={toneOf(value.status) === 'muted' ? undefined : toneOf(value.status)} note={t('openRequests', { count: value.open_requests })} />
        <Stat label={t('version')} value={value.version} note={version.data ? `.NET ${version.data.runtime}` : undefined} />
        <Stat label={t('uptime')} value={duration(Math.max(0, (now - new Date(value.started_at).getTime()) / 1000))} note={t('since', { at: dateTime(value.started_at) })} />
        <Stat label={t('storeTitle')} value={store.bytes === null || store.bytes === undefined ? '–' : bytes(store.bytes)} tone={store.healthy ? undefined : 'bad'} note={t('latency', { time: milliseconds(store.latency_ms) })} />
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title={t('storeTitle')} actions={<Badge tone={store.healthy ? 'ok' : 'bad'} dot>{t(store.healthy ? 'states.ok' : 'states.failing')}</Badge>}>
          <Facts
            facts={[
              [t('engine'), <Plain key="e" text={`${store.engine === 'sqlite' ? 'SQLite' : store.engine === 'postgresql' ? 'PostgreSQL' : store.engine} ${store.engine_version ?? ''}`} />],
              [t('schemaVersion'), <span key="s" className="nums">{store.schema_version}</span>],
              store.bytes !== null && store.bytes !== undefined && [t('size'), <span key="b" className="nums">{bytes(store.bytes)}</span>],
              [t('latencyName'), <span key="l" className="nums">{milliseconds(store.latency_ms)}</span>],
              [t('waiting'), <span key="w" className="nums">{count(store.waiting)}</span>],
              [t('node'), <Mono key="n" text={value.node} />],
              store.problem ? [t('problem'), <span key="p" className="text-bad"><Plain text={store.problem} /></span>] : null,
              store.set_aside.length > 0 && [t('setAside'), <span key="a">{store.set_aside.map((file) => <div key={file}><Mono text={file} /></div>)}</span>],
            ]}
          />
        </Card>
        <Card title={t('parts')} flush>
          <ul className="divide-y divide-line">
            {Object.entries(value.parts).map(([name, part]) => (
              <li key={name} className="px-4 py-2.5">
                <div className="flex flex-wrap items-center gap-2">
                  <span className="font-medium">{t(`part.${name}`, { defaultValue: name })}</span>
                  <Badge tone={toneOf(part.state)} dot>{t(`states.${part.state}`, { defaultValue: part.state })}</Badge>
                </div>
                {part.problem ? <p className="mt-0.5 text-bad"><Plain text={part.problem} /></p> : null}
                <p className="nums mt-0.5 flex flex-wrap gap-x-4 text-[13px] text-muted">
                  {Object.entries(part.figures).map(([figure, n]) => (
                    <span key={figure}>
                      {t(`figure.${figure}`, { defaultValue: figure.replaceAll('_', ' ') })} <span className="text-text">{count(n)}</span>
                    </span>
                  ))}
                </p>
              </li>
            ))}
          </ul>
        </Card>
        <Card title={t('accountsTitle')} actions={<Link to="/accounts" className="text-[13px] font-medium text-accent">{t('pages.accounts')}</Link>}>
          <div className="flex flex-wrap gap-2">
            {(
              [
                ['ready', accounts.ready, 'ok'],
                ['degraded', accounts.degraded, 'warn'],
                ['cooling_down', accounts.cooling_down, 'warn'],
                ['unusable', accounts.unusable, 'bad'],
                ['disabled', accounts.disabled, 'muted'],
              ] as [string, number, Tone][]
            )
              .filter(([kind, n]) => n > 0 || kind === 'ready')
              .map(([kind, n, tone]) => (
                <Badge key={kind} tone={tone} dot>
                  <span className="nums">
                    {t(`account.${kind}`)} {count(n)}
                  </span>
                </Badge>
              ))}
          </div>
        </Card>
        <Problems problems={value.configuration} />
        <Catalog />
        <Recorder />
        <Emulators />
        <Restart />
      </div>
    </div>
  );
}

function Problems({ problems }: { problems: readonly View<'ProblemView'>[] }) {
  const t = useTexts('system');
  return (
    <Card title={t('configuration')} flush={problems.length > 0} actions={<Link to="/configuration" className="text-[13px] font-medium text-accent">{t('pages.configuration')}</Link>}>
      {problems.length === 0 ? (
        <p className="flex items-center gap-2 text-muted">
          <CircleCheck aria-hidden className="size-4 text-ok" />
          {t('noProblems')}
        </p>
      ) : (
        <ul className="max-h-64 divide-y divide-line overflow-y-auto">
          {problems.map((problem) => (
            <li key={`${problem.line}:${problem.column} ${problem.path} ${problem.message}`}>
              <Link to="/configuration" search={(problem.line > 0 ? { line: String(problem.line) } : { tab: 'yaml' }) as never} className="flex items-start gap-2 px-4 py-2 hover:bg-sunken">
                <TriangleAlert aria-label={t(`severity.${problem.severity}`)} className={`mt-0.5 size-4 shrink-0 ${problem.severity === 'error' ? 'text-bad' : 'text-warn'}`} />
                <span className="min-w-0 break-words">
                  {problem.path ? <Mono text={problem.path} className="mr-1.5" /> : null}
                  <Plain text={problem.message} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Catalog() {
  const t = useTexts('system');
  const catalog = useQuery({ queryKey: ['models', 'catalog'], queryFn: () => data(api.GET('/api/v1/models/catalog')) });
  const client = useQueryClient();
  const toast = useToast();
  const refresh = useMutation({
    mutationFn: () => data(api.POST('/api/v1/models/catalog/refresh')),
    onSuccess: (found) => {
      client.setQueryData(['models', 'catalog'], found);
      void client.invalidateQueries({ queryKey: ['models'] });
      if (!found.error) toast.success(t('catalogLooked'));
    },
    onError: toast.error,
  });
  return (
    <Card
      title={t('catalog')}
      actions={
        catalog.data?.location ? (
          <Button small icon={RefreshCw} busy={refresh.isPending} onClick={() => refresh.mutate()}>
            {t('catalogLook')}
          </Button>
        ) : undefined
      }
    >
      {catalog.data ? (
        <Facts
          facts={[
            [t('catalogSource'), t(`source.${catalog.data.source}`, { defaultValue: catalog.data.source })],
            catalog.data.location ? [t('catalogLocation'), <Mono key="l" text={catalog.data.location} className="break-all" />] : null,
            [t('catalogBuiltIn'), day(catalog.data.built_in)],
            catalog.data.taken_at ? [t('catalogTaken'), <When key="t" at={catalog.data.taken_at} />] : null,
            catalog.data.checked_at ? [t('catalogChecked'), <When key="c" at={catalog.data.checked_at} />] : null,
            catalog.data.source !== 'built-in' && [t('catalogHas'), t('catalogCounts', { models: count(catalog.data.models), prices: count(catalog.data.prices) })],
            catalog.data.error ? [t('problem'), <span key="e" className="text-bad"><Plain text={catalog.data.error} /></span>] : null,
          ]}
        />
      ) : catalog.error ? (
        <ErrorBox error={catalog.error} onRetry={() => void catalog.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Card>
  );
}

function Recorder() {
  const t = useTexts('system');
  const totals = useQuery({ queryKey: ['flows', 'totals'], queryFn: () => data(api.GET('/api/v1/flows/totals')), refetchInterval: 30_000 });
  return (
    <Card title={t('recorder')} actions={<Link to="/configuration" search={{ section: 'recording' } as never} className="text-[13px] font-medium text-accent">{t('change')}</Link>}>
      {totals.data ? (
        <Facts
          facts={[
            [t('recording'), t(`mode.${totals.data.recording_mode}`, { defaultValue: totals.data.recording_mode })],
            [t('kept'), <span key="k" className="nums">{t('keptFlows', { count: totals.data.flows, number: count(totals.data.flows), size: bytes(totals.data.bytes) })}</span>],
            totals.data.oldest ? [t('oldest'), <When key="o" at={totals.data.oldest} />] : null,
            [t('recorderWaiting'), <span key="w" className="nums">{count(totals.data.recorder.waiting)}</span>],
            [t('recorderDropped'), <span key="d" className="nums">{count(totals.data.recorder.dropped)}</span>],
          ]}
        />
      ) : totals.error ? (
        <ErrorBox error={totals.error} onRetry={() => void totals.refetch()} />
      ) : (
        <Skeleton />
      )}
    </Card>
  );
}
