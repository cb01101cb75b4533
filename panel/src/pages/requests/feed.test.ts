import { describe, expect, it, vi } from 'vitest';
import type { Flow } from '@/lib/flows';
import { FlowFeed, FlowRows } from './feed';
import { isStatus, localTime, onlyFilters, queryOf, queryText } from './filters';

const flow = (n: number) => ({ id: `f${n}` }) as Flow;
const ids = (rows: FlowRows) => Array.from({ length: rows.length }, (_, i) => rows.at(i)?.id);

describe('FlowRows', () => {
  it('keeps the newest first, each once', () => {
    const rows = new FlowRows();
    rows.append([flow(3), flow(2)]);
    rows.prepend([flow(4), flow(5), flow(3)]);
    rows.append([flow(2), flow(1)]);
    expect(ids(rows)).toEqual(['f5', 'f4', 'f3', 'f2', 'f1']);
    expect(rows.indexOf('f4')).toBe(1);
    expect(rows.indexOf('f1')).toBe(4);
    expect(rows.indexOf('x')).toBe(-1);
    rows.replace({ ...flow(4), note: 'n' } as Flow);
    rows.replace({ ...flow(1), note: 'm' } as Flow);
    expect([rows.at(1)?.note, rows.at(4)?.note]).toEqual(['n', 'm']);
    rows.remove(new Set(['f4', 'f2']));
    expect(ids(rows)).toEqual(['f5', 'f3', 'f1']);
    rows.append([flow(2)]);
    expect(rows.length).toBe(4);
  });
  it('lets the oldest go beyond its bound', () => {
    const rows = new FlowRows(3);
    rows.append([flow(3), flow(2), flow(1)]);
    rows.prepend([flow(4), flow(5)]);
    expect(ids(rows)).toEqual(['f5', 'f4', 'f3']);
    expect(rows.full).toBe(true);
    rows.prepend([flow(6), flow(7)]);
    expect(ids(rows)).toEqual(['f7', 'f6', 'f5']);
  });
});

describe('FlowFeed', () => {
  it('holds what ends while someone reads, shows it when let go, and reads what was missed', async () => {
    vi.useFakeTimers();
    const pages = vi.fn(async (_query: unknown, after: string | undefined) => (after ? { flows: [flow(1)] } : { flows: [flow(3), flow(2)], next: 'c' }));
    const feed = new FlowFeed({}, 100, pages as never);
    feed.start();
    await vi.runAllTimersAsync();
    expect(ids(feed.rows)).toEqual(['f3', 'f2']);
    feed.hold(true);
    feed.add(flow(4));
    feed.add(flow(3));
    await vi.advanceTimersByTimeAsync(300);
    expect([feed.current().waiting, feed.rows.length]).toEqual([1, 2]);
    feed.hold(false);
    expect(ids(feed.rows)).toEqual(['f4', 'f3', 'f2']);
    await feed.more();
    expect([feed.current().done, feed.rows.length]).toEqual([true, 4]);
    pages.mockResolvedValueOnce({ flows: [flow(6), flow(5), flow(4)], next: 'c' });
    feed.miss();
    feed.release();
    await vi.runAllTimersAsync();
    expect(ids(feed.rows)).toEqual(['f6', 'f5', 'f4', 'f3', 'f2', 'f1']);
    expect(feed.current().missed).toBe(false);
    feed.stop();
    vi.useRealTimers();
  });
  it('keeps a bounded number while held', () => {
    vi.useFakeTimers();
    const feed = new FlowFeed({}, 100, vi.fn() as never);
    feed.hold(true);
    for (let i = 0; i < 3000; i++) feed.add(flow(i));
    vi.advanceTimersByTime(300);
    expect([feed.current().waiting, feed.current().missed]).toEqual([2000, true]);
    vi.useRealTimers();
  });
});

describe('filters', () => {
  it('reads the address', () => {
    expect(queryOf({ model: ' gpt* ', status: '4', has_losses: 'true', bookmarked: 'x', columns: 'a', text: '' })).toEqual({ model: 'gpt*', has_losses: true });
    expect(queryOf({ status: '4xx', bookmarked: 'false' })).toEqual({ status: '4xx', bookmarked: false });
  });
  it('knows a status', () => expect(['429', '4xx', '200-299', '4', '6xx', 'ok'].map(isStatus)).toEqual([true, true, true, false, false, false]));
  it('writes queries and views', () => {
    expect(queryText({ model: 'a&b', bookmarked: false }, { format: 'har' })).toBe('?model=a%26b&bookmarked=false&format=har');
    expect(queryText({})).toBe('');
    expect(onlyFilters({ model: 'x', open: 'y' })).toMatchObject({ model: 'x', text: undefined });
    expect('open' in onlyFilters({ open: 'y' })).toBe(false);
  });
  it('reads times for the field of a browser', () => {
    expect(localTime('2h')).toBe('');
    expect(localTime('nonsense')).toBe('');
    expect(localTime('2026-01-31T08:00:00Z')).toMatch(/^2026-01-\d\dT\d\d:\d\d$/);
  });
});
