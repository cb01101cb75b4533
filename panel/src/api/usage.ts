import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { json, query } from './client';

/** What a cost is made of, in US dollars. */
export interface CostParts {
  input: number;
  cached: number;
  cache_write: number;
  output: number;
  reasoning: number;
}

/** A sum of usage: of one span of time, one group, or all. */
export interface UsageRow {
  at?: string;
  key?: string;
  key_name?: string;
  account?: string;
  provider?: string;
  model?: string;
  client?: string;
  requests: number;
  errors: number;
  /** Requests whose tokens were estimated, as no upstream reported them. */
  estimated: number;
  /** Requests that no price is known for. */
  unpriced: number;
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  cost?: number;
  cost_parts?: CostParts;
  /** What was taken from plans, in the vendors' own credits. */
  credits?: number;
  cached_share?: number;
  mean_first_byte_ms?: number;
  mean_duration_ms?: number;
  p50_first_byte_ms?: number;
  p95_first_byte_ms?: number;
  p50_duration_ms?: number;
  p95_duration_ms?: number;
}

/** What usage can be summed by. */
export type UsageGroup = 'model' | 'account' | 'key' | 'provider' | 'client';
/** How fine a series can be. */
export type UsageStep = 'none' | '10m' | 'hour' | 'day' | 'week';

/** Sums of usage. */
export interface UsageSummary {
  from?: string;
  to?: string;
  by: UsageGroup[];
  step: string;
  rows: UsageRow[];
  total?: UsageRow;
  /** Whether percentiles are of every request or of a sample. */
  percentiles?: 'exact' | 'sampled';
}

/** Which usage is meant. */
export interface UsageFilter {
  from?: string;
  to?: string;
  key?: string;
  account?: string;
  provider?: string;
  model?: string;
  client?: string;
}

/** The time zone of the reader, whose days and weeks are summed. */
export const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Sums of usage; what was read before stays while others are read. */
export const usageQuery = (filter: UsageFilter, by?: UsageGroup, step?: UsageStep, root = 'usage') =>
  queryOptions({
    queryKey: [root, { ...filter, by, step }],
    queryFn: () => json<UsageSummary>('GET', `/api/v1/usage${query({ ...filter, by, step, tz: zone() })}`),
    placeholderData: keepPreviousData,
  });

/** An hour that cost or failed far more than the same hours of the days before. */
export interface UnusualHour {
  at: string;
  kind: 'spend' | 'failures';
  value: number;
  usual: number;
  limit: number;
  requests: number;
}

/** The unusual hours of a span of time, the newest first. Much to sum: not with every event, but every five minutes. */
export const unusualQuery = (filter: UsageFilter) =>
  queryOptions({
    queryKey: ['unusual', filter],
    queryFn: () => json<{ hours: UnusualHour[] }>('GET', `/api/v1/usage/unusual${query({ ...filter, tz: zone() })}`),
    placeholderData: keepPreviousData,
    refetchInterval: 300_000,
  });

/** How many requests were refused before they were forwarded, which usage does not count; none where usage of an account or a provider is meant. */
export const refusedQuery = ({ account, provider, ...filter }: UsageFilter) =>
  queryOptions({
    queryKey: ['refused', filter],
    queryFn: () => json<{ count: number }>('GET', `/api/v1/flows/count${query({ ...filter, refused: true })}`),
    enabled: !account && !provider,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

/** Sums without anything in them. */
export const noUsage: UsageRow = { requests: 0, errors: 0, estimated: 0, unpriced: 0, input_tokens: 0, output_tokens: 0, cached_tokens: 0, cache_write_tokens: 0, reasoning_tokens: 0 };

/** All tokens of a sum: prompts (with those of the cache) and answers (with reasoning). */
export const tokensOf = (row: UsageRow): number => row.input_tokens + row.output_tokens;
