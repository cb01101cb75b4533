import { isMap, isScalar, type Node, visit } from 'yaml';
import { parse, type Parsed } from './check';
import { choicesOf, isOpenMap, kindOf, type Path, resolve, type Schema, schemaAt } from './schema';

/** What is being written at a place of the text. */
export interface Context {
  kind: 'key' | 'value' | 'item';
  /** Where the map, the value or the item stands in the document. */
  path: (string | number)[];
  /** Where the word begins, and what there is of it. */
  from: number;
  word: string;
  /** The column at which the keys of this map stand. */
  indent: number;
}

interface Line {
  dashes: number[];
  column: number;
  key?: string;
  hasValue: boolean;
}

const keyPattern = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"&*!|>%@`{}[\],:-][^:#]*?|[^\s#'"&*!|>%@`{}[\],][^:#]*?)\s*:(?:\s+(.*)|)$/;

function read(text: string): Line | null {
  if (/^\s*(#.*)?$/.test(text) || /^(---|\.\.\.)/.test(text)) return null;
  let column = /^ */.exec(text)?.[0].length ?? 0;
  const dashes: number[] = [];
  for (let step = /^-(\s+|$)/.exec(text.slice(column)); step; step = /^-(\s+|$)/.exec(text.slice(column))) {
    dashes.push(column);
    column += step[0].length;
  }
  const found = keyPattern.exec(text.slice(column));
  if (!found?.[1]) return { dashes, column, hasValue: false };
  const value = (found[2] ?? '').replace(/(^|\s)#.*$/, '').trim();
  return { dashes, column, key: unquote(found[1]), hasValue: value !== '' && !/^[&!|>]/.test(value) };
}

const unquote = (key: string): string => (/^(["']).*\1$/.test(key) ? key.slice(1, -1) : key);

/** What is being written at a place: found by how far lines are indented, because a text that is being written is rarely whole. Null within comments and flow collections. */
export function contextAt(text: string, at: number): Context | null {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const before = text.slice(start, at);
  if (/(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) return null;
  const indent = /^ */.exec(before)?.[0].length ?? 0;
  const dashes: number[] = [];
  let column = indent;
  for (let step = /^-\s+/.exec(before.slice(column)); step; step = /^-\s+/.exec(before.slice(column))) {
    dashes.push(column);
    column += step[0].length;
  }
  const rest = before.slice(column);
  const above = text.slice(0, start).split('\n');
  above.pop();
  const pair = /^("[^"]*"|'[^']*'|[^\s:#{[][^:#]*?)\s*:(\s+)(.*)$/.exec(rest);
  if (pair?.[1] !== undefined) {
    const value = pair[3] ?? '';
    if (/^[{[&!|>]/.test(value)) return null;
    return { kind: 'value', path: [...parents(above, column, dashes), unquote(pair[1])], from: at - value.length, word: value.replace(/^["']/, ''), indent: column };
  }
  if (/[{[:]/.test(rest)) return null;
  return { kind: dashes.length > 0 ? 'item' : 'key', path: parents(above, column, dashes), from: at - rest.length, word: rest, indent: column };
}

/** The way down to a line of a certain column, with the dashes that stand before it on the line itself. */
function parents(above: readonly string[], column: number, own: readonly number[]): (string | number)[] {
  const path: (string | number)[] = [];
  let limit = column;
  let list = -1;
  const takeDashes = (dashes: readonly number[]): void => {
    for (const dash of dashes.toReversed()) {
      if (dash === list) path[0] = (path[0] as number) + 1;
      else if (dash < limit) {
        path.unshift(0);
        list = dash;
        // The key of a list may stand as far left as its dashes.
        limit = dash + 1;
      }
    }
  };
  takeDashes(own);
  for (let i = above.length - 1; i >= 0 && limit > 0; i--) {
    const line = read((above[i] ?? '').replace(/\r$/, ''));
    if (!line) continue;
    if (line.key !== undefined && line.column < limit && !line.hasValue) {
      path.unshift(line.key);
      limit = line.column;
      list = -1;
    }
    takeDashes(line.dashes);
  }
  return path;
}

/** One thing that may be written. */
export interface Proposal {
  label: string;
  detail?: string;
  info?: string;
  insert: string;
  again?: boolean;
  kind: 'key' | 'value';
}

/** What may be written at a place; null where nothing is known. */
export function completeAt(text: string, at: number, root: Schema, asked: boolean): { from: number; options: Proposal[] } | null {
  const context = contextAt(text, at);
  if (!context) return null;
  const here = schemaAt(root, context.path);
  if (!here) return null;
  if (context.kind === 'value') return answer(context.from, values(here, root), asked || context.word !== '');
  const kind = kindOf(here, root);
  if (kind === 'texts' || kind === 'text-or-texts' || context.path.length === 0 ? false : kind === 'choice') return answer(context.from, values(here, root), true);
  if (context.word === '' && !asked && context.kind === 'key' && context.path.length === 0) return null;
  if (!here.properties) return null;
  const present = keysAt(parse(text), context.path);
  const rest = text.slice(at, text.indexOf('\n', at) < 0 ? undefined : text.indexOf('\n', at));
  if (/^\s*:/.test(rest)) present.clear();
  const options = Object.entries(here.properties)
    .map(([name, schema]) => ({ name, schema: resolve(schema, root) }))
    .filter(({ name, schema }) => (!present.has(name) || name === context.word) && (!schema.deprecated || (context.word !== '' && name.startsWith(context.word))))
    .map(({ name, schema }) => ({ label: name, detail: detailOf(schema, root), info: schema.description, kind: 'key' as const, ...(/^\s*:/.test(rest) ? { insert: name } : insertionOf(name, schema, root, context.indent)) }));
  return answer(context.from, options, true);
}

function answer(from: number, options: Proposal[], wanted: boolean): { from: number; options: Proposal[] } | null {
  return wanted && options.length > 0 ? { from, options } : null;
}

function values(schema: Schema, root: Schema): Proposal[] {
  const usual = schema.default === undefined ? undefined : String(schema.default);
  const words = kindOf(schema, root) === 'flag' ? ['true', 'false'] : choicesOf(schema);
  const others = words.length > 0 ? [] : [...(usual === undefined || usual === '' ? [] : [usual]), ...(schema.examples ?? []).map(String)];
  return [...new Set([...words, ...others])].map((word) => ({ label: word, detail: word === usual ? '◆' : undefined, insert: word, kind: 'value' as const }));
}

/** What a key takes, in a few characters: its default, else its kind. */
function detailOf(schema: Schema, root: Schema): string {
  if (schema.default !== undefined && schema.default !== '') return String(schema.default);
  const kind = kindOf(schema, root);
  return kind === 'group' || kind === 'map' ? '{ }' : kind === 'items' || kind === 'texts' ? '[ ]' : '';
}

function insertionOf(name: string, schema: Schema, root: Schema, indent: number): { insert: string; again?: boolean } {
  const deeper = ' '.repeat(indent + 2);
  switch (kindOf(schema, root)) {
    case 'group':
      return { insert: `${name}:\n${deeper}`, again: true };
    case 'map':
      return { insert: `${name}:\n${deeper}` };
    case 'items':
      return { insert: `${name}:\n${deeper}- `, again: true };
    case 'texts':
      return { insert: `${name}:\n${deeper}- ` };
    case 'choice':
    case 'flag':
      return { insert: `${name}: `, again: true };
    default:
      return { insert: `${name}: ` };
  }
}

function keysAt(parsed: Parsed, path: Path): Set<string> {
  const node = path.length === 0 ? parsed.document.contents : parsed.document.getIn(path, true);
  return new Set(isMap(node) ? node.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : '')) : []);
}

/** What is told of a place that is pointed at: the key that it belongs to. */
export interface Explanation {
  from: number;
  to: number;
  path: string[];
  schema: Schema;
  known: boolean;
}

/** The key at a place of the text, with what the schema says of it. */
export function explainAt(parsed: Parsed, at: number, root: Schema): Explanation | null {
  let found: Explanation | null = null;
  visit(parsed.document, {
    Pair(_, pair, ancestors) {
      const key = pair.key as Node | null;
      if (!isScalar(key) || !key.range || at < key.range[0] || at > key.range[1]) return;
      const path: (string | number)[] = [];
      for (let i = 0; i < ancestors.length; i++) {
        const one = ancestors[i] as unknown;
        const next = (ancestors[i + 1] ?? pair) as unknown;
        if (one && typeof one === 'object' && 'items' in one && !isMap(one)) path.push((one as { items: unknown[] }).items.indexOf(next));
        else if (one && typeof one === 'object' && 'key' in one) path.push(String((one as { key: { value?: unknown } }).key?.value));
      }
      const outer = schemaAt(root, path);
      const schema = schemaAt(root, [...path, String(key.value)]);
      if (schema && outer) found = { from: key.range[0], to: key.range[1], path: [...path, String(key.value)].map(String), schema, known: isOpenMap(outer) || !!outer.properties?.[String(key.value)] };
      return visit.BREAK;
    },
  });
  return found;
}
