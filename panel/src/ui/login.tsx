import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ExternalLink, FileUp, LoaderCircle, LogIn, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Login, LoginFlow, ThirdPartyUse } from '@/api/accounts';
import { ApiError, api, data, json } from '@/api/client';
import { EventStream } from '@/api/stream';
import { useTexts } from '@/app/i18n';
import { faultsByField, type FieldValues, keyOf, type SettingField } from '@/lib/fields';
import { safeLink, visible } from '@/lib/text';
import { Button } from './button';
import { CopyButton } from './copy';
import { ErrorBox } from './error';
import { Checkbox, Field, Input, Textarea } from './field';
import { Badge, Countdown, When } from './figures';
import { Facts } from './page';
import { Mono, Plain } from './plain';
import { SettingFields } from './setting-fields';
import { PositionNote } from './vendor';

/** Whether nothing comes after it any more. */
export const isOver = (login: Login | undefined): boolean => !!login && ['saved', 'failed', 'cancelled', 'expired'].includes(login.status);

/** A login, followed until it is over. */
export function useLogin(id: string | undefined) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['logins', 'one', id],
    queryFn: () => json<Login>('GET', `/api/v1/logins/${encodeURIComponent(id ?? '')}`),
    enabled: !!id,
    retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status === 404),
    refetchInterval: (q) => (isOver(q.state.data) || q.state.error ? false : 4000),
  });
  const over = isOver(query.data) || !!query.error;
  useEffect(() => {
    if (!id || over) return;
    const stream = new EventStream(`/api/v1/logins/${encodeURIComponent(id)}/events`, {
      kinds: ['login'],
      onEvent: (_, value) => client.setQueryData(['logins', 'one', id], value as Login),
      isLast: (_, value) => isOver(value as Login),
    });
    return () => stream.close();
  }, [client, id, over]);
  const status = query.data?.status;
  useEffect(() => {
    if (status === 'saved') for (const key of ['accounts', 'models', 'providers', 'quotas']) void client.invalidateQueries({ queryKey: [key] });
  }, [client, status]);
  return query;
}

/** A file of a login that stands on the gateway's machine. */
interface FoundFile {
  provider: string;
  flow: string;
  path: string;
  modified_at?: string;
  account?: string | null;
  readable?: boolean;
  problem?: string | null;
}

/** The files of logins in their usual places on the gateway's machine; none where the gateway does not tell. */
export function useFoundFiles() {
  return useQuery({
    queryKey: ['logins', 'found'],
    staleTime: 60_000,
    retry: false,
    queryFn: async (): Promise<{ files?: FoundFile[]; reason?: string }> => {
      try {
        return await json<{ files?: FoundFile[]; reason?: string }>('GET', '/api/v1/logins/found');
      } catch (error) {
        // An older gateway has no such route.
        if (error instanceof ApiError && error.status === 404) return {};
        throw error;
      }
    },
  });
}

