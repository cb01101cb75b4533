import { describe, expect, it } from 'vitest';
import { clientName, costParts, outcomeOf, spansOf, tokenParts } from './flows';
import { fits } from './prices';

const attempt = (duration_ms: number, started_ms?: number) => ({ account_id: 'a', account: 'a', provider: 'p', model: 'm', reason: '', outcome: 'answered', duration_ms, ...(started_ms === undefined ? {} : { started_ms }) });

describe('spansOf', () => {
  it('puts what is left over before the attempts, and the stream after them', () => {
    expect(spansOf({ duration_ms: 100, first_byte_ms: 40, attempts: [attempt(10), attempt(20)] })).toEqual([
      { kind: 'wait', from: 0, to: 10 },
      { kind: 'attempt', from: 10, to: 20, attempt: 0 },
      { kind: 'attempt', from: 20, to: 40, attempt: 1 },
      { kind: 'stream', from: 40, to: 100 },
    ]);
  });
  it('takes the times that attempts tell', () => {
    expect(spansOf({ duration_ms: 100, first_byte_ms: 90, attempts: [attempt(10, 5), attempt(30, 60)] })).toEqual([
      { kind: 'wait', from: 0, to: 5 },
      { kind: 'attempt', from: 5, to: 15, attempt: 0 },
      { kind: 'wait', from: 15, to: 60 },
      { kind: 'attempt', from: 60, to: 90, attempt: 1 },
      { kind: 'stream', from: 90, to: 100 },
    ]);
  });
  it('never goes beyond the end, and takes attempts that last as long as the stream', () => {
    expect(spansOf({ duration_ms: 50, first_byte_ms: 10, attempts: [attempt(48)] })).toEqual([
      { kind: 'wait', from: 0, to: 2 },
      { kind: 'attempt', from: 2, to: 50, attempt: 0 },
    ]);
    expect(spansOf({ duration_ms: 5, attempts: [attempt(9)] })).toEqual([{ kind: 'attempt', from: 0, to: 5, attempt: 0 }]);
  });
  it('is a wait only where nobody was tried', () => expect(spansOf({ duration_ms: 7, attempts: [] })).toEqual([{ kind: 'wait', from: 0, to: 7 }]));
});

describe('tokens and cost', () => {
  const usage = { input: 1000, cached: 600, cache_write: 100, output: 300, reasoning: 200 };
  it('counts each token once', () => expect(tokenParts(usage).map((p) => p.tokens)).toEqual([300, 600, 100, 200, 100]));
  it('says what each part cost only where the sum fits', () => {
    const rates = { input: 1, output: 10, cached: 0.1, cache_write: 1.25 };
    const sum = (300 * 1 + 600 * 0.1 + 100 * 1.25 + 300 * 10) / 1e6;
    expect(costParts(usage, sum, rates)?.cached).toBeCloseTo(0.00006);
    expect(costParts(usage, sum * 2, rates)).toBeNull();
    expect(costParts(null, sum, rates)).toBeNull();
  });
});

it('reads outcomes', () => {
  expect(outcomeOf('answered')).toEqual({ kind: 'answered', status: undefined, detail: '' });
  expect(outcomeOf('InvalidRequest: 400 `top_k` is not supported.\nmore')).toEqual({ kind: 'InvalidRequest', status: 400, detail: '`top_k` is not supported.\nmore' });
  expect(outcomeOf('Transient: connection refused')).toEqual({ kind: 'Transient', status: undefined, detail: 'connection refused' });
  expect(outcomeOf('¿?')).toEqual({ kind: '', detail: '¿?' });
});

it('names clients', () => {
  expect(clientName('claude-cli/2.1 (external, cli)')).toBe('Claude Code');
  expect(clientName('codex_cli_rs/0.1')).toBe('Codex');
  expect(clientName('Thing/1.0 (x)')).toBe('Thing');
  expect(clientName('<script>alert(1)</script>')).toBe('<script>alert');
  expect(clientName('')).toBe('');
});

it('fits patterns', () => {
  expect(fits('gpt-5*', 'gpt-5.2')).toBe(true);
  expect(fits('*-mini', 'gpt-5.4-mini')).toBe(true);
  expect(fits('a*a', 'a')).toBe(false);
  expect(fits('a*b*c', 'axxbyyc')).toBe(true);
  expect(fits('gpt', 'gpt-5')).toBe(false);
});
