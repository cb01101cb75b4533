import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ExternalLink, FileUp, FlaskConical, Globe, KeyRound, type LucideIcon, Plug, Plus, ShieldOff, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { Provider } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { day } from '@/lib/format';
import { safeLink, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { LoginBegin, LoginProgress } from '@/ui/login';
import { Card, Empty } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { PositionNote, VendorMark } from '@/ui/vendor';
import { CredentialPart } from './credential';
import { type Way, waysOf } from './ways';

const icons: Record<Way['method'], LucideIcon> = { browser: Globe, 'device-code': Smartphone, import: FileUp, credential: KeyRound };

/** One provider: its position, the ways of adding an account, and the one that was chosen. */
export default function ProviderPart({ provider }: { provider: Provider }) {
  const t = useTexts('add-account');
  const [address, setAddress] = useAddress();
  const [saved, setSaved] = useState<{ id: string; label: string } | null>(null);
  const ways = waysOf(provider);
  const way = ways.find((w) => w.id === address.way) ?? ways[0];
  const restart = (): void => {
    setSaved(null);
    setAddress({ login: undefined });
  };
  const next = (id: string | null | undefined) => <Next id={id} onAnother={restart} />;

  return (
    <div className="grid max-w-6xl items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-4">
        <Card>
          <div className="flex items-start gap-3">
            <VendorMark large name={provider.name} />
            <div className="min-w-0 flex-1">
              <div className="font-semibold">
                <Plain text={provider.name} />
              </div>
              <div className="flex flex-col items-start gap-0.5 text-[13px]">
                <OutLink address={provider.homepage} />
                <OutLink address={provider.keys_page} label={t('keysPage')} />
              </div>
            </div>
          </div>
          {provider.model_examples?.length ? (
            <p className="mt-3 text-[13px] text-muted">
              {t('examples')} <Mono text={provider.model_examples.slice(0, 4).join(', ')} className="break-words" />
            </p>
          ) : null}
          {provider.defaults_as_of ? <p className="mt-1 text-[13px] text-muted">{t('asOf', { day: day(`${provider.defaults_as_of}T12:00:00`) })}</p> : null}
          <div className="mt-3">
            <PositionNote use={provider.third_party_use} />
          </div>
        </Card>
        {ways.length > 1 && !address.login && !saved ? (
          <Card title={t('ways')} flush>
            <ul className="flex flex-col gap-1 px-2 pb-2">
              {ways.map((one) => {
                const Icon = one.method === 'credential' && one.form.kind === 'none' ? ShieldOff : icons[one.method];
                const on = one.id === way?.id;
                return (
                  <li key={one.id}>
                    <button type="button" aria-current={on ? 'true' : undefined} data-way={one.id} onClick={() => setAddress({ way: one.id })} className={clsx('flex w-full items-start gap-2.5 rounded-lg px-2.5 py-2 text-left', on ? 'bg-accent-soft text-accent' : 'hover:bg-sunken')}>
                      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
                      <span className="min-w-0">
                        <span className="block font-medium">{t(one.method === 'credential' ? `method.${one.form.kind}` : `method.${one.method}`)}</span>
                        <span className={clsx('block text-[13px]', !on && 'text-muted')}>{visible(one.title)}</span>
                      </span>
                    </button>
                  </li>
                );
              })}
            </ul>
          </Card>
        ) : null}
      </div>
      <Card title={address.login || !way ? undefined : visible(way.title)} className="@container min-w-0">
        {saved ? (
          <div role="status" className="flex flex-col gap-3">
            <div className="rounded-lg border border-ok-bar/50 bg-ok-soft p-3">
              <div className="font-medium">{t('login.saved', { account: visible(saved.label) })}</div>
              <p className="text-muted">{t('login.savedText')}</p>
            </div>
            {next(saved.id)}
          </div>
        ) : address.login ? (
          <LoginProgress key={address.login} id={address.login} onAgain={restart} done={(login) => next(login.account_id)} />
        ) : !way ? (
          <Empty icon={ShieldOff} title={t('noWay')}>
            {t('noWayText')}
          </Empty>
        ) : way.method === 'credential' ? (
          <CredentialPart key={way.id} provider={provider} form={way.form} onSaved={(account) => setSaved({ id: account.id, label: account.label })} />
        ) : (
          <LoginBegin key={way.id} hideNote provider={provider} flow={way.flow} onBegun={(login) => setAddress({ way: way.id, login: login.id })} />
        )}
      </Card>
    </div>
  );
}

/** What is next with an account that was saved. */
function Next({ id, onAnother }: { id: string | null | undefined; onAnother: () => void }) {
  const t = useTexts('add-account');
  const look = 'inline-flex min-h-8.5 items-center gap-1.5 rounded-lg border border-line-strong/50 bg-surface px-3 py-1 font-medium hover:bg-sunken';
  return (
    <div className="flex flex-wrap gap-2">
      {id ? (
        <Link to="/accounts" search={{ open: id, tab: 'test', run: '1' } as never} className={look}>
          <FlaskConical aria-hidden className="size-4" />
          {t('next.test')}
        </Link>
      ) : null}
      <Link to="/connect" className={look}>
        <Plug aria-hidden className="size-4" />
        {t('next.connect')}
      </Link>
      <Button icon={Plus} onClick={onAnother}>
        {t('next.another')}
      </Button>
      <Link to="/accounts" search={(id ? { open: id } : {}) as never} className="inline-flex items-center px-2 font-medium text-accent hover:underline">
        {t('next.show')}
      </Link>
    </div>
  );
}

function OutLink({ address, label }: { address: string | null | undefined; label?: string }) {
  const link = safeLink(address);
  if (!link) return null;
  return (
    <a href={link} target="_blank" rel="noopener noreferrer" className="inline-flex max-w-full items-center gap-1 text-accent hover:underline">
      <span className="truncate">{label ? `${label} (${new URL(link).host})` : `${new URL(link).host}${new URL(link).pathname.replace(/\/$/, '')}`}</span>
      <ExternalLink aria-hidden className="size-3.5 shrink-0" />
    </a>
  );
}
