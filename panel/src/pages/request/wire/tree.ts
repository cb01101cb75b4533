import type { Kind, Tape } from './tape';

/** A row of a tree that is seen. */
export interface TreeRow {
  id: number;
  depth: number;
  /** The name in an object, or the place in an array. */
  key: string | number | null;
  /** `more`: the rest of a container that has too many members to show at once. */
  kind: Kind | 'more';
  /** The text of what holds nothing; of a string no more than a preview. */
  text: string;
  /** Characters of the whole string, members of a container, or members that are left. */
  size: number;
  /** Whether the string is longer than what is shown. */
  cut: boolean;
  open: boolean;
  /** Which losses are marked here. */
  losses?: number[];
  /** Whether it may be a picture. */
  picture?: boolean;
}

export const previewLength = 600;
const step = 200;
const mostRows = 20_000;
const firstRows = 240;

/** A tree over a tape: what is open, how many members of each container are shown, and the rows that follow. */
export class Tree {
  readonly tape: Tape;
  private readonly open = new Set<number>();
  private readonly shown = new Map<number, number>();
  private marks = new Map<number, number[]>();

  constructor(tape: Tape) {
    this.tape = tape;
    this.openFirst();
  }

  /** Opens from the outside in, as long as what is seen stays short. */
  private openFirst(): void {
    let rows = 1;
    let level = this.tape.length > 0 ? [0] : [];
    for (let depth = 0; depth < 6 && level.length > 0; depth++) {
      const inner: number[] = [];
      for (const i of level) {
        const members = Math.min(step, this.tape.count(i));
        if (!this.tape.isContainer(i) || (depth > 0 && rows + members > firstRows)) continue;
        this.open.add(i);
        rows += members;
        for (let child = i + 1, n = 0; child < this.tape.skip(i) && n < members; child = this.tape.skip(child), n++) if (this.tape.isContainer(child) && this.tape.count(child) > 0) inner.push(child);
      }
      level = inner;
    }
  }

  toggle(id: number): void {
    if (!this.open.delete(id)) this.open.add(id);
  }

  more(id: number): void {
    this.shown.set(id, (this.shown.get(id) ?? step) * 2);
  }

  openAll(): void {
    let rows = 0;
    for (let i = 0; i < this.tape.length && rows < 5000; i++, rows++) if (this.tape.isContainer(i)) this.open.add(i);
  }

  closeAll(): void {
    this.open.clear();
    if (this.tape.length > 0) this.open.add(0);
  }

  /** Marks the places of losses, and opens what they are in. Returns which were found, and where first. */
  mark(paths: readonly string[]): (number | null)[] {
    this.marks = new Map();
    return paths.map((path, loss) => {
      const places = placesOf(this.tape, path);
      for (const place of places) {
        this.marks.set(place, [...(this.marks.get(place) ?? []), loss]);
        for (let i = this.tape.parent(place); i >= 0; i = this.tape.parent(i)) this.open.add(i);
      }
      return places[0] ?? null;
    });
  }

  /** The rows that are seen; bounded, however much is open. */
  rows(): TreeRow[] {
    const { tape } = this;
    const out: TreeRow[] = [];
    if (tape.length === 0) return out;
    const stack: { id: number; end: number; at: number; depth: number; n: number; most: number }[] = [];
    const push = (i: number, depth: number, place: number | null): void => {
      out.push(this.row(i, depth, place));
      if (tape.isContainer(i) && this.open.has(i)) stack.push({ id: i, end: tape.skip(i), at: i + 1, depth: depth + 1, n: 0, most: this.shown.get(i) ?? step });
    };
    push(0, 0, null);
    while (stack.length > 0 && out.length < mostRows) {
      const top = stack.at(-1);
      if (!top) break;
      if (top.at >= top.end) {
        stack.pop();
        continue;
      }
      const marked = top.n >= top.most && this.marks.size > 0 && this.marks.has(top.at);
      if (top.n >= top.most && !marked) {
        out.push({ id: top.id, depth: top.depth, key: null, kind: 'more', text: '', size: tape.count(top.id) - top.n, cut: false, open: false });
        stack.pop();
        continue;
      }
      const child = top.at;
      top.at = tape.skip(child);
      push(child, top.depth, top.n++);
    }
    return out;
  }

