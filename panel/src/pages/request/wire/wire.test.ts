import { describe, expect, it } from 'vitest';
import { curl, printable, quotePowerShell, quoteSh } from './curl';
import { diffLines, diffWords } from './diff';
import { splitEvents } from '@/lib/sse';
import { formOf, splitLines } from './events';
import { answerOf, fold, messagesOf } from './said';
import { Tape } from './tape';
import { placesOf, Tree } from './tree';

describe('Tape', () => {
  it('reads values as they are written', () => {
    const tape = new Tape(' {"a":[1,-2.50e+3,12345678901234567890.10],"b":{"c":true,"d":null},"e":"x\\n\\"y\\u4f60","a":false,"f":{},"g":[]} ');
    expect(tape.brokenAt).toBeNull();
    const seen = Array.from({ length: tape.length }, (_, i) => [tape.key(i), tape.kind(i), tape.isContainer(i) ? tape.count(i) : tape.source(i)]);
    expect(seen).toEqual([
      [null, 'object', 6],
      ['a', 'array', 3],
      [null, 'number', '1'],
      [null, 'number', '-2.50e+3'],
      [null, 'number', '12345678901234567890.10'],
      ['b', 'object', 2],
      ['c', 'true', 'true'],
      ['d', 'null', 'null'],
      ['e', 'string', '"x\\n\\"y\\u4f60"'],
      ['a', 'false', 'false'],
      ['f', 'object', 0],
      ['g', 'array', 0],
    ]);
    expect(tape.string(8, 100)).toBe('x\n"y你');
    expect([tape.skip(1), tape.skip(5), tape.skip(0), tape.parent(6)]).toEqual([5, 8, 12, 5]);
  });
  it('keeps what stands before a break', () => {
    for (const [text, count] of [
      ['{"a":1,"b":[2,3', 5],
      ['{"a":1,"b":"unfinished', 3],
      ['{"a":1 … 500 bytes left out … 2}', 2],
      ['[1,2,]', 3],
      ['{"a" 1}', 1],
      ['', 0],
      ['nope', 0],
      ['{} x', 1],
      ['"a\\', 1],
    ] as const) {
      const tape = new Tape(text);
      expect([text, tape.brokenAt === null, tape.length]).toEqual([text, false, count]);
      for (let i = 0; i < tape.length; i++) expect(tape.skip(i)).toBeGreaterThan(i);
    }
  });
  it('agrees with the browser', () => {
    const value = { s: ['', '\\', '"', '\\"', 'a\u0000b', '\u2028', '😀', '\ud800'], n: [0, -1.5, 1e300, 1e-7], o: { '': { 'k"': [[], {}, [[null]]] } } };
    for (const space of [0, 2]) {
      const tape = new Tape(JSON.stringify(value, null, space));
      const build = (i: number): unknown => {
        if (tape.kind(i) === 'string') return tape.string(i, 1e6);
        if (!tape.isContainer(i)) return JSON.parse(tape.source(i));
        const list = tape.kind(i) === 'array';
        const out: Record<string, unknown> = {};
        let n = 0;
        for (let child = i + 1; child < tape.skip(i); child = tape.skip(child)) out[list ? String(n++) : (tape.key(child) ?? '')] = build(child);
        return list ? Object.values(out) : out;
      };
      expect(build(0)).toEqual(value);
    }
  });
  it('never cuts within an escape', () => {
    const tape = new Tape(JSON.stringify(`${'\u0001'.repeat(10)}${'\\'.repeat(10)}`));
    for (let n = 1; n < 20; n++) expect(tape.string(0, n)).toBe(`${'\u0001'.repeat(10)}${'\\'.repeat(10)}`.slice(0, n));
  });
});

