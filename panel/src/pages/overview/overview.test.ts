import { describe, expect, it } from 'vitest';
import type { QuotaWindow } from '@/api/quotas';
import type { View } from '@/api/types';
import { noUsage, type UsageRow } from '@/api/usage';
import { addDays, hour, minute, startOfDay, startOfMonth, startOfWeek, wholeDay } from '@/lib/calendar';
import { gridOf, spanFor, stateOf } from './cells';
import { spentAt, whatEnds } from './ends';
import { add, rateOf } from './rate';
import { changeOf, compareDays } from './today';
import { findTroubles } from './troubles';

const now = new Date(2026, 10, 30, 14, 25).getTime();
const iso = (at: number): string => new Date(at).toISOString();
const row = (at: number, more: Partial<UsageRow>): UsageRow => ({ ...noUsage, at: iso(at), ...more });

const account = (more: Record<string, unknown>): View<'AccountView'> =>
  ({ id: 'a', label: 'ada', provider: 'p', origin: 'store', status: 'ready', warnings: [], notices: [], enabled: true, tags: [], credential: { kind: 'api-key', mask: '' }, headers: [], models: [], excluded_models: [], cooldowns: [], health: { running: 0, requests: 0, failures: 0, consecutive_failures: 0 }, ...more }) as unknown as View<'AccountView'>;
const cooldown = (more: Record<string, unknown>): unknown => ({ cooling_down: true, is_upstream_hint: false, failures: 1, quotas: [], ...more });
const health = (more: Record<string, unknown>): View<'GatewayHealthView'> => ({ store: { healthy: true, engine: 'sqlite', set_aside: [] }, parts: {}, configuration: [], ...more }) as unknown as View<'GatewayHealthView'>;

describe('calendar', () => {
  it('begins days, weeks and months where the reader is', () => {
    expect(startOfDay(now)).toBe(new Date(2026, 10, 30).getTime());
    expect(startOfWeek(new Date(2026, 10, 29).getTime())).toBe(new Date(2026, 10, 23).getTime());
    expect(startOfWeek(now)).toBe(new Date(2026, 10, 30).getTime());
    expect(startOfMonth(now)).toBe(new Date(2026, 10, 1).getTime());
    expect(addDays(now, -30)).toBe(new Date(2026, 9, 31, 14, 25).getTime());
  });
});

describe('what needs attention', () => {
  it('is nothing when all is well', () => expect(findTroubles(health({}), [account({})])).toEqual([]));

  it('puts errors before warnings and leads to the page that mends each', () => {
    const found = findTroubles(health({ store: { healthy: false, engine: 'sqlite', problem: 'disk full', set_aside: [] }, parts: { flows: { state: 'degraded', problem: 'dropped' }, usage: { state: 'ok' } }, configuration: [{ severity: 'warning', path: 'a.b', line: 3, message: 'Wrong.', remedy: 'Mend it.' }] }), [
      account({ id: 'cool', status: 'cooling-down', cooldowns: [cooldown({ until: iso(now + hour), reason: 'limit' })] }),
      account({ id: 'login', status: 'problem', problem: 'Sign in again: the token was revoked.', problem_code: 'sign_in_because', problem_values: { reason: 'the token was revoked' } }),
      account({ id: 'ok' }),
    ]);
    expect(found.map((f) => f.kind)).toEqual(['store', 'signIn', 'part', 'configuration', 'coolingDown']);
    expect(found.map((f) => f.to)).toEqual(['/system', '/accounts', '/system', '/configuration', '/accounts']);
    expect(found[3]).toMatchObject({ detail: 'Wrong. Mend it.', search: { line: '3' } });
    expect(found[4]).toMatchObject({ until: iso(now + hour), search: { open: 'cool' } });
  });

  it('says when no account is left, and when the next is ready', () => {
    const found = findTroubles(undefined, [
      account({ id: 'x', status: 'cooling-down', cooldowns: [cooldown({ until: iso(now + 2 * hour) })] }),
      account({ id: 'y', status: 'cooling-down', cooldowns: [cooldown({ until: iso(now + hour) })] }),
      account({ id: 'z', status: 'disabled', enabled: false, notices: [{ code: 'x', text: 'old', values: {} }] }),
    ]);
    expect(found[0]).toMatchObject({ kind: 'noneReady', tone: 'bad', until: iso(now + hour) });
    expect(found.map((f) => f.kind)).toEqual(['noneReady', 'coolingDown', 'coolingDown']);
    expect(findTroubles(undefined, [account({ status: 'full' })])).toEqual([]);
  });
});

