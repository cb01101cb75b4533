/** Conversations and what became of their prompt caches, as the API tells it. */
export interface Conversation {
  session: string;
  first_at: string;
  last_at: string;
  requests: number;
  failures: number;
  models: string[];
  accounts: string[];
  clients: string[];
  input_tokens: number;
  output_tokens: number;
  cached_tokens: number;
  cached_share?: number;
  cost?: number;
  preview: string;
}

export const breakKinds = ['first', 'account-changed', 'model-changed', 'system-changed', 'tools-changed', 'message-changed', 'expired', 'unknown'] as const;

export interface CacheStep {
  flow: string;
  at: string;
  model: string;
  account: string;
  input?: number;
  cached?: number;
  cache_write?: number;
  kept_prefix_share?: number;
  break?: { kind: string; path?: string; description: string };
}

export interface CacheHistory {
  session: string;
  cached_share?: number;
  steps: CacheStep[];
  truncated?: boolean;
}

/** Which conversations are shown. */
export type Threshold = 'all' | 'half' | 'low';

/** Conversations of more than one request whose prompts were read from the cache less than the threshold, the most tokens that were not first. */
export function needCare(conversations: readonly Conversation[], threshold: Threshold): Conversation[] {
  const limit = threshold === 'low' ? 0.2 : threshold === 'half' ? 0.5 : 2;
  return conversations
    .filter((c) => threshold === 'all' || (c.requests > 1 && c.cached_share !== undefined && c.cached_share < limit))
    .sort((a, b) => missed(b) - missed(a));
}

/** The tokens of prompts that were not read from the cache. */
export const missed = (c: Pick<Conversation, 'input_tokens' | 'cached_tokens'>): number => Math.max(0, c.input_tokens - c.cached_tokens);

/** How often each cause broke the cache, the most frequent first; the first request of a conversation is none. */
export function causesOf(steps: readonly CacheStep[]): { kind: string; count: number; tokens: number }[] {
  const found = new Map<string, { kind: string; count: number; tokens: number }>();
  for (const step of steps) {
    if (!step.break || step.break.kind === 'first') continue;
    const one = found.get(step.break.kind) ?? { kind: step.break.kind, count: 0, tokens: 0 };
    one.count++;
    one.tokens += Math.max(0, (step.input ?? 0) - (step.cached ?? 0));
    found.set(step.break.kind, one);
  }
  return [...found.values()].sort((a, b) => b.tokens - a.tokens || b.count - a.count);
}
