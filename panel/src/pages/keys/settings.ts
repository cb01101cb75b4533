import type { View } from '@/api/types';
import type { Tone } from '@/ui/figures';

/** A budget as it is written in a form. */
export interface BudgetFields {
  unit: 'money' | 'tokens';
  period: 'day' | 'month' | 'total';
  limit: string;
  time_zone: string;
}

/** A client key as it is written in a form: all of it text. */
export interface KeyFields {
  name: string;
  note: string;
  tags: string;
  enabled: boolean;
  expires: string;
  models: string;
  providers: string;
  surfaces: string;
  requests_per_minute: string;
  tokens_per_minute: string;
  concurrency: string;
  budgets: BudgetFields[];
}

/** A form for a new key. */
export const emptyFields: KeyFields = { name: '', note: '', tags: '', enabled: true, expires: '', models: '', providers: '', surfaces: '', requests_per_minute: '', tokens_per_minute: '', concurrency: '', budgets: [] };

const text = (value: number | null | undefined): string => (value === null || value === undefined ? '' : String(value));
const list = (value: string): string[] =>
  value
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter(Boolean);

/** The local time of a moment as a `datetime-local` field writes it, with what it has below a minute, so that it is given back as it was. */
export function toLocalField(at: string): string {
  const date = new Date(at);
  const digits = (n: number, length = 2): string => String(n).padStart(length, '0');
  const [seconds, ms] = [date.getSeconds(), date.getMilliseconds()];
  const below = ms > 0 ? `:${digits(seconds)}.${digits(ms, 3)}` : seconds > 0 ? `:${digits(seconds)}` : '';
  return `${date.getFullYear()}-${digits(date.getMonth() + 1)}-${digits(date.getDate())}T${digits(date.getHours())}:${digits(date.getMinutes())}${below}`;
}

/** A key's settings as a form shows them. */
export function fieldsOf(key: View<'KeyView'>): KeyFields {
  return {
    name: key.name,
    note: key.note ?? '',
    tags: (key.tags ?? []).join(', '),
    enabled: key.enabled ?? true,
    expires: key.expires_at ? toLocalField(key.expires_at) : '',
    models: (key.models ?? []).join('\n'),
    providers: (key.providers ?? []).join(', '),
    surfaces: (key.surfaces ?? []).join(', '),
    requests_per_minute: text(key.requests_per_minute),
    tokens_per_minute: text(key.tokens_per_minute),
    concurrency: text(key.concurrency),
    budgets: (key.budgets ?? []).map((b) => ({ unit: b.unit, period: b.period, limit: String(b.limit), time_zone: b.time_zone ?? '' })),
  };
}

/** What is wrong with a form, by field: names of texts. */
export function faultsOf(fields: KeyFields): Partial<Record<string, string>> {
  const faults: Partial<Record<string, string>> = {};
  if (fields.name.trim() === '') faults.name = 'fault.name';
  for (const field of ['requests_per_minute', 'tokens_per_minute', 'concurrency'] as const) {
    const value = fields[field].trim();
    if (value !== '' && !(/^\d+$/.test(value) && Number(value) > 0 && Number.isSafeInteger(Number(value)))) faults[field] = 'fault.whole';
  }
  if (fields.expires !== '' && Number.isNaN(new Date(fields.expires).getTime())) faults.expires = 'fault.time';
  fields.budgets.forEach((budget, i) => {
    const limit = Number(budget.limit);
    if (budget.limit.trim() === '' || !Number.isFinite(limit) || limit <= 0) faults[`budgets.${i}`] = 'fault.positive';
  });
  return faults;
}

/** What the API takes for a form: a limit that is empty is none (null). */
export function settingsOf(fields: KeyFields): Record<string, unknown> {
  const number = (value: string): number | null => (value.trim() === '' ? null : Number(value));
  return {
    name: fields.name.trim(),
    note: fields.note,
    tags: fields.tags
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
    enabled: fields.enabled,
    expires_at: fields.expires === '' ? null : new Date(fields.expires).toISOString(),
    models: list(fields.models),
    providers: list(fields.providers),
    surfaces: list(fields.surfaces),
    requests_per_minute: number(fields.requests_per_minute),
    tokens_per_minute: number(fields.tokens_per_minute),
    concurrency: number(fields.concurrency),
    budgets: fields.budgets.map((b) => ({ unit: b.unit, period: b.period, limit: Number(b.limit), ...(b.time_zone.trim() === '' ? {} : { time_zone: b.time_zone.trim() }) })),
  };
}

/** Only what a form has changed, so that what somebody else changed meanwhile stays. */
export function changesOf(before: KeyFields, after: KeyFields): Record<string, unknown> {
  const old = settingsOf(before);
  return Object.fromEntries(Object.entries(settingsOf(after)).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name])));
}

/** How a key's status looks. */
export const toneOf = (status: string): Tone => (status === 'active' ? 'ok' : status === 'expired' || status === 'revoked' ? 'bad' : 'warn');