/** How a login of a provider begins: the vendor's position where it has to be read, the file of an import, and what can be set before. */
export function LoginBegin({ provider, flow, label: wanted, hideNote, onBegun }: { provider: { id: string; name: string; third_party_use: ThirdPartyUse }; flow: LoginFlow; /** What the account is called already. */ label?: string; hideNote?: boolean; onBegun: (login: Login) => void }) {
  const t = useTexts();
  const isForbidden = provider.third_party_use.position === 'forbidden';
  const isEnded = provider.third_party_use.position === 'ended';
  const isImport = flow.method === 'import';
  const [read, setRead] = useState(false);
  const [label, setLabel] = useState('');
  const [proxy, setProxy] = useState('');
  const [headless, setHeadless] = useState(false);
  const [content, setContent] = useState('');
  const [file, setFile] = useState<string | null>(null);
  const [binary, setBinary] = useState(false);
  const [values, setValues] = useState<FieldValues>({});
  const inputs = flow.inputs as SettingField[];
  const chooser = useRef<HTMLInputElement>(null);
  const found = useFoundFiles();
  const files = isImport ? (found.data?.files ?? []).filter((f) => f.provider === provider.id && f.flow === flow.id) : [];
  const begin = useMutation({
    mutationFn: (more: { content?: string; path?: string }) => json<Login>('POST', '/api/v1/logins', { provider: provider.id, flow: flow.id, label: label.trim() || wanted || undefined, proxy: proxy.trim() || undefined, headless, acknowledged: read, inputs: inputsOf(inputs, values), ...more }),
    onSuccess: (login) => {
      setContent('');
      onBegun(login);
    },
  });
  const needsReading = isForbidden && !read;
  const param = begin.error instanceof ApiError ? begin.error.param : null;
  const faults = begin.error instanceof ApiError && begin.error.problems.some((p) => p.path.startsWith('inputs.')) ? faultsByField(begin.error.message, null, begin.error.problems, inputs) : {};

  const take = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    const text = await chosen.slice(0, 2_000_000).text();
    const isText = !text.includes('\u0000');
    setBinary(!isText);
    setFile(chosen.name);
    setContent(isText ? text : '');
  };

  return (
    <div className="flex flex-col gap-4">
      {hideNote ? null : <PositionNote use={provider.third_party_use} />}
      {isForbidden ? (
        <Checkbox
          checked={read}
          onChange={setRead}
          label={t('login.acknowledge', { name: visible(provider.name) })}
        />
      ) : null}
      {isImport ? (
        <>
          {files.length > 0 ? (
            <div>
              <h3 className="mb-1 font-medium">{t('login.found')}</h3>
              <ul className="divide-y divide-line rounded-lg border border-line">
                {files.map((one) => (
                  <li key={one.path} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
                    <div className="min-w-0 flex-1 basis-60">
                      <Mono text={one.path} className="break-all" />
                      <div className="text-[13px] text-muted">
                        {one.modified_at ? <When at={one.modified_at} /> : null}
                        {one.account ? <> · {t('login.foundKnown', { account: visible(one.account) })}</> : null}
                        {one.problem ? <> · <Plain text={one.problem} /></> : null}
                      </div>
                    </div>
                    <Button small disabled={one.readable === false || needsReading || begin.isPending} onClick={() => begin.mutate({ path: one.path })}>
                      {t('login.take')}
                    </Button>
                  </li>
                ))}
              </ul>
            </div>
          ) : null}
          <Field
            label={t('login.content')}
            hint={
              <>
                {flow.usual_places.length > 0 ? (
                  <>
                    {t('login.usually')} {flow.usual_places.map((place, i) => (
                      <span key={place}>
                        {i > 0 ? ', ' : ''}
                        <Mono text={place} className="break-all" />
                      </span>
                    ))}
                    {'. '}
                  </>
                ) : null}
                {found.data?.reason ? <Plain text={found.data.reason} /> : null}
              </>
            }
            error={binary ? t('login.binary', { file: visible(file ?? ''), provider: provider.id }) : undefined}
          >
            {(wiring) => (
              <>
                <Textarea
                  {...wiring}
                  rows={5}
                  className="font-mono text-[13px]"
                  autoComplete="off"
                  value={content}
                  onChange={(e) => {
                    setContent(e.target.value);
                    setBinary(false);
                  }}
                  onDragOver={(e) => e.preventDefault()}
                  onDrop={(e) => {
                    if (e.dataTransfer.files.length === 0) return;
                    e.preventDefault();
                    void take(e.dataTransfer.files[0]);
                  }}
                />
                <div className="flex flex-wrap items-center gap-2">
                  <Button small icon={FileUp} onClick={() => chooser.current?.click()}>
                    {t('login.chooseFile')}
                  </Button>
                  {file ? <Mono text={file} className="text-muted" /> : null}
                  <input
                    ref={chooser}
                    type="file"
                    className="hidden"
                    aria-label={t('login.chooseFile')}
                    onChange={(e) => {
                      void take(e.target.files?.[0]);
                      e.target.value = '';
                    }}
                  />
                </div>
              </>
            )}
          </Field>
        </>
      ) : null}
      {inputs.length > 0 ? <SettingFields fields={inputs} values={values} onChange={(key, value) => setValues((all) => ({ ...all, [key]: value }))} faults={faults} /> : null}
      <details className="group rounded-lg border border-line" open={param === 'proxy' || undefined}>
        <summary className="px-3 py-2 font-medium text-muted select-none hover:text-text">{t('login.options')}</summary>
        <div className="flex flex-col gap-3 border-t border-line p-3">
          {wanted ? null : (
            <Field label={t('login.label')} hint={t('login.labelHint')}>
              {(wiring) => <Input {...wiring} value={label} onChange={(e) => setLabel(e.target.value)} />}
            </Field>
          )}
          <Field label={t('login.proxy')} hint={t('login.proxyHint')} error={param === 'proxy' ? visible((begin.error as ApiError).message) : undefined}>
            {(wiring) => <Input {...wiring} className="font-mono" value={proxy} placeholder="http://host:port" onChange={(e) => setProxy(e.target.value)} />}
          </Field>
          {flow.method === 'browser' ? <Checkbox checked={headless} onChange={setHeadless} label={t('login.headless')} /> : null}
        </div>
      </details>
      {begin.error && param !== 'proxy' && Object.keys(faults).length === 0 ? <ErrorBox error={begin.error} /> : null}
      <div>
        <Button look="primary" icon={LogIn} busy={begin.isPending} disabled={needsReading || (isImport && content.trim() === '') || (isEnded && !isImport)} onClick={() => begin.mutate(isImport ? { content } : {})}>
          {t(isImport ? 'login.import' : 'login.begin')}
        </Button>
      </div>
    </div>
  );
}

