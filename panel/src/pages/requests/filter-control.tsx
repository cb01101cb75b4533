import { useQuery } from '@tanstack/react-query';
import { Filter } from 'lucide-react';
import { clsx } from 'clsx';
import { useId, useState } from 'react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { clip, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Input } from '@/ui/field';
import { Popover } from '@/ui/popover';
import { Segmented } from '@/ui/segmented';
import { type Field, flags, isStatus, localTime, ranges } from './filters';

/** The values that a filter may have, as far as they are known: [what is asked for, what is shown]. */
function useChoices(field: Field, enabled: boolean): readonly (readonly [string, string])[] {
  const accounts = useQuery({ queryKey: ['accounts', 'all'], queryFn: () => data(api.GET('/api/v1/accounts')), enabled: enabled && (field === 'account' || field === 'provider') });
  const keys = useQuery({ queryKey: ['keys', 'all'], queryFn: () => data(api.GET('/api/v1/keys')), enabled: enabled && field === 'key' });
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')), enabled: enabled && field === 'model' });
  const clients = useQuery({ queryKey: ['usage', 'clients'], queryFn: () => data(api.GET('/api/v1/usage', { params: { query: { by: 'client' } } })), enabled: enabled && field === 'client', staleTime: 60_000 });
  switch (field) {
    case 'account':
      return accounts.data?.accounts.slice(0, 500).map((a) => [a.id, `${a.label} (${a.provider})`] as const) ?? [];
    case 'provider':
      return [...new Set(accounts.data?.accounts.map((a) => a.provider))].sort().map((p) => [p, p] as const);
    case 'key':
      return keys.data?.keys.slice(0, 500).map((k) => [k.id, k.name] as const) ?? [];
    case 'client':
      return [...new Set(clients.data?.rows.map((row) => row.client || 'unknown'))].sort().map((one) => [one, one] as const);
    case 'model':
      return models.data?.models.slice(0, 1000).map((m) => [m.id, m.id] as const) ?? [];
    default:
      return [];
  }
}

/** The control of one filter: choices where they are known, words where not. */
export function FilterControl({ field, address, onChange }: { field: Field; address: Address; onChange: (change: Address) => void }) {
  const t = useTexts('requests');
  if (field === 'from' || field === 'to') return <TimeControl address={address} onChange={onChange} />;
  if (flags.includes(field)) {
    const value = address[field] === 'true' || address[field] === 'false' ? address[field] : '';
    return (
      <Segmented<string>
        label={t(`field.${field}`)}
        value={value}
        onChange={(next) => onChange({ [field]: next || undefined })}
        options={[
          { value: '', label: t('all') },
          { value: 'true', label: t('yes') },
          { value: 'false', label: t('no') },
        ]}
      />
    );
  }
  return <TextControl key={address[field] ?? ''} field={field} value={address[field] ?? ''} onChange={(value) => onChange({ [field]: value || undefined })} />;
}

function TextControl({ field, value, onChange }: { field: Field; value: string; onChange: (value: string) => void }) {
  const t = useTexts('requests');
  const id = useId();
  const [text, setText] = useState(value);
  const choices = useChoices(field, true);
  const wrong = field === 'status' && text !== '' && !isStatus(text);
  const low = text.toLowerCase();
  const offered = field === 'status' ? [] : choices.filter(([v, label]) => text === '' || text === value || v.toLowerCase().includes(low) || label.toLowerCase().includes(low)).slice(0, 60);
  const set = (next: string): void => {
    if (field === 'status' && next !== '' && !isStatus(next)) return;
    if (next !== value) onChange(next);
  };
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        set(text.trim());
      }}
    >
      <Input aria-label={t(`field.${field}`)} aria-invalid={wrong || undefined} aria-describedby={`${id}-hint`} value={text} onChange={(event) => setText(event.target.value)} onBlur={() => set(text.trim())} placeholder={field === 'status' ? '429, 4xx, 200-299' : field === 'model' ? 'claude-*' : undefined} />
      <p id={`${id}-hint`} className={clsx('text-[13px]', wrong ? 'text-bad' : 'text-muted', !(wrong || field === 'text') && 'sr-only')}>
        {wrong ? t('statusWrong') : t(`hint.${field === 'text' ? 'text' : 'other'}`)}
      </p>
      {field === 'status' ? (
        <div className="flex flex-wrap gap-1.5">
          {['2xx', '4xx', '5xx', '400-599', '401', '429', '499'].map((one) => (
            <Button key={one} small aria-pressed={value === one} className="aria-pressed:bg-accent-soft aria-pressed:text-accent" onClick={() => onChange(value === one ? '' : one)}>
              {one === '400-599' ? t('failed') : one}
            </Button>
          ))}
        </div>
      ) : null}
      {offered.length > 0 ? (
        <ul className="max-h-56 overflow-y-auto rounded-lg border border-line">
          {offered.map(([v, label]) => (
            <li key={v}>
              <button type="button" aria-pressed={v === value} onMouseDown={(event) => event.preventDefault()} onClick={() => onChange(v === value ? '' : v)} className="block w-full truncate px-2 py-1 text-left hover:bg-sunken aria-pressed:bg-accent-soft aria-pressed:text-accent">
                <bdi>{visible(clip(label, 120))}</bdi>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      {value ? (
        <Button small look="quiet" className="self-start" onClick={() => onChange('')}>
          {t('clearOne')}
        </Button>
      ) : null}
    </form>
  );
}

function TimeControl({ address, onChange }: { address: Address; onChange: (change: Address) => void }) {
  const t = useTexts('requests');
  const instant = (text: string): string | undefined => {
    const at = new Date(text);
    return text === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  };
  return (
    <div className="flex flex-col gap-3">
      <Segmented<string>
        label={t('field.from')}
        value={address.to ? '-' : (address.from ?? '')}
        onChange={(from) => onChange({ from: from || undefined, to: undefined })}
        options={[{ value: '', label: t('all') }, ...ranges.map((r) => ({ value: r, label: t(`range.${r}`) }))]}
      />
      {(['from', 'to'] as const).map((end) => (
        <label key={end} className="flex flex-col gap-1 text-[13px] text-muted">
          {t(`end.${end}`)}
          <input type="datetime-local" className="input text-text" value={localTime(address[end])} onChange={(event) => onChange({ [end]: instant(event.target.value) })} />
        </label>
      ))}
    </div>
  );
}

/** The filter in a column's header. */
export function HeaderFilter({ field, address, onChange }: { field: Field; address: Address; onChange: (change: Address) => void }) {
  const t = useTexts('requests');
  const on = field === 'from' ? !!(address.from || address.to) : !!address[field];
  return (
    <Popover
      label={t('filterBy', { name: t(`field.${field}`) })}
      title={t(`field.${field}`)}
      className={clsx('inline-flex size-6 shrink-0 items-center justify-center rounded-md hover:bg-sunken hover:text-text', on && 'bg-accent-soft text-accent')}
      trigger={<Filter aria-hidden className={clsx('size-3.5', on && 'fill-current')} />}
    >
      <FilterControl field={field} address={address} onChange={onChange} />
    </Popover>
  );
}
