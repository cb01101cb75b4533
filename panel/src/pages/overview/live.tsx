import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useState } from 'react';
import { api, data } from '@/api/client';
import { useEvent } from '@/api/events';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { iso } from '@/lib/calendar';
import { count, milliseconds, short } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { Badge, toneOfStatus } from '@/ui/figures';
import { Card } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { add, type Ended, endedOf, hasFailed, kept, rateOf } from './rate';

/** How many of the last requests stand there. */
const shown = 6;

/** Requests that run now, how many end in a minute, and the last that ended: by the event stream. */
export function Live({ running, className }: { running: number | undefined; className?: string }) {
  const t = useTexts('overview');
  const now = useNow();
  const [ended, setEnded] = useState<Ended[]>([]);
  const [latest, setLatest] = useState<View<'FlowView'>[]>([]);
  // What ended before the page was opened.
  const [from] = useState(() => iso(Date.now() - kept));
  const before = useQuery({ queryKey: ['flows', 'before', from], queryFn: () => data(api.GET('/api/v1/flows', { params: { query: { from, limit: 200 } } })), staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false });
  useEvent<View<'FlowView'>>('flow', (flow) => {
    setEnded((known) => add(known, [endedOf(flow)], Date.now()));
    setLatest((known) => [flow, ...known.filter((f) => f.id !== flow.id)].slice(0, shown));
  });
  const rate = rateOf(add(ended, (before.data?.flows ?? []).map(endedOf), now), now);
  const rows = [...latest, ...(before.data?.flows ?? []).filter((f) => !latest.some((l) => l.id === f.id))].slice(0, shown);
  const top = Math.max(...rate.bars.map((b) => b.all), 1);
  return (
    <Card
      title={t('live.title')}
      flush
      className={className}
      actions={
        <Link to="/requests" className="text-[13px] font-medium text-accent hover:underline">
          {t('live.more')}
        </Link>
      }
    >
      <div className="grid grid-cols-3 gap-3 px-4">
        <Figure name={t('live.running')} value={running === undefined ? '—' : count(running)} />
        <Figure name={t('live.rate')} value={count(rate.perMinute)} />
        <Figure name={t('live.tokens')} value={short(rate.tokens)} />
      </div>
      <div role="img" aria-label={t('live.bars', { count: rate.perMinute, failed: rate.failed })} className="mt-2 flex h-10 items-end gap-0.5 border-b border-line px-4">
        {rate.bars.map((bar, i) => (
          // oxlint-disable-next-line react/no-array-index-key
          <span key={i} className={clsx('flex flex-1 flex-col justify-end rounded-t-[2px]', bar.all === 0 ? 'h-0.5 bg-line' : 'overflow-hidden bg-accent-solid/70')} style={bar.all === 0 ? undefined : { height: `${Math.max(12, (bar.all / top) * 100)}%` }}>
            {bar.failed > 0 ? <span className="block w-full bg-bad-bar" style={{ height: `${Math.max(25, (bar.failed / bar.all) * 100)}%` }} /> : null}
          </span>
        ))}
      </div>
      {rows.length === 0 ? (
        <p className="px-4 py-3 text-muted">{t('live.none')}</p>
      ) : (
        <ul className="py-1">
          {rows.map((flow) => (
            <li key={flow.id}>
              <Link to="/requests/$id" params={{ id: flow.id } as never} className="flex items-center gap-2 px-4 py-1 text-[13px] -outline-offset-2 hover:bg-sunken">
                <Badge tone={hasFailed(flow) ? toneOfStatus(Math.max(400, flow.status)) : 'ok'}>{flow.status || '—'}</Badge>
                <span className="min-w-0 flex-1 truncate">
                  {flow.model || flow.requested_model ? <Mono text={flow.model || flow.requested_model} /> : <Plain text={flow.error ?? ''} className="text-muted" />}
                  {flow.account ? <Plain text={flow.account} className="ml-2 text-muted" /> : null}
                </span>
                <span className="nums shrink-0 text-muted">{milliseconds(flow.duration_ms)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="min-w-0">
      <div className="truncate text-[13px] text-muted">{name}</div>
      <div className="nums text-xl font-semibold tracking-tight">{value}</div>
    </div>
  );
}
