import { useMutation, useQueryClient } from '@tanstack/react-query';
import { FlaskConical, Gauge, LogIn, LogOut, Power, PowerOff, RotateCcw, Settings2, Trash2, TriangleAlert, Upload } from 'lucide-react';
import { useState } from 'react';
import { Link } from '@tanstack/react-router';
import { type Account, accountsQuery, type Provider } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { count, dateTime } from '@/lib/format';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { Dialog, useConfirm } from '@/ui/dialog';
import { Badge, When } from '@/ui/figures';
import { GoneText } from '@/ui/gone';
import { Menu } from '@/ui/menu';
import { Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { Tabs } from '@/ui/tabs';
import { useToast } from '@/ui/toast';
import { PositionNote, VendorMark } from '@/ui/vendor';
import { causeText, problemText, saidText } from '@/ui/reasons';
import { VendorActions } from './actions';
import type { BatchKind } from './batch-bar';
import { changeAccount, removeAccount, resetAccount, restoreAccount, signOutAccount } from './calls';
import { EditForm } from './edit';
import type { HourCell } from './model';
import { ModelsServed } from './models-served';
import { RecentStrip, StateBadge } from './parts';
import { QuotaPart } from './quota-part';
import { SignInAgain } from './sign-in-again';
import { TestPart } from './test-part';
import { TagList } from './table';

type TabName = 'overview' | 'quota' | 'models' | 'test' | 'edit';

/** Everything about one account, at the side of the list. */
export default function AccountSheet({ id, accounts, loaded, provider, strip, onClose, onAct }: { id: string | null; accounts: readonly Account[]; loaded: boolean; provider: (id: string) => Provider | undefined; strip?: readonly HourCell[]; onClose: () => void; onAct: (kind: BatchKind, accounts: Account[]) => void }) {
  const t = useTexts('accounts');
  const [kept, setKept] = useState<{ id: string; account: Account } | null>(null);
  const listed = accounts.find((a) => a.id === id) ?? accounts.find((a) => a.label === id);
  if (listed && id && (kept?.id !== id || kept.account !== listed)) setKept({ id, account: listed });
  // While it closes, what it showed stays.
  const account = id ? listed : kept?.account;
  return (
    <Dialog
      open={id !== null}
      onClose={onClose}
      side
      wide
      title={
        account ? (
          <span className="flex items-center gap-2.5">
            <VendorMark name={provider(account.provider)?.name ?? account.provider} />
            <span className="min-w-0 truncate">
              <Plain text={account.label} />
            </span>
          </span>
        ) : (
          t('sheet.title')
        )
      }
      description={
        account ? (
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span>{visible(provider(account.provider)?.name ?? account.provider)}</span>
            <StateBadge account={account} />
            {account.usage_page?.plan ? <Badge tone="accent">{visible(account.usage_page.plan)}</Badge> : null}
          </span>
        ) : undefined
      }
    >
      {account ? (
        <Sheet key={account.id} account={account} provider={provider(account.provider)} strip={strip} onClose={onClose} onAct={onAct} />
      ) : loaded ? (
        <GoneText id={id ?? ''} onClose={onClose} />
      ) : (
        <Skeleton lines={6} />
      )}
    </Dialog>
  );
}

function Sheet({ account, provider, strip, onClose, onAct }: { account: Account; provider?: Provider; strip?: readonly HourCell[]; onClose: () => void; onAct: (kind: BatchKind, accounts: Account[]) => void }) {
  const t = useTexts('accounts');
  const client = useQueryClient();
  const toast = useToast();
  const confirm = useConfirm();
  const [address, setAddress] = useAddress();
  const stored = account.origin === 'store';
  const tabs: TabName[] = ['overview', 'quota', 'models', 'test', ...(stored ? (['edit'] as const) : [])];
  const tab = tabs.includes(address.tab as TabName) ? (address.tab as TabName) : 'overview';
  const [again, setAgain] = useState(false);
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['accounts'] });
  const put = (next: Account): void => {
    client.setQueryData(accountsQuery.queryKey, (before) => before && { ...before, accounts: before.accounts.map((a) => (a.id === next.id ? next : a)) });
  };

  const toggle = useMutation({
    mutationFn: (enabled: boolean) => changeAccount(account, { enabled }),
    onSuccess: (next) => {
      put(next);
      toast.success(t(next.enabled ? 'done.enabled' : 'done.disabled', { name: visible(account.label) }), { run: () => void changeAccount(next, { enabled: !next.enabled }, false).then(put, toast.error) });
    },
    onError: (error) => {
      toast.error(error);
      refresh();
    },
  });
  const reset = useMutation({
    mutationFn: () => resetAccount(account.id),
    onSuccess: (next) => {
      put(next);
      toast.success(t('done.reset'));
      void client.invalidateQueries({ queryKey: ['quotas'] });
    },
    onError: toast.error,
  });
  const remove = async (): Promise<void> => {
    if (!(await confirm({ title: t('remove.title', { name: visible(account.label) }), effect: t('remove.effect'), action: t('delete'), danger: true }))) return;
    try {
      await removeAccount(account);
      onClose();
      refresh();
      toast.success(t('done.removed', { name: visible(account.label) }), {
        run: () =>
          void restoreAccount(account.id).then((back) => {
            refresh();
            toast.success(t('done.restored', { name: visible(back.label) }));
          }, toast.error),
      });
    } catch (error) {
      toast.error(error);
      refresh();
    }
  };
  const signOut = async (): Promise<void> => {
    if (!(await confirm({ title: t('signOutOf.title', { name: visible(account.label) }), effect: t('signOutOf.effect', { vendor: visible(provider?.name ?? account.provider) }), action: t('signOutOf.action'), danger: true }))) return;
    try {
      const result = await signOutAccount(account.id);
      onClose();
      refresh();
      if (result.revoked) toast.success(t('done.signedOut', { name: visible(account.label) }));
      else toast.error(new Error(t('signOutOf.notRevoked', { problem: result.problem ?? '' })));
    } catch (error) {
      toast.error(error);
    }
  };
  const canSignIn = stored && account.credential.kind === 'oauth' && !!provider?.flows.length;

  return (
    <>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <Button icon={FlaskConical} onClick={() => setAddress({ tab: 'test' })}>
          {t('act.test')}
        </Button>
        {stored ? (
          <Button icon={account.enabled ? PowerOff : Power} busy={toggle.isPending} onClick={() => toggle.mutate(!account.enabled)}>
            {t(account.enabled ? 'act.disable' : 'act.enable')}
          </Button>
        ) : null}
        {canSignIn ? (
          <Button icon={LogIn} onClick={() => setAgain(true)}>
            {t('signInAgain')}
          </Button>
        ) : null}
        <Menu
          label={t('column.actions')}
          items={[
            { label: t('act.quota'), icon: Gauge, onSelect: () => onAct('quota', [account]) },
            { label: t('act.reset'), icon: RotateCcw, onSelect: () => reset.mutate() },
            stored && { label: t('act.export'), icon: Upload, onSelect: () => onAct('export', [account]) },
            stored && account.credential.kind === 'oauth' && { label: t('signOutOf.action'), icon: LogOut, danger: true, separated: true, onSelect: () => void signOut() },
            stored && { label: t('delete'), icon: Trash2, danger: true, separated: account.credential.kind !== 'oauth', onSelect: () => void remove() },
          ]}
        />
      </div>
      {again && provider ? <SignInAgain account={account} provider={provider} onClose={() => setAgain(false)} /> : null}
      <Troubles account={account} onSignIn={canSignIn ? () => setAgain(true) : undefined} onReset={() => reset.mutate()} resetting={reset.isPending} />
      <Tabs label={t('sheet.tabs')} value={tab} onChange={(next) => setAddress({ tab: next === 'overview' ? undefined : next })} tabs={tabs.map((value) => ({ value, label: t(`tab.${value}`) }))}>
        {tab === 'overview' ? <Overview account={account} provider={provider} strip={strip} /> : null}
        {tab === 'quota' ? <QuotaPart account={account} onChanged={put} /> : null}
        {tab === 'models' ? <ModelsServed account={account} /> : null}
        {tab === 'test' ? <TestPart account={account} /> : null}
        {tab === 'edit' ? <EditForm account={account} provider={provider} onSaved={put} /> : null}
      </Tabs>
    </>
  );
}

