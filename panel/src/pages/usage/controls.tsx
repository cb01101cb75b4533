import { useQuery } from '@tanstack/react-query';
import { Download, GitCompareArrows, X } from 'lucide-react';
import { useState } from 'react';
import { api, data, query } from '@/api/client';
import { zone } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { startOfDay } from '@/lib/calendar';
import { day } from '@/lib/format';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field, Input, Select } from '@/ui/field';
import { Menu } from '@/ui/menu';
import { Plain } from '@/ui/plain';
import { Segmented } from '@/ui/segmented';
import { asked, presets } from './range';
import { filters, groups, type Wanted } from './use-usage';

interface Props {
  wanted: Wanted;
  set: (change: Address, push?: boolean) => void;
}

/** Which usage is shown: the span, how fine, by what, and compared with the span before. */
export function Controls({ wanted, set, spanOnly }: Props & { /** Whether only the span of time matters. */ spanOnly?: boolean }) {
  const t = useTexts('usage');
  const [custom, setCustom] = useState(false);
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <Select
        label={t('range.label')}
        className="w-full sm:w-52"
        value={wanted.range.preset ?? 'custom'}
        onChange={(value) => {
          if (value === 'custom') setCustom(true);
          else set({ range: value, from: undefined, to: undefined, step: undefined });
        }}
        options={[...presets.map((value) => ({ value: value as string, label: t(`range.${value}`) })), { value: 'custom', label: wanted.range.preset ? t('range.custom') : `${day(new Date(wanted.range.from))} – ${day(new Date(wanted.range.to - 1))}` }]}
      />
      {wanted.range.preset ? null : (
        <Button small look="quiet" onClick={() => setCustom(true)}>
          {t('range.change')}
        </Button>
      )}
      {spanOnly ? null : (
        <>
          <Segmented label={t('step.label')} value={wanted.step} onChange={(step) => set({ step })} options={wanted.steps.map((value) => ({ value, label: t(`step.${value}`) }))} />
          <Segmented label={t('by.label')} value={wanted.by} onChange={(by) => set({ by: by === 'model' ? undefined : by })} options={groups.map((value) => ({ value, label: t(`by.${value}`) }))} />
          <Button icon={GitCompareArrows} aria-pressed={wanted.compare} className="aria-pressed:bg-accent-soft aria-pressed:text-accent" onClick={() => set({ compare: wanted.compare ? undefined : 'yes' })}>
            {t('compare')}
          </Button>
        </>
      )}
      {custom ? <CustomRange wanted={wanted} set={set} onClose={() => setCustom(false)} /> : null}
    </div>
  );
}

/** A day as a date field has it, where the reader is. */
function dateOf(at: number): string {
  const date = new Date(startOfDay(at));
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

function CustomRange({ wanted, set, onClose }: Props & { onClose: () => void }) {
  const t = useTexts('usage');
  const [from, setFrom] = useState(dateOf(wanted.range.from));
  const [to, setTo] = useState(dateOf(wanted.range.to - 1));
  const fault = from && to && from > to ? t('range.fault') : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('range.custom')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look="primary"
            disabled={!from || !to || !!fault}
            onClick={() => {
              set({ range: undefined, from, to, step: undefined }, true);
              onClose();
            }}
          >
            {t('range.show')}
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-2 gap-4">
        <Field label={t('range.from')}>{(wiring) => <Input {...wiring} type="date" value={from} onChange={(event) => setFrom(event.target.value)} />}</Field>
        <Field label={t('range.to')} error={fault}>
          {(wiring) => <Input {...wiring} type="date" value={to} onChange={(event) => setTo(event.target.value)} />}
        </Field>
      </div>
    </Dialog>
  );
}

/** The filters that hold, each to take away, and a way to choose an account or a key. */
export function Filters({ wanted, set }: Props) {
  const t = useTexts('usage');
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: () => data(api.GET('/api/v1/accounts')), staleTime: 60_000 });
  const keys = useQuery({ queryKey: ['keys'], queryFn: () => data(api.GET('/api/v1/keys')), staleTime: 60_000 });
  const names: Partial<Record<(typeof filters)[number], string>> = {
    account: accounts.data?.accounts.find((a) => a.id === wanted.filter.account)?.label,
    key: keys.data?.keys.find((k) => k.id === wanted.filter.key)?.name,
  };
  const held = filters.filter((name) => wanted.filter[name]);
  if (held.length === 0) return null;
  return (
    <ul aria-label={t('filters')} className="mb-3 flex flex-wrap items-center gap-2">
      {held.map((name) => (
        <li key={name}>
          <button type="button" onClick={() => set({ [name]: undefined })} className="inline-flex min-h-7 max-w-80 items-center gap-1.5 rounded-full border border-line-strong/50 bg-surface px-3 text-[13px] hover:bg-sunken">
            <span className="text-muted">{t(`by.${name}`)}:</span>
            <Plain text={names[name] ?? wanted.filter[name]} className="truncate font-medium" />
            <X aria-label={t('removeFilter')} className="size-3.5 shrink-0 text-muted" />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The entries of the span as a file. */
export function Export({ wanted }: { wanted: Wanted }) {
  const t = useTexts('usage');
  const save = (format: 'csv' | 'jsonl'): void => {
    const link = document.createElement('a');
    link.href = `/api/v1/usage/export${query({ ...wanted.filter, ...asked(wanted.range), tz: zone(), format })}`;
    link.download = `usage.${format}`;
    link.click();
  };
  return (
    <Menu label={t('export.title')} items={[{ label: t('export.csv'), onSelect: () => save('csv') }, { label: t('export.jsonl'), onSelect: () => save('jsonl') }]}>
      <Download aria-hidden className="size-4" />
      <span className="sr-only sm:not-sr-only">{t('export.title')}</span>
    </Menu>
  );
}
