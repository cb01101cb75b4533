import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ListTree, Save } from 'lucide-react';
import { useState } from 'react';
import type { Account, CredentialForm, Provider } from '@/api/accounts';
import { ApiError, json } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { bodyOf, faultsByField, type FieldValues, type Item, keyOf, missing, numberFault, type SettingField } from '@/lib/fields';
import { useBeforeUnload } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Checkbox, Input, SearchInput } from '@/ui/field';
import { Mono, Plain } from '@/ui/plain';
import { SettingFields } from '@/ui/setting-fields';
import { type ModelItem, toggleModel } from './ways';

interface Discovered {
  models: { id: string; display_name?: string | null }[];
  problem?: string | null;
  status?: number | null;
  latency_ms?: number;
}

const modelsKey = 'settings:models';
/** Settings that are seldom needed stand behind "more settings". */
const common = new Set(['account:name', 'settings:base-url', 'settings:region', 'settings:plan', 'settings:endpoint', 'settings:wire-api', 'settings:project', 'settings:location']);

/** An account by a credential that is entered: a form of the provider's own fields, with the models that its upstream lists. */
export function CredentialPart({ provider, form, onSaved }: { provider: Provider; form: CredentialForm; onSaved: (account: Account) => void }) {
  const t = useTexts('add-account');
  const client = useQueryClient();
  const [values, setValues] = useState<FieldValues>({});
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [verify, setVerify] = useState(provider.discovers_models);
  const [read, setRead] = useState(false);
  const all = [...form.fields, ...provider.fields.filter((f) => keyOf(f) !== 'account:disabled')];
  const first = all.filter((f) => f.place === 'credential' || f.required || common.has(keyOf(f)));
  const models = all.find((f) => keyOf(f) === modelsKey);
  const rest = all.filter((f) => !first.includes(f) && f !== models);
  const chosen = (Array.isArray(values[modelsKey]) ? values[modelsKey] : []) as ModelItem[];
  const dirty = Object.values(values).some((v) => v !== undefined && v !== null && v.length > 0);
  const isForbidden = provider.third_party_use.position === 'forbidden';
  const set = (key: string, value: FieldValues[string]): void => setValues((now) => ({ ...now, [key]: value }));
  useBeforeUnload(dirty);

  /** What is wrong before anything is sent. */
  const check = (): boolean => {
    const wrong: Record<string, string> = Object.fromEntries([
      ...missing(all, values).map((key) => [key, t('fault.missing')]),
      ...all.flatMap((f) => {
        const fault = numberFault(f, values[keyOf(f)]);
        return fault ? [[keyOf(f), t(`fault.${fault}`, { min: f.min ?? '…', max: f.max ?? '…' })]] : [];
      }),
    ]) as Record<string, string>;
    setFaults(wrong);
    return Object.keys(wrong).length === 0;
  };
  const failed = (error: unknown): void => {
    if (!(error instanceof ApiError) || error.status === 0) return;
    setFaults(error.code === 'account_exists' ? { 'account:name': error.message } : faultsByField(error.message, error.param, error.problems, all));
  };
  const discover = useMutation({
    mutationFn: () => {
      const { settings, ...body } = bodyOf(all, values) as { settings?: Record<string, unknown> };
      const { models: _, ...others } = settings ?? {};
      return json<Discovered>('POST', '/api/v1/accounts/discover', { provider: provider.id, ...body, settings: others });
    },
    onError: failed,
  });
  const save = useMutation({
    mutationFn: () => json<Account>('POST', `/api/v1/accounts${verify ? '?verify=true' : ''}`, { provider: provider.id, ...bodyOf(all, values) }),
    onError: failed,
    onSuccess: (account) => {
      setValues({});
      for (const key of ['accounts', 'models', 'providers', 'routes']) void client.invalidateQueries({ queryKey: [key] });
      onSaved(account);
    },
  });
  const error = save.error ?? discover.error;
  const isRest = rest.some((f: SettingField) => faults[keyOf(f)]);
  return (
    <form
      className="flex flex-col gap-5"
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        if (check()) save.mutate();
      }}
    >
      {form.fields.length === 0 ? <p className="text-muted">{t('noCredential')}</p> : null}
      <SettingFields fields={first} values={values} onChange={set} faults={faults} />
      {models ? (
        <fieldset className="rounded-lg border border-line p-3">
          <legend className="px-1 font-medium">{t('models.title')}</legend>
          <p className="mb-3 text-[13px] text-muted">{t('models.lead')}</p>
          {provider.discovers_models ? (
            <Button
              icon={ListTree}
              busy={discover.isPending}
              onClick={() => {
                save.reset();
                if (check()) discover.mutate();
              }}
            >
              {t('models.discover')}
            </Button>
          ) : null}
          {discover.data?.problem ? (
            <p role="alert" className="mt-3 rounded-lg bg-warn-soft p-3 break-words">
              <Plain text={discover.data.problem} />
            </p>
          ) : null}
          {discover.data && discover.data.models.length > 0 ? <Ticks found={discover.data.models} chosen={chosen} onChange={(next) => set(modelsKey, next as Item[])} /> : null}
          <details className="mt-3" open={!!faults[modelsKey] || undefined}>
            <summary className="text-[13px] font-medium text-muted select-none hover:text-text">{chosen.length > 0 ? t('models.byHandCount', { count: chosen.length }) : t('models.byHand')}</summary>
            <div className="mt-2">
              <SettingFields fields={[models]} values={values} onChange={set} faults={faults} />
            </div>
          </details>
        </fieldset>
      ) : null}
      <details className="rounded-lg border border-line" open={isRest || undefined}>
        <summary className="px-3 py-2 font-medium text-muted select-none hover:text-text">{t('moreSettings')}</summary>
        <div className="border-t border-line p-3">
          <SettingFields fields={rest} values={values} onChange={set} faults={faults} />
        </div>
      </details>
      {faults[''] ? (
        <p role="alert" className="rounded-lg border border-bad/40 bg-bad-soft p-3 break-words whitespace-pre-line">
          <Plain text={faults['']} />
        </p>
      ) : null}
      {error && Object.keys(faults).length === 0 ? <ErrorBox error={error} /> : null}
      {isForbidden ? <Checkbox checked={read} onChange={setRead} label={t('login.acknowledge', { name: visible(provider.name) })} /> : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-4">
        <Button type="submit" look="primary" icon={Save} busy={save.isPending} disabled={isForbidden && !read}>
          {t('saveAccount')}
        </Button>
        {provider.discovers_models ? <Checkbox checked={verify} onChange={setVerify} label={t('verify')} /> : null}
      </div>
    </form>
  );
}

