import { describe, expect, it } from 'vitest';
import type { QuotaWindow } from '@/api/quotas';
import { hour, wholeDay } from '@/lib/calendar';
import { families, isStale, keyOf, lanesOf, select, ticksOf } from './windows';

const now = new Date(2026, 10, 30, 14, 25).getTime();
const iso = (at: number): string => new Date(at).toISOString();
const window = (more: Partial<QuotaWindow>): QuotaWindow => ({ account_id: 'a', account: 'ada@example.com', provider: 'chatgpt', name: '5h', family: 'five-hour', cooling_down: false, ready: true, ...more });

describe('windows', () => {
  const all = [
    window({ name: 'never', used_fraction: 0.1 }),
    window({ name: 'full', used_fraction: 1, ready: false, resets_at: iso(now + 2 * hour) }),
    window({ account_id: 'b', account: 'Work', provider: 'kiro', name: 'credits', family: 'credits', model: 'opus', used_fraction: 0.5, resets_at: iso(now + hour) }),
  ];

  it('come by their reset, those without one last', () => expect(select(all, {}).map((w) => w.name)).toEqual(['credits', 'full', 'never']));

  it('are filtered by words, provider, sort and readiness', () => {
    expect(select(all, { text: 'WORK opus' }).map((w) => w.name)).toEqual(['credits']);
    expect(select(all, { text: 'work ada' })).toEqual([]);
    expect(select(all, { provider: 'chatgpt' })).toHaveLength(2);
    expect(select(all, { family: 'credits' })).toHaveLength(1);
    expect(select(all, { show: 'ready' }).map((w) => w.name)).toEqual(['credits', 'never']);
    expect(select(all, { show: 'waiting' }).map((w) => w.name)).toEqual(['full']);
  });

  it('are summed by their sort, the least left first', () => {
    expect(families(all, now)).toEqual([
      { family: 'five-hour', windows: 2, ready: 1, used: 1, shares: [0, 0.9], left: 0.45, resets_at: iso(now + 2 * hour) },
      { family: 'credits', windows: 1, ready: 1, used: 0, shares: [0.5], left: 0.5, resets_at: iso(now + hour) },
    ]);
    expect(families([window({})], now)[0]?.left).toBeUndefined();
  });

  it('are stale when they are long and were told long ago', () => {
    expect(isStale(window({ seen_at: iso(now - 2 * hour) }), now)).toBe(true);
    expect(isStale(window({ seen_at: iso(now - 2 * hour), window_seconds: 60 }), now)).toBe(false);
    expect(isStale(window({ seen_at: iso(now - 60_000) }), now)).toBe(false);
    expect(isStale(window({}), now)).toBe(false);
  });

  it('are told apart by account, model and name', () => expect(new Set([window({}), window({ model: 'x' }), window({ account_id: 'b' }), window({ name: '7d' })].map(keyOf)).size).toBe(4));
});

describe('the timeline', () => {
  it('has a lane an account, the soonest first, with resets that are close together as one', () => {
    const { lanes, hidden } = lanesOf(
      [
        window({ account_id: 'b', resets_at: iso(now + hour) }),
        window({ resets_at: iso(now + 2 * wholeDay), name: '7d' }),
        window({ resets_at: iso(now + 2 * wholeDay + hour), name: 'opus' }),
        window({ resets_at: iso(now + 6 * wholeDay), name: 'month' }),
        window({ account_id: 'c', resets_at: iso(now + 5 * wholeDay) }),
        window({ account_id: 'd', resets_at: iso(now + 8 * wholeDay) }),
        window({ account_id: 'e', resets_at: iso(now - hour) }),
        window({ account_id: 'f', cooling_down: true, until: iso(now + 3 * wholeDay) }),
      ],
      now,
      7 * wholeDay,
      0.05,
      3,
    );
    expect(lanes.map((l) => l.id)).toEqual(['b', 'a', 'f']);
    expect(hidden).toBe(1);
    expect(lanes[1]?.marks.map((m) => m.windows.map((w) => w.name))).toEqual([['7d', 'opus'], ['month']]);
  });

  it('has a line at each midnight, or every three hours of a day', () => {
    expect(ticksOf(now, 7 * wholeDay).map((at) => new Date(at).getHours())).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(ticksOf(now, wholeDay).map((at) => new Date(at).getHours())).toEqual([15, 18, 21, 0, 3, 6, 9, 12]);
  });
});
