import { describe, expect, it } from 'vitest';
import { batch, tagsOf } from './batch';
import { viewsOf } from './views';

describe('batch', () => {
  it('does each once, a few at a time, and goes on after a failure', async () => {
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const result = await batch(
      ['a', 'b', 'c', 'd', 'e'],
      async (id) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        seen.push(id);
        if (id === 'c') throw new Error('no');
        return id.toUpperCase();
      },
      2,
    );
    expect(seen.sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(most).toBe(2);
    expect([...result.done.values()].sort()).toEqual(['A', 'B', 'D', 'E']);
    expect([...result.failed.keys()]).toEqual(['c']);
  });
  it('does nothing for none', async () => expect((await batch([], async () => 1)).done.size).toBe(0));
});

it('reads tags', () => expect(tagsOf(' a, b;b\n\n c，d ,')).toEqual(['a', 'b', 'c', 'd']));

it('reads views that others may have written', () => {
  expect(viewsOf('x')).toEqual([]);
  expect(viewsOf([{ name: 'a', address: { model: 'x', n: 1 } }, null, { name: 3 }, { name: 'b', address: null }])).toEqual([{ name: 'a', address: { model: 'x' } }]);
});
