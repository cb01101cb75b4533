import type { View } from '@/api/types';

/** A request that has ended, as far as the live figures need it. */
export interface Ended {
  id: string;
  at: number;
  tokens: number;
  failed: boolean;
}

/** How long ended requests are kept for the live figures, in milliseconds. */
export const kept = 5 * 60_000;

/** Whether a request failed: an error, or a status that is one. */
export const hasFailed = (flow: Pick<View<'FlowView'>, 'status' | 'error'>): boolean => flow.status >= 400 || flow.status === 0 || !!flow.error;

/** What the live figures need of a flow; its end counts, not its begin. */
export const endedOf = (flow: View<'FlowView'>): Ended => ({ id: flow.id, at: Date.parse(flow.started_at) + flow.duration_ms, tokens: (flow.usage?.input ?? 0) + (flow.usage?.output ?? 0), failed: hasFailed(flow) });

/** Adds requests to those that are known, without those that are too old or known already. */
export function add(known: readonly Ended[], more: readonly Ended[], now: number): Ended[] {
  const ids = new Set(known.map((e) => e.id));
  return [...known, ...more.filter((e) => !ids.has(e.id))].filter((e) => now - e.at <= kept);
}

/** Requests and tokens of the last minute, and bars of ten seconds over the last five minutes, oldest first. */
export function rateOf(ended: readonly Ended[], now: number): { perMinute: number; tokens: number; failed: number; bars: { all: number; failed: number }[] } {
  const last = ended.filter((e) => now - e.at < 60_000);
  const bars = Array.from({ length: 30 }, () => ({ all: 0, failed: 0 }));
  for (const one of ended) {
    const bar = bars[29 - Math.max(0, Math.floor((now - one.at) / 10_000))];
    if (!bar) continue;
    bar.all++;
    if (one.failed) bar.failed++;
  }
  return { perMinute: last.length, tokens: last.reduce((total, e) => total + e.tokens, 0), failed: last.filter((e) => e.failed).length, bars };
}
