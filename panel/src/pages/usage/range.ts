import type { UsageStep } from '@/api/usage';
import { addDays, floorTo, hour, iso, minute, startOfDay, startOfMonth, startOfWeek, wholeDay } from '@/lib/calendar';

/** The spans that can be chosen by name. */
export const presets = ['today', '24h', 'yesterday', 'week', '7d', 'month', '30d', '90d'] as const;
export type Preset = (typeof presets)[number];

/** A span of time that is looked at, in milliseconds. */
export interface Range {
  from: number;
  /** Its end; the present when it is open. */
  to: number;
  /** Whether it goes on: then its end is not sent, and what comes in is in it. */
  open: boolean;
  preset?: Preset;
}

const isPreset = (name: string | undefined): name is Preset => presets.includes(name as Preset);

/** The span that an address means: a preset, or from and to (days or times); the last seven days when it says nothing that can be read. */
export function rangeOf(address: { range?: string; from?: string; to?: string }, now: number): Range {
  if (!isPreset(address.range) && address.from) {
    const from = timeOf(address.from, false);
    const to = address.to ? timeOf(address.to, true) : now;
    if (from !== undefined && to !== undefined && from < to) return { from, to: Math.min(to, Math.max(now, from + hour)), open: to >= now };
  }
  const preset: Preset = isPreset(address.range) ? address.range : '7d';
  const day = startOfDay(now);
  if (preset === 'yesterday') return { from: addDays(day, -1), to: day, open: false, preset };
  const from = { today: day, '24h': floorTo(now - wholeDay, hour), week: startOfWeek(now), '7d': addDays(day, -6), month: startOfMonth(now), '30d': addDays(day, -29), '90d': addDays(day, -89) }[preset];
  return { from, to: now, open: true, preset };
}

/** A day (its begin, or its end) or a time. */
function timeOf(text: string, end: boolean): number | undefined {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (day) {
    const at = new Date(Number(day[1]), Number(day[2]) - 1, Number(day[3])).getTime();
    return Number.isNaN(at) ? undefined : end ? addDays(at, 1) : at;
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** The span before that is as long: the day, week or month before until the same time where it is one of those. */
export function previousOf(range: Range): Range {
  const back = (at: number): number => {
    switch (range.preset) {
      case 'today':
      case '24h':
      case 'yesterday':
        return addDays(at, -1);
      case 'week':
      case '7d':
        return addDays(at, -7);
      case 'month': {
        const date = new Date(at);
        const day = date.getDate();
        date.setDate(1);
        date.setMonth(date.getMonth() - 1);
        date.setDate(Math.min(day, new Date(date.getFullYear(), date.getMonth() + 1, 0).getDate()));
        return date.getTime();
      }
      case '30d':
        return addDays(at, -30);
      case '90d':
        return addDays(at, -90);
      default:
        return at - (range.to - range.from);
    }
  };
  return { from: back(range.from), to: Math.min(back(range.to), range.from), open: false };
}

/** What the API is asked: an open span has no end; else the last second, as hours that are only touched would be counted whole. */
export const asked = (range: Range): { from: string; to?: string } => ({ from: iso(floorTo(range.from, minute)), to: range.open ? undefined : iso(floorTo(range.to, minute) - 1000) });

/** The steps that make sense for a span: not more buckets than can be seen, and not a single one. */
export function stepsFor(range: Range): UsageStep[] {
  const length = range.to - range.from;
  const steps: UsageStep[] = [];
  // What the gateway sums by ten minutes.
  if (length <= 2 * wholeDay - hour) steps.push('10m');
  if (length <= 15 * wholeDay) steps.push('hour');
  if (length > wholeDay + hour) steps.push('day');
  if (length > 14 * wholeDay) steps.push('week');
  return steps;
}

/** The step that suits a span best. */
export function usualStep(range: Range): UsageStep {
  const length = range.to - range.from;
  return length <= 4 * hour ? '10m' : length <= 3 * wholeDay ? 'hour' : length <= 100 * wholeDay ? 'day' : 'week';
}

/** The begins of all buckets of a span, where the reader is. */
export function bucketsOf(range: Pick<Range, 'from' | 'to'>, step: UsageStep): number[] {
  const found: number[] = [];
  const first = step === 'week' ? startOfWeek(range.from) : step === 'day' ? startOfDay(range.from) : floorTo(range.from, step === '10m' ? 10 * minute : hour);
  for (let at = first; at < range.to && found.length < 2000; at = nextBucket(at, step)) found.push(at);
  return found;
}

/** When the bucket after one begins. */
export function nextBucket(at: number, step: UsageStep): number {
  return step === 'week' ? addDays(at, 7) : step === 'day' ? addDays(at, 1) : at + (step === '10m' ? 10 * minute : hour);
}