describe('Tree', () => {
  it('takes ten thousand levels', () => {
    const tree = new Tree(new Tape('['.repeat(10_000) + ']'.repeat(10_000)));
    expect(tree.tape.length).toBe(10_000);
    expect(tree.rows().length).toBeLessThan(20);
    tree.openAll();
    expect(tree.rows().length).toBeGreaterThan(4000);
  });
  it('takes a hundred thousand members, some at a time', () => {
    const tree = new Tree(new Tape(`{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":${i}`).join(',')}}`));
    const rows = tree.rows();
    expect(rows.length).toBe(202);
    expect(rows.at(-1)).toMatchObject({ kind: 'more', size: 99_800, id: 0 });
    for (let i = 0; i < 12; i++) tree.more(0);
    expect(tree.rows().length).toBeLessThanOrEqual(20_000);
  });
  it('shows a long string as a preview', () => {
    const row = new Tree(new Tape(JSON.stringify({ a: 'x'.repeat(1_000_000), b: 'short' }))).rows();
    expect([row[1]?.text.length, row[1]?.cut, row[1]?.size, row[2]?.cut]).toEqual([600, true, 1_000_000, false]);
  });
  it('opens and closes', () => {
    const tree = new Tree(new Tape('{"a":{"b":[1,2]},"c":3}'));
    expect(tree.rows().map((r) => r.key)).toEqual([null, 'a', 'b', 0, 1, 'c']);
    tree.toggle(1);
    expect(tree.rows().map((r) => r.key)).toEqual([null, 'a', 'c']);
    tree.closeAll();
    tree.toggle(0);
    expect(tree.rows().length).toBe(1);
  });
  it('tells pictures by their beginning', () => {
    const rows = new Tree(new Tape(JSON.stringify({ a: `iVBORw0KGgo${'A'.repeat(100)}`, b: `data:image/svg+xml;base64,${'A'.repeat(100)}` }))).rows();
    expect([rows[1]?.picture, rows[2]?.picture]).toEqual([true, undefined]);
  });
});

describe('losses', () => {
  const tape = new Tape('{"model":"m","max_tokens":5,"generationConfig":{"topK":3,"stopSequences":["x"]},"messages":[{"content":[{"type":"a"},{"type":"b","citations":{}}]}],"tools":[{"n":0},{"n":1,"defer_loading":true}],"metadata":{"user_id":"u"}}');
  const source = (path: string): string[] => placesOf(tape, path).map((i) => tape.source(i));
  it('are found at their path, in the words of either protocol', () => {
    expect(source('top_k')).toEqual(['3']);
    expect(source('metadata.user_id')).toEqual(['"u"']);
    expect(source('max_output_tokens')).toEqual(['5']);
    expect(source('stop')).toEqual(['["x"]']);
    expect(source('tools[1].defer_loading')).toEqual(['true']);
    expect(source('tools[0]')).toEqual(['{"n":0}']);
    expect(source('messages[].content[].citations')).toEqual(['{}']);
    expect(source('messages[].citations')).toEqual(['{}']);
    expect(source('nowhere')).toEqual([]);
    expect(source('')).toEqual([]);
  });
  it('are marked, and what they are in is opened', () => {
    const tree = new Tree(tape);
    tree.closeAll();
    expect(tree.mark(['top_k', 'nowhere'])).toEqual([expect.any(Number), null]);
    expect(tree.rows().find((r) => r.key === 'topK')?.losses).toEqual([0]);
  });
});

describe('splitEvents', () => {
  it('takes every line end, comments, joined data and a stream that breaks off', () => {
    expect(splitEvents('event: a\ndata: 1\n\n: comment\n\ndata: x\ndata:y\nid: 7\n\nretry: 3\n\ndata: last')).toEqual([
      { name: 'a', id: '', data: '1' },
      { name: '', id: '7', data: 'x\ny' },
      { name: '', id: '7', data: 'last' },
    ]);
    expect(splitEvents('data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n').map((e) => e.data)).toEqual(['1', '2', '3']);
    expect(splitEvents('\ufeffdata: {"a":"b: c"}\n\n')).toEqual([{ name: '', id: '', data: '{"a":"b: c"}' }]);
    expect(splitEvents('data\n\n')).toEqual([{ name: '', id: '', data: '' }]);
    expect(splitEvents('')).toEqual([]);
  });
  it('is bounded', () => expect(splitEvents('data: x\n\n'.repeat(100), 10).length).toBe(10));
  it('takes lines', () => expect(splitLines('{"a":1}\n\n{"b":2}\n').map((e) => e.data)).toEqual(['{"a":1}', '{"b":2}']));
  it('knows forms', () => {
    expect(formOf('text/event-stream', 'data: 1\n\n')).toBe('events');
    expect(formOf('application/json', '{}')).toBe('json');
    expect(formOf('application/vnd.amazon.eventstream', '{"a":1}\n')).toBe('lines');
    expect(formOf('text/plain', 'hello')).toBe('text');
    expect(formOf('', ' [1]')).toBe('json');
  });
});

describe('what was said', () => {
  it('reads requests of every protocol', () => {
    expect(messagesOf({ messages: [{ role: 'system', content: 's' }, { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }, { role: 'tool', tool_call_id: 't', content: 'r' }] })).toEqual([
      { role: 'system', parts: [{ kind: 'text', text: 's' }] },
      { role: 'assistant', parts: [{ kind: 'call', name: 'f', text: '{}' }] },
      { role: 'tool', parts: [{ kind: 'result', name: 't', text: 'r' }] },
    ]);
    expect(messagesOf({ system: [{ type: 'text', text: 's' }], messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'i', content: [{ type: 'text', text: 'out' }] }, { type: 'image', source: { media_type: 'image/png', data: 'AAAA' } }] }] })).toEqual([
      { role: 'system', parts: [{ kind: 'text', text: 's' }] },
      { role: 'user', parts: [{ kind: 'result', name: 'i', text: 'out' }, { kind: 'media', text: 'image/png (4)' }] },
    ]);
    expect(messagesOf({ input: [{ role: 'user', content: [{ type: 'input_text', text: 'q' }] }, { type: 'function_call', name: 'f', arguments: '{}' }, { type: 'function_call_output', call_id: 'c', output: 'o' }] }).map((m) => [m.role, m.parts[0]?.kind])).toEqual([
      ['user', 'text'],
      ['assistant', 'call'],
      ['tool', 'result'],
    ]);
    expect(messagesOf({ contents: [{ role: 'model', parts: [{ thought: true, text: 't' }, { functionCall: { name: 'f', args: { a: 1 } } }] }] })[0]?.parts.map((p) => p.kind)).toEqual(['reasoning', 'call']);
    for (const odd of [null, 3, 'x', [], { messages: 'x' }, { messages: [null, 3, { content: 5 }] }, { contents: [{}] }]) expect(() => messagesOf(odd)).not.toThrow();
  });
  it('reads answers', () => {
    expect(answerOf({ choices: [{ message: { content: 'hi' } }] })).toEqual([{ kind: 'text', text: 'hi' }]);
    expect(answerOf({ type: 'message', content: [{ type: 'thinking', thinking: 't' }, { type: 'text', text: 'x' }] }).map((p) => p.text)).toEqual(['t', 'x']);
    expect(answerOf({ error: { message: 'no' } })).toEqual([{ kind: 'error', text: 'no' }]);
  });
  it('folds streams of every protocol', () => {
    const folded = (...events: unknown[]) => fold(events.map((e) => (typeof e === 'string' ? e : JSON.stringify(e)))).parts;
    expect(folded({ choices: [{ delta: { content: 'a' } }] }, { choices: [{ delta: { content: 'b' } }] }, { choices: [{ delta: { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{' } }] } }] }, { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '}' } }] } }] }, '[DONE]')).toEqual([
      { kind: 'text', text: 'ab' },
      { kind: 'call', name: 'f', text: '{}' },
    ]);
    expect(folded({ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '' } }, { type: 'content_block_delta', index: 0, delta: { thinking: 'hm' } }, { type: 'content_block_delta', index: 1, delta: { text: 'yes' } })).toEqual([
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'yes' },
    ]);
    expect(folded({ type: 'response.output_item.added', output_index: 1, item: { type: 'function_call', name: 'g' } }, { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{}' }, { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'z' })).toEqual([
      { kind: 'call', name: 'g', text: '{}' },
      { kind: 'text', text: 'z' },
    ]);
    expect(folded({ candidates: [{ content: { parts: [{ text: 'a' }] } }] }, { candidates: [{ content: { parts: [{ text: 'b' }] } }] })).toEqual([{ kind: 'text', text: 'ab' }]);
    expect(folded({ assistantResponseEvent: { content: 'k' } }, 'not json', { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'v' } } }).map((p) => p.text)).toEqual(['k', 'v']);
    expect(folded({ error: { message: 'overloaded' } })).toEqual([{ kind: 'error', text: 'overloaded' }]);
  });
  it('is bounded', () => {
    const { parts, cut } = fold(Array.from({ length: 100 }, () => JSON.stringify({ choices: [{ delta: { content: 'x'.repeat(100) } }] })), 500);
    expect([parts[0]?.text.length, cut]).toEqual([500, true]);
  });
});

describe('curl', () => {
  it('quotes for a POSIX shell', () => {
    expect(quoteSh(`it's $HOME \`x\` "y" \\ !`)).toBe(`'it'\\''s $HOME \`x\` "y" \\ !'`);
    expect(quoteSh('a\nb')).toBe("'a\nb'");
    expect(quoteSh('')).toBe("''");
  });
  it('quotes for PowerShell, typographic quotes too', () => expect(quotePowerShell("it's ‘so’ $x")).toBe("'it''s ‘‘so’’ $x'"));
  it('writes what a terminal would obey as escapes, within strings only', () => {
    const json = '{\n  "a": "x\u001b[31m\u202e\u007f",\t"b\\"\u200b": 1 }';
    expect(printable(json)).toBe('{\n  "a": "x\\u001b[31m\\u202e\\u007f",\t"b\\"\\u200b": 1 }');
    expect(printable('{"😀":"你"}')).toBe('{"😀":"你"}');
    expect(printable('{"a":"\ud800"}')).toBe('{"a":"\\ud800"}');
  });
  const call = { base: 'http://127.0.0.1:8317', protocol: 'anthropic-messages', model: 'm', stream: true, body: `{"a":"it's"}` };
  it('makes a command with a placeholder for the key', () => {
    expect(curl(call, 'sh')).toBe(`curl -N 'http://127.0.0.1:8317/v1/messages' \\\n  -H "x-api-key: $DRAGOMAN_KEY" \\\n  -H 'Content-Type: application/json' \\\n  -H 'anthropic-version: 2023-06-01' \\\n  --data-binary '{"a":"it'\\''s"}'`);
    expect(curl(call, 'powershell')).toContain(`'x-api-key' = "$env:DRAGOMAN_KEY"`);
    expect(curl({ ...call, protocol: 'gemini', model: "a'b/c" }, 'sh')).toContain("'http://127.0.0.1:8317/v1beta/models/a'\\''b%2Fc:streamGenerateContent?alt=sse'");
  });
  it('takes a file for what no command line takes, and knows what it cannot send', () => {
    expect(curl({ ...call, body: `"${'x'.repeat(200_000)}"` }, 'sh')).toContain('--data-binary @request.json');
    expect(curl({ ...call, protocol: 'other' }, 'sh')).toBeNull();
  });
});

