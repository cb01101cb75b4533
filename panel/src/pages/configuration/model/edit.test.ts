import { describe, expect, it } from 'vitest';
import { parse as read } from 'yaml';
import { moveItem, removeIn, setIn, UnreadableText } from './edit';

const text = `# My gateway
host: 127.0.0.1   # only here
port: 8317

routing:
    strategy: "sticky"    # conversations stay
    # a word on affinity
    session-affinity: true

api-keys:
- 'one'
- two  # the second

codex-api-key:
  - api-key: <hidden-0123456789abcdef>
    weight: 2
  # the other account
  - api-key: b
    base-url: https://b.example
`;
/** The lines that differ, as a diff would show them. */
const changed = (after: string): string[] => {
  const a = text.split('\n');
  const b = after.split('\n');
  return [...a.filter((l) => !b.includes(l)).map((l) => `-${l}`), ...b.filter((l) => !a.includes(l)).map((l) => `+${l}`)];
};

describe('a change of the document', () => {
  it('changes the characters of a value, and nothing else', () => {
    expect(changed(setIn(text, ['port'], 9000))).toEqual(['-port: 8317', '+port: 9000']);
    expect(changed(setIn(text, ['host'], '::'))).toEqual(['-host: 127.0.0.1   # only here', '+host: "::"   # only here']);
    expect(changed(setIn(text, ['routing', 'strategy'], 'fill-first'))).toEqual(['-    strategy: "sticky"    # conversations stay', '+    strategy: "fill-first"    # conversations stay']);
    expect(changed(setIn(text, ['api-keys', 0], 'three'))).toEqual(["-- 'one'", "+- 'three'"]);
  });

  it('adds keys where their map ends, as far in as their neighbours', () => {
    const after = setIn(text, ['routing', 'session-affinity-ttl'], '2h');
    expect(changed(after)).toEqual(['+    session-affinity-ttl: 2h']);
    expect(after).toContain('    session-affinity: true\n    session-affinity-ttl: 2h\n\napi-keys');
    expect(changed(setIn(text, ['debug'], true))).toEqual(['+debug: true']);
    expect(changed(setIn(text, ['codex-api-key', 0, 'base-url'], 'https://a.example'))).toEqual(['+    base-url: https://a.example']);
  });

  it('adds items, and makes what is missing on the way', () => {
    expect(setIn(text, ['api-keys', 2], 'three')).toContain('- two  # the second\n- three\n');
    expect(read(setIn(text, ['streaming', 'keepalive-seconds'], 5))).toMatchObject({ streaming: { 'keepalive-seconds': 5 } });
    expect(setIn(text, ['codex-api-key', 2], { 'api-key': 'c', weight: 1 })).toContain('    base-url: https://b.example\n  - api-key: c\n    weight: 1\n');
    expect(setIn('routing:\nport: 1\n', ['routing', 'strategy'], 'sticky')).toBe('routing:\n  strategy: sticky\nport: 1\n');
    expect(setIn('', ['routing', 'strategy'], 'sticky')).toBe('routing:\n  strategy: sticky\n');
    expect(setIn('# nothing yet\n', ['port'], 1)).toBe('# nothing yet\nport: 1\n');
    expect(setIn('port: 1', ['debug'], true)).toBe('port: 1\ndebug: true\n');
  });

  it('gives a value to a key that has none', () => {
    expect(setIn('host:\nport: 1\n', ['host'], '::1')).toBe('host: ::1\nport: 1\n');
  });

  it('takes keys and items away with their line, and maps that are empty for it', () => {
    expect(changed(removeIn(text, ['port']))).toEqual(['-port: 8317']);
    expect(changed(removeIn(text, ['api-keys', 1]))).toEqual(['-- two  # the second']);
    expect(changed(removeIn(text, ['codex-api-key', 0, 'weight']))).toEqual(['-    weight: 2']);
    expect(removeIn('routing:\n  strategy: sticky\nport: 1\n', ['routing', 'strategy'])).toBe('port: 1\n');
    expect(removeIn(text, ['nothing', 'here'])).toBe(text);
    // The first key of an item shares its line with the dash.
    const first = removeIn(text, ['codex-api-key', 1, 'api-key']);
    expect(read(first)['codex-api-key'][1]).toEqual({ 'base-url': 'https://b.example' });
    expect(first).toContain('# the other account');
    expect(first).toContain('# conversations stay');
  });

  it('keeps comments where a document must be written anew', () => {
    const flow = '# top\nrouting: { strategy: sticky } # inline\nport: 1 # p\n';
    const after = setIn(flow, ['routing', 'session-affinity'], true);
    expect(read(after)).toEqual({ routing: { strategy: 'sticky', 'session-affinity': true }, port: 1 });
    for (const comment of ['# top', '# inline', '# p']) expect(after).toContain(comment);
  });

  it('moves items with their lines', () => {
    const after = moveItem(text, ['api-keys'], 0, 1);
    expect(after).toContain("api-keys:\n- two  # the second\n- 'one'\n");
    expect(read(moveItem(text, ['codex-api-key'], 1, 0))['codex-api-key'].map((a: { 'api-key': string }) => a['api-key'])).toEqual(['b', '<hidden-0123456789abcdef>']);
    expect(moveItem(text, ['api-keys'], 1, 2)).toBe(text);
  });

  it('does not touch what it cannot read', () => {
    expect(() => setIn('a: "x\nb: 1', ['b'], 2)).toThrow(UnreadableText);
  });

  it('writes text as text where YAML would read something else', () => {
    expect(read(setIn(text, ['api-keys', 0], '123'))['api-keys'][0]).toBe('123');
    expect(read(setIn(text, ['host'], 'true')).host).toBe('true');
    expect(read(setIn(text, ['host'], '# no comment')).host).toBe('# no comment');
  });
});
