import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Eraser, Gauge, RefreshCw } from 'lucide-react';
import { lazy, Suspense, useCallback, useMemo } from 'react';
import { api, data } from '@/api/client';
import { type QuotaWindow, quotasQuery } from '@/api/quotas';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { floorTo } from '@/lib/calendar';
import { count, percent } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog, useConfirm } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { SearchInput, Select } from '@/ui/field';
import { Countdown, Stat, UsedBar, When } from '@/ui/figures';
import { Gone } from '@/ui/gone';
import { Freshness } from '@/ui/freshness';
import { Empty, Facts, Page, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { Segmented } from '@/ui/segmented';
import { DataTable } from '@/ui/table';
import { useToast } from '@/ui/toast';
import { causeText, problemText } from '@/ui/reasons';
import { FamilyBars } from './family-bars';
import { columnsOf, Forecast, State } from './table';
import { families, isStale, keyOf, select } from './windows';

// Not needed at first: they come when they are shown.
const WindowHistory = lazy(() => import('./history').then((m) => ({ default: m.WindowHistory })));
const Timeline = lazy(() => import('./timeline').then((m) => ({ default: m.Timeline })));

export default function Quota() {
  const t = useTexts('quota');
  const [address, setAddress] = useAddress();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const toast = useToast();
  const client = useQueryClient();
  const quotas = useQuery(quotasQuery);
  const second = useNow();
  const now = floorTo(second, 30_000);

  const done = useCallback(() => {
    void client.invalidateQueries({ queryKey: ['quotas'] });
    void client.invalidateQueries({ queryKey: ['accounts'] });
  }, [client]);
  const refresh = useMutation({
    mutationFn: (w: QuotaWindow) => data(api.POST('/api/v1/accounts/{id}/quota', { params: { path: { id: w.account_id } } })),
    onSuccess: (view, w) => {
      done();
      if (view.usage_page?.problem) toast.error(new Error(view.usage_page.problem));
      else toast.success(t(view.usage_page ? 'refreshed' : 'noPage', { name: w.account }));
    },
    onError: toast.error,
  });
  const reset = useMutation({
    mutationFn: (w: QuotaWindow) => data(api.POST('/api/v1/accounts/{id}/reset', { params: { path: { id: w.account_id } } })),
    onSuccess: (_, w) => {
      done();
      toast.success(t('resetDone', { name: w.account }));
    },
    onError: toast.error,
  });
  const { mutate: askVendor } = refresh;
  const { mutate: endCooldown } = reset;
  const ask = useCallback(
    async (w: QuotaWindow) => {
      if (await confirm({ title: t('resetTitle'), effect: <ResetEffect account={w.account} reason={causeText(t, w.reason_code, w.reason)} />, action: t('action.reset') })) endCooldown(w);
    },
    [confirm, endCooldown, t],
  );
  const open = useCallback((key: string) => setAddress({ open: key }, true), [setAddress]);

  const windows = useMemo(() => quotas.data?.windows ?? [], [quotas.data]);
  const accounts = quotas.data?.accounts ?? [];
  const rows = useMemo(() => select(windows, address), [windows, address]);
  const grouped = useMemo(() => families(select(windows, { ...address, family: undefined }), now), [windows, address, now]);
  const columns = useMemo(
    () =>
      columnsOf(
        t,
        {
          onOpen: (w) => open(keyOf(w)),
          onRefresh: (w) => askVendor(w),
          onReset: (w) => void ask(w),
          onRequests: (w) => void navigate({ to: '/requests', search: { account: w.account_id } as never }),
        },
      ),
    [t, open, askVendor, ask, navigate],
  );

  const ready = accounts.filter((a) => a.ready).length;
  const next = [...accounts].filter((a) => !a.ready && a.next_ready_at).sort((a, b) => Date.parse(a.next_ready_at as string) - Date.parse(b.next_ready_at as string))[0];
  const out = [...windows].filter((w) => w.forecast?.exhausted_at).sort((a, b) => Date.parse(a.forecast?.exhausted_at as string) - Date.parse(b.forecast?.exhausted_at as string))[0];
  const soonest = rows.find((w) => w.resets_at && Date.parse(w.resets_at) > second);
  const problems = accounts.filter((a) => a.problem);
  const partly = accounts.filter((a) => a.ready && a.cooling_models.length > 0);
  const close = (): void => setAddress({ open: undefined, history: undefined });
  const opened = address.open ? windows.find((w) => keyOf(w) === address.open) : undefined;
  const filtered = !!(address.text || address.provider || address.family || address.show);
  const providers = [...new Set(windows.map((w) => w.provider))].sort();

  return (
    <Page title={t('pages.quota')} lead={t('lead')} actions={<Freshness of={[quotas]} />}>
      {quotas.isError && !quotas.data ? <ErrorBox error={quotas.error} onRetry={() => void quotas.refetch()} /> : null}
      {quotas.isPending ? <Skeleton lines={8} className="card p-4" /> : null}
      {quotas.data === null ? (
        <div className="card">
          <Empty icon={Gauge} title={t('older')} />
        </div>
      ) : null}
      {quotas.data && windows.length === 0 ? (
        <div className="card">
          <Empty icon={Gauge} title={t('none')} action={accounts.length === 0 ? <Link to="/accounts/add" className="font-medium text-accent hover:underline">{t('addAccount')}</Link> : undefined}>
            {t('noneText')}
          </Empty>
        </div>
      ) : null}
      {windows.length > 0 ? (
        <div className="flex flex-col gap-4">
          <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
            <Stat label={t('stat.ready')} value={`${count(ready)} / ${count(accounts.length)}`} tone={ready === 0 ? 'bad' : undefined} note={problems.length > 0 ? t('stat.problems', { count: problems.length }) : t('stat.allAnswer')} />
            <Stat label={t('stat.next')} value={next?.next_ready_at ? <Countdown to={next.next_ready_at} /> : '—'} note={next ? <Plain text={next.account} className="block truncate" /> : t('stat.noneWaits')} />
            <Stat label={t('stat.out')} tone={out ? 'warn' : undefined} value={out?.forecast?.exhausted_at ? <Countdown to={out.forecast.exhausted_at} /> : '—'} note={out ? <Named window={out} /> : t('stat.allLast')} />
            <Stat label={t('stat.resets')} value={soonest?.resets_at ? <Countdown to={soonest.resets_at} /> : '—'} note={soonest ? <Named window={soonest} /> : null} />
          </div>
          <div className="grid gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,5fr)]">
            <FamilyBars families={grouped} chosen={address.family} onChoose={(family) => setAddress({ family })} />
            <Suspense fallback={<Skeleton lines={4} />}><Timeline windows={rows} span={address.span === 'day' ? 'day' : 'week'} onSpan={(span) => setAddress({ span: span === 'week' ? undefined : span })} onOpen={open} /></Suspense>
          </div>
          {partly.length > 0 ? (
            <ul className="flex flex-col gap-1 rounded-xl border border-warn/40 bg-warn-soft px-4 py-3">
              {partly.slice(0, 6).map((a) => (
                <li key={a.account_id} className="break-words">
                  <Link to="/accounts" search={{ open: a.account_id } as never} className="font-medium underline decoration-line-strong underline-offset-2">
                    <Plain text={a.account} />
                  </Link>{' '}
                  {t('notForModels')}{' '}
                  {a.cooling_models.slice(0, 8).map((one, i) => (
                    <span key={one.model} title={visible(causeText(t, one.reason_code, one.reason))}>
                      {i > 0 ? ', ' : ''}
                      <Mono text={one.model} /> <span className="text-muted">(<Countdown to={one.until} />)</span>
                    </span>
                  ))}
                  {a.cooling_models.length > 8 ? ' …' : ''}
                </li>
              ))}
              {partly.length > 6 ? <li className="text-muted">{t('moreProblems', { count: partly.length - 6 })}</li> : null}
            </ul>
          ) : null}
          {problems.length > 0 ? (
            <ul className="flex flex-col gap-1 rounded-xl border border-warn/40 bg-warn-soft px-4 py-3">
              {problems.slice(0, 6).map((a) => (
                <li key={a.account_id} className="break-words">
                  <Link to="/accounts" search={{ open: a.account_id } as never} className="font-medium underline decoration-line-strong underline-offset-2">
                    <Plain text={a.account} />
                  </Link>{' '}
                  <Plain text={problemText(t, a)} className="text-muted" />
                </li>
              ))}
              {problems.length > 6 ? <li className="text-muted">{t('moreProblems', { count: problems.length - 6 })}</li> : null}
            </ul>
          ) : null}
          <DataTable
            name="quota"
            label={t('tableLabel')}
            rows={rows}
            columns={columns}
            keyOf={keyOf}
            rowHeight={54}
            onOpen={(w) => open(keyOf(w))}
            openKey={address.open}
            empty={
              <Empty
                title={t('noMatch')}
                action={
                  filtered ? (
                    <Button small onClick={() => setAddress({ text: undefined, provider: undefined, family: undefined, show: undefined })}>
                      {t('clear')}
                    </Button>
                  ) : undefined
                }
              />
            }
            toolbar={
              <>
                <SearchInput label={t('search')} value={address.text ?? ''} onChange={(event) => setAddress({ text: event.target.value })} className="w-full sm:w-64" />
                <Segmented
                  label={t('show.label')}
                  value={address.show === 'ready' || address.show === 'waiting' ? address.show : 'all'}
                  onChange={(show) => setAddress({ show: show === 'all' ? undefined : show })}
                  options={(['all', 'ready', 'waiting'] as const).map((value) => ({ value, label: t(`show.${value}`) }))}
                />
                <Select label={t('columns.provider')} className="w-44" value={address.provider ?? 'all'} onChange={(provider) => setAddress({ provider: provider === 'all' ? undefined : provider })} options={[{ value: 'all', label: t('allProviders') }, ...providers.map((value) => ({ value, label: value }))]} />
                <span className="nums text-[13px] text-muted">{t('rows', { count: rows.length })}</span>
              </>
            }
          />
        </div>
      ) : null}
      <Gone id={address.open} found={opened} of={quotas} title={t('pages.quota')} onClose={close} />
      <Dialog
        side
        open={!!opened}
        onClose={close}
        title={opened ? <Plain text={opened.account} /> : ''}
        description={opened ? <Named window={opened} withFamily /> : undefined}
        footer={
          opened ? (
            <>
              {opened.cooling_down ? (
                <Button icon={Eraser} busy={reset.isPending} onClick={() => void ask(opened)}>
                  {t('action.reset')}
                </Button>
              ) : null}
              <Button icon={RefreshCw} busy={refresh.isPending} onClick={() => refresh.mutate(opened)}>
                {t('action.refresh')}
              </Button>
            </>
          ) : undefined
        }
      >
        {opened ? (
          <>
            <Facts
              facts={[
                [t('columns.state'), <State key="s" window={opened} t={t} />],
                !!opened.reason && opened.cooling_down && [t('reason'), <Plain key="r" text={causeText(t, opened.reason_code, opened.reason)} />],
                opened.used_fraction !== undefined && [
                  t('columns.used'),
                  <div key="u" className="flex items-center gap-2">
                    <UsedBar used={opened.used_fraction} label={t('columns.used')} className="max-w-48 flex-1" />
                    <span className="nums">{percent(Math.min(1, opened.used_fraction))}</span>
                  </div>,
                ],
                opened.remaining !== undefined && [t('columns.left'), <span key="l" className="nums">{opened.limit === undefined ? count(opened.remaining) : t('leftOf', { left: count(opened.remaining), limit: count(opened.limit) })}</span>],
                !!opened.resets_at && [t('columns.resets'), <Countdown key="t" to={opened.resets_at} />],
                [t('columns.forecast'), <Forecast key="f" window={opened} t={t} />],
                opened.unused_last_week !== undefined && [t('columns.unused'), <span key="w" className="nums">{percent(opened.unused_last_week)}</span>],
                !!opened.seen_at && [
                  t('columns.seen'),
                  <span key="a" className={isStale(opened, now) ? 'text-warn' : ''}>
                    <When at={opened.seen_at} />
                    {isStale(opened, now) ? ` · ${t('stale')}` : null}
                  </span>,
                ],
                [
                  t('requestsOf'),
                  <span key="q" className="flex flex-wrap gap-x-4">
                    <Link to="/requests" search={{ account: opened.account_id } as never} className="font-medium text-accent hover:underline">
                      {t('action.requests')}
                    </Link>
                    <Link to="/accounts" search={{ open: opened.account_id } as never} className="font-medium text-accent hover:underline">
                      {t('action.account')}
                    </Link>
                  </span>,
                ],
              ]}
            />
            <Suspense fallback={<Skeleton lines={4} />}><WindowHistory window={opened} /></Suspense>
          </>
        ) : null}
      </Dialog>
    </Page>
  );
}

/** Which window it is, in a line. */
function Named({ window: w, withFamily }: { window: QuotaWindow; withFamily?: boolean }) {
  const t = useTexts('quota');
  return (
    <span className="block truncate">
      {withFamily ? `${t(`family.${w.family}`, { defaultValue: w.family })} · ` : null}
      {withFamily ? null : <Plain text={w.account} />}
      {withFamily ? null : ' · '}
      <Mono text={w.name} />
      {w.model ? ' · ' : null}
      {w.model ? <Mono text={w.model} /> : null}
    </span>
  );
}

/** What resetting a cooldown does. */
function ResetEffect({ account, reason }: { account: string; reason?: string }) {
  const t = useTexts('quota');
  return (
    <>
      <Plain text={account} className="font-medium" /> {t('resetEffect')}
      {reason ? (
        <span className="mt-2 block text-muted">
          {t('reason')}: <Plain text={reason} />
        </span>
      ) : null}
    </>
  );
}
