import { createInstance } from 'i18next';
import { describe, expect, it } from 'vitest';
import texts from '@/app/texts/zh-CN.json';
import { causeText, problemText, reasonText, saidText } from './reasons';

describe('reasons in the reader’s language', async () => {
  const i18n = createInstance();
  await i18n.init({ lng: 'zh-CN', resources: { 'zh-CN': { translation: texts } }, interpolation: { escapeValue: false } });
  const { t } = i18n;

  it('are said by their codes, with what they name', () => {
    expect(reasonText(t, 'cooling_down', 'words', { cause: 'rate_limited' })).toBe('冷却中：被限流');
    expect(reasonText(t, 'model_excluded', 'words', { pattern: 'gpt-*' })).toContain('gpt-*');
    expect(reasonText(t, 'quota_reserved', 'words', { left: '12', kept: '20', keys: 'ci' })).toContain('ci');
    expect(reasonText(t, 'quota_reserved', 'words', { left: '12', kept: '20', keys: '' })).toBe('配额剩余 12%，其中 20% 保留不用');
    expect(causeText(t, 'gone', 'words')).toBe('上游没有此模型');
  });

  it('are the gateway’s own words where the code is not known', () => {
    expect(reasonText(t, 'of_tomorrow', 'the words')).toBe('the words');
    expect(reasonText(t, undefined, 'the words')).toBe('the words');
    expect(causeText(t, 'of_tomorrow', 'the words')).toBe('the words');
    expect(causeText(t, null, null)).toBe('');
  });

  it('say steps, problems and notices with what they name', () => {
    expect(saidText(t, { code: 'priority', text: 'words', values: { priority: '2', count: '3', usable: '1', strategy: 'sticky' } })).toBe('优先级 2：3 个账号提供此名称，其中 1 个现在可用。顺序：会话固定在其账号上，新会话轮流分配。');
    expect(saidText(t, { code: 'login_ends', text: 'words', values: { day: '2026-12-01' } })).toMatch(/^登录大约在 .*2026.* 到期/);
    expect(problemText(t, { problem: 'words', problem_code: 'same_as', problem_values: { account: 'main' } })).toContain('main');
    expect(saidText(t, { code: 'of_tomorrow', text: 'the words', values: {} })).toBe('the words');
    expect(saidText(t, { text: 'the words' })).toBe('the words');
    expect(problemText(t, { problem: 'the words' })).toBe('the words');
  });
});
