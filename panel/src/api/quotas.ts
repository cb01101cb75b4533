import { queryOptions } from '@tanstack/react-query';
import { ApiError, json } from './client';

/** A quota window of an account or of one of its models, or a cooldown where the upstream reported no window. */
export interface QuotaWindow {
  account_id: string;
  account: string;
  provider: string;
  plan?: string;
  model?: string;
  name: string;
  family: string;
  used_fraction?: number;
  limit?: number;
  remaining?: number;
  resets_at?: string;
  window_seconds?: number;
  seen_at?: string;
  cooling_down: boolean;
  until?: string;
  reason?: string;
  reason_code?: string;
  ready: boolean;
  forecast?: { exhausted_at?: string; used_at_reset?: number };
  unused_last_week?: number;
}

/** How the quotas of an account stand as a whole. */
export interface QuotaAccount {
  account_id: string;
  account: string;
  provider: string;
  plan?: string;
  ready: boolean;
  next_ready_at?: string;
  asked_at?: string;
  problem?: string;
  problem_code?: string;
  problem_values?: Record<string, string>;
  /** Models of it that are cooling down by themselves. */
  cooling_models: { model: string; until: string; reason: string; reason_code?: string }[];
}

/** The quotas of all accounts. */
export interface Quotas {
  windows: QuotaWindow[];
  accounts: QuotaAccount[];
}

/** The quotas of all accounts; null on a gateway that has no such list. */
export const quotasQuery = queryOptions({
  queryKey: ['quotas'],
  queryFn: () =>
    json<Quotas>('GET', '/api/v1/quotas').catch((error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }),
  refetchInterval: 60_000,
});
