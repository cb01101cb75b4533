import { Eye, EyeOff, Plus, RotateCcw, X } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTexts } from '@/app/i18n';
import { type FieldValue, type FieldValues, isItemList, type Item, keyOf, type Pair, type SettingField } from '@/lib/fields';
import { visible } from '@/lib/text';
import { Button, IconButton } from './button';
import { Field, Input, Select, Textarea } from './field';
import { Plain } from './plain';

interface Wiring {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
}

interface Props {
  fields: readonly SettingField[];
  values: FieldValues;
  onChange: (key: string, value: FieldValue) => void;
  /** What is wrong, by the fields' keys. */
  faults?: Record<string, string>;
  /** Whether an account is changed: then fields that are not known here keep what they have until something is entered. */
  editing?: boolean;
  /** The keys of fields whose present value stands in the form. */
  known?: ReadonlySet<string>;
}

/** A form made of described settings, in two columns where there is room. */
export function SettingFields({ fields, values, onChange, faults, editing, known }: Props) {
  return (
    <div className="grid gap-x-5 gap-y-4 @xl:grid-cols-2">
      {fields.map((field) => (
        <OneField key={keyOf(field)} field={field} value={values[keyOf(field)]} onChange={(value) => onChange(keyOf(field), value)} fault={faults?.[keyOf(field)]} kept={!!editing && !known?.has(keyOf(field))} />
      ))}
    </div>
  );
}

function OneField({ field, value, onChange, fault, kept }: { field: SettingField; value: FieldValue; onChange: (value: FieldValue) => void; fault?: string; kept: boolean }) {
  const t = useTexts();
  const wide = field.type === 'map' || (field.type === 'list' && !!field.items?.length);
  if (value === null) {
    return (
      <div className={wide ? '@xl:col-span-2' : undefined}>
        <div className="font-medium">{visible(field.title)}</div>
        <div className="mt-1 flex min-h-8.5 items-center gap-2 text-muted">
          {t('form.backToDefault')}
          <Button small look="quiet" onClick={() => onChange(undefined)}>
            {t('undo')}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <Field
      className={wide ? '@xl:col-span-2' : undefined}
      label={
        <>
          {visible(field.title)}
          {field.required ? (
            <span className="ml-1 font-normal text-muted" aria-hidden>
              *
            </span>
          ) : null}
        </>
      }
      hint={
        <>
          <Plain text={field.description} />
          {field.default ? ` ${t('form.default', { value: visible(field.default) })}` : ''}
          {kept && field.place === 'settings' ? (
            <>
              {' '}
              {t('form.kept')}{' '}
              <button type="button" className="inline-flex items-center gap-1 underline hover:text-text" onClick={() => onChange(null)}>
                <RotateCcw aria-hidden className="size-3" />
                {t('form.toDefault')}
              </button>
            </>
          ) : null}
        </>
      }
      error={fault ? visible(fault) : undefined}
    >
      {(wiring) => <Control field={field} value={value} onChange={onChange} wiring={{ ...wiring, ...(field.required ? { 'aria-required': true } : {}) }} />}
    </Field>
  );
}

function Control({ field, value, onChange, wiring }: { field: SettingField; value: FieldValue; onChange: (value: FieldValue) => void; wiring: Wiring }) {
  const t = useTexts();
  const text = typeof value === 'string' ? value : '';
  switch (field.type) {
    case 'secret':
      return <SecretInput {...wiring} value={text} onChange={onChange} name={field.name} />;
    case 'boolean':
      return (
        <Select
          {...wiring}
          value={text || 'unset'}
          onChange={(next) => onChange(next === 'unset' ? undefined : next)}
          options={[
            { value: 'unset', label: <span className="text-muted">{t('form.asDefault')}</span> },
            { value: 'true', label: t('yes') },
            { value: 'false', label: t('no') },
          ]}
        />
      );
    case 'enum':
      return <Select {...wiring} value={text || 'unset'} onChange={(next) => onChange(next === 'unset' ? undefined : next)} options={[{ value: 'unset', label: <span className="text-muted">{t('form.asDefault')}</span> }, ...(field.choices ?? []).map((choice) => ({ value: choice, label: visible(choice) }))]} />;
    case 'list':
      if (isItemList(field)) return <Items field={field} value={Array.isArray(value) ? (value as Item[]) : []} onChange={onChange} id={wiring.id} />;
      return <Words {...wiring} value={Array.isArray(value) ? (value as string[]) : []} onChange={(next) => onChange(next)} />;
    case 'map':
      if (field.items?.length) return <Textarea {...wiring} rows={3} className="font-mono" value={text} placeholder="{ }" onChange={(e) => onChange(e.target.value)} />;
      return <Pairs secret={field.secret} value={Array.isArray(value) ? (value as Pair[]) : []} onChange={onChange} id={wiring.id} title={field.title} />;
    default:
      return (
        <Input
          {...wiring}
          value={text}
          inputMode={field.type === 'integer' ? 'numeric' : field.type === 'address' || field.type === 'proxy' ? 'url' : undefined}
          placeholder={field.default ?? (field.type === 'proxy' ? 'http://host:port' : field.type === 'address' ? 'https://' : undefined)}
          className={field.type === 'integer' ? 'nums' : field.type === 'string' ? undefined : 'font-mono'}
          onChange={(e) => onChange(e.target.value)}
        />
      );
  }
}

/** A secret: never filled in by the browser, hidden until it is asked to be seen. */
export function SecretInput({ value, onChange, name, ...wiring }: { value: string; onChange: (value: string) => void; name?: string; id?: string; placeholder?: string; autoFocus?: boolean; 'aria-label'?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) {
  const t = useTexts();
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...wiring} type={shown ? 'text' : 'password'} name={`new-${name ?? 'secret'}`} autoComplete="new-password" data-1p-ignore data-lpignore="true" data-bwignore data-form-type="other" autoCapitalize="off" value={value} onChange={(e) => onChange(e.target.value)} className="pr-9 font-mono" />
      <IconButton label={t(shown ? 'form.hide' : 'form.show')} icon={shown ? EyeOff : Eye} className="absolute top-1/2 right-0.5 -translate-y-1/2" onClick={() => setShown(!shown)} />
    </div>
  );
}

