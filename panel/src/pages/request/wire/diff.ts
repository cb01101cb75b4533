/** A pair of lines side by side: the same, changed, or only on one side. */
export interface DiffRow {
  kind: 'same' | 'changed' | 'removed' | 'added';
  left: string | null;
  right: string | null;
}

/** The pieces of a line that has changed, and whether they are on one side only. */
export interface DiffPiece {
  text: string;
  own: boolean;
}

/** The common subsequence of two lists as pairs of places, by Myers' algorithm; null when they differ in more than `most` places. */
function common(a: readonly string[], b: readonly string[], most: number): [number, number][] | null {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  const pairs: [number, number][] = Array.from({ length: start }, (_, i) => [i, i]);
  const n = endA - start;
  const m = endB - start;
  if (n > 0 && m > 0) {
    const limit = Math.min(n + m, most);
    const furthest = new Int32Array(2 * limit + 3);
    const trace: Int32Array[] = [];
    const middle = limit + 1;
    let steps = -1;
    search: for (let d = 0; d <= limit; d++) {
      trace.push(furthest.slice(middle - d - 1, middle + d + 2));
      for (let k = -d; k <= d; k += 2) {
        const down = k === -d || (k !== d && (furthest[middle + k - 1] ?? 0) < (furthest[middle + k + 1] ?? 0));
        let x = down ? (furthest[middle + k + 1] ?? 0) : (furthest[middle + k - 1] ?? 0) + 1;
        let y = x - k;
        while (x < n && y < m && a[start + x] === b[start + y]) {
          x++;
          y++;
        }
        furthest[middle + k] = x;
        if (x >= n && y >= m) {
          steps = d;
          break search;
        }
      }
    }
    if (steps < 0) return null;
    const found: [number, number][] = [];
    let x = n;
    let y = m;
    for (let d = steps; d >= 0; d--) {
      // What was furthest before this step, with diagonal k at index k + d + 1.
      const before = trace[d] as Int32Array;
      const k = x - y;
      const at = (diagonal: number): number => before[diagonal + d + 1] ?? 0;
      const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
      const fromK = down ? k + 1 : k - 1;
      const fromX = d === 0 ? 0 : at(fromK);
      const fromY = d === 0 ? 0 : fromX - fromK;
      while (x > fromX && y > fromY && a[start + x - 1] === b[start + y - 1]) {
        x--;
        y--;
        found.push([start + x, start + y]);
      }
      x = fromX;
      y = fromY;
    }
    pairs.push(...found.reverse());
  }
  for (let i = 0; endA + i < a.length; i++) pairs.push([endA + i, endB + i]);
  return pairs;
}

/** Two texts line by line, side by side. Texts that have too little in common stand side by side whole. */
export function diffLines(left: string, right: string, most = 2000): DiffRow[] {
  const a = left.split('\n');
  const b = right.split('\n');
  const pairs = common(a, b, most) ?? [];
  const rows: DiffRow[] = [];
  let i = 0;
  let j = 0;
  for (const [x, y] of [...pairs, [a.length, b.length] as [number, number]]) {
    while (i < x || j < y) {
      const l = i < x ? (a[i++] ?? '') : null;
      const r = j < y ? (b[j++] ?? '') : null;
      rows.push({ kind: l === null ? 'added' : r === null ? 'removed' : 'changed', left: l, right: r });
    }
    if (i < a.length && j < b.length) rows.push({ kind: 'same', left: a[i++] ?? '', right: b[j++] ?? '' });
  }
  return rows;
}

/** What differs within a pair of lines, word by word; lines that are too long are not looked into. */
export function diffWords(left: string, right: string): { left: DiffPiece[]; right: DiffPiece[] } {
  const words = (text: string): string[] => text.match(/\p{Script=Han}|[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu) ?? [];
  const a = words(left);
  const b = words(right);
  const pairs = left.length + right.length > 20_000 ? null : common(a, b, 400);
  if (!pairs || pairs.length === 0) return { left: [{ text: left, own: true }], right: [{ text: right, own: true }] };
  const side = (all: string[], kept: Set<number>): DiffPiece[] => {
    const out: DiffPiece[] = [];
    all.forEach((text, i) => {
      const own = !kept.has(i);
      const last = out.at(-1);
      if (last && last.own === own) last.text += text;
      else out.push({ text, own });
    });
    return out;
  };
  return { left: side(a, new Set(pairs.map((p) => p[0]))), right: side(b, new Set(pairs.map((p) => p[1]))) };
}
