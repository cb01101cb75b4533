import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from './schema';

/** The header that says a call comes from the panel: a page of another site cannot send it. */
export const panelHeader = { 'x-dragoman-panel': '1' } as const;

/** Something that a setting or a form has wrong, at its place. */
export interface Problem {
  severity: 'warning' | 'error';
  path: string;
  line: number;
  column: number;
  message: string;
  remedy?: string | null;
}

/** An answer of the gateway that is not a success: its status, its code, its words, and how to mend it. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly problems: Problem[];

  constructor(status: number, message: string, code = '', param: string | null = null, problems: Problem[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.param = param;
    this.problems = problems;
  }
}

/** Who is told when a call is answered by "not signed in". */
const whenSignedOut = new Set<() => void>();

/** Asks to be told when a call is answered by "not signed in". */
export function onSignedOut(tell: () => void): () => void {
  whenSignedOut.add(tell);
  return () => whenSignedOut.delete(tell);
}

const watch: Middleware = {
  onResponse({ response }) {
    if (response.status === 401) for (const tell of whenSignedOut) tell();
  },
};

/** The management API, typed by its own document. Use it through {@link data}: `data(api.GET('/api/v1/accounts'))`. */
export const api = createClient<paths>({ baseUrl: location.origin, headers: panelHeader, fetch: (request) => fetch(request) });
api.use(watch);

/** The value of a call; an {@link ApiError} when there is none. */
export async function data<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let answer;
  try {
    answer = await call;
  } catch (error) {
    throw asOffline(error);
  }
  if (answer.response.ok) return answer.data as T;
  throw errorOf(answer.response.status, answer.error);
}

/** As {@link data}, with the ETag of the answer. */
export async function versioned<T>(call: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<{ value: T; etag: string | null }> {
  let etag: string | null = null;
  const value = await data(
    call.then((answer) => {
      etag = answer.response.headers.get('etag');
      return answer;
    }),
  );
  return { value, etag };
}

/** A call that the document does not describe, or whose answer is no JSON: text, files, streams. */
export async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: { ...panelHeader, ...(init.headers as Record<string, string> | undefined) } });
  } catch (error) {
    throw asOffline(error);
  }
  if (response.ok) return response;
  if (response.status === 401) for (const tell of whenSignedOut) tell();
  let body: unknown;
  try {
    body = JSON.parse(await response.text());
  } catch {
    body = undefined;
  }
  throw errorOf(response.status, body);
}

/** {@link send} with a body as JSON, and JSON back. */
export async function json<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await send(path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Query parameters without those that are empty. */
export function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  const text = search.toString();
  return text ? `?${text}` : '';
}

function asOffline(error: unknown): unknown {
  return error instanceof TypeError ? new ApiError(0, 'offline', 'offline') : error;
}

function errorOf(status: number, body: unknown): ApiError {
  const shape = body as { error?: { message?: string; code?: string; type?: string; param?: string }; problems?: Problem[] } | undefined;
  const error = shape?.error;
  return new ApiError(status, error?.message ?? `HTTP ${status}`, error?.code ?? error?.type ?? '', error?.param ?? null, shape?.problems ?? []);
}
