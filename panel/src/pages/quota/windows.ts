import type { QuotaWindow } from '@/api/quotas';
import { hour } from '@/lib/calendar';

/** Which windows are shown. */
export interface Filter {
  text?: string;
  provider?: string;
  family?: string;
  show?: string;
}

/** What tells a window apart from all others; it stands in the address when the window is open. */
export const keyOf = (w: Pick<QuotaWindow, 'account_id' | 'model' | 'name'>): string => [w.account_id, w.model ?? '', w.name].join('~');

/** Windows that fit, the one that resets soonest first; those that never say when come last, the fullest of them first. */
export function select(windows: readonly QuotaWindow[], filter: Filter): QuotaWindow[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return windows
    .filter((w) => {
      if (filter.provider && w.provider !== filter.provider) return false;
      if (filter.family && w.family !== filter.family) return false;
      if (filter.show === 'ready' && !w.ready) return false;
      if (filter.show === 'waiting' && w.ready) return false;
      const all = [w.account, w.provider, w.plan, w.model, w.name, w.account_id].join(' ').toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .sort((a, b) => timeOf(a) - timeOf(b) || (b.used_fraction ?? 0) - (a.used_fraction ?? 0));
}

/** When something of a window comes back: its reset, or the end of a cooldown; never is last. */
export const timeOf = (w: QuotaWindow): number => Date.parse(w.resets_at ?? w.until ?? '') || Number.MAX_SAFE_INTEGER;

/** How the windows of one sort stand together. */
export interface Family {
  family: string;
  windows: number;
  ready: number;
  /** Those with nothing left. */
  used: number;
  /** The mean of what is left, 0 to 1; undefined where no window says. */
  left?: number;
  /** The share left of each window that says so, the emptiest first. */
  shares: number[];
  /** The soonest reset. */
  resets_at?: string;
}

/** The windows by their sort, the sort with the least left first. */
export function families(windows: readonly QuotaWindow[], now: number): Family[] {
  const found = new Map<string, Family>();
  for (const w of windows) {
    const one = found.get(w.family) ?? { family: w.family, windows: 0, ready: 0, used: 0, shares: [] };
    found.set(w.family, one);
    one.windows++;
    if (w.ready) one.ready++;
    if ((w.used_fraction ?? 0) >= 1) one.used++;
    if (w.used_fraction !== undefined) one.shares.push(Math.max(0, 1 - w.used_fraction));
    if (w.resets_at && Date.parse(w.resets_at) > now && (!one.resets_at || Date.parse(w.resets_at) < Date.parse(one.resets_at))) one.resets_at = w.resets_at;
  }
  for (const one of found.values()) {
    one.shares.sort((a, b) => a - b);
    if (one.shares.length > 0) one.left = one.shares.reduce((sum, share) => sum + share, 0) / one.shares.length;
  }
  return [...found.values()].sort((a, b) => (a.left ?? 2) - (b.left ?? 2) || a.family.localeCompare(b.family));
}

/** Whether a reading is so old that it may be wrong by now: an hour, for windows that are not much shorter themselves. */
export const isStale = (w: QuotaWindow, now: number): boolean => !!w.seen_at && now - Date.parse(w.seen_at) > hour && (w.window_seconds ?? hour / 1000) >= hour / 1000;

/** Resets of one account in a span of time, those close to each other together. */
export interface Lane {
  id: string;
  name: string;
  marks: { at: number; windows: QuotaWindow[] }[];
}

/**
 * The resets of the next span, an account a lane, the lane with the soonest reset first. Resets that are closer than `near` (as a share of the span) are one mark.
 * Lanes beyond `most` are left out and counted.
 */
export function lanesOf(windows: readonly QuotaWindow[], now: number, span: number, near: number, most: number): { lanes: Lane[]; hidden: number } {
  const found = new Map<string, Lane>();
  for (const w of [...windows].sort((a, b) => timeOf(a) - timeOf(b))) {
    const at = timeOf(w);
    if (at <= now || at > now + span) continue;
    const lane = found.get(w.account_id) ?? { id: w.account_id, name: w.account, marks: [] };
    found.set(w.account_id, lane);
    const last = lane.marks.at(-1);
    if (last && (at - last.at) / span < near) last.windows.push(w);
    else lane.marks.push({ at, windows: [w] });
  }
  const all = [...found.values()];
  return { lanes: all.slice(0, most), hidden: Math.max(0, all.length - most) };
}

/** The day and hour lines of a span: each midnight of days, each third or sixth hour of one day. */
export function ticksOf(now: number, span: number): number[] {
  const ticks: number[] = [];
  const step = span > 2 * 24 * hour ? 24 : 3;
  const at = new Date(now);
  at.setMinutes(0, 0, 0);
  at.setHours(step === 24 ? 24 : at.getHours() + (step - (at.getHours() % step)));
  while (at.getTime() < now + span) {
    ticks.push(at.getTime());
    at.setHours(at.getHours() + step);
  }
  return ticks;
}
