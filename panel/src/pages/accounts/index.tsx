import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CircleUserRound, Download, LayoutGrid, Plus, Table2, Upload } from 'lucide-react';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { type Account, accountsQuery, providersQuery } from '@/api/accounts';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { usePreference, useSettled } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { SearchInput, Select } from '@/ui/field';
import { Menu } from '@/ui/menu';
import { Empty, Page, Skeleton } from '@/ui/page';
import { Segmented } from '@/ui/segmented';
import { BatchBar, type BatchKind } from './batch-bar';
import { countBy, filterAccounts, needsAttention, states, stripsOf } from './model';
import { AccountTable } from './table';

const AccountCards = lazy(() => import('./cards').then((m) => ({ default: m.AccountCards })));
const AccountSheet = lazy(() => import('./sheet'));
const BatchDialog = lazy(() => import('./batch-dialog'));
const ImportDialog = lazy(() => import('./import-dialog'));
const ExportDialog = lazy(() => import('./export-dialog'));

/** All accounts of all vendors. */
export default function AccountsPage() {
  const t = useTexts('accounts');
  const navigate = useNavigate();
  const [address, setAddress] = useAddress();
  const accounts = useQuery(accountsQuery);
  const providers = useQuery(providersQuery);
  const [since] = useState(() => new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000 - 23 * 3_600_000).toISOString());
  const usage = useQuery({ queryKey: ['usage', 'by-account', since], queryFn: () => data(api.GET('/api/v1/usage', { params: { query: { by: 'account', step: 'hour', from: since } } })), retry: false });
  const [view, setView] = usePreference<'table' | 'cards'>('accounts.view', matchMedia('(max-width: 40rem)').matches ? 'cards' : 'table');
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const [batch, setBatch] = useState<{ kind: BatchKind; accounts: Account[] } | null>(null);
  const [dialog, setDialog] = useState<'import' | 'export' | null>(null);
  const [exported, setExported] = useState<string[] | null>(null);

  const names = useMemo(() => new Map((providers.data ?? []).map((p) => [p.id, p.name])), [providers.data]);
  const nameOf = useCallback((provider: string): string => names.get(provider) ?? provider, [names]);
  const all = useMemo(() => accounts.data?.accounts ?? [], [accounts.data]);
  const text = useSettled(address.q ?? '', 120);
  const isProblem = address.problem === '1';
  const shown = useMemo(
    () => filterAccounts(all, { text, provider: address.provider, state: address.state, tag: address.tag, problem: isProblem }, nameOf),
    [all, text, address.provider, address.state, address.tag, isProblem, nameOf],
  );
  const strips = useMemo(() => stripsOf(usage.data?.rows ?? [], usage.dataUpdatedAt), [usage.data, usage.dataUpdatedAt]);
  const ids = useMemo(() => new Set(shown.map((a) => a.id)), [shown]);
  const selected = useMemo(() => new Set([...chosen].filter((id) => ids.has(id))), [chosen, ids]);
  const waiting = all.filter(needsAttention).length;
  const filtered = !!(address.q || address.provider || address.state || address.tag || isProblem);
  // The sheet comes with the first account that is opened, and stays for the way it closes.
  const [wanted, setWanted] = useState(false);
  if (address.open && !wanted) setWanted(true);
  const open = (account: Account): void => setAddress({ open: account.id, tab: undefined }, true);
  const begin = useCallback((kind: BatchKind, on: Account[]): void => {
    if (kind === 'export') {
      setExported(on.map((a) => a.id));
      setDialog('export');
    } else setBatch({ kind, accounts: on });
  }, []);
  const beginOne = useCallback((kind: BatchKind, account: Account) => begin(kind, [account]), [begin]);

  const add = (
    <Button look="primary" icon={Plus} onClick={() => void navigate({ to: '/accounts/add' })}>
      {t('add')}
    </Button>
  );
  const filters = (
    <>
      <SearchInput label={t('filter.text')} className="w-full sm:w-64" value={address.q ?? ''} onChange={(e) => setAddress({ q: e.target.value })} />
      <Choice label={t('filter.provider')} value={address.provider} onChange={(provider) => setAddress({ provider })} options={countBy(all, (a) => [a.provider]).map(([value, n]) => ({ value, n, text: nameOf(value) }))} />
      <Choice label={t('filter.state')} value={address.state} onChange={(state) => setAddress({ state })} options={countBy(all, (a) => [a.status]).map(([value, n]) => ({ value, n, text: value in states ? t(`state.${value}`) : value }))} />
      {all.some((a) => a.tags.length > 0) || address.tag ? <Choice label={t('filter.tag')} value={address.tag} onChange={(tag) => setAddress({ tag })} options={countBy(all, (a) => a.tags).map(([value, n]) => ({ value, n, text: value }))} /> : null}
      {waiting > 0 || isProblem ? (
        <Button look={isProblem ? 'primary' : 'plain'} aria-pressed={isProblem} onClick={() => setAddress({ problem: isProblem ? undefined : '1' })}>
          {t('filter.problem', { n: waiting })}
        </Button>
      ) : null}
    </>
  );
  const views = (
    <Segmented
      label={t('view.title')}
      value={view}
      onChange={setView}
      options={[
        { value: 'table', label: <Picture icon={Table2} text={t('view.table')} /> },
        { value: 'cards', label: <Picture icon={LayoutGrid} text={t('view.cards')} /> },
      ]}
    />
  );
  const nothing = (
    <Empty
      icon={CircleUserRound}
      title={t('nothing.filtered')}
      action={
        <Button onClick={() => setAddress({ q: undefined, provider: undefined, state: undefined, tag: undefined, problem: undefined })}>{t('nothing.clear')}</Button>
      }
    />
  );

  return (
    <Page
      title={t('pages.accounts')}
      lead={t('lead')}
      actions={
        <>
          <Menu
            label={t('transfer')}
            items={[
              { label: t('import.title'), icon: Download, onSelect: () => setDialog('import') },
              { label: t('export.title'), icon: Upload, disabled: !all.some((a) => a.origin === 'store'), onSelect: () => begin('export', all.filter((a) => a.origin === 'store')) },
            ]}
          />
          {add}
        </>
      }
    >
      {accounts.isPending ? (
        <Skeleton lines={8} />
      ) : accounts.error && !accounts.data ? (
        <ErrorBox error={accounts.error} onRetry={() => void accounts.refetch()} />
      ) : all.length === 0 ? (
        <div className="card">
          <Empty
            icon={CircleUserRound}
            title={t('nothing.title')}
            action={
              <>
                {add}
                <Button icon={Download} onClick={() => setDialog('import')}>
                  {t('import.title')}
                </Button>
              </>
            }
          >
            {t('nothing.text')}
          </Empty>
        </div>
      ) : view === 'table' ? (
        <AccountTable
          accounts={shown}
          nameOf={nameOf}
          strips={strips}
          openId={address.open}
          onOpen={open}
          chosen={selected}
          onChoose={setChosen}
          onAct={beginOne}
          toolbar={
            <>
              {filters}
              <span className="ml-auto">{views}</span>
            </>
          }
          empty={filtered ? nothing : null}
        />
      ) : (
        <>
          <div className="mb-3 flex flex-wrap items-center gap-2">
            {filters}
            <span className="ml-auto">{views}</span>
          </div>
          {shown.length === 0 ? <div className="card">{nothing}</div> : <Suspense fallback={<Skeleton lines={8} />}><AccountCards accounts={shown} nameOf={nameOf} strips={strips} onOpen={open} chosen={selected} onChoose={setChosen} onAct={beginOne} /></Suspense>}
        </>
      )}
      {all.length > 0 ? (
        <p className="mt-2 flex flex-wrap items-center gap-x-3 text-[13px] text-muted">
          <span className="nums">{shown.length === all.length ? t('count', { count: all.length }) : t('countOf', { n: shown.length, count: all.length })}</span>
          <Link to="/quota" className="underline hover:text-text">
            {t('toQuota')}
          </Link>
        </p>
      ) : null}
      <BatchBar count={selected.size} onBegin={(kind) => begin(kind, shown.filter((a) => selected.has(a.id)))} onClear={() => setChosen(new Set())} />
      <Suspense>
      {batch ? <BatchDialog kind={batch.kind} accounts={batch.accounts} allTags={countBy(all, (a) => a.tags).map(([tag]) => tag)} onClose={() => setBatch(null)} onGone={(gone) => setChosen(new Set([...chosen].filter((id) => !gone.includes(id))))} /> : null}
      {wanted ? (
      <AccountSheet
        id={address.open ?? null}
        accounts={all}
        loaded={!accounts.isPending}
        provider={(id) => providers.data?.find((p) => p.id === id)}
        strip={strips.get(all.find((a) => a.id === address.open || a.label === address.open)?.id ?? '')}
        onClose={() => setAddress({ open: undefined, tab: undefined })}
        onAct={begin}
      />
      ) : null}
        {dialog === 'import' ? <ImportDialog onClose={() => setDialog(null)} /> : null}
        {dialog === 'export' ? <ExportDialog accounts={all.filter((a) => a.origin === 'store')} initial={exported} onClose={() => setDialog(null)} /> : null}
      </Suspense>
    </Page>
  );
}

function Picture({ icon: Icon, text }: { icon: typeof Table2; text: string }) {
  return (
    <span title={text} className="flex items-center">
      <Icon aria-hidden className="size-4" />
      <span className="sr-only">{text}</span>
    </span>
  );
}

function Choice({ label, value, onChange, options }: { label: string; value?: string; onChange: (value: string | undefined) => void; options: { value: string; text: string; n: number }[] }) {
  const t = useTexts('accounts');
  const known = value && !options.some((o) => o.value === value) ? [...options, { value, text: value, n: 0 }] : options;
  return (
    <Select
      label={label}
      className="!w-auto max-w-52"
      value={value ?? '*'}
      onChange={(next) => onChange(next === '*' ? undefined : next)}
      options={[
        { value: '*', label: <span className={value ? '' : 'text-muted'}>{value ? t('all') : label}</span> },
        ...known.map((o) => ({
          value: o.value,
          label: (
            <span className="flex items-center gap-2">
              <span className="truncate">{visible(o.text)}</span>
              <span className="nums text-muted">{o.n}</span>
            </span>
          ),
        })),
      ]}
    />
  );
}
