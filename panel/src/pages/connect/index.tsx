import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, ExternalLink, KeyRound, Plug, Unplug } from 'lucide-react';
import { useMemo, useState } from 'react';
import { ApiError, api, data, json, query } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { useSettled } from '@/lib/hooks';
import { safeLink } from '@/lib/text';
import { Button } from '@/ui/button';
import { CodeBlock, CopyButton } from '@/ui/copy';
import { ErrorBox } from '@/ui/error';
import { Field, Input, Select } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { Card, Empty, Page, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { ChangeDialog } from './change-dialog';
import type { ClientList } from './clients';
import { withKey } from './clients';

export default function Connect() {
  const t = useTexts('connect');
  const client = useQueryClient();
  const [address, setAddress] = useAddress();
  const [baseUrl, setBaseUrl] = useState('');
  // A key in the clear lives in this page only: not in the address, not in storage, not in the cache of queries.
  const [key, setKey] = useState('');
  const [change, setChange] = useState<'connect' | 'disconnect' | null>(null);
  const model = address.model ?? '';
  const base = useSettled(baseUrl.trim());
  const clients = useQuery({
    queryKey: ['clients', model, base],
    queryFn: () => json<ClientList>('GET', `/api/v1/clients${query({ model, base_url: base })}`),
    placeholderData: (before) => before,
    retry: false,
  });
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')) });
  const list = clients.data?.clients ?? [];
  const chosen = list.find((c) => c.id === address.client) ?? list[0];
  const make = useMutation({
    mutationFn: () => data(api.POST('/api/v1/keys', { body: { name: t('keyName', { client: chosen?.name ?? '' }) } as never })),
    gcTime: 0,
    onSuccess: (made) => {
      setKey(made.key ?? '');
      make.reset();
      void client.invalidateQueries({ queryKey: ['keys'] });
    },
  });
  const modelOptions = useMemo(() => [{ value: '', label: t('anyModel') as React.ReactNode }, ...(models.data?.models ?? []).map((m) => ({ value: m.id, label: <Mono text={m.id} /> }))], [models.data, t]);
  const homepage = safeLink(chosen?.homepage);

  return (
    <Page title={t('pages.connect')} lead={t('lead')}>
      {clients.isPending ? (
        <Skeleton lines={8} />
      ) : clients.isError && !clients.data ? (
        clients.error instanceof ApiError && clients.error.status === 404 ? <Empty title={t('notHere')} /> : <ErrorBox error={clients.error} onRetry={() => void clients.refetch()} />
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <nav aria-label={t('clients')} className="card flex flex-row gap-1 overflow-x-auto p-1.5 lg:flex-col">
            {(['program', 'library'] as const).map((kind) => (
              <div key={kind} className="contents">
                <div className="hidden px-2.5 pt-2 pb-1 text-xs font-medium text-muted lg:block">{t(`kind.${kind}`)}</div>
                {list
                  .filter((c) => (c.kind === 'library') === (kind === 'library'))
                  .map((c) => (
                    <button
                      key={c.id}
                      type="button"
                      aria-current={c.id === chosen?.id ? 'true' : undefined}
                      onClick={() => setAddress({ client: c.id }, true)}
                      className="flex shrink-0 items-center gap-2 rounded-lg px-2.5 py-1.5 text-left whitespace-nowrap text-muted hover:bg-sunken hover:text-text aria-[current]:bg-accent-soft aria-[current]:font-medium aria-[current]:text-accent"
                    >
                      <span className="flex-1">{c.name}</span>
                      {c.connected === 'yes' ? <Check aria-label={t('connected.yes')} className="size-4 text-ok" /> : null}
                    </button>
                  ))}
              </div>
            ))}
          </nav>
          <div className="flex min-w-0 flex-col gap-4">
            <Card title={t('settings')}>
              <div className="grid gap-4 md:grid-cols-[1.4fr_1fr_1fr]">
                <Field label={t('key')} hint={key ? t('keyShown') : t('keyHint', { placeholder: clients.data?.key_placeholder ?? '' })}>
                  {(wiring) => (
                    <div className="flex gap-2">
                      <Input {...wiring} type="password" autoComplete="off" value={key} placeholder={t('keyPlaceholder')} onChange={(event) => setKey(event.target.value)} />
                      {key ? <CopyButton text={key} /> : null}
                      <Button icon={KeyRound} busy={make.isPending} onClick={() => make.mutate()}>
                        {t('makeKey')}
                      </Button>
                    </div>
                  )}
                </Field>
                <Field label={t('model')}>{(wiring) => <Select {...wiring} value={model} onChange={(value) => setAddress({ model: value })} options={modelOptions} />}</Field>
                <Field label={t('address')} hint={t('addressHint')}>
                  {(wiring) => <Input {...wiring} value={baseUrl} placeholder={clients.data?.base_url} onChange={(event) => setBaseUrl(event.target.value)} className="font-mono" />}
                </Field>
              </div>
              {make.isError ? <div className="mt-3"><ErrorBox error={make.error} /></div> : null}
              {clients.isError ? <div className="mt-3"><ErrorBox error={clients.error} /></div> : null}
            </Card>
            {chosen ? (
              <Card
                title={
                  <span className="inline-flex flex-wrap items-center gap-2">
                    {chosen.name}
                    {chosen.writes_files ? <Badge dot tone={chosen.connected === 'yes' ? 'ok' : chosen.connected === 'other' ? 'warn' : 'muted'}>{t(`connected.${chosen.connected}`)}</Badge> : null}
                  </span>
                }
                actions={
                  homepage ? (
                    <a href={homepage} target="_blank" rel="noopener noreferrer" className="inline-flex items-center gap-1 text-[13px] text-muted hover:text-text">
                      {new URL(homepage).host}
                      <ExternalLink aria-hidden className="size-3.5" />
                    </a>
                  ) : null
                }
              >
                <div className="flex flex-col gap-5">
                  {chosen.writes_files ? (
                    <div className="rounded-lg border border-line p-3">
                      <div className="font-medium">{t('here')}</div>
                      <p className="mt-0.5 mb-2 text-muted">{clients.data?.can_write ? t('hereText', { user: clients.data.user ?? '' }) : <Plain text={clients.data?.reason} />}</p>
                      <div className="flex flex-wrap gap-2">
                        <Button look="primary" icon={Plug} disabled={!clients.data?.can_write} onClick={() => setChange('connect')}>
                          {t('connect')}
                        </Button>
                        {chosen.connected !== 'no' ? (
                          <Button icon={Unplug} disabled={!clients.data?.can_write} onClick={() => setChange('disconnect')}>
                            {t('disconnect')}
                          </Button>
                        ) : null}
                      </div>
                    </div>
                  ) : null}
                  {chosen.blocks.map((block) => (
                    <section key={`${block.title} ${block.path ?? ''}`}>
                      <h3 className="mb-1.5 font-medium">
                        {block.title}
                        {block.path && block.path !== block.title ? (
                          <span className="ml-2 font-normal text-muted">
                            <Mono text={block.path} />
                          </span>
                        ) : null}
                      </h3>
                      <CodeBlock text={withKey(block.text, clients.data?.key_placeholder ?? '', key)} label={block.title} />
                    </section>
                  ))}
                  {chosen.notes.length > 0 ? (
                    <ul className="list-disc pl-5 text-muted">
                      {chosen.notes.map((note) => (
                        <li key={note}>
                          <Plain text={note} />
                        </li>
                      ))}
                    </ul>
                  ) : null}
                </div>
              </Card>
            ) : null}
          </div>
        </div>
      )}
      {change && chosen ? <ChangeDialog client={chosen} change={change} secret={key} model={model} onClose={() => setChange(null)} /> : null}
    </Page>
  );
}