  private row(i: number, depth: number, place: number | null): TreeRow {
    const { tape } = this;
    const kind = tape.kind(i);
    const container = tape.isContainer(i);
    const length = tape.end(i) - tape.start(i);
    const text = container ? '' : kind === 'string' ? tape.string(i, previewLength) : tape.text.slice(tape.start(i), Math.min(tape.end(i), tape.start(i) + previewLength));
    const row: TreeRow = { id: i, depth, key: tape.key(i) ?? place, kind, text, size: container ? tape.count(i) : Math.max(0, kind === 'string' ? length - 2 : length), cut: !container && (kind === 'string' ? length - 2 > text.length && text.length >= previewLength : length > previewLength), open: this.open.has(i) };
    const losses = this.marks.get(i);
    if (losses) row.losses = losses;
    if (kind === 'string' && length > 60 && /^(data:image\/(png|jpeg|gif|webp);base64,|iVBORw0KGgo|\/9j\/|R0lGOD|UklGR)/.test(text)) row.picture = true;
    return row;
  }
}

const flat = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

/** Other names of the same setting: losses are named in the words of one protocol, requests are written in those of another. */
const aliases: Record<string, readonly string[]> = {
  maxoutputtokens: ['maxtokens', 'maxcompletiontokens', 'maxoutputtokens'],
  maxtokens: ['maxcompletiontokens', 'maxoutputtokens', 'maxtokens'],
  stop: ['stopsequences', 'stop'],
  stopsequences: ['stop', 'stopsequences'],
  n: ['candidatecount', 'n'],
  reasoning: ['thinking', 'reasoningeffort', 'thinkingconfig', 'reasoning'],
  tools: ['tools', 'functions'],
};

type Segment = { name: string } | { place: number } | 'any';

function segmentsOf(path: string): Segment[] {
  const out: Segment[] = [];
  for (const [, name, place] of path.matchAll(/([^.[\]]+)|\[(\d*|\*)\]/g)) {
    if (name !== undefined) out.push({ name: flat(name) });
    else out.push(place === '' || place === '*' || place === undefined ? 'any' : { place: Number(place) });
  }
  return out;
}

/** Where in a request a loss stands: at its path, or below a member of the request when it is not at the top. */
export function placesOf(tape: Tape, path: string, most = 20): number[] {
  const segments = segmentsOf(path);
  if (segments.length === 0 || tape.length === 0) return [];
  let level = [0];
  for (let depth = 0; depth < 4 && level.length > 0; depth++) {
    const found: number[] = [];
    for (const i of level) {
      find(tape, i, segments, 0, found, most);
      if (found.length >= most) break;
    }
    if (found.length > 0) return [...new Set(found)];
    const inner: number[] = [];
    for (const i of level) for (let child = i + 1; child < tape.skip(i) && inner.length < 2000; child = tape.skip(child)) if (tape.isContainer(child)) inner.push(child);
    level = inner;
  }
  return [];
}

function find(tape: Tape, i: number, segments: readonly Segment[], at: number, found: number[], most: number): void {
  const segment = segments[at];
  if (segment === undefined) {
    found.push(i);
    return;
  }
  if (!tape.isContainer(i)) return;
  const list = tape.kind(i) === 'array';
  if (typeof segment === 'object' && 'name' in segment && list && at === 0) return;
  let place = 0;
  for (let child = i + 1; child < tape.skip(i) && found.length < most && place < 5000; child = tape.skip(child), place++) {
    if (segment === 'any') find(tape, child, segments, at + 1, found, most);
    else if ('place' in segment) {
      if (list && place === segment.place) find(tape, child, segments, at + 1, found, most);
    } else if (list) find(tape, child, segments, at, found, most);
    else {
      const name = flat(tape.key(child, 100) ?? '');
      if (name === segment.name || aliases[segment.name]?.includes(name)) find(tape, child, segments, at + 1, found, most);
      // Losses of a message's blocks are named as the message's own.
      else if (at > 0 && (name === 'content' || name === 'parts') && tape.kind(child) === 'array') find(tape, child, segments, at, found, most);
    }
  }
}