/** Words, each a tile: Enter or a comma ends one. */
export function Words({ value, onChange, suggestions, placeholder, ...wiring }: { value: readonly string[]; onChange: (value: string[]) => void; suggestions?: readonly string[]; placeholder?: string; id?: string; 'aria-label'?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) {
  const t = useTexts();
  const [text, setText] = useState('');
  const add = (raw: string): void => {
    const words = raw.split(/[,\n]/).map((w) => w.trim()).filter((w) => w !== '' && !value.includes(w));
    if (words.length > 0) onChange([...value, ...new Set(words)]);
    setText('');
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && text.trim()) {
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && text === '' && value.length > 0) onChange(value.slice(0, -1));
  };
  return (
    <div className="input flex flex-wrap items-center gap-1 has-[input:focus-visible]:outline-2 has-[input:focus-visible]:outline-offset-2 has-[input:focus-visible]:outline-accent">
      {value.map((word) => (
        <span key={word} className="inline-flex max-w-full items-center gap-0.5 rounded bg-sunken py-0.5 pl-1.5">
          <span className="truncate">{visible(word)}</span>
          <button type="button" aria-label={t('form.remove', { name: visible(word) })} className="rounded p-0.5 text-muted hover:text-text" onClick={() => onChange(value.filter((w) => w !== word))}>
            <X aria-hidden className="size-3.5" />
          </button>
        </span>
      ))}
      <input
        {...wiring}
        value={text}
        autoComplete="off"
        spellCheck={false}
        list={suggestions && wiring.id ? `${wiring.id}-list` : undefined}
        placeholder={value.length === 0 ? placeholder : undefined}
        className="min-w-16 flex-1 bg-transparent outline-none placeholder:text-muted"
        onChange={(e) => (/[,\n]/.test(e.target.value) ? add(e.target.value) : setText(e.target.value))}
        onKeyDown={onKey}
        onBlur={() => add(text)}
      />
      {suggestions && wiring.id ? (
        <datalist id={`${wiring.id}-list`}>
          {suggestions.filter((s) => !value.includes(s)).map((s) => (
            <option key={s} value={s}>
              {s}
            </option>
          ))}
        </datalist>
      ) : null}
    </div>
  );
}

function Pairs({ value, onChange, id, title, secret }: { value: Pair[]; onChange: (value: Pair[]) => void; id: string; title: string; secret: boolean }) {
  const t = useTexts();
  const set = (at: number, change: Partial<Pair>): void => onChange(value.map((pair, i) => (i === at ? { ...pair, ...change } : pair)));
  return (
    <div role="group" aria-label={visible(title)} className="flex flex-col gap-2">
      {value.map((pair, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} className="flex gap-2">
          <Input id={i === 0 ? id : undefined} aria-label={t('form.name')} placeholder={t('form.name')} value={pair.name} onChange={(e) => set(i, { name: e.target.value })} className="font-mono" />
          {secret ? <div className="w-full"><SecretInput aria-label={t('form.value')} placeholder={t('form.value')} value={pair.value} onChange={(next) => set(i, { value: next })} /></div> : <Input aria-label={t('form.value')} placeholder={t('form.value')} value={pair.value} onChange={(e) => set(i, { value: e.target.value })} className="font-mono" />}
          <IconButton label={t('form.remove', { name: visible(pair.name) })} icon={X} onClick={() => onChange(value.filter((_, at) => at !== i))} />
        </div>
      ))}
      <div>
        <Button small id={value.length === 0 ? id : undefined} icon={Plus} onClick={() => onChange([...value, { name: '', value: '' }])}>
          {t('form.add')}
        </Button>
      </div>
    </div>
  );
}

/** A list of maps: its first keys that are plain text stand side by side; what else an item has stays with it. */
function Items({ field, value, onChange, id }: { field: SettingField; value: Item[]; onChange: (value: Item[]) => void; id: string }) {
  const t = useTexts();
  const keys = (field.items ?? []).filter((f) => f.type === 'string' || f.type === 'address').slice(0, 2);
  return (
    <div role="group" aria-label={visible(field.title)} className="flex flex-col gap-2">
      {value.map((item, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} className="flex gap-2">
          {keys.map((key, k) => (
            <Input
              key={key.name}
              id={i === 0 && k === 0 ? id : undefined}
              aria-label={visible(key.title)}
              placeholder={visible(key.title)}
              className="font-mono"
              value={typeof item[key.name] === 'string' ? (item[key.name] as string) : ''}
              onChange={(e) => onChange(value.map((one, at) => (at === i ? { ...one, [key.name]: e.target.value } : one)))}
            />
          ))}
          <IconButton label={t('form.remove', { name: visible(String(item[keys[0]?.name ?? ''] ?? '')) })} icon={X} onClick={() => onChange(value.filter((_, at) => at !== i))} />
        </div>
      ))}
      <div>
        <Button small id={value.length === 0 ? id : undefined} icon={Plus} onClick={() => onChange([...value, {}])}>
          {t('form.add')}
        </Button>
      </div>
    </div>
  );
}
