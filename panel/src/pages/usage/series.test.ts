import { describe, expect, it } from 'vitest';
import { noUsage, type UsageRow } from '@/api/usage';
import { iso, minute, wholeDay } from '@/lib/calendar';
import { asked, bucketsOf, previousOf, rangeOf, stepsFor, usualStep } from './range';
import { changeOf, groupRows, others, overlay, placeOf, seriesOf, tokenParts } from './series';

const now = new Date(2026, 10, 30, 14, 25).getTime();
const at = (day: number, h = 0, m = 0, month = 10): number => new Date(2026, month, day, h, m).getTime();
const row = (time: number | null, more: Partial<UsageRow>): UsageRow => ({ ...noUsage, ...(time === null ? {} : { at: new Date(time).toISOString() }), ...more });

describe('ranges', () => {
  it('are presets, whole days or times; the last seven days else', () => {
    expect(rangeOf({}, now)).toEqual({ from: at(24), to: now, open: true, preset: '7d' });
    expect(rangeOf({ range: 'today' }, now)).toMatchObject({ from: at(30), to: now });
    expect(rangeOf({ range: 'yesterday' }, now)).toMatchObject({ from: at(29), to: at(30), open: false });
    expect(rangeOf({ range: 'month' }, now)).toMatchObject({ from: at(1) });
    expect(rangeOf({ range: 'custom', from: '2026-11-10', to: '2026-11-12' }, now)).toEqual({ from: at(10), to: at(13), open: false });
    expect(rangeOf({ from: '2026-11-10' }, now)).toEqual({ from: at(10), to: now, open: true });
    expect(rangeOf({ from: iso(at(10, 8)), to: iso(at(10, 9)) }, now)).toMatchObject({ from: at(10, 8), to: at(10, 9) });
    expect(rangeOf({ from: 'nonsense' }, now).preset).toBe('7d');
    expect(rangeOf({ from: '2026-11-12', to: '2026-11-10' }, now).preset).toBe('7d');
  });

  it('are compared with as long a span before', () => {
    expect(previousOf(rangeOf({ range: 'today' }, now))).toMatchObject({ from: at(29), to: at(29, 14, 25) });
    expect(previousOf(rangeOf({ range: '7d' }, now))).toMatchObject({ from: at(17), to: at(23, 14, 25) });
    expect(previousOf(rangeOf({ range: 'month' }, now))).toMatchObject({ from: at(1, 0, 0, 9), to: at(30, 14, 25, 9) });
    expect(previousOf({ from: at(31, 0, 0, 9), to: at(31, 12, 0, 9), open: false, preset: 'month' })).toMatchObject({ from: at(30, 0, 0, 8) });
    expect(previousOf(rangeOf({ from: '2026-11-10', to: '2026-11-12' }, now))).toMatchObject({ from: at(7), to: at(10) });
  });

  it('have steps that suit them', () => {
    expect(usualStep(rangeOf({ range: 'today' }, now))).toBe('hour');
    expect(usualStep(rangeOf({}, now))).toBe('day');
    expect(stepsFor(rangeOf({ range: 'today' }, now))).toEqual(['10m', 'hour']);
    expect(stepsFor(rangeOf({}, now))).toEqual(['hour', 'day']);
    expect(stepsFor(rangeOf({ range: '90d' }, now))).toEqual(['day', 'week']);
    for (const range of ['today', '24h', 'yesterday', 'week', '7d', 'month', '30d', '90d']) {
      const one = rangeOf({ range }, now);
      expect(stepsFor(one)).toContain(usualStep(one));
    }
  });

  it('fall into buckets of the reader’s days', () => {
    expect(bucketsOf(rangeOf({}, now), 'day')).toEqual([24, 25, 26, 27, 28, 29, 30].map((d) => at(d)));
    expect(bucketsOf({ from: at(26), to: now }, 'week')).toEqual([at(23), at(30)]);
    expect(bucketsOf({ from: at(30, 13, 5), to: at(30, 13, 31) }, '10m')).toHaveLength(4);
    expect(bucketsOf(rangeOf({ range: 'today' }, now), 'hour')).toHaveLength(15);
  });

  it('are asked for without the hour that only begins', () => {
    expect(asked(rangeOf({ range: 'yesterday' }, now))).toEqual({ from: iso(at(29)), to: iso(at(30) - 1000) });
    expect(asked(rangeOf({}, now)).to).toBeUndefined();
  });
});

describe('series', () => {
  const buckets = [at(28), at(29), at(30)];
  const rows = [row(at(28), { model: 'a', requests: 1, cost: 1 }), row(at(29, 3), { model: 'a', requests: 2, cost: 2 }), row(at(29), { model: 'b', requests: 9, cost: 0.5 }), row(at(30), { model: 'c', requests: 4, cost: 0.2 }), row(at(30), { model: 'd', requests: 1 }), row(at(27), { model: 'a', cost: 50 })];

  it('are the largest groups, and the rest together', () => {
    const series = seriesOf(rows, 'model', 'cost', buckets, 2);
    expect(series.ids).toEqual(['a', 'b', others]);
    expect(series.points.map((p) => p.values)).toEqual([{ a: 1 }, { a: 2, b: 0.5 }, { [others]: 0.2 }]);
  });

  it('are not added up where they cannot be', () => {
    const measured = [row(at(28), { model: 'a', requests: 5, p95_first_byte_ms: 100 }), row(at(28), { model: 'b', requests: 1, p95_first_byte_ms: 900 })];
    expect(seriesOf(measured, 'model', 'firstByte', buckets, 1)).toEqual({ ids: ['a'], points: [{ at: at(28), values: { a: 100 } }, { at: at(29), values: {} }, { at: at(30), values: {} }] });
    expect(overlay(measured, 'firstByte', buckets)).toEqual([900, undefined, undefined]);
    expect(overlay(rows, 'requests', buckets)).toEqual([1, 11, 5]);
  });

  it('find the bucket of a time', () => {
    expect(placeOf(row(at(29, 23, 59), {}), buckets)).toBe(1);
    expect(placeOf(row(at(28) - minute, {}), buckets)).toBe(-1);
    expect(placeOf(row(null, {}), buckets)).toBe(-1);
    expect(placeOf(row(at(30) + 5 * wholeDay, {}), buckets)).toBe(2);
  });
});

describe('groups', () => {
  it('have shares and what was before', () => {
    const rows = groupRows([row(null, { model: 'a', cost: 1, input_tokens: 50 }), row(null, { model: 'b', cost: 3, input_tokens: 100, output_tokens: 50 })], [row(null, { model: 'b', cost: 2 })], 'model', (r) => (r.model ?? '').toUpperCase());
    expect(rows.map((r) => [r.name, r.costShare, r.tokenShare, r.before?.cost])).toEqual([
      ['B', 0.75, 0.75, 2],
      ['A', 0.25, 0.25, undefined],
    ]);
    expect(rows[1]?.before).toEqual(noUsage);
    expect(groupRows([row(null, {})], undefined, 'model', () => '')[0]).toMatchObject({ costShare: 0, tokenShare: 0 });
  });

  it('are compared only where there was something', () => {
    expect(changeOf(3, 2)).toBe(0.5);
    expect(changeOf(3, 0)).toBeUndefined();
    expect(changeOf(undefined, 2)).toBeUndefined();
  });

  it('have tokens by part that are never negative', () => {
    expect(tokenParts(row(null, { input_tokens: 100, cached_tokens: 60, cache_write_tokens: 50, output_tokens: 10, reasoning_tokens: 4 }))).toEqual({ input: 0, cached: 60, cache_write: 50, output: 6, reasoning: 4 });
  });
});
