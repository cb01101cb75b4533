import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import type { Account } from '@/api/accounts';
import texts from '@/app/texts/zh-CN.json';
import { type BatchItem, changeTags, retryFailed, runBatch } from './batch';
import { changesBetween, familyOf, filterAccounts, needsAttention, nextReset, quotaBars, reasonOf, stripsOf } from './model';

const account = (more: Partial<Account> = {}): Account => ({
  id: 'a-1',
  label: 'Ada',
  provider: 'chatgpt',
  origin: 'store',
  status: 'ready',
  warnings: [],
  notices: [],
  enabled: true,
  priority: 0,
  weight: 1,
  tags: [],
  credential: { kind: 'oauth', mask: '…' },
  headers: [],
  models: [],
  excluded_models: [],
  cooldowns: [],
  health: { running: 0, requests: 0, failures: 0, consecutive_failures: 0 },
  ...more,
});
const cooldown = (model: string | null, quotas: Account['cooldowns'][number]['quotas'], more: object = {}): Account['cooldowns'][number] => ({ model, cooling_down: false, is_upstream_hint: false, failures: 0, quotas, ...more });

describe('filterAccounts', () => {
  const all = [account(), account({ id: 'b', label: 'Build', provider: 'openai', status: 'problem', tags: ['ci', 'blue'], problem: 'Sign in again.' }), account({ id: 'c', label: 'Cold', status: 'disabled', tags: ['ci'], warnings: ['The login ends soon.'] })];
  const ids = (filter: Parameters<typeof filterAccounts>[1]): string[] => filterAccounts(all, filter, (p) => (p === 'chatgpt' ? 'ChatGPT (Codex)' : 'OpenAI')).map((a) => a.id);
  it('takes every filter together', () => {
    expect(ids({})).toEqual(['a-1', 'b', 'c']);
    expect(ids({ tag: 'ci' })).toEqual(['b', 'c']);
    expect(ids({ tag: 'ci', state: 'disabled' })).toEqual(['c']);
    expect(ids({ provider: 'openai' })).toEqual(['b']);
    expect(ids({ problem: true })).toEqual(['b', 'c']);
  });
  it('looks for all words in names, tags and problems', () => {
    expect(ids({ text: 'codex ada' })).toEqual(['a-1']);
    expect(ids({ text: ' AGAIN ' })).toEqual(['b']);
    expect(ids({ text: 'ada blue' })).toEqual([]);
  });
});

describe('quotas', () => {
  it('makes a bar of each family and of the account itself', () => {
    const bars = quotaBars(
      account({
        cooldowns: [
          cooldown('claude-sonnet-5', [{ name: '5h', used_fraction: 0.2 }]),
          cooldown('claude-opus-5', [{ name: '5h', used_fraction: 0.9, resets_at: '2026-12-01T00:00:00Z' }]),
          cooldown('gemini-4-argon', [{ name: '5h', used_fraction: 0.1 }]),
          cooldown(null, [{ name: 'requests', limit: 100, remaining: 25 }, { name: 'unknown' }]),
        ],
      }),
    );
    expect(bars.map((b) => [b.family, b.name, b.used, b.models.length])).toEqual([
      [null, 'requests', 0.75, 0],
      ['claude', '5h', 0.9, 2],
      ['gemini-4-argon', '5h', 0.1, 1],
    ]);
    expect(bars[1]?.resetsAt).toBe('2026-12-01T00:00:00Z');
  });
  it('knows families by their makers', () => expect(['gpt-5.2', 'o3-mini', 'us.anthropic.claude-opus-4-6-v1:0', 'anthropic/claude-fable-5', 'gemini-3.5-flash', 'amazon.nova-pro-v1:0'].map(familyOf)).toEqual(['gpt', 'gpt', 'claude', 'claude', 'gemini', 'amazon']));
  it('takes the end of a cooldown before a reset, and the fullest window else', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    const windows = cooldown(null, [
      { name: '5h', used_fraction: 0.3, resets_at: '2026-11-30T14:00:00Z' },
      { name: '7d', used_fraction: 0.8, resets_at: '2026-12-03T00:00:00Z' },
      { name: 'old', used_fraction: 1, resets_at: '2026-11-30T11:00:00Z' },
    ]);
    expect(nextReset(account({ cooldowns: [windows] }), now)).toBe('2026-12-03T00:00:00Z');
    expect(nextReset(account({ cooldowns: [windows, cooldown('x', [], { cooling_down: true, until: '2026-11-30T12:05:00Z' })] }), now)).toBe('2026-11-30T12:05:00Z');
    expect(nextReset(account(), now)).toBeNull();
  });
});

