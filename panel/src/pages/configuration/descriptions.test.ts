import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findDescription } from './descriptions';
import chinese from './descriptions.zh-CN.json';
import { resolve, type Schema } from './model/schema';

const root = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../../../../docs/reference/config.schema.json'), 'utf8')) as Schema;

/** Every setting that is described, with `*` for the items of lists and the names of maps. */
const paths = new Set<string>();
const accountLists = new Set<string>();
function walk(schema: Schema, at: string[]): void {
  const here = resolve(schema, root);
  if (here.deprecated) return;
  if (at.length > 0 && here.description) paths.add(at.join('.'));
  for (const [key, inner] of Object.entries(here.properties ?? {})) walk(inner, [...at, key]);
  if (here.items) {
    const item = resolve(here.items, root);
    if (at.length === 1 && item.properties?.['reserve-for']) accountLists.add(at[0] ?? '');
    for (const [key, inner] of Object.entries(item.properties ?? {})) walk(inner, [...at, '*', key]);
  }
  if (typeof here.additionalProperties === 'object') walk(here.additionalProperties, [...at, '*']);
}
walk(root, []);

describe('descriptions in Chinese', () => {
  it('are of settings that there are', () => {
    const shared = new Set([...paths].flatMap((one) => (accountLists.has(one.split('.')[0] ?? '') ? [`accounts.${one.split('.').slice(1).join('.')}`] : [])));
    expect(Object.keys(chinese).filter((key) => !paths.has(key) && !shared.has(key))).toEqual([]);
  });
  it('are there for every setting that is not one provider’s own', () => {
    const lacking = [...paths].filter((one) => {
      const [section, ...rest] = one.split('.');
      if (section === 'providers' && rest.length > 0) return false;
      if (accountLists.has(section ?? '')) return rest.length > 0 && [...accountLists].every((list) => paths.has([list, ...rest].join('.'))) && findDescription(chinese, one.split('.')) === undefined;
      return findDescription(chinese, one.split('.')) === undefined && !one.endsWith('-api-key');
    });
    expect(lacking).toEqual([]);
  });
  it('are found for items of lists, for names that the owner chose, and for accounts of any provider', () => {
    const table = { 'listeners.*.port': 'a', 'routing.fallbacks.*': 'b', 'accounts.*.weight': 'c', 'kiro.*.weight': 'd' };
    expect(findDescription(table, ['listeners', 3, 'port'])).toBe('a');
    expect(findDescription(table, ['routing', 'fallbacks', 'gpt-5'])).toBe('b');
    expect(findDescription(table, ['codex-api-key', 0, 'weight'])).toBe('c');
    expect(findDescription(table, ['kiro', 0, 'weight'])).toBe('d');
    expect(findDescription(table, ['debug'])).toBeUndefined();
  });
});
