import { describe, expect, it } from 'vitest';
import { fits } from '@/lib/prices';
import { priceOf } from './models';

const rates = { input: 1, output: 2 };

describe('the price of a model', () => {
  it('is that of its whole name before that of a pattern, and the longer pattern before the shorter', () => {
    const prices = [
      { model: 'gpt-*', source: 'config', rates },
      { model: 'gpt-5.2*', source: 'config', rates },
      { model: 'gpt-5.2', provider: 'openai', source: 'built-in', rates },
    ];
    expect(priceOf(prices, 'gpt-5.2')?.provider).toBe('openai');
    expect(priceOf(prices, 'gpt-5.2-codex')?.model).toBe('gpt-5.2*');
    expect(priceOf(prices, 'claude')).toBeUndefined();
    expect(priceOf([{ model: 'gpt-5-2', source: 'openai', rates }], 'gpt-5.2')?.source).toBe('openai');
  });
  it('takes no other sign of a pattern for one', () => {
    expect(fits('gpt-5.2', 'gpt-5x2')).toBe(false);
    expect(fits('a(b*', 'a(bc')).toBe(true);
    expect(fits('*', '')).toBe(true);
  });
});
