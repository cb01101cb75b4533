import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from './model/schema';

type Table = Readonly<Record<string, string>>;

/** Descriptions in other languages than the schema's, by the path of a setting; items of lists and names of maps are `*`. They are loaded where they are wanted. */
const tables: Record<string, () => Promise<{ default: Table }>> = { 'zh-CN': () => import('./descriptions.zh-CN.json') };

/**
 * A setting's description out of a table; undefined where it has none. Accounts of all providers share theirs (`accounts.*`), unless a section has its own; what is in a list or map is looked for
 * under `*`.
 */
export function findDescription(table: Table, path: readonly (string | number)[]): string | undefined {
  const exact = path.join('.');
  if (Object.hasOwn(table, exact)) return table[exact];
  const parts = path.map((part) => (typeof part === 'number' || /^\d+$/.test(part) ? '*' : part));
  const generic = parts.join('.');
  if (Object.hasOwn(table, generic)) return table[generic];
  if (parts[1] === '*') {
    const shared = ['accounts', ...parts.slice(1)].join('.');
    if (Object.hasOwn(table, shared)) return table[shared];
  }
  // Names that the owner chose stand for each other.
  for (let i = 1; i < parts.length; i++) {
    const named = parts.with(i, '*').join('.');
    if (Object.hasOwn(table, named)) return table[named];
  }
  return undefined;
}

/** Describes settings in the language of the panel, in English where there is nothing better. */
export function useDescriptions(): (path: readonly (string | number)[], schema: Schema) => string | undefined {
  const { i18n } = useTranslation();
  const [loaded, setLoaded] = useState<{ language: string; table: Table } | null>(null);
  const { language } = i18n;
  useEffect(() => {
    let gone = false;
    void tables[language]?.()
      .then((module) => !gone && setLoaded({ language, table: module.default }))
      .catch(() => undefined);
    return () => {
      gone = true;
    };
  }, [language]);
  const table = loaded?.language === language ? loaded.table : undefined;
  return useCallback((path, schema) => (table && schema.description && !schema.deprecated ? (findDescription(table, path) ?? schema.description) : schema.description), [table]);
}