function Troubles({ account, onSignIn, onReset, resetting }: { account: Account; onSignIn?: () => void; onReset: () => void; resetting: boolean }) {
  const t = useTexts('accounts');
  const cooling = account.cooldowns.filter((c) => c.cooling_down);
  if (!account.problem && (account.notices ?? []).length === 0 && cooling.length === 0) return null;
  return (
    <div className="mb-4 flex flex-col gap-2">
      {account.problem ? (
        <Trouble bad title={t('trouble.problem')} text={problemText(t, account)}>
          {onSignIn ? (
            <Button small icon={LogIn} onClick={onSignIn}>
              {t('signInAgain')}
            </Button>
          ) : null}
        </Trouble>
      ) : null}
      {(account.notices ?? []).map((notice) => (
        <Trouble key={notice.text} title={t('trouble.warning')} text={saidText(t, notice)}>
          {onSignIn && !account.problem ? (
            <Button small icon={LogIn} onClick={onSignIn}>
              {t('signInAgain')}
            </Button>
          ) : null}
        </Trouble>
      ))}
      {cooling.length > 0 ? (
        <Trouble title={t('trouble.cooling', { count: cooling.length })} text={cooling.slice(0, 4).map((c) => `${c.model ? `${c.model}: ` : ''}${causeText(t, c.reason_code, c.reason)}`).join('\n')}>
          <Button small icon={RotateCcw} busy={resetting} onClick={onReset}>
            {t('act.reset')}
          </Button>
        </Trouble>
      ) : null}
    </div>
  );
}