/** The models that the upstream lists, to tick, each with the name that clients use. */
function Ticks({ found, chosen, onChange }: { found: Discovered['models']; chosen: readonly ModelItem[]; onChange: (models: ModelItem[]) => void }) {
  const t = useTexts('add-account');
  const [text, setText] = useState('');
  const shown = found.filter((m) => `${m.id} ${m.display_name ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()));
  const ticked = new Set(chosen.map((m) => m.name));
  const every = shown.length > 0 && shown.every((m) => ticked.has(m.id));
  return (
    <div className="mt-3">
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <Checkbox checked={every} mixed={!every && shown.some((m) => ticked.has(m.id))} onChange={(on) => onChange(shown.reduce((list, m) => toggleModel(list, m.id, on), [...chosen]))} label={t('models.found', { count: found.length })} />
        {found.length > 8 ? <SearchInput label={t('models.search')} className="ml-auto w-full sm:w-56" value={text} onChange={(e) => setText(e.target.value)} /> : null}
      </div>
      <ul className="max-h-80 divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {shown.map((m) => {
          const item = chosen.find((c) => c.name === m.id);
          return (
            <li key={m.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-1.5">
              <div className="min-w-0 flex-1 basis-52">
                <Checkbox
                  checked={!!item}
                  onChange={(on) => onChange(toggleModel(chosen, m.id, on))}
                  label={
                    <>
                      <Mono text={m.id} className="break-all" />
                      {m.display_name && m.display_name !== m.id ? <span className="ml-2 text-[13px] text-muted">{visible(m.display_name)}</span> : null}
                    </>
                  }
                />
              </div>
              {item ? <Input aria-label={t('models.aliasOf', { name: visible(m.id) })} placeholder={t('models.alias')} className="!w-56 font-mono" value={typeof item.alias === 'string' ? item.alias : ''} onChange={(e) => onChange(chosen.map((c) => (c.name === m.id ? { ...c, alias: e.target.value } : c)))} /> : null}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
