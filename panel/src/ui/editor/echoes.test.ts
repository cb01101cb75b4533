import { describe, expect, it } from 'vitest';
import { Echoes } from './echoes';

describe('Echoes', () => {
  it('knows what the editor told itself, late and with some left out, and takes anything else for news', () => {
    const echoes = new Echoes();
    const told: string[] = [];
    for (const text of ['a', 'ab', 'abc']) echoes.tell(text, (t) => told.push(t));
    expect(told).toEqual(['a', 'ab', 'abc']);
    expect(echoes.isEcho('ab')).toBe(true);
    expect(echoes.isEcho('abc')).toBe(true);
    expect(echoes.isEcho('abc')).toBe(false);
    echoes.tell('x', undefined);
    expect(echoes.isEcho('from elsewhere')).toBe(false);
    expect(echoes.isEcho('x')).toBe(false);
  });
});