function Trouble({ bad, title, text, children }: { bad?: boolean; title: string; text: string; children?: React.ReactNode }) {
  return (
    <div role={bad ? 'alert' : undefined} className={`flex items-start gap-2.5 rounded-lg border p-3 ${bad ? 'border-bad/40 bg-bad-soft' : 'border-warn-bar/40 bg-warn-soft'}`}>
      <TriangleAlert aria-hidden className={`mt-0.5 size-4 shrink-0 ${bad ? 'text-bad' : 'text-warn'}`} />
      <div className="min-w-0 flex-1">
        <div className="font-medium">{title}</div>
        <div className="break-words whitespace-pre-line">
          <Plain text={text} />
        </div>
      </div>
      {children}
    </div>
  );
}

function Overview({ account, provider, strip }: { account: Account; provider?: Provider; strip?: readonly HourCell[] }) {
  const t = useTexts('accounts');
  const { health, identity, usage_page: page } = account;
  return (
    <div className="flex flex-col gap-6">
      {account.origin === 'config' ? (
        <div className="flex flex-wrap items-center gap-3 rounded-lg bg-sunken p-3">
          <span className="min-w-0 flex-1 basis-64">{t('inConfiguration', { section: provider?.section ?? account.provider })}</span>
          <Link to="/configuration" className="inline-flex items-center gap-1.5 font-medium text-accent hover:underline">
            <Settings2 aria-hidden className="size-4" />
            {t('toConfiguration')}
          </Link>
        </div>
      ) : null}
      <section>
        <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
          <h3 className="font-semibold">{t('sheet.traffic')}</h3>
          <Link to="/requests" search={{ account: account.id } as never} className="font-medium text-accent hover:underline">
            {t('toRequests')}
          </Link>
        </div>
        {strip ? (
          <div className="mb-3">
            <RecentStrip cells={strip} />
            <div className="mt-1 text-[12.5px] text-muted">{t('sheet.lastDay')}</div>
          </div>
        ) : null}
        <Facts
          facts={[
            [t('column.requests'), <span key="n" className="nums">{t('sheet.counts', { requests: count(health.requests), failures: count(health.failures) })}</span>],
            health.running > 0 && [t('sheet.running'), <span key="r" className="nums">{count(health.running)}</span>],
            typeof health.score === 'number' && [t('sheet.score'), <span key="s" className="nums">{t('sheet.scoreOf', { score: count(health.score) })}</span>],
            health.consecutive_failures > 0 && [t('sheet.inARow'), <span key="c" className="nums text-bad">{count(health.consecutive_failures)}</span>],
            [t('column.used'), <When key="u" at={health.last_used_at} />],
            health.last_error && [
              t('sheet.lastError'),
              <span key="e">
                <Badge tone="bad">{visible(health.last_error.class)}</Badge> <When at={health.last_error.at} className="text-muted" />
                <span className="mt-0.5 block break-words">
                  <Plain text={health.last_error.message} />
                </span>
              </span>,
            ],
          ]}
        />
      </section>
      <section>
        <h3 className="mb-2 font-semibold">{t('sheet.account')}</h3>
        <Facts
          facts={[
            [t('sheet.id'), <span key="i" className="flex items-center gap-1"><Mono text={account.id} /><CopyButton text={account.id} /></span>],
            [t('column.origin'), t(`origin.${account.origin}`)],
            !!page?.plan && [t('column.plan'), <Plain key="p" text={page.plan} />],
            ...Object.entries(page?.facts ?? {}).map(([name, value]) => [<Plain key="k" text={name} />, <Plain key="v" text={String(value)} />] as const),
            identity && [t('sheet.vendorId'), <Mono key="v" text={identity.account_id} className="break-all" />],
            !!identity?.organization_id && [t('sheet.organization'), <Mono key="o" text={identity.organization_id} className="break-all" />],
            [t('sheet.credential'), <span key="c">{t(`credential.${account.credential.kind}`)} <Mono text={account.credential.mask} className="text-muted" /></span>],
            !!account.credential.expires_at && [t('column.expires'), <span key="x"><When at={account.credential.expires_at} /> <span className="text-muted">({dateTime(account.credential.expires_at)})</span></span>],
            [t('column.priority'), <span key="pr" className="nums">{count(account.priority)}</span>],
            [t('column.weight'), <span key="w" className="nums">{count(account.weight)}</span>],
            [t('sheet.concurrency'), account.concurrency ? <span key="co" className="nums">{count(account.concurrency)}</span> : t('sheet.noLimit')],
            [t('column.tags'), <TagList key="t" tags={account.tags} />],
            !!account.protocol && [t('sheet.protocol'), <Mono key="pt" text={account.protocol} />],
            !!account.base_url && [t('sheet.baseUrl'), <Mono key="b" text={account.base_url} className="break-all" />],
            !!account.region && [t('sheet.region'), <Mono key="re" text={account.region} />],
            !!account.prefix && [t('sheet.prefix'), <Mono key="pf" text={account.prefix} />],
            !!account.proxy && [t('sheet.proxy'), <Mono key="px" text={account.proxy} className="break-all" />],
            account.headers.length > 0 && [t('sheet.headers'), <Mono key="h" text={account.headers.join(', ')} className="break-all" />],
            !!account.created_at && [t('sheet.created'), <When key="cr" at={account.created_at} />],
            !!account.updated_at && account.updated_at !== account.created_at && [t('sheet.updated'), <When key="up" at={account.updated_at} />],
          ]}
        />
      </section>
      <VendorActions account={account} />
      {provider ? (
        <section>
          <h3 className="mb-2 font-semibold">{t('sheet.position')}</h3>
          <PositionNote use={provider.third_party_use} />
        </section>
      ) : null}
    </div>
  );
}