/** What a way of signing in asks for, by name; undefined where nothing was entered. */
function inputsOf(fields: readonly SettingField[], values: FieldValues): Record<string, string> | undefined {
  const said = fields.flatMap((field) => {
    const value = values[keyOf(field)];
    return typeof value === 'string' && value.trim() !== '' ? [[field.name, value.trim()] as const] : [];
  });
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}

/** A login under way: the page to open, the code to enter, what came back, and how it ended. */
export function LoginProgress({ id, onAgain, onSaved, done }: { id: string; /** Begins another one. */ onAgain: () => void; onSaved?: (login: Login) => void; /** What can be done next with the account that was saved. */ done?: (login: Login) => ReactNode }) {
  const t = useTexts();
  const client = useQueryClient();
  const query = useLogin(id);
  const login = query.data;
  const saved = useRef(false);
  useEffect(() => {
    if (login?.status === 'saved' && !saved.current) {
      saved.current = true;
      onSaved?.(login);
    }
  }, [login, onSaved]);
  const cancel = useMutation({
    mutationFn: () => data(api.DELETE('/api/v1/logins/{id}', { params: { path: { id } } })),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['logins'] });
      onAgain();
    },
  });
  if (query.error) {
    const gone = query.error instanceof ApiError && query.error.status === 404;
    return gone ? <Ended title={t('login.gone')} text={t('login.goneText')} onAgain={onAgain} /> : <ErrorBox error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (!login) return <Waiting text={t('login.loading')} />;
  const until = new Date(query.dataUpdatedAt + login.seconds_left * 1000).toISOString();
  const give = (
    <Button look="quiet" busy={cancel.isPending} onClick={() => cancel.mutate()}>
      {t('login.giveUp')}
    </Button>
  );
  switch (login.status) {
    case 'waiting':
      return login.method === 'device-code' ? <Device login={login} until={until} give={give} /> : <Browser login={login} until={until} give={give} />;
    case 'redeeming':
      return <Waiting text={t('login.redeeming')} />;
    case 'awaiting-confirmation':
      return <Confirm key={login.id} login={login} until={until} give={give} />;
    case 'saved':
      return (
        <div role="status" className="flex flex-col gap-3">
          <div className="rounded-lg border border-ok-bar/50 bg-ok-soft p-3">
            <div className="font-medium">{t('login.saved', { account: visible(login.account ?? '') })}</div>
            <p className="text-muted">{t('login.savedText')}</p>
          </div>
          {done?.(login)}
        </div>
      );
    default:
      return <Ended title={t(`login.over.${login.status}`)} text={login.error ? visible(login.error) : undefined} onAgain={onAgain} />;
  }
}

