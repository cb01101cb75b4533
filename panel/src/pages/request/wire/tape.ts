/** The kinds of JSON values. */
export const kinds = ['object', 'array', 'string', 'number', 'true', 'false', 'null'] as const;
export type Kind = (typeof kinds)[number];

const objectKind = 0;
const arrayKind = 1;
const width = 8;
const enum Column {
  Kind,
  KeyStart,
  KeyEnd,
  Start,
  End,
  Skip,
  Count,
  Parent,
}

/**
 * JSON as a flat table of its values in their order, with places in the text: no recursion and no objects, so that depth and size do no harm, numbers stay as
 * they are written, and of a text that breaks off all that stands before the break can be read.
 */
export class Tape {
  readonly text: string;
  private data = new Int32Array(width * 1024);
  private used = 0;
  /** Where reading stopped, when it did before the end. */
  brokenAt: number | null = null;

  constructor(text: string) {
    this.text = text;
    this.read();
  }

  get length(): number {
    return this.used;
  }
  kind = (i: number): Kind => kinds[this.get(i, Column.Kind)] as Kind;
  isContainer = (i: number): boolean => this.get(i, Column.Kind) <= arrayKind;
  start = (i: number): number => this.get(i, Column.Start);
  end = (i: number): number => this.get(i, Column.End);
  /** The value after this one and all that is in it. */
  skip = (i: number): number => this.get(i, Column.Skip);
  count = (i: number): number => this.get(i, Column.Count);
  parent = (i: number): number => this.get(i, Column.Parent);
  source = (i: number): string => this.text.slice(this.start(i), this.end(i));

  /** Its name in the object that it is in; null in arrays. */
  key(i: number, most = 400): string | null {
    const from = this.get(i, Column.KeyStart);
    return from < 0 ? null : decode(this.text, from, this.get(i, Column.KeyEnd), most);
  }

  /** A string's text, or a part of it. */
  string = (i: number, most: number): string => decode(this.text, this.start(i), this.end(i), most);

  private get(i: number, column: Column): number {
    return this.data[i * width + column] ?? 0;
  }

  private put(i: number, column: Column, value: number): void {
    this.data[i * width + column] = value;
  }

  private add(kind: number, keyStart: number, keyEnd: number, start: number, parent: number): number {
    const i = this.used++;
    if ((i + 1) * width > this.data.length) {
      const larger = new Int32Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set([kind, keyStart, keyEnd, start, start, i + 1, 0, parent], i * width);
    if (parent >= 0) this.put(parent, Column.Count, this.get(parent, Column.Count) + 1);
    return i;
  }

  private read(): void {
    const { text } = this;
    const end = text.length;
    const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
    let at = 0;
    let inside = -1;
    let keyStart = -1;
    let keyEnd = -1;
    let wants: 'value' | 'first' | 'key' | 'next' = 'value';
    const blank = (): void => {
      for (;;) {
        const c = text.charCodeAt(at);
        if (c === 32 || c === 10 || c === 13 || c === 9 || (c === 0xfeff && at === 0)) at++;
        else return;
      }
    };
    const string = (): number => {
      let i = at + 1;
      for (;;) {
        const quote = text.indexOf('"', i);
        if (quote < 0) return -1;
        let slashes = 0;
        while (text.charCodeAt(quote - 1 - slashes) === 92 && quote - 1 - slashes > at) slashes++;
        if (slashes % 2 === 0) return quote + 1;
        i = quote + 1;
      }
    };
    const broken = (): void => {
      this.brokenAt = at;
      for (; inside >= 0; inside = this.parent(inside)) {
        this.put(inside, Column.End, at);
        this.put(inside, Column.Skip, this.used);
      }
    };
    const done = (i: number): void => {
      this.put(i, Column.End, at);
      this.put(i, Column.Skip, this.used);
      keyStart = keyEnd = -1;
      wants = 'next';
    };
    for (;;) {
      blank();
      if (at >= end) {
        if (inside >= 0 || this.used === 0) broken();
        return;
      }
      const c = text[at];
      if (wants === 'next') {
        if (inside < 0) return broken();
        const list = this.get(inside, Column.Kind) === arrayKind;
        if (c === ',') {
          at++;
          wants = list ? 'value' : 'key';
        } else if (c === (list ? ']' : '}')) {
          at++;
          const closed = inside;
          inside = this.parent(closed);
          done(closed);
        } else return broken();
        continue;
      }
      if (wants === 'key' || (wants === 'first' && inside >= 0 && this.get(inside, Column.Kind) === objectKind)) {
        if (c === '}' && wants === 'first') {
          wants = 'next';
          continue;
        }
        if (c !== '"') return broken();
        const stop = string();
        if (stop < 0) return broken();
        keyStart = at;
        keyEnd = stop;
        at = stop;
        blank();
        if (text[at] !== ':') return broken();
        at++;
        wants = 'value';
        continue;
      }
      if (wants === 'first' && c === ']') {
        wants = 'next';
        continue;
      }
      if (c === '{' || c === '[') {
        inside = this.add(c === '{' ? objectKind : arrayKind, keyStart, keyEnd, at, inside);
        keyStart = keyEnd = -1;
        at++;
        wants = 'first';
      } else if (c === '"') {
        const stop = string();
        const from = at;
        at = stop < 0 ? end : stop;
        const i = this.add(2, keyStart, keyEnd, from, inside);
        done(i);
        if (stop < 0) return broken();
      } else {
        number.lastIndex = at;
        const word = ['true', 'false', 'null'].findIndex((w) => text.startsWith(w, at));
        const found = word < 0 ? number.exec(text)?.[0] : ['true', 'false', 'null'][word];
        if (!found) return broken();
        const i = this.add(word < 0 ? 3 : 4 + word, keyStart, keyEnd, at, inside);
        at += found.length;
        done(i);
      }
      if (inside < 0 && (wants as string) === 'next') {
        blank();
        if (at < end) this.brokenAt = at;
        return;
      }
    }
  }
}

/** The text of a string between two places of the source, quotes included; at most so many characters of it. */
function decode(text: string, start: number, end: number, most: number): string {
  const closed = end - start >= 2 && text[end - 1] === '"';
  let raw = text.slice(start + 1, Math.min(closed ? end - 1 : end, start + 1 + most * 6));
  // Never half of an escape: an odd number of backslashes at the end begins one.
  const tail = /\\(?:u[0-9a-fA-F]{0,3})?$/.exec(raw);
  if (tail) {
    const slashes = /\\*$/.exec(raw.slice(0, tail.index))?.[0].length ?? 0;
    if (slashes % 2 === 0) raw = raw.slice(0, tail.index);
  }
  if (!raw.includes('\\')) return raw.slice(0, most);
  try {
    return (JSON.parse(`"${raw}"`) as string).slice(0, most);
  } catch {
    return raw.slice(0, most);
  }
}
