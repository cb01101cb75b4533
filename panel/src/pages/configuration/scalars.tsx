import { useState } from 'react';
import { KeyRound } from 'lucide-react';
import { useTexts } from '@/app/i18n';
import { Button } from '@/ui/button';
import { Input, Select, Switch } from '@/ui/field';
import type { Wiring } from './field-row';
import { isMark } from './model/merge';
import { choicesOf, type Kind, type Schema } from './model/schema';

interface Props {
  value: unknown;
  schema: Schema;
  kind: Kind;
  secret?: boolean;
  label?: string;
  wiring?: Partial<Wiring>;
  onSet: (value: unknown) => void;
  /** What an emptied field means: the key goes. */
  onClear: () => void;
}

/** The control of a value that is neither a map nor a list. */
export function ScalarInput(props: Props) {
  const { value, schema, kind, secret, label, wiring, onSet, onClear } = props;
  const t = useTexts('configuration');
  if (secret) return <SecretInput {...props} />;
  const isFlag = kind === 'flag' && (value === undefined || value === null || typeof value === 'boolean' || /^\s*(true|false)\s*$/i.test(String(value)));
  if (isFlag) {
    const on = value === undefined || value === null ? schema.default === true : /true/i.test(String(value));
    return (
      <div className="flex min-h-8.5 items-center gap-2">
        <Switch hidden label={label ?? ''} checked={on} onChange={onSet} />
        <span className={value === undefined ? 'text-muted' : ''}>{value === undefined ? t('form.byDefault', { value: t(on ? 'form.on' : 'form.off') }) : t(on ? 'form.on' : 'form.off')}</span>
      </div>
    );
  }
  const choices = choicesOf(schema);
  if (kind === 'choice' && (value === undefined || value === null || choices.includes(String(value)))) {
    return <Select {...wiring} label={label} value={value === undefined || value === null ? '' : String(value)} onChange={onSet} placeholder={schema.default === undefined ? t('form.unset') : t('form.byDefault', { value: String(schema.default) })} options={choices.map((c) => ({ value: c, label: c }))} />;
  }
  return <TextInput value={value} label={label} wiring={wiring} numeric={kind === 'integer' || kind === 'number'} placeholder={schema.default === undefined || schema.default === '' ? (schema.examples?.map(String).join(', ') ?? '') : String(schema.default)} onSet={onSet} onClear={onClear} />;
}

/** A line of text that keeps what is being typed, while the document gets what it means. */
function TextInput({ value, label, wiring, numeric, placeholder, onSet, onClear }: { value: unknown; label?: string; wiring?: Partial<Wiring>; numeric: boolean; placeholder: string; onSet: (value: unknown) => void; onClear: () => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? (value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value));
  return (
    <Input
      {...wiring}
      aria-label={wiring?.id ? undefined : label}
      inputMode={numeric ? 'decimal' : undefined}
      className={numeric ? 'nums max-w-40' : undefined}
      placeholder={placeholder}
      value={shown}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        const text = event.target.value;
        setTyped(text);
        if (text === '') onClear();
        else onSet(numeric && /^[+-]?(\d+|\d*\.\d+)$/.test(text) && String(Number(text)) === text ? Number(text) : text);
      }}
    />
  );
}

/** A secret: one that is kept stays as the mark that the gateway gave, until a new one is typed. */
function SecretInput({ value, label, wiring, onSet, onClear }: Props) {
  const t = useTexts('configuration');
  const [replacing, setReplacing] = useState(false);
  if (isMark(value) && !replacing) {
    return (
      <div className="flex min-h-8.5 flex-wrap items-center gap-2">
        <span className="inline-flex min-w-0 flex-1 items-center gap-1.5 text-muted">
          <KeyRound aria-hidden className="size-4 shrink-0" />
          <span className="truncate">{t('form.kept')}</span>
        </span>
        <Button small onClick={() => setReplacing(true)} id={wiring?.id}>
          {t('form.replace')}
        </Button>
      </div>
    );
  }
  const variable = typeof value === 'string' && /^\$\{[^}]*\}$/.test(value);
  return (
    <Input
      {...wiring}
      aria-label={wiring?.id ? undefined : label}
      type={variable ? 'text' : 'password'}
      autoComplete="new-password"
      autoFocus={replacing}
      placeholder={t('form.secretHint')}
      value={isMark(value) || value === undefined || value === null ? '' : String(value)}
      onBlur={() => isMark(value) && setReplacing(false)}
      onChange={(event) => (event.target.value === '' ? onClear() : onSet(event.target.value))}
    />
  );
}
