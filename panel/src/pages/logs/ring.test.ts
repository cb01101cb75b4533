import { describe, expect, it } from 'vitest';
import { asFileLine, levelOf, LogRing, partsOf } from './ring';

const line = (number: number, message = 'x') => ({ number, at: '2026-11-30T14:00:00Z', level: 'info', category: 'A', message });

describe('LogRing', () => {
  it('keeps the newest, each once', () => {
    const ring = new LogRing(3);
    expect(ring.add([line(1), line(2)])).toBe(2);
    expect(ring.add([line(2), line(3), line(4)])).toBe(2);
    expect(ring.lines.map((l) => l.number)).toEqual([2, 3, 4]);
    expect([ring.dropped, ring.last]).toEqual([1, 4]);
    expect(ring.add([line(1)])).toBe(0);
    ring.clear();
    expect([ring.lines.length, ring.last, ring.dropped]).toEqual([0, 0, 0]);
  });
  it('is bounded by its text too, but keeps the last line', () => {
    const ring = new LogRing(100, 10);
    ring.add([line(1, 'aaaaaa'), line(2, 'bbbbbb'), line(3, 'c'.repeat(50))]);
    expect(ring.lines.map((l) => l.number)).toEqual([3]);
    ring.add([line(4, 'd')]);
    expect(ring.lines.map((l) => l.number)).toEqual([4]);
  });
});

it('knows levels', () => expect(['Information', 'warn', 'Warning', 'fail', 'Critical', 'dbug', 'Trace', '?'].map(levelOf)).toEqual(['info', 'warn', 'warn', 'error', 'critical', 'debug', 'trace', 'info']));

it('finds ids of requests', () => {
  const id = '01a22ce403027c72add82429a81d1654';
  expect(partsOf(`${id} /v1/messages: 200`, id)).toEqual([{ text: id, id }, { text: ' /v1/messages: 200' }]);
  expect(partsOf('no id here', id)).toEqual([{ text: 'no id here' }, { text: ' ' }, { text: id, id }]);
  expect(partsOf(`a${id}`, null)).toEqual([{ text: `a${id}` }]);
  expect(partsOf(`(flow:${id})`, null).map((p) => p.id)).toEqual([undefined, id, undefined]);
  expect(partsOf('', null)).toEqual([]);
});

it('writes lines for a file', () => expect(asFileLine(line(1, 'hello'))).toBe('2026-11-30T14:00:00Z info A: hello'));
