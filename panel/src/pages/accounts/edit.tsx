import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Save } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Account, Provider } from '@/api/accounts';
import { ApiError, api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { bodyOf, faultsByField, type FieldValue, type FieldValues, isItemList, type Item, keyOf, numberFault, type SettingField } from '@/lib/fields';
import { useBeforeUnload } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Mono, Plain } from '@/ui/plain';
import { SettingFields } from '@/ui/setting-fields';
import { Segmented } from '@/ui/segmented';
import { useToast } from '@/ui/toast';
import { changeAccount } from './calls';
import { changesBetween } from './model';

/** The fields that every account has, for gateways that do not describe providers. */
const common: SettingField[] = [
  { name: 'name', title: 'Name', description: '', type: 'string', place: 'account', required: false, secret: false },
  { name: 'priority', title: 'Priority', description: '', type: 'integer', place: 'account', required: false, secret: false },
  { name: 'weight', title: 'Weight', description: '', type: 'integer', place: 'account', required: false, secret: false, min: 0 },
  { name: 'concurrency', title: 'Concurrency', description: '', type: 'integer', place: 'account', required: false, secret: false, min: 0 },
  { name: 'tags', title: 'Tags', description: '', type: 'list', place: 'account', required: false, secret: false },
];

/** What of an account stands in the form at first: what the gateway shows of it. */
export function valuesOf(account: Account, fields: readonly SettingField[]): { values: FieldValues; known: Set<string> } {
  const values: FieldValues = {};
  const known = new Set<string>();
  const put = (key: string, value: FieldValue): void => {
    values[key] = value;
    known.add(key);
  };
  put('account:name', account.label);
  put('account:priority', String(account.priority));
  put('account:weight', String(account.weight));
  put('account:concurrency', String(account.concurrency ?? 0));
  put('account:tags', account.tags);
  put('account:disabled', account.enabled ? 'false' : 'true');
  put('settings:prefix', account.prefix ?? '');
  put('settings:base-url', account.base_url ?? '');
  put('settings:region', account.region ?? '');
  put('settings:excluded-models', account.excluded_models);
  put('settings:models', account.models.map((m): Item => ({ name: m.name, alias: m.alias === m.name ? '' : m.alias })));
  if (!account.proxy) put('settings:proxy-url', '');
  if (account.headers.length === 0) put('settings:headers', []);
  for (const field of fields) {
    if (field.place !== 'settings' || !account.settings) continue;
    const value = account.settings[field.name];
    const key = keyOf(field);
    if (field.secret && value === undefined) continue;
    if (value === undefined || value === null) {
      if (!known.has(key)) put(key, field.type === 'list' ? [] : field.type === 'map' && !field.items?.length ? [] : '');
    } else if (isItemList(field)) put(key, (Array.isArray(value) ? value : []).map((item): Item => (typeof item === 'string' ? { name: item } : (item as Item))));
    else if (field.type === 'list') put(key, (Array.isArray(value) ? value : [value]).map(String));
    else if (field.type === 'map' && !field.items?.length) put(key, Object.entries(value as Record<string, unknown>).map(([name, v]) => ({ name, value: String(v) })));
    else put(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
  return { values, known };
}

/** The body of a change: only what is different; what was there and is empty now goes back to its default. */
export function changeOf(fields: readonly SettingField[], before: FieldValues, after: FieldValues): Record<string, unknown> {
  const different = fields.filter((f) => JSON.stringify(before[keyOf(f)] ?? '') !== JSON.stringify(after[keyOf(f)] ?? '') || after[keyOf(f)] === null);
  const values: FieldValues = {};
  for (const field of different) {
    const value = after[keyOf(field)];
    const empty = value === undefined || (value !== null && value.length === 0);
    values[keyOf(field)] = empty && field.place === 'settings' ? null : value;
  }
  const body = bodyOf(different, values);
  // An empty list of tags is a value, not a blank.
  if (different.some((f) => keyOf(f) === 'account:tags')) body.tags = after['account:tags'] ?? [];
  return body;
}

type Part = 'common' | 'models' | 'provider' | 'credential';

/** Changes an account of the store. When somebody else was faster, it shows what they changed. */
export function EditForm({ account, provider, onSaved }: { account: Account; provider?: Provider; onSaved: (account: Account) => void }) {
  const t = useTexts('accounts');
  const toast = useToast();
  const client = useQueryClient();
  const [base, setBase] = useState(account);
  const described = provider?.fields.length ? provider.fields.filter((f) => !(f.place === 'account' && f.name === 'disabled')) : common;
  const forms = (provider?.credentials ?? []).filter((c) => c.kind !== 'oauth' && c.fields.length > 0);
  const [form, setForm] = useState(0);
  const secrets = forms[form]?.fields ?? [];
  const start = useMemo(() => valuesOf(base, described), [base, described]);
  const [values, setValues] = useState<FieldValues>(start.values);
  const [faults, setFaults] = useState<Record<string, string>>({});
  const [theirs, setTheirs] = useState<Account | null>(null);
  const [part, setPart] = useState<Part>('common');

  const fields = [...described, ...secrets];
  const body = changeOf(fields, start.values, values);
  const dirty = Object.keys(body).length > 0;
  useBeforeUnload(dirty);
  const partOf = (field: SettingField): Part => (field.place === 'credential' ? 'credential' : field.place === 'account' || ['proxy-url', 'prefix', 'headers'].includes(field.name) ? 'common' : ['models', 'excluded-models'].includes(field.name) ? 'models' : 'provider');
  const parts = (['common', 'models', 'provider', 'credential'] as const).filter((p) => fields.some((f) => partOf(f) === p));

  const save = useMutation({
    mutationFn: () => changeAccount(base, body),
    onSuccess: (next) => {
      onSaved(next);
      setBase(next);
      setValues(valuesOf(next, described).values);
      setFaults({});
      toast.success(t('done.saved', { name: visible(next.label) }));
      for (const key of ['accounts', 'models', 'routes']) void client.invalidateQueries({ queryKey: [key] });
    },
    onError: async (error) => {
      if (!(error instanceof ApiError)) return;
      if (error.code === 'version_conflict') {
        setTheirs((await data(api.GET('/api/v1/accounts/{id}', { params: { path: { id: base.id } } }))) as Account);
        return;
      }
      const found = error.code === 'account_exists' ? { 'account:name': error.message } : faultsByField(error.message, error.param, error.problems, fields);
      setFaults(found);
      const first = fields.find((f) => found[keyOf(f)]);
      if (first) setPart(partOf(first));
    },
  });
  const submit = (): void => {
    const wrong = Object.fromEntries(fields.flatMap((f) => {
      const fault = numberFault(f, values[keyOf(f)]);
      return fault ? [[keyOf(f), t(`fault.${fault}`, { min: f.min ?? '…', max: f.max ?? '…' })]] : [];
    }));
    setFaults(wrong);
    const first = fields.find((f) => wrong[keyOf(f)]);
    if (first) setPart(partOf(first));
    else save.mutate();
  };
  const take = (mine: boolean): void => {
    if (!theirs) return;
    const fresh = valuesOf(theirs, described).values;
    // What was entered here stays on top of what they have.
    const kept = mine ? Object.fromEntries(fields.map(keyOf).filter((key) => JSON.stringify(start.values[key] ?? '') !== JSON.stringify(values[key] ?? '')).map((key) => [key, values[key]])) : {};
    setBase(theirs);
    onSaved(theirs);
    setValues({ ...fresh, ...kept });
    setTheirs(null);
    save.reset();
  };

  return (
    <form
      className="@container flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {parts.length > 1 ? (
        <div>
          <Segmented
            label={t('editPart.title')}
            value={part}
            onChange={setPart}
            options={parts.map((value) => ({
              value,
              label: (
                <>
                  {t(`editPart.${value}`)}
                  {fields.some((f) => partOf(f) === value && faults[keyOf(f)]) ? <span className="ml-1 text-bad">●</span> : null}
                </>
              ),
            }))}
          />
        </div>
      ) : null}
      {part === 'credential' ? (
        <>
          <p className="text-muted">
            {t('credentialNow')} {t(`credential.${base.credential.kind}`)} <Mono text={base.credential.mask} />. {t('credentialReplaced')}
          </p>
          {forms.length > 1 ? <div><Segmented label={t('editPart.credential')} value={String(form)} onChange={(next) => setForm(Number(next))} options={forms.map((f, i) => ({ value: String(i), label: visible(f.title) }))} /></div> : null}
        </>
      ) : null}
      {part === 'common' && (base.proxy || base.headers.length > 0) ? (
        <p className="text-[13px] text-muted">
          {base.proxy ? <>{t('sheet.proxy')}: <Mono text={base.proxy} className="break-all" /> </> : null}
          {base.headers.length > 0 ? <>{t('sheet.headers')}: <Mono text={base.headers.join(', ')} className="break-all" /></> : null}
        </p>
      ) : null}
      <SettingFields fields={fields.filter((f) => partOf(f) === part)} values={values} onChange={(key, value) => setValues((now) => ({ ...now, [key]: value }))} faults={faults} editing known={start.known} />
      {faults[''] ? (
        <p role="alert" className="rounded-lg bg-bad-soft p-3 whitespace-pre-line text-bad">
          <Plain text={faults['']} />
        </p>
      ) : null}
      {save.error && !theirs && Object.keys(faults).length === 0 ? <ErrorBox error={save.error} /> : null}
      {theirs ? (
        <div role="alert" className="rounded-lg border border-warn-bar/50 bg-warn-soft p-4">
          <div className="font-medium">{t('conflict.title')}</div>
          <ul className="my-2 flex flex-col gap-1">
            {changesBetween(base, theirs).map((change) => (
              <li key={change.name} className="break-words">
                <span className="text-muted">{t(`conflict.name.${change.name}`)}:</span> <del className="text-muted"><Plain text={change.before || '–'} /></del> → <Plain text={change.after || '–'} />
              </li>
            ))}
            {changesBetween(base, theirs).length === 0 ? <li>{t('conflict.hidden')}</li> : null}
          </ul>
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => take(true)}>{t('conflict.mine')}</Button>
            <Button onClick={() => take(false)}>{t('conflict.theirs')}</Button>
          </div>
        </div>
      ) : null}
      <div className="sticky bottom-[-1rem] -mx-5 -mb-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-raised px-5 py-3">
        {dirty ? (
          <>
            <span className="mr-auto text-[13px] text-muted">{t('unsaved')}</span>
            <Button
              onClick={() => {
                setValues(start.values);
                setFaults({});
                setTheirs(null);
                save.reset();
              }}
            >
              {t('discard')}
            </Button>
          </>
        ) : null}
        <Button type="submit" look="primary" icon={Save} busy={save.isPending} disabled={!dirty || !!theirs}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
