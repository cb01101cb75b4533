import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import { api, ApiError, data, json } from '@/api/client';
import { useEvent } from '@/api/events';
import { quotasQuery } from '@/api/quotas';
import type { View } from '@/api/types';
import { unusualQuery, usageQuery } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { addDays, floorTo, iso, startOfDay, wholeDay } from '@/lib/calendar';
import { useNow } from '@/lib/hooks';
import { ErrorBox } from '@/ui/error';
import { Freshness } from '@/ui/freshness';
import { Page, Skeleton } from '@/ui/page';
import { Attention } from './attention';
import { finest } from './cells';
import { DaysRow } from './days';
import { whatEnds } from './ends';
import { EndsCard } from './ends-card';
import { Failures } from './failures';
import { FirstRun } from './first-run';
import { HealthGrid } from './health-grid';
import { Live } from './live';
import { hasFailed } from './rate';
import { compareDays } from './today';
import { findTroubles } from './troubles';

/** A gateway that does not list what its keys have left. */
function ifOlder(error: unknown): { keys: View<'KeyStatusView'>[] } {
  if (error instanceof ApiError && error.status === 404) return { keys: [] };
  throw error;
}

export default function Overview() {
  const t = useTexts('overview');
  const now = useNow();
  const [address, setAddress] = useAddress();
  const tenMinutes = floorTo(now, finest);
  // Not more than two days: what the gateway sums by ten minutes (a day may have 25 hours).
  const from = iso(Math.max(addDays(startOfDay(now), -1), tenMinutes - 2 * wholeDay + finest));

  const health = useQuery({ queryKey: ['health'], queryFn: () => data(api.GET('/api/v1/health')), refetchInterval: 15_000 });
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: () => data(api.GET('/api/v1/accounts')) });
  const quotas = useQuery(quotasQuery);
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => data(api.GET('/api/v1/keys')) });
  // What budgets have left changes with every request: read anew once in a while.
  const statuses = useQuery({ queryKey: ['keys', 'status'], queryFn: () => json<{ keys: View<'KeyStatusView'>[] }>('GET', '/api/v1/keys/status').catch(ifOlder), enabled: !!keys.data?.keys.some((k) => (k.budgets?.length ?? 0) > 0), refetchInterval: 60_000 });
  const days = useQuery(usageQuery({ from }, undefined, '10m'));
  const many = (accounts.data?.accounts.length ?? 0) > 40;
  const group = address.grid === 'provider' || (address.grid !== 'account' && many) ? 'provider' : 'account';
  // Much to sum: once a minute is enough.
  const cells = useQuery({ ...usageQuery({ from: iso(tenMinutes + finest - wholeDay) }, group, '10m', 'activity'), refetchInterval: 60_000 });
  const unusual = useQuery(unusualQuery({ from: iso(floorTo(now, 3600_000) - 3 * 3600_000) }));
  const failures = useQuery({ queryKey: ['flows', 'failed'], queryFn: () => data(api.GET('/api/v1/flows', { params: { query: { status: '400-599', limit: 6 } } })) });
  const totals = useQuery({ queryKey: ['flows', 'totals'], queryFn: () => data(api.GET('/api/v1/flows/totals')) });

  const [running, setRunning] = useState<number>();
  useEvent<{ open_requests?: number }>('health', (event) => setRunning(event.open_requests));
  useEvent<View<'FlowView'>>('flow', (flow) => {
    if (hasFailed(flow)) void failures.refetch();
    if (totals.data?.flows === 0) void totals.refetch();
  });

  const list = useMemo(() => accounts.data?.accounts ?? [], [accounts.data]);
  const nameOf = useCallback((id: string) => (group === 'account' ? (list.find((a) => a.id === id)?.label ?? id) : id), [group, list]);
  const minuteNow = floorTo(now, 60_000);
  const troubles = useMemo(() => findTroubles(health.data, list, unusual.data?.hours, minuteNow), [health.data, list, unusual.data, minuteNow]);
  const endings = useMemo(
    () => whatEnds({ windows: quotas.data?.windows ?? [], accounts: list, keys: keys.data?.keys ?? [], budgets: statuses.data?.keys ?? [], now: minuteNow }),
    [quotas.data, list, keys.data, statuses.data, minuteNow],
  );
  const compared = useMemo(() => (days.data ? compareDays(days.data.rows, minuteNow + 60_000) : null), [days.data, minuteNow]);
  const isNew = accounts.isSuccess && list.length === 0;
  const isUnused = accounts.isSuccess && !isNew && totals.data?.flows === 0 && days.data?.rows.length === 0;

  const down = accounts.isError && !accounts.data;

  return (
    <Page title={t('pages.overview')} actions={<Freshness of={[health, accounts, days]} />}>
      {down ? <ErrorBox error={accounts.error} onRetry={() => void accounts.refetch()} /> : null}
      {isNew || isUnused ? <FirstRun hasAccount={!isNew} hasKey={(keys.data?.keys.length ?? 0) > 0} /> : null}
      <div className="flex flex-col gap-4">
        {(isNew && troubles.length === 0) || (down && health.isError) ? null : (
          <div className="grid gap-4 lg:grid-cols-3">
            {health.data && accounts.data ? <Attention troubles={troubles} className="lg:col-span-2" /> : <Waiting quiet={down} query={health} className="lg:col-span-2" />}
            <Live running={running ?? health.data?.open_requests} />
          </div>
        )}
        {isNew || isUnused ? null : (
          <>
            {compared ? <DaysRow days={compared} /> : <Waiting quiet={down} query={days} />}
            {cells.data ? <HealthGrid rows={cells.data.rows} group={group} onGroup={(grid) => setAddress({ grid })} nameOf={nameOf} now={tenMinutes} /> : <Waiting quiet={down} query={cells} />}
            <div className="grid gap-4 lg:grid-cols-2">
              {quotas.isSuccess && accounts.isSuccess ? <EndsCard endings={endings} /> : <Waiting quiet={down} query={quotas} />}
              {failures.data ? <Failures flows={failures.data.flows} /> : <Waiting quiet={down} query={failures} />}
            </div>
          </>
        )}
      </div>
    </Page>
  );
}

/** What stands where there is no data yet. When nothing at all can be read, the page says so once, at its top. */
function Waiting({ query, quiet, className }: { quiet: boolean; query: { error: unknown; isError: boolean; refetch: () => unknown }; className?: string }) {
  return <div className={className}>{query.isError ? quiet ? null : <ErrorBox error={query.error} onRetry={() => void query.refetch()} /> : <Skeleton lines={4} className="card p-4" />}</div>;
}
