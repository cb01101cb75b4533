import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type ParsedNode } from 'yaml';
import { childOf, isNamed, isOpenMap, pathText, resolve, type Schema, typesOf } from './schema';

/** What may be wrong, by kind; the words are the page's. */
export type FaultKind = 'yaml' | 'type' | 'choice' | 'pattern' | 'range' | 'needed' | 'unknown' | 'deprecated' | 'gateway';

/** Something wrong, or worth knowing, at its place; lines and columns count from 1. */
export interface Fault {
  kind: FaultKind;
  severity: 'error' | 'warning' | 'info';
  path: string;
  line: number;
  column: number;
  endLine?: number;
  endColumn?: number;
  /** Words for the message: a key, the expected type, the choices, bounds, or the whole text of a fault that somebody else found. */
  values: Record<string, string>;
}

/** A text, read: its document with the places of everything in it. */
export interface Parsed {
  text: string;
  document: Document.Parsed<ParsedNode>;
  lines: LineCounter;
}

/** Reads a text; what is wrong with its syntax stands in the document's errors. */
export function parse(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, uniqueKeys: true, version: '1.2', logLevel: 'silent' }) as Document.Parsed<ParsedNode>;
  return { text, document, lines };
}

/** What a look at the syntax and the schema finds, in the order of the text. The gateway's own check knows more. */
export function faultsOf(parsed: Parsed, root: Schema | undefined): Fault[] {
  const found: Fault[] = parsed.document.errors.map((error) => ({ kind: 'yaml', severity: 'error', path: '', ...place(parsed, error.pos[0], error.pos[1]), values: { text: error.message } }));
  if (root && parsed.document.contents) walk(parsed, parsed.document.contents, root, root, [], found);
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

function place(parsed: Parsed, from: number, to: number): Pick<Fault, 'line' | 'column' | 'endLine' | 'endColumn'> {
  const start = parsed.lines.linePos(from);
  const end = parsed.lines.linePos(Math.max(from, to));
  return { line: Math.max(1, start.line), column: Math.max(1, start.col), endLine: Math.max(1, end.line), endColumn: Math.max(1, end.col) };
}

function placeOf(parsed: Parsed, node: Node | null | undefined): Pick<Fault, 'line' | 'column' | 'endLine' | 'endColumn'> {
  return node?.range ? place(parsed, node.range[0], node.range[1]) : { line: 1, column: 1 };
}

function walk(parsed: Parsed, node: Node | null, schema: Schema, root: Schema, path: (string | number)[], found: Fault[]): void {
  const here = resolve(schema, root);
  const types = typesOf(here);
  const say = (kind: FaultKind, severity: Fault['severity'], at: Node | null | undefined, values: Record<string, string>, where: (string | number)[] = path): void => {
    found.push({ kind, severity, path: pathText(where), ...placeOf(parsed, at), values });
  };
  if (node === null || isAlias(node)) return;
  if (isMap(node)) {
    if (types.length > 0 && !types.includes('object')) {
      say('type', 'error', node, { expected: types.join(',') });
      return;
    }
    const keys = new Set<string>();
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      const name = isScalar(key) ? String(key.value) : undefined;
      if (name === undefined || name === '<<') continue;
      keys.add(name);
      const inner = childOf(here, name, root);
      const at = [...path, name];
      if (!inner) continue;
      if (!isNamed(here, name) && !isOpenMap(here)) {
        const near = nearest(name, Object.keys(here.properties ?? {}).filter((k) => !resolve(here.properties?.[k] ?? {}, root).deprecated));
        say('unknown', 'warning', key, near ? { key: name, near } : { key: name }, at);
        continue;
      }
      if (inner.deprecated) say('deprecated', 'info', key, { text: inner.description ?? '' }, at);
      walk(parsed, pair.value as Node | null, inner, root, at, found);
    }
    for (const needed of here.required ?? []) if (!keys.has(needed)) say('needed', 'error', firstKey(node), { key: needed });
    return;
  }
  if (isSeq(node)) {
    if (types.length > 0 && !types.includes('array')) {
      say('type', 'error', node, { expected: types.join(',') });
      return;
    }
    if (here.items) node.items.forEach((item, i) => walk(parsed, item as Node | null, here.items as Schema, root, [...path, i], found));
    return;
  }
  if (isScalar(node)) checkScalar(node.value, here, types, (kind, values) => say(kind, 'error', node, values));
}

/** The first key of a map stands for the whole of it, which may be long. */
function firstKey(node: Node): Node {
  return isMap(node) && node.items[0] ? (node.items[0].key as Node) : node;
}

function checkScalar(value: unknown, schema: Schema, types: readonly string[], say: (kind: FaultKind, values: Record<string, string>) => void): void {
  if (value === null || value === undefined) return;
  if (schema.anyOf) {
    if (!schema.anyOf.some((one) => fits(value, one))) say('choice', { value: clip(value), choices: (schema.anyOf.find((one) => one.enum)?.enum ?? []).map(String).join(', ') });
    return;
  }
  if (schema.enum && !schema.enum.includes(value)) return say('choice', { value: clip(value), choices: schema.enum.map(String).join(', ') });
  if (types.length > 0 && !types.includes(typeOf(value)) && !(typeOf(value) === 'integer' && types.includes('number'))) return say('type', { expected: types.join(',') });
  if (typeof value === 'string' && schema.pattern && !test(schema.pattern, value)) return say('pattern', { value: clip(value), expected: types.filter((t) => t !== 'string').join(',') || 'string', examples: (schema.examples ?? []).map(String).join(', ') });
  const number = typeof value === 'number' ? value : typeof value === 'string' && (types[0] === 'integer' || types[0] === 'number') && /^\s*[+-]?[0-9.]+\s*$/.test(value) ? Number(value) : undefined;
  if (number !== undefined && ((schema.minimum !== undefined && number < schema.minimum) || (schema.maximum !== undefined && number > schema.maximum))) say('range', { min: schema.minimum?.toString() ?? '', max: schema.maximum?.toString() ?? '' });
}

function fits(value: unknown, schema: Schema): boolean {
  if (schema.enum) return schema.enum.includes(value);
  const types = typesOf(schema);
  if (types.length > 0 && !types.includes(typeOf(value))) return false;
  return typeof value !== 'string' || !schema.pattern || test(schema.pattern, value);
}

const typeOf = (value: unknown): string => (typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value);
const clip = (value: unknown): string => (String(value).length > 60 ? `${String(value).slice(0, 59)}…` : String(value));

function test(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

/** The known key that a mistyped one most likely means. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const one of known) {
    const far = distance(name.toLowerCase().replaceAll('_', '-'), one.toLowerCase(), least);
    if (far < least) {
      least = far;
      best = one;
    }
  }
  return best;
}

function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length] ?? limit;
}

/** A text as data; null while its syntax is broken, `{}` while it says nothing. */
export function dataOf(parsed: Parsed): unknown {
  if (parsed.document.errors.length > 0) return null;
  try {
    return (parsed.document.toJS({ maxAliasCount: 1000 }) as unknown) ?? {};
  } catch {
    return null;
  }
}
