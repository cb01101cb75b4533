/** Lines of a text, each with its break, so that joining them gives the text. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Which lines of two texts are the same, in order: pairs of indexes (Myers' shortest edit). */
export function matching(a: readonly string[], b: readonly string[]): [number, number][] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const pairs: [number, number][] = Array.from({ length: head }, (_, i) => [i, i]);
  const x = a.slice(head, a.length - tail);
  const y = b.slice(head, b.length - tail);
  for (const [i, j] of myers(x, y)) pairs.push([i + head, j + head]);
  for (let i = tail; i > 0; i--) pairs.push([a.length - i, b.length - i]);
  return pairs;
}

function myers(a: readonly string[], b: readonly string[]): [number, number][] {
  const trace: Map<number, number>[] = [];
  let far = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= a.length + b.length; d++) {
    trace.push(new Map(far));
    const next = new Map(far);
    for (let k = -d; k <= d; k += 2) {
      let i = k === -d || (k !== d && (far.get(k - 1) ?? -1) < (far.get(k + 1) ?? -1)) ? (far.get(k + 1) ?? 0) : (far.get(k - 1) ?? 0) + 1;
      while (i < a.length && i - k < b.length && a[i] === b[i - k]) i++;
      next.set(k, i);
      if (i >= a.length && i - k >= b.length) return back(trace, a, b, d);
    }
    far = next;
  }
  return [];
}

function back(trace: Map<number, number>[], a: readonly string[], b: readonly string[], depth: number): [number, number][] {
  const pairs: [number, number][] = [];
  let i = a.length;
  let j = b.length;
  for (let d = depth; d >= 0; d--) {
    const far = trace[d] as Map<number, number>;
    const k = i - j;
    const from = k === -d || (k !== d && (far.get(k - 1) ?? -1) < (far.get(k + 1) ?? -1)) ? k + 1 : k - 1;
    const fi = far.get(from) ?? 0;
    const fj = fi - from;
    while (i > fi && j > fj && i > 0 && j > 0) pairs.push([--i, --j]);
    if (d > 0) {
      i = fi;
      j = fj;
    }
  }
  return pairs.reverse();
}

/** A stretch of a text that was merged out of two: sure, or one where both sides changed the same lines differently. */
export type MergePart = { text: string; conflict?: undefined } | { conflict: { base: string; mine: string; theirs: string }; text?: undefined };

/** Merges two texts that came from one, line by line. */
export function merge3(base: string, mine: string, theirs: string): MergePart[] {
  const o = linesOf(base);
  const a = linesOf(mine);
  const b = linesOf(theirs);
  const inA = new Map(matching(o, a));
  const inB = new Map(matching(o, b));
  const parts: MergePart[] = [];
  const put = (text: string): void => {
    const last = parts.at(-1);
    if (last?.text !== undefined) last.text += text;
    else if (text !== '') parts.push({ text });
  };
  let [io, ia, ib] = [0, 0, 0];
  while (io <= o.length) {
    // The next line of the base that both sides still have.
    let next = io;
    while (next < o.length && !(inA.has(next) && inB.has(next))) next++;
    const na = next < o.length ? (inA.get(next) as number) : a.length;
    const nb = next < o.length ? (inB.get(next) as number) : b.length;
    const was = o.slice(io, next).join('');
    const left = a.slice(ia, na).join('');
    const right = b.slice(ib, nb).join('');
    if (left === right) put(left);
    else if (left === was) put(right);
    else if (right === was) put(left);
    else parts.push({ conflict: { base: was, mine: left, theirs: right } });
    if (next >= o.length) break;
    put(o[next] as string);
    [io, ia, ib] = [next + 1, na + 1, nb + 1];
  }
  return parts;
}

/** Which side of a conflict is taken. */
export type Side = 'mine' | 'theirs' | 'both';

/** What is taken of a conflict before anybody chose: both, where each only added something at the same place; nothing can be said where lines were changed. */
export function usualSide(conflict: { base: string; mine: string; theirs: string }): Side | undefined {
  if (conflict.base !== '') return undefined;
  const keys = (text: string): string[] => linesOf(text).flatMap((line) => /^([^\s#-][^:]*):/.exec(line)?.[1] ?? []);
  const theirs = new Set(keys(conflict.theirs));
  return keys(conflict.mine).some((key) => theirs.has(key)) ? undefined : 'both';
}

/** The merged text, with a side chosen for each conflict, in order; theirs where none was. */
export function joined(parts: readonly MergePart[], choices: readonly (Side | undefined)[]): string {
  let n = 0;
  return parts
    .map((part) => {
      if (part.text !== undefined) return part.text;
      const choice = choices[n++] ?? 'theirs';
      return choice === 'mine' ? part.conflict.mine : choice === 'both' ? withBreak(part.conflict.theirs) + part.conflict.mine : part.conflict.theirs;
    })
    .join('');
}

const withBreak = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

/** How many lines a change adds and takes away. */
export function tally(before: string, after: string): { added: number; removed: number } {
  const a = linesOf(before);
  const b = linesOf(after);
  const kept = matching(a, b).length;
  return { added: b.length - kept, removed: a.length - kept };
}

/** The mark that stands in the place of a secret. */
export const mark = /<hidden-[0-9a-f]{16}>/g;

/** Whether a value is the mark of a secret that is kept. */
export const isMark = (value: unknown): boolean => typeof value === 'string' && /^<hidden-[0-9a-f]{16}>$/.test(value);

/**
 * A draft with the marks of a gateway that was started anew: marks hold for the life of its process. The two texts are the same version of the file, so that the
 * marks stand in the same places. Null when they do not.
 */
export function remark(draft: string, before: string, now: string): string | null {
  const old = before.match(mark) ?? [];
  const fresh = now.match(mark) ?? [];
  if (old.length !== fresh.length) return null;
  const names = new Map(old.map((one, i) => [one, fresh[i] as string]));
  return draft.replace(mark, (one) => names.get(one) ?? one);
}
