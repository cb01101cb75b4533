import { describe, expect, it } from 'vitest';
import type { Provider } from '@/api/accounts';
import { filterProviders, toggleModel, waysOf } from './ways';

const provider = (more: Partial<Provider>): Provider => ({ id: 'x', name: 'X', kind: 'api-key', base_urls: [], protocols: [], credentials: [], fields: [], flows: [], third_party_use: { position: 'allowed', statement: '', as_of: '2026-11-29' }, discovers_models: false, accounts: 0, ...more });
const login = { kind: 'oauth', title: 'Login', fields: [] };
const key = { kind: 'api-key', title: 'API key', fields: [] };
const none = { kind: 'none', title: 'None', fields: [] };
const browser = { id: 'browser', title: 'In a browser', method: 'browser' as const, usual_places: [], inputs: [] };
const file = { id: 'import', title: 'From a file', method: 'import' as const, usual_places: [], inputs: [] };

describe('waysOf', () => {
  it('offers signing in first for subscriptions, the key first for others', () => {
    expect(waysOf(provider({ kind: 'subscription', flows: [browser, file], credentials: [login, key] })).map((w) => w.title)).toEqual(['In a browser', 'From a file', 'API key']);
    expect(waysOf(provider({ flows: [browser], credentials: [none, key, login] })).map((w) => w.title)).toEqual(['API key', 'In a browser', 'None']);
  });
  it('leaves only files where the vendor has ended the login', () => expect(waysOf(provider({ kind: 'subscription', flows: [browser, file], third_party_use: { position: 'ended', statement: '', as_of: '2026-11-29' } })).map((w) => w.id)).toEqual(['import']));
});

describe('filterProviders', () => {
  const all = [provider({ id: 'gone', name: 'Gone', kind: 'subscription', flows: [file], third_party_use: { position: 'ended', statement: '', as_of: '2026-11-29' } }), provider({ id: 'openai', name: 'OpenAI', model_examples: ['gpt-6'], credentials: [key] }), provider({ id: 'bedrock', name: 'AWS Bedrock', kind: 'cloud' })];
  it('puts what has ended last', () => expect(filterProviders(all, {}).map((p) => p.id)).toEqual(['openai', 'bedrock', 'gone']));
  it('finds by models, groups and ways', () => {
    expect(filterProviders(all, { text: 'GPT' }).map((p) => p.id)).toEqual(['openai']);
    expect(filterProviders(all, { group: 'cloud' }).map((p) => p.id)).toEqual(['bedrock']);
    expect(filterProviders(all, { method: 'import' }).map((p) => p.id)).toEqual(['gone']);
  });
});

describe('toggleModel', () => {
  it('keeps what a model has', () => {
    const models = [{ name: 'a', alias: 'b' }];
    expect(toggleModel(models, 'a', true)).toEqual(models);
    expect(toggleModel(models, 'c', true)).toEqual([{ name: 'a', alias: 'b' }, { name: 'c' }]);
    expect(toggleModel(models, 'a', false)).toEqual([]);
  });
});