function Waiting({ text }: { text: string }) {
  return (
    <p role="status" className="flex items-center gap-2 text-muted">
      <LoaderCircle aria-hidden className="size-4 animate-spin" />
      {text}
    </p>
  );
}

function Ended({ title, text, onAgain }: { title: string; text?: string; onAgain: () => void }) {
  const t = useTexts();
  return (
    <div className="flex flex-col items-start gap-3">
      <div role="alert" className="flex w-full items-start gap-2.5 rounded-lg border border-bad/40 bg-bad-soft p-3">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        <div className="min-w-0">
          <div className="font-medium">{title}</div>
          {text ? <p className="break-words whitespace-pre-line text-muted">{text}</p> : null}
        </div>
      </div>
      <Button icon={LogIn} onClick={onAgain}>
        {t('login.again')}
      </Button>
    </div>
  );
}

/** The vendor's page, in a tab of its own; where the address is none that can be linked, the address to copy. */
function OpenPage({ address, primary }: { address: string; primary?: boolean }) {
  const t = useTexts();
  const link = safeLink(address);
  if (!link) {
    return (
      <div className="flex items-center gap-1">
        <Mono text={address} className="break-all" />
        <CopyButton text={address} />
      </div>
    );
  }
  return (
    <a
      href={link}
      target="_blank"
      rel="noopener noreferrer"
      data-vendor-page
      className={`inline-flex min-h-8.5 max-w-full items-center gap-1.5 rounded-lg px-3 py-1 font-medium ${primary ? 'bg-accent-solid text-white hover:brightness-110' : 'border border-line-strong/50 bg-surface hover:bg-sunken'}`}
    >
      <ExternalLink aria-hidden className="size-4 shrink-0" />
      <span className="truncate">{t('login.open', { host: new URL(link).host })}</span>
    </a>
  );
}

function Browser({ login, until, give }: { login: Login; until: string; give: ReactNode }) {
  const t = useTexts();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const complete = useMutation({
    mutationFn: () => json<Login>('POST', `/api/v1/logins/${encodeURIComponent(login.id)}/complete`, { text: text.trim() }),
    onSuccess: (next) => {
      setText('');
      client.setQueryData(['logins', 'one', login.id], next);
    },
  });
  return (
    <div className="flex flex-col gap-4">
      <ol className="flex list-decimal flex-col gap-3 pl-5 marker:text-muted">
        <li>
          <div className="mb-2">{t('login.stepOpen', { name: visible(login.provider_name) })}</div>
          {login.address ? (
            <div className="flex flex-wrap items-center gap-2">
              <OpenPage address={login.address} primary />
              <CopyButton text={login.address} label={t('login.copyAddress')} showLabel />
            </div>
          ) : null}
        </li>
        <li>{t('login.stepBack')}</li>
      </ol>
      {login.hint ? (
        <p className="rounded-lg bg-warn-soft p-3">
          <Plain text={login.hint} />
        </p>
      ) : null}
      {login.takes_paste ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            complete.mutate();
          }}
        >
          <Field label={t('login.paste')} hint={t('login.pasteHint')} error={complete.error ? visible(complete.error.message) : undefined}>
            {(wiring) => (
              <div className="flex gap-2">
                <Input {...wiring} className="font-mono" value={text} placeholder="http://localhost:…/callback?code=…" onChange={(e) => setText(e.target.value)} />
                <Button type="submit" busy={complete.isPending} disabled={text.trim() === ''}>
                  {t('login.goOn')}
                </Button>
              </div>
            )}
          </Field>
        </form>
      ) : null}
      <Foot until={until} give={give} waiting={t('login.waitingBrowser')} />
    </div>
  );
}

