import { noUsage, type UsageRow } from '@/api/usage';
import { addDays, hour, minute, startOfDay } from '@/lib/calendar';

/** The names of what is summed up by adding. */
const sums = ['requests', 'errors', 'estimated', 'unpriced', 'input_tokens', 'output_tokens', 'cached_tokens', 'cache_write_tokens', 'reasoning_tokens'] as const;

/** A sum with the time to the first byte, which is weighed by the requests. */
export interface DaySum extends UsageRow {
  cost: number;
  first_byte_ms?: number;
}

/** Sums rows, each by its share. */
function sum(parts: readonly { row: UsageRow; share: number }[]): DaySum {
  const total: DaySum = { ...noUsage, cost: 0 };
  let waited = 0;
  let measured = 0;
  for (const { row, share } of parts) {
    for (const name of sums) total[name] += row[name] * share;
    total.cost += (row.cost ?? 0) * share;
    if (row.mean_first_byte_ms !== undefined) {
      waited += row.mean_first_byte_ms * row.requests * share;
      measured += row.requests * share;
    }
  }
  if (measured > 0) total.first_byte_ms = waited / measured;
  return total;
}

/** Today so far, and yesterday until the same time of day. */
export interface Days {
  today: DaySum;
  yesterday: DaySum;
  /** Hour by hour, 24 of them: today's end with the present hour. */
  hours: { today: DaySum[]; yesterday: DaySum[] };
}

/**
 * Sums ten-minute rows of yesterday and today. Of yesterday's span that the present time of day falls in, the share that has passed is counted, so that the two
 * stand for equally long times.
 */
export function compareDays(rows: readonly UsageRow[], now: number): Days {
  const span = 10 * minute;
  const begins = { today: startOfDay(now), yesterday: addDays(startOfDay(now), -1) };
  const passed = now - begins.today;
  const today: { row: UsageRow; share: number; from: number }[] = [];
  const before: { row: UsageRow; share: number; from: number }[] = [];
  for (const row of rows) {
    if (!row.at) continue;
    const at = Date.parse(row.at);
    if (at >= begins.today) today.push({ row, share: 1, from: at - begins.today });
    else if (at >= begins.yesterday) before.push({ row, share: Math.min(1, Math.max(0, (passed - (at - begins.yesterday)) / span)), from: at - begins.yesterday });
  }
  const byHour = (parts: typeof today, whole: boolean): DaySum[] =>
    Array.from({ length: 24 }, (_, i) => sum(parts.filter((p) => p.from >= i * hour && p.from < (i + 1) * hour).map((p) => ({ row: p.row, share: whole ? 1 : p.share }))));
  const reached = Math.min(24, Math.floor(passed / hour) + 1);
  return { today: sum(today), yesterday: sum(before), hours: { today: byHour(today, true).slice(0, reached), yesterday: byHour(before, true) } };
}

/** How much more than before, as a share of before; undefined where there was nothing before. */
export const changeOf = (now: number, before: number): number | undefined => (before > 0 ? (now - before) / before : undefined);
