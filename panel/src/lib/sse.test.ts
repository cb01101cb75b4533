import { describe, expect, it } from 'vitest';
import { EventSplitter, splitEvents } from './sse';

describe('EventSplitter', () => {
  const text = '\ufeffevent: a\ndata: {"x":1}\n\n: comment\r\ndata: one\r\ndata: two\r\n\r\nid: 7\rdata\r\rdata:[DONE]\n\ndata: torn';
  const events = [
    { name: 'a', id: '', data: '{"x":1}' },
    { name: '', id: '', data: 'one\ntwo' },
    { name: '', id: '7', data: '' },
    { name: '', id: '7', data: '[DONE]' },
  ];
  it('gives the same events wherever the stream is torn', () => {
    for (let at = 0; at <= text.length; at++) {
      const splitter = new EventSplitter();
      expect([...splitter.push(text.slice(0, at)), ...splitter.push(text.slice(at))]).toEqual(events);
      expect(splitter.end()).toEqual([{ name: '', id: '7', data: 'torn' }]);
    }
    const letters = new EventSplitter();
    expect([...text].flatMap((letter) => letters.push(letter))).toEqual(events);
  });
  it('is bounded', () => expect(splitEvents('data: x\n\n'.repeat(100), 10).length).toBe(10));
});
