import type { View } from '@/api/types';

/** What the gateway keeps of a request. */
export type Flow = View<'FlowView'>;

const protocols: Record<string, string> = {
  'openai-chat': 'Chat Completions',
  'openai-responses': 'Responses',
  'openai-completions': 'Completions',
  'anthropic-messages': 'Messages',
  gemini: 'Gemini',
  'bedrock-converse': 'Bedrock Converse',
  'bedrock-invoke': 'Bedrock InvokeModel',
  codewhisperer: 'Kiro',
  'cloud-code': 'Code Assist',
};

/** The name of a wire protocol as its vendor has it. */
export const protocolName = (protocol: string): string => protocols[protocol] ?? protocol;

const clients: [RegExp, string][] = [
  [/^claude-(cli|code)\b/i, 'Claude Code'],
  [/^codex/i, 'Codex'],
  [/^gemini-?cli\b/i, 'Gemini CLI'],
  [/^qwen-?code\b/i, 'Qwen Code'],
  [/^opencode\b/i, 'OpenCode'],
  [/^(githubcopilot|copilot)/i, 'Copilot'],
  [/\bcline\b/i, 'Cline'],
  [/\broo-?code\b/i, 'Roo Code'],
  [/\bcursor\b/i, 'Cursor'],
  [/^openai\/(python|js)/i, 'OpenAI SDK'],
  [/^(async)?anthropic\/(python|js)/i, 'Anthropic SDK'],
  [/^google-genai-sdk/i, 'Google SDK'],
  [/^dragoman-replay\b/i, 'Replay'],
  [/^curl\//i, 'curl'],
];

/** The client program that a user agent names; what is not known as its first word. */
export function clientName(userAgent: string): string {
  const known = clients.find(([pattern]) => pattern.test(userAgent));
  return known ? known[1] : (/^[^\s/(]{1,40}/.exec(userAgent)?.[0] ?? userAgent.slice(0, 40));
}

/** What came of an attempt: its class (`answered`, `RateLimited`, …), the upstream's status where it answered, and its words. */
export function outcomeOf(outcome: string): { kind: string; status?: number; detail: string } {
  const parts = /^([A-Za-z]+)(?::\s*(?:(\d{3})\b\s*)?([\s\S]*))?$/.exec(outcome);
  if (!parts) return { kind: '', detail: outcome };
  return { kind: parts[1] ?? '', status: parts[2] ? Number(parts[2]) : undefined, detail: parts[3] ?? '' };
}

/** A span of a request's time, in milliseconds from when it came. */
export interface Span {
  kind: 'wait' | 'attempt' | 'stream';
  from: number;
  to: number;
  /** Which attempt, for the kind `attempt`. */
  attempt?: number;
}

/**
 * A request's time as spans: waits, attempts, and the stream after the last one. Attempts tell how long they took, and when they began (`started_ms`); those of an earlier
 * gateway do not: then they stand one after another up to the first byte, with what is left over as one wait before them.
 */
export function spansOf(flow: Pick<Flow, 'duration_ms' | 'first_byte_ms' | 'attempts'>): Span[] {
  const { attempts } = flow;
  const end = Math.max(flow.duration_ms, 0);
  const spans: Span[] = [];
  let at = 0;
  const known = attempts.length > 0 && attempts.every((a) => typeof a.started_ms === 'number');
  if (!known) {
    const busy = attempts.reduce((sum, a) => sum + a.duration_ms, 0);
    // An attempt that answers may last to the end of its stream, or to its first byte only.
    const until = busy > (flow.first_byte_ms ?? end) ? end : Math.min(end, flow.first_byte_ms ?? end);
    at = Math.max(0, until - busy);
    if (at > 0 && attempts.length > 0) spans.push({ kind: 'wait', from: 0, to: at });
    else if (attempts.length === 0 && end > 0) spans.push({ kind: 'wait', from: 0, to: end });
  }
  attempts.forEach((attempt, i) => {
    const from = known ? (attempt.started_ms ?? 0) : at;
    if (known && from > at) spans.push({ kind: 'wait', from: at, to: from });
    const to = Math.min(Math.max(end, from), from + Math.max(0, attempt.duration_ms));
    spans.push({ kind: 'attempt', from, to, attempt: i });
    at = to;
  });
  if (attempts.length > 0 && end > at) spans.push({ kind: 'stream', from: at, to: end });
  return spans;
}

/** The parts of a prompt and of an answer that are priced apart, in tokens: each token in one part. */
export function tokenParts(usage: Flow['usage']): { part: 'input' | 'cached' | 'cache_write' | 'output' | 'reasoning'; tokens: number }[] {
  if (!usage) return [];
  const cached = usage.cached ?? 0;
  const written = usage.cache_write ?? 0;
  const reasoning = usage.reasoning ?? 0;
  return [
    { part: 'input', tokens: Math.max(0, (usage.input ?? 0) - cached - written) } as const,
    { part: 'cached', tokens: cached } as const,
    { part: 'cache_write', tokens: written } as const,
    { part: 'reasoning', tokens: reasoning } as const,
    { part: 'output', tokens: Math.max(0, (usage.output ?? 0) - reasoning) } as const,
  ];
}

/** What each part of a request cost by a price, where the sum is what the request cost; else null (another tier, another day). */
export function costParts(usage: Flow['usage'], cost: number | null | undefined, rates: View<'PriceRates'> | undefined): Record<string, number> | null {
  if (!usage || !rates || !cost) return null;
  const each: Record<string, number | null | undefined> = { input: rates.input, cached: rates.cached ?? rates.input, cache_write: rates.cache_write ?? rates.input, output: rates.output, reasoning: rates.reasoning ?? rates.output };
  const parts = Object.fromEntries(tokenParts(usage).map(({ part, tokens }) => [part, (tokens * (each[part] ?? 0)) / 1e6]));
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  return Math.abs(sum - cost) <= Math.max(1e-9, cost * 0.01) ? parts : null;
}
