import { noUsage, tokensOf, type UsageGroup, type UsageRow } from '@/api/usage';

/** What can be looked at. */
export const measures = ['cost', 'tokens', 'requests', 'errors', 'cached', 'firstByte', 'duration'] as const;
export type Measure = (typeof measures)[number];

/** Whether values of groups can be added up; shares and percentiles cannot. */
export const addsUp = (measure: Measure): boolean => measure === 'cost' || measure === 'tokens' || measure === 'requests' || measure === 'errors';

/** A row's value of a measure; undefined where it has none. */
export function valueOf(row: UsageRow, measure: Measure): number | undefined {
  switch (measure) {
    case 'cost':
      return row.cost ?? 0;
    case 'tokens':
      return tokensOf(row);
    case 'requests':
      return row.requests;
    case 'errors':
      return row.errors;
    case 'cached':
      return row.cached_share ?? (row.input_tokens > 0 ? row.cached_tokens / row.input_tokens : undefined);
    case 'firstByte':
      return row.p95_first_byte_ms ?? row.mean_first_byte_ms;
    case 'duration':
      return row.p95_duration_ms ?? row.mean_duration_ms;
  }
}

/** The id of the group that a row is of; empty for what has none. */
export const groupOf = (row: UsageRow, by: UsageGroup): string => row[by] ?? '';

/** The id of the series of all that have none of their own. */
export const others = '\u0000others';

/** Values over time of the largest groups, and of the rest together where they can be added. */
export interface Series {
  ids: string[];
  points: { at: number; values: Record<string, number> }[];
}

/** Puts rows into buckets: the groups that have most of the measure in all come first, `most` of them at most. */
export function seriesOf(rows: readonly UsageRow[], by: UsageGroup, measure: Measure, buckets: readonly number[], most: number): Series {
  const totals = new Map<string, number>();
  // Shares and percentiles are ranked by requests.
  for (const row of rows) totals.set(groupOf(row, by), (totals.get(groupOf(row, by)) ?? 0) + (addsUp(measure) ? (valueOf(row, measure) ?? 0) : row.requests));
  const ranked = [...totals].filter(([, total]) => total > 0).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([id]) => id);
  const ids = ranked.slice(0, most);
  const rest = addsUp(measure) && ranked.length > most;
  const points = buckets.map((at) => ({ at, values: {} as Record<string, number> }));
  for (const row of rows) {
    const point = points[placeOf(row, buckets)];
    const id = groupOf(row, by);
    const value = valueOf(row, measure);
    if (!point || value === undefined) continue;
    if (ids.includes(id)) point.values[id] = addsUp(measure) ? (point.values[id] ?? 0) + value : value;
    else if (rest) point.values[others] = (point.values[others] ?? 0) + value;
  }
  return { ids: rest ? [...ids, others] : ids, points };
}

/** Which bucket a row is in: the last that begins not after it; -1 for none. */
export function placeOf(row: UsageRow, buckets: readonly number[]): number {
  if (!row.at) return -1;
  const at = Date.parse(row.at);
  let low = 0;
  let high = buckets.length - 1;
  let found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((buckets[middle] as number) <= at) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

/** The values of the span before, bucket by bucket, to lay over this one. */
export function overlay(rows: readonly UsageRow[], measure: Measure, buckets: readonly number[]): (number | undefined)[] {
  const values: (number | undefined)[] = buckets.map(() => (addsUp(measure) ? 0 : undefined));
  for (const row of rows) {
    const place = placeOf(row, buckets);
    const value = valueOf(row, measure);
    if (place < 0 || value === undefined) continue;
    values[place] = addsUp(measure) ? (values[place] ?? 0) + value : value;
  }
  return values;
}

/** A row of the table: a group's sums, their shares, and what they were before. */
export interface GroupRow extends UsageRow {
  id: string;
  name: string;
  costShare: number;
  tokenShare: number;
  before?: UsageRow;
}

/** The rows of the table, the dearest first. */
export function groupRows(rows: readonly UsageRow[], before: readonly UsageRow[] | undefined, by: UsageGroup, nameOf: (row: UsageRow) => string): GroupRow[] {
  const cost = rows.reduce((sum, r) => sum + (r.cost ?? 0), 0);
  const tokens = rows.reduce((sum, r) => sum + tokensOf(r), 0);
  const known = new Map(before?.map((r) => [groupOf(r, by), r]));
  return rows
    .map((row) => ({
      ...row,
      id: groupOf(row, by),
      name: nameOf(row),
      costShare: cost > 0 ? (row.cost ?? 0) / cost : 0,
      tokenShare: tokens > 0 ? tokensOf(row) / tokens : 0,
      before: before ? (known.get(groupOf(row, by)) ?? noUsage) : undefined,
    }))
    .sort((a, b) => (b.cost ?? 0) - (a.cost ?? 0) || tokensOf(b) - tokensOf(a) || a.name.localeCompare(b.name));
}

/** How much more than before, as a share of before; undefined where there was nothing, or nothing is known. */
export const changeOf = (now: number | undefined, before: number | undefined): number | undefined => (now === undefined || before === undefined || before === 0 ? undefined : (now - before) / before);

/** The parts of a cost, and the tokens they stand for. */
export const parts = ['input', 'cached', 'cache_write', 'output', 'reasoning'] as const;
export type Part = (typeof parts)[number];

/** Tokens by the parts that cost is made of: prompts without those of the cache, answers without reasoning. */
export function tokenParts(row: UsageRow): Record<Part, number> {
  return {
    input: Math.max(0, row.input_tokens - row.cached_tokens - row.cache_write_tokens),
    cached: row.cached_tokens,
    cache_write: row.cache_write_tokens,
    output: Math.max(0, row.output_tokens - row.reasoning_tokens),
    reasoning: row.reasoning_tokens,
  };
}
