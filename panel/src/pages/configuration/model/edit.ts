import { type Document, isCollection, isMap, isPair, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Path } from './schema';

/** The text cannot be changed key by key, because it is no YAML that can be read. */
export class UnreadableText extends Error {}

/** The value at a place of a text; undefined for nothing. */
export function valueAt(data: unknown, path: Path): unknown {
  let here = data;
  for (const step of path) {
    if (here === null || typeof here !== 'object') return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** Whether two values of documents say the same. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

function read(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0) throw new UnreadableText(document.errors[0]?.message);
  return document as Document.Parsed;
}

/**
 * The text with another value at a place; what is missing on the way there is made. Only the characters of the value change where that can be done, so that
 * comments, order, quotes and the owner's layout stay; where it cannot, the document is written anew, with its comments and its order.
 */
export function setIn(text: string, path: Path, value: unknown): string {
  if (value === undefined) return removeIn(text, path);
  const document = read(text);
  return checked(document, path, value, inPlace(text, document, path, value));
}

/** The text without what stands at a place, and without maps that are empty for it. */
export function removeIn(text: string, path: Path): string {
  const document = read(text);
  let at = path;
  if (document.getIn(at, true) === undefined && !document.hasIn(at)) return text;
  while (at.length > 1) {
    const outer = document.getIn(at.slice(0, -1), true);
    if (isMap(outer) && outer.items.length === 1 && typeof at.at(-2) === 'string') at = at.slice(0, -1);
    else break;
  }
  return checked(document, at, undefined, withoutLines(text, document, at));
}

/** The text with an item of a list one place further up or down. */
export function moveItem(text: string, path: Path, index: number, to: number): string {
  const document = read(text);
  const list = document.getIn(path, true);
  if (!isSeq(list) || Math.abs(index - to) !== 1 || !list.items[index] || !list.items[to]) return text;
  const [first, second] = index < to ? [index, to] : [to, index];
  const wanted = read(text);
  const items = (wanted.getIn(path, true) as YAMLSeq).items;
  [items[first], items[second]] = [items[second], items[first]];
  const a = list.flow ? null : blockOf(text, list, first);
  const b = list.flow ? null : blockOf(text, list, second);
  const swapped = a && b && a[1] === b[0] ? text.slice(0, a[0]) + withBreak(text.slice(...b)) + text.slice(...a) + text.slice(b[1]) : null;
  const data: unknown = wanted.toJS();
  return swapped !== null && agrees(swapped, data) ? swapped : wanted.toString({ lineWidth: 0 });
}

const withBreak = (part: string): string => (part.endsWith('\n') ? part : `${part}\n`);

/** The lines of an item of a block list, from its dash to the next one's. */
function blockOf(text: string, list: YAMLSeq, index: number): [number, number] | null {
  const start = startOfItem(text, list.items[index] as Node | null);
  const next = list.items[index + 1] as Node | undefined;
  const end = next ? startOfItem(text, next) : endOfLine(text, contentEnd(list.items[index]));
  return start === null || end === null ? null : [start, end];
}

function startOfItem(text: string, item: Node | null): number | null {
  if (!item?.range) return null;
  const line = startOfLine(text, item.range[0]);
  return /^ *- +$/.test(text.slice(line, item.range[0])) ? line : null;
}

/** What was made in place, if it says what was wanted; else the document, written anew. */
function checked(document: Document.Parsed, path: Path, value: unknown, candidate: string | null): string {
  if (value === undefined) document.deleteIn(path);
  else if (document.contents === null && typeof path[0] === 'string') document.contents = document.createNode(nested(path, value)) as never;
  else makeWay(document, path, value);
  const wanted: unknown = document.toJS();
  if (candidate !== null && agrees(candidate, wanted ?? {})) return candidate;
  if (isCollection(document.contents) && document.contents.items.length === 0) document.contents = null as never;
  return document.contents === null && !document.comment && !document.commentBefore ? '' : document.toString({ lineWidth: 0 });
}

function agrees(text: string, data: unknown): boolean {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  return document.errors.length === 0 && same((document.toJS() as unknown) ?? {}, data ?? {});
}

function nested(path: Path, value: unknown): unknown {
  return path.toReversed().reduce((inner: unknown, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value);
}

/** Sets a value in a document where keys on the way may be missing, empty, or something else. */
function makeWay(document: Document.Parsed, path: Path, value: unknown): void {
  for (let depth = 1; depth < path.length; depth++) {
    const node = document.getIn(path.slice(0, depth), true);
    if (!isCollection(node)) {
      document.setIn(path.slice(0, depth), document.createNode(nested(path.slice(depth), value)));
      return;
    }
  }
  document.setIn(path, document.createNode(value));
}

function inPlace(text: string, document: Document.Parsed, path: Path, value: unknown): string | null {
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${yamlOf(nested(path, value), 0)}\n`;
  let depth = path.length;
  let node: unknown = document.getIn(path, true);
  if (isScalar(node) && node.range && !isObject(value)) return replaceScalar(text, node, value);
  // The deepest map or list on the way that there is.
  while (depth > 0) {
    depth--;
    node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    if (isCollection(node)) break;
    if (isScalar(node) && node.value !== null) return null;
  }
  if (!isCollection(node) || node.flow || node.items.length === 0) return null;
  const step = path[depth];
  const rest = nested(path.slice(depth + 1), value);
  if (isMap(node)) {
    const pair = node.items.find((one) => isScalar(one.key) && one.key.value === step);
    if (pair) return fill(text, pair, rest);
    return append(text, node, { [String(step)]: rest }, false);
  }
  return step === node.items.length ? append(text, node, [rest], true) : null;
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

function replaceScalar(text: string, node: Scalar, value: unknown): string | null {
  const [from, to] = node.range as [number, number, number];
  if (node.type === Scalar.BLOCK_FOLDED || node.type === Scalar.BLOCK_LITERAL) return null;
  const quote = typeof value === 'string' && (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE) ? node.type : undefined;
  const written = stringify(value, { lineWidth: 0, ...(quote ? { defaultStringType: quote } : {}) }).trimEnd();
  if (written.includes('\n')) return null;
  const gap = from === to && /[:-]$/.test(text.slice(0, from)) ? ' ' : '';
  return text.slice(0, from) + gap + written + text.slice(to);
}

/** Gives a key that has no value (`routing:`) one. */
function fill(text: string, pair: Pair, value: unknown): string | null {
  const key = pair.key as Scalar;
  const old = pair.value as Scalar | null;
  if (!key.range || (old !== null && !(isScalar(old) && old.value === null && old.range && old.range[0] === old.range[1]))) return null;
  const column = key.range[0] - startOfLine(text, key.range[0]);
  const end = endOfLine(text, key.range[1]);
  const line = text.slice(key.range[1], end);
  if (!/^\s*:\s*(#.*)?\n?$/.test(line)) return null;
  return `${withBreak(text.slice(0, end))}${yamlOf(value, column + 2)}\n${text.slice(end)}`;
}

/** Writes a key or an item behind the last one of a block collection. */
function append(text: string, node: YAMLMap | YAMLSeq, value: unknown, isList: boolean): string | null {
  const last = node.items.at(-1);
  const first = node.items[0];
  const start = isPair(first) ? (first.key as Scalar).range?.[0] : (first as Node | null)?.range?.[0];
  if (start === undefined || last === undefined) return null;
  const line = startOfLine(text, start);
  const indent = isList ? /^ *(?=-)/.exec(text.slice(line, start))?.[0].length : start - line;
  if (indent === undefined) return null;
  const end = endOfLine(text, contentEnd(last));
  return `${withBreak(text.slice(0, end))}${yamlOf(value, indent)}\n${text.slice(end)}`;
}

/** Where the last character of a node or a pair stands, comments behind it left out. */
function contentEnd(item: unknown): number {
  if (isPair(item)) return contentEnd(item.value) || contentEnd(item.key);
  if (isCollection(item) && !item.flow && item.items.length > 0) return contentEnd(item.items.at(-1));
  return (item as Node | null)?.range?.[1] ?? 0;
}

function withoutLines(text: string, document: Document.Parsed, path: Path): string | null {
  const outer = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const step = path.at(-1);
  if (!isCollection(outer) || outer.flow || (outer.items.length === 1 && path.length > 1)) return null;
  const item = isMap(outer) ? outer.items.find((one) => isScalar(one.key) && one.key.value === step) : outer.items[step as number];
  const begin = isPair(item) ? (item.key as Scalar).range?.[0] : (item as Node | null)?.range?.[0];
  if (!item || begin === undefined) return null;
  const start = startOfLine(text, begin);
  if (!(isMap(outer) ? /^ *$/ : /^ *- +$/).test(text.slice(start, begin))) return null;
  return text.slice(0, start) + text.slice(endOfLine(text, contentEnd(item)));
}

/** A value as block YAML, each line indented. */
function yamlOf(value: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  return stringify(value, { lineWidth: 0, indentSeq: true })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : pad + line))
    .join('\n');
}

const startOfLine = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
function endOfLine(text: string, at: number): number {
  // A block scalar ends behind its line break.
  if (at > 0 && text[at - 1] === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