function Device({ login, until, give }: { login: Login; until: string; give: ReactNode }) {
  const t = useTexts();
  const address = login.complete_address ?? login.address;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col items-center gap-3 rounded-xl border border-line bg-sunken px-4 py-6 text-center">
        <div className="text-muted">{t('login.code')}</div>
        <div className="flex flex-wrap items-center justify-center gap-2">
          <output aria-label={t('login.code')} className="font-mono text-3xl font-semibold tracking-[0.14em] break-all select-all sm:text-4xl" translate="no">
            {visible(login.user_code ?? '')}
          </output>
          <CopyButton text={login.user_code ?? ''} label={t('login.copyCode')} />
        </div>
        {address ? <OpenPage address={address} primary /> : null}
        <p className="max-w-md text-muted">{t('login.codeHint')}</p>
      </div>
      {login.hint ? (
        <p className="rounded-lg bg-warn-soft p-3">
          <Plain text={login.hint} />
        </p>
      ) : null}
      <Foot until={until} give={give} waiting={t('login.waitingCode')} />
    </div>
  );
}

function Foot({ until, give, waiting }: { until: string; give: ReactNode; waiting: string }) {
  const t = useTexts();
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3">
      <span role="status" className="flex min-w-0 flex-1 items-center gap-2 text-muted">
        <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin" />
        {waiting}
      </span>
      <span className="text-[13px] text-muted">
        {t('login.left')} <Countdown to={until} />
      </span>
      {give}
    </div>
  );
}

function Confirm({ login, until, give }: { login: Login; until: string; give: ReactNode }) {
  const t = useTexts();
  const client = useQueryClient();
  const result = login.result;
  const [label, setLabel] = useState(result?.label ?? '');
  const confirm = useMutation({
    mutationFn: () => json<Login>('POST', `/api/v1/logins/${encodeURIComponent(login.id)}/confirm`, result?.renews ? {} : { label: label.trim() || undefined }),
    onSuccess: (next) => client.setQueryData(['logins', 'one', login.id], next),
  });
  const isTaken = confirm.error instanceof ApiError && (confirm.error.code === 'account_exists' || confirm.error.param === 'label' || confirm.error.param === 'name');
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate();
      }}
    >
      <div className="rounded-lg border border-line p-4">
        <h3 className="mb-2 font-semibold">{t('login.cameBack', { name: visible(login.provider_name) })}</h3>
        <Facts
          facts={[
            [t('login.fact.account'), <Plain key="l" text={result?.label} />],
            result?.plan ? [t('login.fact.plan'), <Badge key="p" tone="accent">{visible(result.plan)}</Badge>] : null,
            result?.organization ? [t('login.fact.organization'), <Plain key="o" text={result.organization} />] : null,
            result?.vendor_account_id ? [t('login.fact.id'), <Mono key="i" text={result.vendor_account_id} className="break-all" />] : null,
            [t('login.fact.credential'), t(result?.credential_kind === 'api-key' ? 'login.fact.key' : 'login.fact.oauth')],
            result?.expires_at ? [t('login.fact.expires'), <span key="e"><When at={result.expires_at} /> <span className="text-muted">({t('login.fact.renewed')})</span></span>] : null,
          ]}
        />
        {result?.renews ? <p className="mt-3 rounded-lg bg-accent-soft p-3">{t('login.renews', { account: visible(result.renews) })}</p> : null}
        {(result?.warnings ?? []).map((warning) => (
          <p key={warning} className="mt-3 rounded-lg bg-warn-soft p-3">
            <Plain text={warning} />
          </p>
        ))}
      </div>
      {result?.renews ? null : (
        <Field label={t('login.label')} error={isTaken ? visible(confirm.error?.message ?? '') : undefined}>
          {(wiring) => <Input {...wiring} value={label} onChange={(e) => setLabel(e.target.value)} />}
        </Field>
      )}
      {login.error && !isTaken ? <p role="alert" className="rounded-lg bg-bad-soft p-3 text-bad">{visible(login.error)}</p> : null}
      {confirm.error && !isTaken && !login.error ? <ErrorBox error={confirm.error} /> : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" look="primary" busy={confirm.isPending} data-confirm-login>
          {t(result?.renews ? 'login.renew' : 'login.saveAccount')}
        </Button>
        {give}
        <span className="ml-auto text-[13px] text-muted">
          {t('login.left')} <Countdown to={until} />
        </span>
      </div>
    </form>
  );
}