describe('diff', () => {
  it('pairs lines', () => {
    expect(diffLines('a\nb\nc', 'a\nx\nc\nd')).toEqual([
      { kind: 'same', left: 'a', right: 'a' },
      { kind: 'changed', left: 'b', right: 'x' },
      { kind: 'same', left: 'c', right: 'c' },
      { kind: 'added', left: null, right: 'd' },
    ]);
    expect(diffLines('a\nb', 'b')).toEqual([
      { kind: 'removed', left: 'a', right: null },
      { kind: 'same', left: 'b', right: 'b' },
    ]);
    expect(diffLines('same', 'same')).toEqual([{ kind: 'same', left: 'same', right: 'same' }]);
  });
  it('rebuilds both sides from any two texts, and finds all that is common', () => {
    let seed = 7;
    const random = (n: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    for (let round = 0; round < 200; round++) {
      const make = (): string => Array.from({ length: random(12) + 1 }, () => 'abc'[random(3)]).join('\n');
      const [a, b] = [make(), make()];
      const rows = diffLines(a, b);
      expect(rows.filter((r) => r.left !== null).map((r) => r.left).join('\n')).toBe(a);
      expect(rows.filter((r) => r.right !== null).map((r) => r.right).join('\n')).toBe(b);
      const [x, y] = [a.split('\n'), b.split('\n')];
      const best = x.reduce((above, l) => y.reduce((row, r, j) => [...row, l === r ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0)], [0]), Array.from({ length: y.length + 1 }, () => 0)).at(-1);
      expect(rows.filter((r) => r.kind === 'same').length).toBe(best);
    }
  });
  it('gives up on texts with nothing in common, and stays quick', () => {
    const a = Array.from({ length: 20_000 }, (_, i) => `a${i}`).join('\n');
    expect(diffLines(a, a.replaceAll('a', 'b'), 200).length).toBe(20_000);
  });
  it('looks into lines', () => {
    expect(diffWords('the red fox', 'the blue fox')).toEqual({
      left: [{ text: 'the ', own: false }, { text: 'red', own: true }, { text: ' fox', own: false }],
      right: [{ text: 'the ', own: false }, { text: 'blue', own: true }, { text: ' fox', own: false }],
    });
  });
});