describe('what runs out', () => {
  const window = (more: Partial<QuotaWindow>): QuotaWindow => ({ account_id: 'a', account: 'ada', provider: 'p', name: '5h', family: 'five-hour', cooling_down: false, ready: true, ...more });

  it('is ordered: what is over, then by time, then what nobody knows a time for', () => {
    const found = whatEnds({
      windows: [window({ used_fraction: 0.95 }), window({ name: '7d', used_fraction: 0.3, forecast: { exhausted_at: iso(now + 3 * hour) } }), window({ name: 'x', used_fraction: 1, resets_at: iso(now + hour) }), window({ name: 'y', used_fraction: 0.2 })],
      accounts: [account({ id: 'oauth', credential: { kind: 'oauth', mask: '', expires_at: iso(now + hour) } }), account({ id: 'k', credential: { kind: 'api-key', mask: '', expires_at: iso(now + wholeDay) } })],
      keys: [{ id: 'k1', name: 'Intern', origin: 'store', status: 'active', expires_at: iso(now + 2 * hour) } as View<'KeyView'>, { id: 'k2', name: 'Old', origin: 'store', status: 'expired', expires_at: iso(now - 3 * wholeDay) } as View<'KeyView'>],
      budgets: [{ id: 'k1', open: 0, budgets: [{ unit: 'money', period: 'day', limit: 10, spent: 6, reserved: 0, remaining: 4, start: iso(now - 6 * hour), end: iso(now + 18 * hour), time_zone: 'UTC' }] } as unknown as View<'KeyStatusView'>],
      now,
    });
    expect(found.map((f) => f.id)).toEqual(['quota:a::x', 'key:k1', 'quota:a::7d', 'budget:k1:money:day', 'login:k', 'quota:a::5h']);
    expect(found[0]).toMatchObject({ over: true, at: iso(now + hour) });
    expect(found[3]?.at).toBe(iso(now + 4 * hour));
  });

  it('foretells a budget only when it does not last', () => {
    const budget = { unit: 'money', period: 'day', limit: 10, reserved: 0, remaining: 0, start: iso(now - 6 * hour), end: iso(now + 18 * hour), time_zone: 'UTC' };
    expect(spentAt({ ...budget, spent: 1 } as View<'BudgetStatusView'>, now)).toBeUndefined();
    expect(spentAt({ ...budget, spent: 0 } as View<'BudgetStatusView'>, now)).toBeUndefined();
    expect(spentAt({ ...budget, spent: 10 } as View<'BudgetStatusView'>, now)).toBe(now);
  });
});

describe('today against yesterday', () => {
  it('counts yesterday until the same time of day, a part of the present ten minutes', () => {
    const today = startOfDay(now);
    const yesterday = addDays(today, -1);
    const days = compareDays(
      [
        row(today + hour, { requests: 2, cost: 1, mean_first_byte_ms: 100 }),
        row(today + 14 * hour + 20 * minute, { requests: 2, errors: 1, mean_first_byte_ms: 300 }),
        row(yesterday + hour, { requests: 10, cost: 4 }),
        row(yesterday + 14 * hour + 20 * minute, { requests: 10, cost: 2 }),
        row(yesterday + 20 * hour, { requests: 100, cost: 50 }),
        row(yesterday - hour, { requests: 1000 }),
      ],
      now,
    );
    expect(days.today).toMatchObject({ requests: 4, errors: 1, cost: 1, first_byte_ms: 200 });
    expect(days.yesterday).toMatchObject({ requests: 15, cost: 5 });
    expect(days.hours.today).toHaveLength(15);
    expect(days.hours.yesterday[20]).toMatchObject({ requests: 100 });
    expect(changeOf(3, 2)).toBe(0.5);
    expect(changeOf(3, 0)).toBeUndefined();
  });
});

describe('the health grid', () => {
  it('puts rows into cells and keeps those that fail when there are many', () => {
    const rows = [row(now - 5 * minute, { account: 'b', requests: 3, errors: 2 }), row(now - 8 * minute, { account: 'b', requests: 1 }), row(now - 2 * hour, { account: 'a', requests: 50 }), row(now - 25 * hour, { account: 'c', requests: 9 }), row(now, { account: 'd', requests: 1 })];
    const grid = gridOf(rows, 'account', (id) => id.toUpperCase(), now, 10 * minute, 2);
    expect(grid.hidden).toBe(1);
    expect(grid.rows.map((r) => r.name)).toEqual(['A', 'B']);
    expect(grid.rows[0]?.cells).toHaveLength(144);
    // 14:20 and 14:17 are two cells.
    expect(grid.rows[1]?.cells.filter((c) => c.requests > 0).map((c) => [c.requests, c.errors, new Date(c.from).getMinutes()])).toEqual([
      [1, 0, 10],
      [3, 2, 20],
    ]);
    expect(gridOf(rows, 'account', (id) => id, now, hour, 9).rows.find((r) => r.id === 'b')?.cells.at(-1)).toMatchObject({ requests: 4, errors: 2 });
  });

  it('chooses cells that can be pointed at', () => {
    expect(spanFor(1200)).toBe(10 * minute);
    expect(spanFor(320)).toBe(30 * minute);
    expect(spanFor(50)).toBe(120 * minute);
  });

  it('tells how a cell went', () => expect([[0, 0], [5, 0], [5, 1], [5, 4]].map(([requests = 0, errors = 0]) => stateOf({ requests, errors }))).toEqual(['none', 'ok', 'warn', 'bad']));
});

describe('the live rate', () => {
  it('counts the last minute and forgets what is old and what it knows', () => {
    const one = { id: '1', at: now - 5000, tokens: 10, failed: true };
    const known = add([one, { id: '0', at: now - 6 * minute, tokens: 1, failed: false }], [one, { id: '2', at: now - 90_000, tokens: 7, failed: false }], now);
    expect(known.map((e) => e.id)).toEqual(['1', '2']);
    const rate = rateOf(known, now);
    expect(rate).toMatchObject({ perMinute: 1, tokens: 10, failed: 1 });
    expect(rate.bars.at(-1)).toEqual({ all: 1, failed: 1 });
    expect(rate.bars[20]).toEqual({ all: 1, failed: 0 });
  });
});
