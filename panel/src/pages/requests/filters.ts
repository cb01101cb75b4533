import type { Address } from '@/lib/address';

/** The filters of the list, by their names in the address and in the API. */
export const fields = ['text', 'model', 'provider', 'account', 'key', 'client', 'status', 'session', 'from', 'to', 'has_losses', 'bookmarked', 'refused', 'tag'] as const;
export type Field = (typeof fields)[number];
/** The filters that are yes or no. */
export const flags: readonly Field[] = ['has_losses', 'bookmarked', 'refused'];

/** What the API is asked. */
export interface FlowQuery {
  text?: string;
  model?: string;
  provider?: string;
  account?: string;
  key?: string;
  client?: string;
  status?: string;
  session?: string;
  from?: string;
  to?: string;
  has_losses?: boolean;
  bookmarked?: boolean;
  refused?: boolean;
  tag?: string;
}

/** The filters that an address holds. A status that is none is left out while it is being written. */
export function queryOf(address: Address): FlowQuery {
  const query: Record<string, string | boolean> = {};
  for (const field of fields) {
    const value = address[field]?.trim();
    if (!value) continue;
    if (flags.includes(field)) {
      if (value === 'true' || value === 'false') query[field] = value === 'true';
    } else if (field === 'status') {
      if (isStatus(value)) query[field] = value;
    } else query[field] = value;
  }
  return query as FlowQuery;
}

/** Whether the API takes it as a status: 429, 4xx, 200-299. */
export const isStatus = (text: string): boolean => /^([1-5]xx|\d{3}(-\d{3})?)$/i.test(text);

/** The filters of an address that are set. */
export const setFields = (address: Address): Field[] => fields.filter((f) => address[f]?.trim());

/** A change of the address that takes every filter away and sets these. */
export const onlyFilters = (values: Address): Address => Object.fromEntries(fields.map((f) => [f, values[f] || undefined]));

/** The query as text, for addresses of streams and downloads. */
export function queryText(query: FlowQuery, more: Record<string, string> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, ...more })) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}

/** How far back a range goes, as the API takes it. */
export const ranges = ['15m', '1h', '24h', '7d'] as const;

/** An instant as the field for date and time of a browser takes it, in the reader's zone; empty where it is none. */
export function localTime(text: string | undefined): string {
  if (!text || /^\d+[smhd]$/.test(text)) return '';
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
