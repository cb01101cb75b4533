import { queryOptions } from '@tanstack/react-query';
import { ApiError, api, data, json, type Problem, query, send } from '@/api/client';
import type { Fault } from './model/check';
import type { FileText } from './model/draft';
import type { Schema } from './model/schema';

/** What became of a change of the file. */
export interface Changed {
  version: string;
  changed: boolean;
  needs_restart: string[];
  problems: Problem[];
}

/** What the gateway says of a text that is not saved. */
export interface Checked {
  usable: boolean;
  problems: Problem[];
  needs_restart: string[];
}

/** A text that the file once had. */
export interface HistoryEntry {
  version: string;
  at: string;
  actor: string;
  source?: string;
  summary?: string;
  current: boolean;
  bytes?: number;
}

const path = '/api/v1/settings/config';

async function read(raw: boolean): Promise<FileText> {
  const response = await send(raw ? `${path}?raw=true` : path, { cache: 'no-store' });
  const version = response.headers.get('etag') ?? '*';
  // There is no file until the first change makes it.
  return { text: await response.text(), version, exists: version !== '"none"', ...(raw ? { raw } : {}) };
}

/** The configuration's file, with marks in the place of its secrets. */
export const fileQuery = queryOptions({ queryKey: ['settings', 'config'], queryFn: () => read(false), staleTime: 0, refetchOnWindowFocus: 'always', refetchInterval: 30_000 });

/** The file with its secrets, for one that cannot be read without: the gateway notes in its audit log that they were shown. */
export const readRaw = (): Promise<FileText> => read(true);

/** What is in force and where it comes from. */
export const settingsQuery = queryOptions({ queryKey: ['settings', 'all'], queryFn: () => data(api.GET('/api/v1/settings')) });

/** The schema of the file; null on a gateway that has none. */
export const schemaQuery = queryOptions({
  queryKey: ['settings', 'schema'],
  queryFn: () => json<Schema>('GET', '/api/v1/settings/schema').catch((error: unknown) => orNull<Schema>(error)),
  staleTime: 600_000,
});

/** The texts that the file had; null on a gateway that keeps none. */
export const historyQuery = queryOptions({
  queryKey: ['settings', 'history'],
  queryFn: () => json<{ entries: HistoryEntry[]; next?: string }>('GET', `/api/v1/settings/history${query({ limit: 200 })}`).catch((error: unknown) => orNull<{ entries: HistoryEntry[]; next?: string }>(error)),
});

/** A text that the file had. */
export const entryQuery = (version: string) => queryOptions({ queryKey: ['settings', 'history', version], queryFn: async () => (await send(`/api/v1/settings/history/${encodeURIComponent(version)}`)).text() });

function orNull<T>(error: unknown): T | null {
  if (error instanceof ApiError && (error.status === 404 || error.status === 405)) return null;
  throw error;
}

const yaml = { 'content-type': 'application/yaml' };

/** Saves a text in the place of the one that was read. */
export async function save(text: string, version: string): Promise<Changed> {
  return (await (await send(path, { method: 'PUT', headers: { ...yaml, 'if-match': version }, body: text })).json()) as Changed;
}

/** What would be wrong with a text; null on a gateway that does not say. */
export async function check(text: string, signal: AbortSignal): Promise<Checked | null> {
  try {
    return (await (await send('/api/v1/settings/config/check', { method: 'POST', headers: yaml, body: text, signal })).json()) as Checked;
  } catch (error) {
    return orNull<Checked>(error);
  }
}

/** Puts a former text in the place of the present one. */
export const restore = (version: string, current: string): Promise<Changed> => json<Changed>('POST', `/api/v1/settings/history/${encodeURIComponent(version)}/restore`, undefined, { 'if-match': current });

/** A problem that the gateway found, as a fault of the editor. */
export const faultFrom = (problem: Problem): Fault => ({
  kind: 'gateway',
  severity: problem.severity === 'warning' ? 'warning' : 'error',
  path: problem.path,
  line: Math.max(1, problem.line),
  column: Math.max(1, problem.column),
  values: { text: problem.remedy ? `${problem.message} ${problem.remedy}` : problem.message },
});
