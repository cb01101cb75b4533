import { useMutation } from '@tanstack/react-query';
import { KeyRound, LogOut } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { ApiError } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import * as format from '@/lib/format';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { describe, ErrorBox } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { Badge, Stat, When } from '@/ui/figures';
import { Gauges } from '@/ui/gauges';
import { Card, Page } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';

/** A client key, as its holder sees it (`GET /api/v1/self`). */
interface Holder {
  name: string;
  prefix?: string;
  status: string;
  expires_at?: string;
  allowed_models: string[];
  limits: View<'KeyStatusView'>;
  usage: { total?: View<'UsageRowView'>; by_day: View<'UsageRowView'>[]; by_model: View<'UsageRowView'>[] };
  models: { id: string; display_name?: string; context_window?: number }[];
  base_urls: { protocol: string; url: string }[];
}

/** Asks with the key itself: no cookie, no management. The key is in this page's memory only. */
async function holderOf(key: string): Promise<Holder> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/self?tz=${encodeURIComponent(Intl.DateTimeFormat().resolvedOptions().timeZone)}`, { headers: { authorization: `Bearer ${key}` }, credentials: 'omit' });
  } catch {
    throw new ApiError(0, 'offline');
  }
  const body = (await response.json().catch(() => undefined)) as (Holder & { error?: { message?: string } }) | undefined;
  if (!response.ok || !body) throw new ApiError(response.status, body?.error?.message ?? `HTTP ${response.status}`);
  return body;
}

/** A read-only page for who holds one key: what they used, their limits, their models, how to connect. */
export default function MyKey() {
  const t = useTexts('my-key');
  const [key, setKey] = useState('');
  const look = useMutation({ mutationFn: holderOf, gcTime: 0 });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    look.mutate(key.trim());
  };
  const leave = (): void => {
    setKey('');
    look.reset();
  };
  return (
    <main id="content" className="h-full overflow-y-auto">
      {look.data ? (
        <Shown holder={look.data} onRefresh={() => look.mutate(key.trim())} busy={look.isPending} error={look.error} onLeave={leave} />
      ) : (
        <div className="flex min-h-full items-center justify-center p-4">
          <form onSubmit={submit} className="card flex w-full max-w-sm flex-col gap-4 p-6">
            <div className="flex items-center gap-3">
              <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="size-9" />
              <div>
                <h1 className="text-lg font-semibold">{t('pages.my-key')}</h1>
                <p className="text-muted">{t('lead')}</p>
              </div>
            </div>
            <Field label={t('key')} hint={t('keyHint')} error={look.error ? (look.error instanceof ApiError && look.error.status === 401 ? t('wrong') : describe(look.error, t).title) : undefined}>
              {(wiring) => <Input {...wiring} type="password" autoComplete="off" value={key} onChange={(event) => setKey(event.target.value)} autoFocus required />}
            </Field>
            <Button look="primary" type="submit" icon={KeyRound} busy={look.isPending} disabled={key.trim() === ''}>
              {t('show')}
            </Button>
          </form>
        </div>
      )}
    </main>
  );
}

function Shown({ holder, onRefresh, busy, error, onLeave }: { holder: Holder; onRefresh: () => void; busy: boolean; error: unknown; onLeave: () => void }) {
  const t = useTexts('my-key');
  const { total } = holder.usage;
  const top = Math.max(1, ...holder.usage.by_day.map((d) => (d.input_tokens ?? 0) + (d.output_tokens ?? 0)));
  return (
    <Page
      title={holder.name}
      lead={
        <span className="inline-flex flex-wrap items-center gap-2">
          <Badge dot tone="ok">{t('active')}</Badge>
          {holder.prefix ? <Mono text={`${holder.prefix}…`} /> : null}
          <span>
            {t('expires')} <When at={holder.expires_at} />
          </span>
        </span>
      }
      actions={
        <>
          <Button busy={busy} onClick={onRefresh}>
            {t('refresh')}
          </Button>
          <Button icon={LogOut} onClick={onLeave}>
            {t('leave')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {error ? <ErrorBox error={error} /> : null}
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
          <Stat label={t('requests30')} value={format.count(total?.requests ?? 0)} note={total?.errors ? t('failed', { count: total.errors }) : undefined} />
          <Stat label={t('tokensIn')} value={format.short(total?.input_tokens ?? 0)} note={t('cached', { amount: format.short(total?.cached_tokens ?? 0) })} />
          <Stat label={t('tokensOut')} value={format.short(total?.output_tokens ?? 0)} />
          <Stat label={t('cost')} value={total?.cost === null || total?.cost === undefined ? '–' : format.money(total.cost)} />
        </div>
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Card title={t('limits')}>
            <Gauges status={holder.limits} />
          </Card>
          <Card title={t('connect')}>
            <ul className="flex flex-col gap-2">
              {holder.base_urls.map((base) => (
                <li key={base.protocol} className="flex items-center gap-2">
                  <span className="w-40 shrink-0 text-muted">{base.protocol}</span>
                  <Mono text={base.url} className="min-w-0 flex-1 truncate" />
                  <CopyButton text={base.url} />
                </li>
              ))}
            </ul>
          </Card>
          <Card title={t('days')}>
            {holder.usage.by_day.length === 0 ? (
              <p className="text-muted">{t('nothingUsed')}</p>
            ) : (
              <table className="nums w-full text-right">
                <thead className="text-[13px] text-muted">
                  <tr>
                    <th className="text-left font-medium">{t('day')}</th>
                    <td className="hidden w-1/3 sm:table-cell" />
                    <th className="pl-3 font-medium whitespace-nowrap">{t('requests')}</th>
                    <th className="pl-3 font-medium whitespace-nowrap">{t('tokens')}</th>
                    <th className="pl-3 font-medium whitespace-nowrap">{t('cost')}</th>
                  </tr>
                </thead>
                <tbody>
                  {holder.usage.by_day.map((d) => {
                    const tokens = (d.input_tokens ?? 0) + (d.output_tokens ?? 0);
                    return (
                      <tr key={d.at} className="border-t border-line">
                        <td className="py-1 text-left">{d.at ? format.day(d.at) : ''}</td>
                        <td className="hidden px-3 sm:table-cell">
                          <div className="h-1.5 rounded-full bg-accent-solid" style={{ width: `${Math.max(1, (tokens / top) * 100)}%` }} />
                        </td>
                        <td className="pl-3">{format.count(d.requests ?? 0)}</td>
                        <td className="pl-3">{format.short(tokens)}</td>
                        <td className="pl-3">{d.cost === null || d.cost === undefined ? '–' : format.money(d.cost)}</td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            )}
          </Card>
          <Card title={t('models', { count: holder.models.length })}>
            <ul className="flex max-h-96 flex-col overflow-y-auto">
              {holder.models.map((m) => {
                const used = holder.usage.by_model.find((row) => row.model === m.id);
                return (
                  <li key={m.id} className="flex items-center gap-2 border-b border-line py-1">
                    <Mono text={m.id} className="min-w-0 truncate" />
                    <Plain text={m.display_name} className="min-w-0 truncate text-[13px] text-muted" />
                    <span className="nums ml-auto shrink-0 text-[13px] text-muted">{used ? t('usedTimes', { count: used.requests ?? 0 }) : ''}</span>
                    <CopyButton text={m.id} />
                  </li>
                );
              })}
            </ul>
          </Card>
        </div>
      </div>
    </Page>
  );
}