describe('what needs somebody', () => {
  it('is a problem, a warning, a cooldown or failures in a row', () => {
    expect([account(), account({ status: 'degraded' })].map(needsAttention)).toEqual([false, false]);
    expect([account({ status: 'problem' }), account({ warnings: ['x'] }), account({ health: { running: 0, requests: 9, failures: 3, consecutive_failures: 3 } })].map(needsAttention)).toEqual([true, true, true]);
  });
  it('says why, in the reader’s language where the gateway has a code for it', async () => {
    const i18n = createInstance();
    await i18n.init({ lng: 'zh-CN', resources: { 'zh-CN': { translation: texts } }, interpolation: { escapeValue: false } });
    const why = (one: Account): string | null => reasonOf(i18n.t, one);
    const ends = { code: 'login_ends', text: 'The login ends at about 1 December 2026.', values: { day: '2026-12-01' } };
    expect(why(account({ problem: 'p', notices: [ends] }))).toBe('p');
    expect(why(account({ problem: 'Sign in again: revoked.', problem_code: 'sign_in_because', problem_values: { reason: 'revoked' } }))).toBe('请重新登录：revoked。');
    expect(why(account({ notices: [ends] }))).toContain('到期');
    expect(why(account({ notices: [{ code: 'of_tomorrow', text: 'w', values: {} }] }))).toBe('w');
    expect(why(account({ cooldowns: [cooldown('m', [], { cooling_down: true, reason: 'rate limit', reason_code: 'rate_limited' })] }))).toBe('m: 被限流');
    expect(why(account({ cooldowns: [cooldown('m', [], { cooling_down: true, reason: 'rate limit' })] }))).toBe('m: rate limit');
    expect(why(account())).toBeNull();
  });
});

describe('stripsOf', () => {
  it('puts rows into the last hours', () => {
    const now = Date.parse('2026-11-30T12:30:00Z');
    const strips = stripsOf(
      [
        { at: '2026-11-30T12:00:00Z', account: 'a', requests: 3, errors: 1 },
        { at: '2026-11-30T10:00:00Z', account: 'a', requests: 2, errors: 0 },
        { at: '2026-11-30T08:00:00Z', account: 'a', requests: 9, errors: 9 },
        { at: null, account: 'a', requests: 1, errors: 0 },
      ],
      now,
      3,
    );
    expect(strips.get('a')?.map((c) => [c.requests, c.errors])).toEqual([[2, 0], [0, 0], [3, 1]]);
  });
});

describe('changesBetween', () => {
  it('names what is different', () => expect(changesBetween(account(), account({ priority: 5, tags: ['x'], models: [{ name: 'm', alias: 'n' }] }))).toEqual([{ name: 'priority', before: '0', after: '5' }, { name: 'tags', before: '', after: 'x' }, { name: 'models', before: '', after: 'm → n' }]));
});

describe('runBatch', () => {
  const items = (n: number): BatchItem<number>[] => Array.from({ length: n }, (_, i) => ({ key: String(i), value: i, state: 'waiting' }));
  it('does a few at a time, and goes on after a failure', async () => {
    let running = 0;
    let most = 0;
    const after = await runBatch(
      items(7),
      async (n) => {
        most = Math.max(most, ++running);
        await Promise.resolve();
        running--;
        if (n === 3) throw new Error('no');
        return n === 5 ? { skip: true, note: 'not here' } : { note: `did ${n}` };
      },
      (e) => (e as Error).message,
      () => undefined,
      new AbortController().signal,
      3,
    );
    expect(most).toBe(3);
    expect(after.map((i) => i.state)).toEqual(['done', 'done', 'done', 'failed', 'done', 'skipped', 'done']);
    expect(after[3]?.note).toBe('no');
    expect(retryFailed(after).filter((i) => i.state === 'waiting').map((i) => i.key)).toEqual(['3']);
  });
  it('begins nothing more after it was stopped', async () => {
    const stop = new AbortController();
    const after = await runBatch(items(5), (n) => (n === 1 ? stop.abort() : undefined, Promise.resolve({})), String, () => undefined, stop.signal, 1);
    expect(after.map((i) => i.state)).toEqual(['done', 'done', 'waiting', 'waiting', 'waiting']);
  });
});

describe('changeTags', () => {
  it('adds, takes away, replaces', () => {
    expect(changeTags(['a', 'b'], 'add', ['b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(changeTags(['a', 'b'], 'remove', ['b'])).toEqual(['a']);
    expect(changeTags(['a'], 'replace', ['z'])).toEqual(['z']);
  });
});
