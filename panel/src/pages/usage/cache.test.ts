import { describe, expect, it } from 'vitest';
import { causesOf, type Conversation, missed, needCare } from './cache';

const one = (more: Partial<Conversation>): Conversation => ({ session: 's', first_at: '', last_at: '', requests: 5, failures: 0, models: [], accounts: [], clients: [], input_tokens: 100, output_tokens: 1, cached_tokens: 0, preview: '', ...more });

describe('conversations', () => {
  const all = [one({ session: 'good', cached_tokens: 95, cached_share: 0.95 }), one({ session: 'half', input_tokens: 1000, cached_tokens: 400, cached_share: 0.4 }), one({ session: 'bad', input_tokens: 5000, cached_share: 0 }), one({ session: 'single', requests: 1, cached_share: 0 }), one({ session: 'untold' })];

  it('come by what they missed', () => expect(needCare(all, 'all').map((c) => c.session)).toEqual(['bad', 'half', 'single', 'untold', 'good']));
  it('below a threshold have had a chance to hit, and a vendor that tells', () => {
    expect(needCare(all, 'half').map((c) => c.session)).toEqual(['bad', 'half']);
    expect(needCare(all, 'low').map((c) => c.session)).toEqual(['bad']);
  });
  it('never missed less than nothing', () => expect(missed({ input_tokens: 5, cached_tokens: 9 })).toBe(0));
});

describe('causes', () => {
  it('are counted without the first request, the dearest first', () => {
    const step = (kind: string | null, input: number, cached = 0) => ({ flow: `${Math.random()}`, at: '', model: '', account: '', input, cached, break: kind ? { kind, description: '' } : undefined });
    expect(causesOf([step('first', 900), step(null, 10, 9), step('expired', 10), step('tools-changed', 50, 10), step('expired', 20, 5)])).toEqual([
      { kind: 'tools-changed', count: 1, tokens: 40 },
      { kind: 'expired', count: 2, tokens: 25 },
    ]);
  });
});
