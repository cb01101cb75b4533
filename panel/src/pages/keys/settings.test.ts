import { describe, expect, it } from 'vitest';
import { changesOf, emptyFields, faultsOf, fieldsOf, settingsOf } from './settings';

const key = {
  id: 'k',
  name: 'Team',
  origin: 'store',
  status: 'active',
  tags: ['a b', 'c'],
  models: ['gpt-5*', 'claude-*'],
  expires_at: '2027-01-02T03:04:00.000Z',
  requests_per_minute: 60,
  budgets: [{ unit: 'money' as const, period: 'day' as const, limit: 2.5, time_zone: 'Asia/Shanghai' }],
};

describe('the form of a key', () => {
  it('gives back what it was made of', () => {
    expect(settingsOf(fieldsOf(key))).toMatchObject({ name: 'Team', tags: ['a b', 'c'], models: ['gpt-5*', 'claude-*'], expires_at: key.expires_at, requests_per_minute: 60, tokens_per_minute: null, budgets: key.budgets });
  });
  it('sends only what was changed, and null for a limit that was taken away', () => {
    const before = fieldsOf(key);
    expect(changesOf(before, before)).toEqual({});
    expect(changesOf(before, { ...before, requests_per_minute: '', note: 'x' })).toEqual({ requests_per_minute: null, note: 'x' });
  });
  it('undoes a change by the change back', () => {
    const odd = { ...key, expires_at: '2027-01-02T03:04:05.678Z' };
    const before = fieldsOf(odd);
    const after = { ...before, expires: '', requests_per_minute: '5', models: '' };
    expect(changesOf(after, before)).toEqual({ expires_at: odd.expires_at, requests_per_minute: 60, models: odd.models });
  });
  it('finds what cannot be', () => {
    expect(faultsOf({ ...emptyFields, name: ' ', concurrency: '1.5', tokens_per_minute: '0', expires: 'soon', budgets: [{ unit: 'money', period: 'day', limit: '-1', time_zone: '' }] })).toEqual({
      name: 'fault.name',
      concurrency: 'fault.whole',
      tokens_per_minute: 'fault.whole',
      expires: 'fault.time',
      'budgets.0': 'fault.positive',
    });
    expect(faultsOf(fieldsOf(key))).toEqual({});
  });
});
