import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, LogIn, SearchX } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { type Provider, providersQuery } from '@/api/accounts';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { SearchInput } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { isOver } from '@/ui/login';
import { Empty, Page, Skeleton } from '@/ui/page';
import { Plain } from '@/ui/plain';
import { Segmented } from '@/ui/segmented';
import { PositionBadge, VendorMark } from '@/ui/vendor';
import { filterProviders, groups, waysOf } from './ways';

const ProviderPart = lazy(() => import('./provider'));

/** Chooses a provider, and adds an account of it. Which one, by which way, and the login that is under way stand in the address. */
export default function AddAccountPage() {
  const t = useTexts('add-account');
  const [address, setAddress] = useAddress();
  const providers = useQuery(providersQuery);
  const chosen = providers.data?.find((p) => p.id === address.provider);
  const lead = chosen ? undefined : t('lead');
  return (
    <Page
      title={chosen ? t('titleOf', { name: visible(chosen.name) }) : t('pages.add-account')}
      lead={lead}
      actions={
        chosen ? (
          <Button icon={ArrowLeft} onClick={() => setAddress({ provider: undefined, way: undefined, login: undefined }, true)}>
            {t('allProviders')}
          </Button>
        ) : (
          <Link to="/accounts" className="inline-flex min-h-8.5 items-center gap-1.5 rounded-lg border border-line-strong/50 bg-surface px-3 py-1 font-medium hover:bg-sunken">
            <ArrowLeft aria-hidden className="size-4" />
            {t('pages.accounts')}
          </Link>
        )
      }
    >
      {providers.isPending ? (
        <Skeleton lines={8} />
      ) : providers.error && !providers.data ? (
        <ErrorBox error={providers.error} onRetry={() => void providers.refetch()} />
      ) : chosen ? (
        <Suspense fallback={<Skeleton lines={6} />}>
          <ProviderPart key={chosen.id} provider={chosen} />
        </Suspense>
      ) : address.provider ? (
        <Empty icon={SearchX} title={t('unknown', { name: visible(address.provider) })} action={<Button onClick={() => setAddress({ provider: undefined })}>{t('allProviders')}</Button>} />
      ) : (
        <Gallery providers={providers.data ?? []} />
      )}
    </Page>
  );
}

function Gallery({ providers }: { providers: readonly Provider[] }) {
  const t = useTexts('add-account');
  const [address, setAddress] = useAddress();
  const shown = filterProviders(providers, { text: address.q, group: address.group, method: address.method });
  const present = groups.filter((group) => providers.some((p) => p.kind === group));
  return (
    <>
      <Running />
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchInput label={t('search')} className="w-full sm:w-64" value={address.q ?? ''} onChange={(e) => setAddress({ q: e.target.value })} />
        <Segmented label={t('group.title')} value={address.group ?? 'all'} onChange={(group) => setAddress({ group: group === 'all' ? undefined : group })} options={[{ value: 'all', label: t('all') }, ...present.map((value) => ({ value: value as string, label: t(`group.${value}`) }))]} />
        {address.method ? (
          <Button small look="quiet" onClick={() => setAddress({ method: undefined })}>
            {t('onlyMethod', { method: t(`method.${address.method}`) })} ×
          </Button>
        ) : null}
      </div>
      {shown.length === 0 ? (
        <div className="card">
          <Empty icon={SearchX} title={t('none')} action={<Button onClick={() => setAddress({ q: undefined, group: undefined, method: undefined })}>{t('clear')}</Button>}>
            {t('noneText')}
          </Empty>
        </div>
      ) : (
        groups
          .filter((group) => shown.some((p) => p.kind === group))
          .map((group) => (
            <section key={group} className="mb-6" aria-labelledby={`group-${group}`}>
              <h2 id={`group-${group}`} className="mb-2 font-semibold">
                {t(`group.${group}`)}
              </h2>
              <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(19rem,100%),1fr))] gap-3">
                {shown
                  .filter((p) => p.kind === group)
                  .map((p) => (
                    <li key={p.id} className="flex">
                      <ProviderCard provider={p} onChoose={() => setAddress({ provider: p.id }, true)} />
                    </li>
                  ))}
              </ul>
            </section>
          ))
      )}
    </>
  );
}

function ProviderCard({ provider, onChoose }: { provider: Provider; onChoose: () => void }) {
  const t = useTexts('add-account');
  const methods = [...new Set(waysOf(provider).map((way) => (way.method === 'credential' ? (way.form.kind === 'none' ? null : way.form.kind) : way.method)))].filter((m) => m !== null);
  return (
    <button type="button" onClick={onChoose} data-provider={provider.id} className={`card flex w-full flex-col gap-3 p-4 text-left hover:border-accent ${provider.third_party_use.position === 'ended' ? 'border-dashed' : ''}`}>
      <span className="flex w-full items-start gap-3">
        <VendorMark large name={provider.name} />
        <span className="min-w-0 flex-1">
          <span className="block truncate font-medium">
            <Plain text={provider.name} />
          </span>
          <span className="block truncate text-[13px] text-muted">{provider.accounts > 0 ? t('present', { count: provider.accounts }) : visible(hostOf(provider.homepage) ?? provider.id)}</span>
        </span>
      </span>
      <span className="mt-auto flex flex-wrap gap-1">
        <PositionBadge use={provider.third_party_use} />
        {methods.map((method) => (
          <Badge key={method}>{t(`method.${method}`)}</Badge>
        ))}
      </span>
    </button>
  );
}

/** The host of an address; null where it is none. */
function hostOf(address: string | null | undefined): string | null {
  try {
    return address ? new URL(address).host : null;
  } catch {
    return null;
  }
}

/** Logins that wait for somebody, so that they are found again. */
function Running() {
  const t = useTexts('add-account');
  const logins = useQuery({ queryKey: ['logins', 'all'], queryFn: () => data(api.GET('/api/v1/logins')), staleTime: 10_000 });
  const open = (logins.data?.logins ?? []).filter((login) => !isOver(login));
  if (open.length === 0) return null;
  return (
    <ul className="mb-4 flex flex-col gap-2">
      {open.slice(0, 4).map((login) => (
        <li key={login.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-accent/40 bg-accent-soft px-3 py-2">
          <LogIn aria-hidden className="size-4 text-accent" />
          <span className="min-w-0 flex-1">{t(login.status === 'awaiting-confirmation' ? 'running.confirm' : 'running.waiting', { name: visible(login.provider_name) })}</span>
          <Link to="/accounts/add" search={{ provider: login.provider, way: login.flow, login: login.id } as never} className="font-medium text-accent hover:underline">
            {t('running.goOn')}
          </Link>
        </li>
      ))}
    </ul>
  );
}
