import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultsOf, parse } from './check';
import { completeAt } from './complete';
import { childOf, kindOf, resolve, type Schema } from './schema';
import { sectionsOf } from './sections';

const docs = path.resolve(import.meta.dirname, '../../../../../docs');
/** The schema that the gateway makes of its own readers, as it is written for editors. */
const root = JSON.parse(readFileSync(path.join(docs, 'reference/config.schema.json'), 'utf8')) as Schema;

describe("the gateway's own schema", () => {
  it('has a section for every key, and few that are nowhere at home', () => {
    const sections = sectionsOf(root);
    expect(new Set(sections.flatMap((s) => s.keys))).toEqual(new Set(Object.keys(root.properties ?? {})));
    expect(sections.find((s) => s.id === 'other')?.keys ?? []).toEqual([]);
    expect(sections.find((s) => s.id === 'accounts')?.keys).toContain('codex-api-key');
  });

  it('says of every setting how it is asked for, however deep it stands', () => {
    const kinds = new Map<string, number>();
    const walk = (schema: Schema, at: string, depth: number): void => {
      const here = resolve(schema, root);
      expect(here.$ref, at).toBeUndefined();
      const kind = kindOf(here, root);
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      if (depth > 5) return;
      for (const [key, inner] of Object.entries(here.properties ?? {})) {
        if (!inner.deprecated) expect(resolve(inner, root).description, `${at}.${key}`).toBeTruthy();
        walk(inner, `${at}.${key}`, depth + 1);
      }
      if (kind === 'items') walk(childOf(here, 0, root) ?? {}, `${at}[]`, depth + 1);
    };
    for (const [key, schema] of Object.entries(root.properties ?? {})) walk(schema, key, 0);
    for (const kind of ['flag', 'integer', 'number', 'choice', 'text', 'texts', 'text-or-texts', 'items', 'map', 'group']) expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(0);
  });

  it('finds nothing wrong with the file that the guide starts from', () => {
    const guide = readFileSync(path.join(docs, 'guide/configuration.md'), 'utf8');
    const text = /```yaml\n([^]*?)```/.exec(guide.slice(guide.indexOf('## A file to start from')))?.[1] ?? '';
    expect(text).toContain('api-keys');
    expect(faultsOf(parse(text), root)).toEqual([]);
  });

  it('completes and checks what is written', () => {
    const labels = (text: string): string[] => completeAt(text, text.length, root, true)?.options.map((o) => o.label) ?? [];
    expect(labels('routing:\n  strategy: ')).toContain('round-robin');
    expect(labels('listeners:\n  - surface: ')).toContain('cliproxy');
    expect(labels('codex-api-key:\n  - ')).toContain('api-key');
    const faults = faultsOf(parse('port: eighty\nrouting:\n  strategy: fastest\nlimits:\n  max-body-mb: 0\nflows:\n  mode: all\n'), root);
    expect(faults.map((f) => [f.line, f.kind])).toEqual([
      [1, 'pattern'],
      [3, 'choice'],
      [5, 'range'],
      [7, 'choice'],
    ]);
  });
});
