import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FileUp, FolderUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { ApiError, api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { bytes } from '@/lib/format';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Checkbox, Field, Select } from '@/ui/field';
import { Badge, type Tone, When } from '@/ui/figures';
import { useFoundFiles } from '@/ui/login';
import { Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { SecretInput } from '@/ui/setting-fields';
import { Tabs } from '@/ui/tabs';
import { fits, readFiles, toBase64 } from './files';

type Way = 'bundle' | 'system' | 'logins';

/** Takes accounts over: from another gateway's bundle, from another system's files, or from files of logins. */
export default function ImportDialog({ onClose }: { onClose: () => void }) {
  const t = useTexts('accounts');
  const [way, setWay] = useState<Way>('bundle');
  return (
    <Dialog open wide onClose={onClose} title={t('import.title')}>
      <Tabs label={t('import.title')} value={way} onChange={setWay} tabs={(['bundle', 'system', 'logins'] as const).map((value) => ({ value, label: t(`import.way.${value}`) }))}>
        {way === 'bundle' ? <Bundle /> : way === 'system' ? <System /> : <Logins onClose={onClose} />}
      </Tabs>
    </Dialog>
  );
}

const merges: Record<View<'AccountMergeAction'>, Tone> = { add: 'ok', renew: 'ok', keep: 'muted', same: 'muted', configured: 'muted', invalid: 'bad' };

function Bundle() {
  const t = useTexts('accounts');
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [passphrase, setPassphrase] = useState('');
  const [read, setRead] = useState(false);
  const [result, setResult] = useState<View<'AccountImportView'> | null>(null);
  const call = useMutation<View<'AccountImportView'>, Error, boolean>({
    mutationFn: async (apply) => data(api.POST('/api/v1/accounts/import', { body: { passphrase, content: toBase64(new Uint8Array(await (file as File).arrayBuffer())), dry_run: !apply, acknowledged: read } })),
    onSuccess: (next) => {
      setResult(next);
      if (!next.dry_run) for (const key of ['accounts', 'models', 'quotas']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const pending = call.isPending ? call.variables : null;
  const todo = result?.dry_run ? result.accounts.filter((a) => (a.action === 'add' || a.action === 'renew') && !a.problem).length : 0;
  // What keeps an account out may be a position that was not read yet.
  const blocked = !!result?.dry_run && result.accounts.some((a) => a.problem);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t('import.bundleLead')}</p>
      <Pick label={t('import.bundleFile')} files={file ? [file] : []} onPick={(files) => { setFile(files[0] ?? null); setResult(null); call.reset(); }} />
      <Field label={t('passphrase')}>{(wiring) => <SecretInput {...wiring} name="passphrase" value={passphrase} onChange={(v) => { setPassphrase(v); setResult(null); call.reset(); }} />}</Field>
      {call.error ? <ErrorBox error={call.error} /> : null}
      {result ? (
        <div>
          <h3 className="mb-1 font-semibold">{t(result.dry_run ? 'import.plan' : 'import.result')}</h3>
          <p className="mb-2 text-[13px] text-muted">
            {t('import.madeOn', { host: visible(result.host) })} <When at={result.created_at} />
          </p>
          <ul className="divide-y divide-line rounded-lg border border-line">
            {result.accounts.map((a) => (
              <li key={`${a.provider} ${a.label}`} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
                <Badge tone={a.problem ? 'bad' : merges[a.action]}>{t(`import.merge.${a.action}`)}</Badge>
                <span className="font-medium">
                  <Plain text={a.label} />
                </span>
                <span className="text-muted">{visible(a.provider)}</span>
                <span className={`w-full text-[13px] break-words ${a.problem ? 'text-bad' : 'text-muted'}`}>
                  <Plain text={a.problem ?? a.reason} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {blocked || read ? <Checkbox checked={read} onChange={setRead} label={t('import.acknowledge')} /> : null}
      <div className="flex flex-wrap gap-2">
        <Button look={todo > 0 ? 'plain' : 'primary'} busy={pending === false} disabled={!file || passphrase === ''} onClick={() => call.mutate(false)}>
          {t('import.preview')}
        </Button>
        {result?.dry_run ? (
          <Button look="primary" busy={pending === true} disabled={todo === 0 && !read} onClick={() => call.mutate(true)}>
            {t('import.apply', { count: todo })}
          </Button>
        ) : null}
      </div>
    </div>
  );
}

const outcomes: Record<View<'ImportOutcome'>, Tone> = { taken: 'ok', approximated: 'warn', 'already-here': 'muted', kept: 'muted', 'not-supported': 'warn' };

function System() {
  const t = useTexts('accounts');
  const client = useQueryClient();
  const systems = useQuery({ queryKey: ['imports'], queryFn: () => data(api.GET('/api/v1/imports')), staleTime: 300_000 });
  const [id, setId] = useState('');
  const [picked, setPicked] = useState<File[]>([]);
  const [read, setRead] = useState(false);
  const [left, setLeft] = useState<string[]>([]);
  const [result, setResult] = useState<View<'SystemImportView'> | null>(null);
  const system = systems.data?.systems.find((s) => s.id === id);
  const fitting = system ? picked.filter((f) => system.files.some((p) => fits(f.webkitRelativePath || f.name, p))) : [];
  const call = useMutation<View<'SystemImportView'>, Error, boolean>({
    mutationFn: async (apply) => {
      const content = await readFiles(fitting);
      setLeft(content.left);
      return data(api.POST('/api/v1/imports/{system}', { params: { path: { system: id } }, body: { files: content.files, apply, acknowledged: read } }));
    },
    onSuccess: (next) => {
      setResult(next);
      if (next.applied) for (const key of ['accounts', 'keys', 'settings', 'models', 'routes', 'quotas']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const needsReading = call.error instanceof ApiError && call.error.code === 'acknowledgement_required';
  const pending = call.isPending ? call.variables : null;
  if (systems.isPending) return <Skeleton />;
  if (systems.error) return <ErrorBox error={systems.error} onRetry={() => void systems.refetch()} />;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t('import.systemLead')}</p>
      <Field label={t('import.system')} hint={system ? <>{t('login.usually')} <Plain text={system.usual_place} />. {t('import.reads')} <Mono text={system.files.join(', ')} /></> : undefined}>
        {(wiring) => <Select {...wiring} value={id} placeholder={t('import.choose')} onChange={(next) => { setId(next); setResult(null); call.reset(); }} options={systems.data.systems.map((s) => ({ value: s.id, label: visible(s.title) }))} />}
      </Field>
      {system ? (
        <>
          <Pick folder label={t('import.files')} files={picked} onPick={(files) => { setPicked(files); setResult(null); call.reset(); }} />
          {picked.length > 0 ? <p className={fitting.length === 0 ? 'text-bad' : 'text-muted'}>{t('import.fitting', { count: fitting.length, all: picked.length })}</p> : null}
        </>
      ) : null}
      {left.length > 0 ? <p className="rounded-lg bg-warn-soft p-3">{t('import.left')} <Mono text={left.join(', ')} className="break-all" /></p> : null}
      {call.error ? <ErrorBox error={call.error} /> : null}
      {result ? (
        <div>
          <h3 className="mb-2 font-semibold">{t(result.applied ? 'import.result' : 'import.plan')}</h3>
          {result.findings.length === 0 ? <p className="text-muted">{t('import.nothing')}</p> : null}
          <ul className="divide-y divide-line rounded-lg border border-line empty:hidden">
            {result.findings.map((f, i) => (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={i} className="flex flex-wrap items-baseline gap-x-3 px-3 py-2">
                <Badge tone={outcomes[f.outcome]}>{t(`import.outcome.${f.outcome}`)}</Badge>
                <Mono text={f.source} className="break-all" />
                {f.target ? (
                  <span className="text-muted">
                    → <Mono text={f.target} className="break-all" />
                  </span>
                ) : null}
                <span className="w-full text-[13px] break-words text-muted">
                  <Plain text={f.words} />
                </span>
              </li>
            ))}
          </ul>
          {result.needs_restart.length > 0 ? <p className="mt-2 rounded-lg bg-warn-soft p-3">{t('import.restart')} <Mono text={result.needs_restart.join(', ')} /></p> : null}
        </div>
      ) : null}
      {needsReading || read ? <Checkbox checked={read} onChange={setRead} label={t('import.acknowledge')} /> : null}
      {system ? (
        <div className="flex flex-wrap gap-2">
          <Button look={result && !result.applied ? 'plain' : 'primary'} busy={pending === false} disabled={fitting.length === 0} onClick={() => call.mutate(false)}>
            {t('import.preview')}
          </Button>
          {(result && !result.applied && result.changes > 0) || (needsReading && read) ? (
            <Button look="primary" busy={pending === true} onClick={() => call.mutate(true)}>
              {t('import.applyAll', { count: result?.changes ?? 0 })}
            </Button>
          ) : null}
        </div>
      ) : null}
    </div>
  );
}

function Logins({ onClose }: { onClose: () => void }) {
  const t = useTexts('accounts');
  const found = useFoundFiles();
  const files = found.data?.files ?? [];
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted">{t('import.loginsLead')}</p>
      {found.isPending ? <Skeleton /> : null}
      {found.error ? <ErrorBox error={found.error} onRetry={() => void found.refetch()} /> : null}
      {found.data?.reason ? (
        <p className="rounded-lg bg-sunken p-3">
          <Plain text={found.data.reason} />
        </p>
      ) : null}
      {files.length > 0 ? (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {files.map((f) => (
            <li key={f.path} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2">
              <div className="min-w-0 flex-1 basis-60">
                <Mono text={f.path} className="break-all" />
                <div className="text-[13px] text-muted">
                  {visible(f.provider)}
                  {f.account ? ` · ${t('login.foundKnown', { account: visible(f.account) })}` : ''}
                  {f.problem ? <> · <Plain text={f.problem} /></> : null}
                </div>
              </div>
              <Link to="/accounts/add" search={{ provider: f.provider, way: f.flow } as never} className="font-medium text-accent hover:underline" onClick={onClose}>
                {t('import.goTo')}
              </Link>
            </li>
          ))}
        </ul>
      ) : found.isSuccess && !found.data.reason ? (
        <p>{t('import.noLogins')}</p>
      ) : null}
      <p>
        <Link to="/accounts/add" search={{ method: 'import' } as never} className="font-medium text-accent hover:underline" onClick={onClose}>
          {t('import.toAdd')}
        </Link>
      </p>
    </div>
  );
}

function Pick({ label, files, onPick, folder }: { label: string; files: readonly File[]; onPick: (files: File[]) => void; folder?: boolean }) {
  const t = useTexts('accounts');
  const one = useRef<HTMLInputElement>(null);
  const whole = useRef<HTMLInputElement>(null);
  const pick = (input: HTMLInputElement): void => {
    onPick([...(input.files ?? [])]);
    input.value = '';
  };
  const size = files.reduce((sum, f) => sum + f.size, 0);
  return (
    // Files can be dropped here; the buttons do the same for those who do not drag.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={label}
      className="flex flex-wrap items-center gap-2 rounded-lg border border-dashed border-line-strong p-3"
      onDragOver={(e) => e.preventDefault()}
      onDrop={(e) => {
        e.preventDefault();
        onPick([...e.dataTransfer.files]);
      }}
    >
      <span className="mr-auto min-w-0">
        <span className="font-medium">{label}</span>
        <span className="block text-[13px] break-all text-muted">{files.length === 0 ? t('import.drop') : files.length === 1 ? `${visible(files[0]?.name ?? '')} · ${bytes(size)}` : t('import.picked', { count: files.length, size: bytes(size) })}</span>
      </span>
      <Button small icon={FileUp} onClick={() => one.current?.click()}>
        {t('login.chooseFile')}
      </Button>
      <input ref={one} type="file" multiple={folder} className="hidden" aria-label={label} onChange={(e) => pick(e.target)} />
      {folder ? (
        <>
          <Button small icon={FolderUp} onClick={() => whole.current?.click()}>
            {t('import.chooseFolder')}
          </Button>
          <input ref={(node) => { whole.current = node; node?.setAttribute('webkitdirectory', ''); }} type="file" className="hidden" aria-label={t('import.chooseFolder')} onChange={(e) => pick(e.target)} />
        </>
      ) : null}
    </div>
  );
}
