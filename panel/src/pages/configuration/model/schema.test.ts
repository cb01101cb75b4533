import { describe, expect, it } from 'vitest';
import { faultsOf, nearest, parse } from './check';
import { completeAt, contextAt, explainAt } from './complete';
import { sample } from './sample';
import { kindOf, matches, pathFrom, pathText, schemaAt } from './schema';
import { sectionOf, sectionsOf } from './sections';

/** A text with `|` where the cursor is. */
function cursor(marked: string): [string, number] {
  const at = marked.indexOf('|');
  return [marked.slice(0, at) + marked.slice(at + 1), at];
}
const labels = (marked: string, asked = true): string[] => completeAt(...cursor(marked), sample, asked)?.options.map((o) => o.label) ?? [];
const faults = (text: string): string[] => faultsOf(parse(text), sample).map((f) => `${f.line}:${f.column} ${f.severity} ${f.kind} ${f.path}`);

describe('the schema', () => {
  it('is followed by path, through lists, maps and references', () => {
    expect(schemaAt(sample, ['routing', 'strategy'])?.default).toBe('round-robin');
    expect(schemaAt(sample, ['routing', 'routes', 3, 'strategy'])?.description).toContain('Which of several');
    expect(schemaAt(sample, ['routing', 'fallbacks', 'gpt-5', 0])?.type).toContain('string');
    expect(schemaAt(sample, ['host', 'nothing'])).toBeUndefined();
  });

  it('says how a value is asked for', () => {
    const kinds = (path: (string | number)[]) => kindOf(schemaAt(sample, path) ?? {}, sample);
    expect(kinds(['port'])).toBe('integer');
    expect(kinds(['debug'])).toBe('flag');
    expect(kinds(['host'])).toBe('text');
    expect(kinds(['routing'])).toBe('group');
    expect(kinds(['routing', 'strategy'])).toBe('choice');
    expect(kinds(['routing', 'session-affinity-ttl'])).toBe('text');
    expect(kinds(['routing', 'fallbacks'])).toBe('map');
    expect(kinds(['routing', 'fallbacks', 'x'])).toBe('text-or-texts');
    expect(kinds(['api-keys'])).toBe('texts');
    expect(kinds(['codex-api-key'])).toBe('items');
  });

  it('reads and writes paths as the gateway does', () => {
    for (const text of ['routing.routes[0].models', 'api-keys[2]', 'host']) expect(pathText(pathFrom(text, sample))).toBe(text);
    expect(pathFrom('routing.routes[12].models')).toEqual(['routing', 'routes', 12, 'models']);
  });

  it('makes sections of its keys as they say, in the order of the schema, and keeps what says nothing', () => {
    const sections = sectionsOf(sample);
    expect(sectionOf(sections, 'port')).toBe('listening');
    expect(sectionOf(sections, 'codex-api-key')).toBe('accounts');
    expect(sections.find((s) => s.id === 'listening')?.keys).toEqual(['host', 'port']);
    expect(sections.map((s) => s.id)).toEqual(['listening', 'accounts', 'other']);
    expect(new Set(sections.flatMap((s) => s.keys))).toEqual(new Set(Object.keys(sample.properties ?? {})));
  });

  it('is searched by name, description and default', () => {
    expect(matches('session-affinity', schemaAt(sample, ['routing', 'session-affinity']) ?? {}, ['session', 'account'])).toBe(true);
    expect(matches('port', schemaAt(sample, ['port']) ?? {}, ['8317'])).toBe(true);
    expect(matches('port', schemaAt(sample, ['port']) ?? {}, ['nothing'])).toBe(false);
  });
});

describe('what is being written', () => {
  it.each([
    ['|', 'key', []],
    ['routing:\n  |', 'key', ['routing']],
    ['routing:\n  strategy: st|', 'value', ['routing', 'strategy']],
    ['routing:\n  routes:\n    - |', 'item', ['routing', 'routes', 0]],
    ['routing:\n  routes:\n    - models: x\n      |', 'key', ['routing', 'routes', 0]],
    ['routing:\n  routes:\n    - models: x\n    - models: y\n      strategy: |', 'value', ['routing', 'routes', 1, 'strategy']],
    ['codex-api-key:\n- api-key: a\n- |', 'item', ['codex-api-key', 1]],
    ['codex-api-key:\n- api-key: a\n  we|', 'key', ['codex-api-key', 0]],
    ['routing:\n  strategy: sticky\n\n# words: more\n|', 'key', []],
    ['routing:\n  fallbacks:\n    "gpt-5": |', 'value', ['routing', 'fallbacks', 'gpt-5']],
  ] as [string, string, (string | number)[]][])('%j is a %s at %j', (marked, kind, path) => {
    const context = contextAt(...cursor(marked));
    expect(context?.kind).toBe(kind);
    expect(context?.path).toEqual(path);
  });

  it('is nothing in comments and in flow collections', () => {
    expect(contextAt(...cursor('routing: # st|'))).toBeNull();
    expect(contextAt(...cursor('routing: { st|'))).toBeNull();
  });
});

