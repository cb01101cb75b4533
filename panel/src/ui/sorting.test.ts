import { describe, expect, it } from 'vitest';
import { nextSort, readSort, sortRows } from './sorting';

describe('sorting', () => {
  it('puts rows without a value last either way, and keeps equals in order', () => {
    const rows = [{ n: 2, i: 0 }, { n: undefined, i: 1 }, { n: 10, i: 2 }, { n: 2, i: 3 }];
    expect(sortRows(rows, (r) => r.n, false).map((r) => r.i)).toEqual([0, 3, 2, 1]);
    expect(sortRows(rows, (r) => r.n, true).map((r) => r.i)).toEqual([2, 0, 3, 1]);
  });
  it('sorts text as people do', () => expect(sortRows(['b10', 'B2', 'a'], (r) => r, false)).toEqual(['a', 'B2', 'b10']));
  it('goes one way, the other way, and away', () => {
    expect(nextSort(null, 'x', false)).toBe('x');
    expect(nextSort(readSort('x'), 'x', false)).toBe('-x');
    expect(nextSort(readSort('-x'), 'x', false)).toBeUndefined();
    expect(nextSort(null, 'x', true)).toBe('-x');
    expect(nextSort(readSort('-x'), 'x', true)).toBe('x');
    expect(nextSort(readSort('x'), 'x', true)).toBeUndefined();
    expect(nextSort(readSort('y'), 'x', true)).toBe('-x');
  });
});
