const lengths: Record<string, number> = { hour: 3600e3, day: 86400e3, week: 7 * 86400e3, month: 30 * 86400e3 };

/** When a period began that ends now, to the minute, so that pages of one reading agree; undefined for all time. */
export function beginOf(period: string, now: number): string | undefined {
  const length = lengths[period];
  return length === undefined ? undefined : new Date(Math.floor((now - length) / 60e3) * 60e3).toISOString();
}

/** What tells an entry from others. */
export const keyOf = (entry: { at: string; actor: string; action: string; target: string }): string => `${entry.at} ${entry.actor} ${entry.action} ${entry.target}`;