describe('completion', () => {
  it('offers the keys that are not there yet', () => {
    expect(labels('port: 1\n|')).toEqual(['host', 'api-keys', 'routing', 'codex-api-key', 'debug']);
    expect(labels('routing:\n  strategy: sticky\n  se|')).toContain('session-affinity');
    expect(labels('routing:\n  strategy: sticky\n  se|')).not.toContain('strategy');
  });
  it('leaves out what does nothing, until it is asked for by name', () => {
    expect(labels('routing:\n  |')).not.toContain('old-key');
    expect(labels('routing:\n  old|')).toContain('old-key');
  });
  it('offers words, switches, defaults and examples as values', () => {
    expect(labels('routing:\n  strategy: |')).toEqual(['round-robin', 'fill-first', 'sticky']);
    expect(labels('debug: |')).toEqual(['true', 'false']);
    expect(labels('routing:\n  session-affinity-ttl: |')).toEqual(['1h', '30s', '10m']);
  });
  it('writes what a key needs behind it', () => {
    const insert = (marked: string, label: string) => completeAt(...cursor(marked), sample, true)?.options.find((o) => o.label === label)?.insert;
    expect(insert('|', 'routing')).toBe('routing:\n  ');
    expect(insert('routing:\n  |', 'routes')).toBe('routes:\n    - ');
    expect(insert('|', 'port')).toBe('port: ');
    expect(insert('po|: 3', 'port')).toBe('port');
  });
});

describe('explanation', () => {
  it('tells the key that is pointed at', () => {
    const text = 'routing:\n  routes:\n    - models: x\n      strategy: sticky\n';
    const told = explainAt(parse(text), text.indexOf('strategy') + 2, sample);
    expect(told?.path).toEqual(['routing', 'routes', '0', 'strategy']);
    expect(told?.schema.description).toContain('Which of several');
    expect(told?.known).toBe(true);
    expect(explainAt(parse(text), text.indexOf('sticky'), sample)).toBeNull();
    expect(explainAt(parse('nothing: 1'), 2, sample)?.known).toBe(false);
  });
});

describe('faults', () => {
  it('stand at their places', () => {
    expect(faults('port: many\nrouting:\n  strategy: fastest\n  routes:\n    - strategy: sticky\n')).toEqual(['1:7 error pattern port', '3:13 error choice routing.strategy', '5:7 error needed routing.routes[0]']);
  });
  it('know bounds, also of numbers that are written as text', () => {
    expect(faults('port: 70000')).toEqual(['1:7 error range port']);
    expect(faults('port: "70000"')).toEqual(['1:7 error range port']);
    expect(faults('port: ${PORT}')).toEqual([]);
  });
  it('warn of keys that nobody knows, with the one that was meant', () => {
    const [fault] = faultsOf(parse('routing:\n  startegy: sticky\n'), sample);
    expect(fault).toMatchObject({ kind: 'unknown', severity: 'warning', path: 'routing.startegy', line: 2, column: 3, values: { key: 'startegy', near: 'strategy' } });
    expect(nearest('session_afinity', ['session-affinity', 'strategy'])).toBe('session-affinity');
    expect(nearest('zzz', ['strategy'])).toBeUndefined();
  });
  it('know wrong shapes, broken syntax and keys that stand twice', () => {
    expect(faults('routing: [1]')).toEqual(['1:10 error type routing']);
    expect(faults('host:\n  a: 1')).toEqual(['2:3 error type host']);
    expect(faults('port: 1\nport: 2\n')[0]).toMatch(/^2:1 error yaml/);
    expect(faults('routing:\n  strategy: "x\n').some((f) => f.includes('error yaml'))).toBe(true);
  });
  it('take what the gateway takes', () => {
    expect(faults('routing:\n  strategy: Sticky\n  session-affinity: TRUE\n  session-affinity-ttl: 1h30m\n  fallbacks:\n    gpt-5: [a, b]\n    other: c\napi-keys:\n  - 1234\n  -\nhost:\n')).toEqual([]);
  });
});
