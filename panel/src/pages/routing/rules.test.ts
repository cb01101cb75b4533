import { describe, expect, it } from 'vitest';
import { moved, rulesOf, settingsOf } from './rules';

describe('rules of routing', () => {
  it('are read in every form that the configuration takes, and written back', () => {
    const rules = rulesOf({ routes: [{ models: 'a-*', fallback: ['b'] }, { models: ['c'], strategy: 'sticky', 'session-affinity': true }], fallbacks: { x: 'y', z: ['p', 'q'] } });
    expect(rules.routes).toEqual([
      { models: ['a-*'], fallback: ['b'] },
      { models: ['c'], strategy: 'sticky', 'session-affinity': true },
    ]);
    expect(settingsOf(rules)).toEqual({
      'routing.routes': [{ models: ['a-*'], fallback: ['b'] }, { models: ['c'], strategy: 'sticky', 'session-affinity': true }],
      'routing.fallbacks': { x: 'y', z: ['p', 'q'] },
    });
  });
  it('are taken away when there are none', () => {
    expect(settingsOf(rulesOf(undefined))).toEqual({ 'routing.routes': null, 'routing.fallbacks': null });
    expect(settingsOf({ routes: [{ models: [] }], fallbacks: [{ model: ' ', others: ['a'] }] })).toEqual({ 'routing.routes': null, 'routing.fallbacks': null });
  });
  it('survive nonsense', () => expect(rulesOf({ routes: [null, 3, { models: [{}] }], fallbacks: ['x'] }).fallbacks.length).toBe(1));
});

describe('moved', () => {
  it('puts an item elsewhere', () => {
    expect(moved(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(moved(['a', 'b', 'c'], 2, -5)).toEqual(['c', 'a', 'b']);
    expect(moved(['a'], 3, 0)).toEqual(['a']);
  });
});
