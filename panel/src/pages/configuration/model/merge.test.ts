import { describe, expect, it } from 'vitest';
import { type Draft, isDirty, whenDecided, whenRead } from './draft';
import { isMark, joined, linesOf, matching, merge3, remark, tally, usualSide } from './merge';

const base = 'host: a\nport: 1\nrouting:\n  strategy: sticky\ndebug: false\n';

describe('differences', () => {
  it('are found line by line', () => {
    expect(tally(base, base.replace('port: 1', 'port: 2'))).toEqual({ added: 1, removed: 1 });
    expect(tally(base, `${base}more: 1\n`)).toEqual({ added: 1, removed: 0 });
    expect(tally('', base)).toEqual({ added: 5, removed: 0 });
    expect(matching(['a', 'b', 'c', 'd'], ['a', 'x', 'c', 'e', 'd'])).toEqual([
      [0, 0],
      [2, 2],
      [3, 4],
    ]);
  });
  it('lose no line', () => {
    for (const text of ['', 'a', 'a\n', 'a\n\nb', '\n\n']) expect(linesOf(text).join('')).toBe(text);
  });
  it('are the shortest on random texts', () => {
    let seed = 7;
    const random = (n: number) => (seed = (seed * 48271) % 2147483647) % n;
    for (let round = 0; round < 200; round++) {
      const a = Array.from({ length: random(12) }, () => 'abc'[random(3)] as string);
      const b = Array.from({ length: random(12) }, () => 'abc'[random(3)] as string);
      const pairs = matching(a, b);
      let [i, j] = [-1, -1];
      for (const [x, y] of pairs) {
        expect(a[x]).toBe(b[y]);
        expect(x > i && y > j).toBe(true);
        [i, j] = [x, y];
      }
      const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
      for (let x = 1; x <= a.length; x++) for (let y = 1; y <= b.length; y++) (table[x] as number[])[y] = a[x - 1] === b[y - 1] ? (table[x - 1]?.[y - 1] ?? 0) + 1 : Math.max(table[x - 1]?.[y] ?? 0, table[x]?.[y - 1] ?? 0);
      expect(pairs.length).toBe(table[a.length]?.[b.length]);
    }
  });
});

describe('merging', () => {
  const mine = base.replace('host: a', 'host: mine');
  it('takes both where they are apart', () => {
    const parts = merge3(base, mine, `${base.replace('debug: false', 'debug: true')}new: 1\n`);
    expect(parts.every((p) => p.text !== undefined)).toBe(true);
    expect(joined(parts, [])).toBe('host: mine\nport: 1\nrouting:\n  strategy: sticky\ndebug: true\nnew: 1\n');
  });
  it('asks where both changed the same lines', () => {
    const parts = merge3(base, mine, base.replace('host: a', 'host: theirs'));
    const conflicts = parts.filter((p) => p.conflict);
    expect(conflicts).toHaveLength(1);
    expect(conflicts[0]?.conflict).toEqual({ base: 'host: a\n', mine: 'host: mine\n', theirs: 'host: theirs\n' });
    expect(joined(parts, ['mine'])).toBe(mine);
    expect(joined(parts, ['theirs'])).toContain('host: theirs\nport');
    expect(joined(parts, ['both'])).toContain('host: theirs\nhost: mine\nport');
    expect(joined(parts, [])).toContain('host: theirs\nport');
  });
  it('takes both where each only added other keys', () => {
    const conflict = merge3(base, `${base}a: 1\n`, `${base}b: 1\n`).flatMap((p) => (p.conflict ? [p.conflict] : []))[0];
    expect(conflict && usualSide(conflict)).toBe('both');
    expect(usualSide({ base: '', mine: 'a: 1\n', theirs: 'a: 2\n' })).toBeUndefined();
    expect(usualSide({ base: 'a: 0\n', mine: 'a: 1\n', theirs: 'a: 2\n' })).toBeUndefined();
  });
  it('asks nothing where both did the same, or only one did something', () => {
    expect(joined(merge3(base, mine, mine), [])).toBe(mine);
    expect(joined(merge3(base, mine, base), [])).toBe(mine);
    expect(joined(merge3(base, base, mine), [])).toBe(mine);
    expect(joined(merge3('', 'a\n', ''), [])).toBe('a\n');
    expect(merge3('', 'a\n', 'b\n').filter((p) => p.conflict)).toHaveLength(1);
  });
});

describe('marks of secrets', () => {
  const old = 'key: <hidden-00000000000000aa>\nother: <hidden-00000000000000bb>\n';
  const fresh = 'key: <hidden-11111111111111aa>\nother: <hidden-11111111111111bb>\n';
  it('are known', () => {
    expect(isMark('<hidden-00000000000000aa>')).toBe(true);
    expect(isMark('sk-plain')).toBe(false);
  });
  it('are exchanged after a restart of the gateway', () => {
    expect(remark('other: <hidden-00000000000000bb>\nkey: new\n', old, fresh)).toBe('other: <hidden-11111111111111bb>\nkey: new\n');
    expect(remark('x', old, 'key: plain\n')).toBeNull();
  });
});

describe('a draft', () => {
  const file = (text: string, version: string) => ({ text, version, exists: true });
  const start = (text?: string): Draft => ({ base: file(base, '"1"'), text: text ?? base, theirs: null });

  it('follows the file while nothing is written', () => {
    const now = whenRead(start(), file('host: b\n', '"2"'));
    expect(now).toMatchObject({ text: 'host: b\n', theirs: null, base: { version: '"2"' } });
  });
  it('keeps what was written, and what was changed elsewhere', () => {
    const now = whenRead(start('host: mine\n'), file('host: b\n', '"2"'));
    expect(now.text).toBe('host: mine\n');
    expect(now.base.version).toBe('"1"');
    expect(now.theirs).toEqual(file('host: b\n', '"2"'));
  });
  it('goes on from the file of the others once that is decided', () => {
    const now = whenDecided(whenRead(start('host: mine\n'), file('host: b\n', '"2"')), 'host: both\n');
    expect(now).toEqual({ base: file('host: b\n', '"2"'), text: 'host: both\n', theirs: null });
    expect(isDirty(now)).toBe(true);
    expect(isDirty(whenDecided(whenRead(start('host: mine\n'), file('host: b\n', '"2"')), 'host: b\n'))).toBe(false);
  });
  it('has nothing to decide when both wrote the same, or when the change was taken back', () => {
    expect(whenRead(start('host: b\n'), file('host: b\n', '"2"')).theirs).toBeNull();
    expect(whenRead(whenRead(start('host: mine\n'), file('x: 1\n', '"2"')), file(base, '"1"')).theirs).toBeNull();
  });
  it('is not changed by being read again', () => {
    const one = start('host: mine\n');
    expect(whenRead(one, file(base, '"1"'))).toBe(one);
  });
  it('takes the marks of a gateway that was started anew', () => {
    const one: Draft = { base: file('key: <hidden-00000000000000aa>\n', '"1"'), text: 'key: <hidden-00000000000000aa>\nport: 2\n', theirs: null };
    expect(whenRead(one, file('key: <hidden-11111111111111aa>\n', '"1"')).text).toBe('key: <hidden-11111111111111aa>\nport: 2\n');
  });
  it('shows the marks of secrets that were just saved', () => {
    const saved: Draft = { base: file('key: typed-secret\n', '"2"'), text: 'key: typed-secret\n', theirs: null };
    expect(whenRead(saved, file('key: <hidden-11111111111111aa>\n', '"2"')).text).toBe('key: <hidden-11111111111111aa>\n');
  });
});
