import { clip } from '@/lib/text';
import { splitEvents, type StreamEvent } from '@/lib/sse';
import { formOf, splitLines } from './events';
import { answerOf, fold, messagesOf, type Message, type Said } from './said';
import { Tape } from './tape';
import { Tree, type TreeRow } from './tree';

/** What a body is, as far as the page needs to know. */
export interface BodyInfo {
  form: 'json' | 'events' | 'lines' | 'text';
  /** Characters. */
  length: number;
  events: number;
  /** Where the JSON breaks off. */
  brokenAt: number | null;
}

/** An event in the list: the beginning of its data. */
export interface EventRow {
  index: number;
  name: string;
  text: string;
  size: number;
  json: boolean;
}

let text = '';
let events: StreamEvent[] = [];
let info: BodyInfo = { form: 'text', length: 0, events: 0, brokenAt: null };
/** The tree of the whole body (-1), and those of the events that were opened. */
const trees = new Map<number, Tree>();

function tree(doc: number): Tree {
  let found = trees.get(doc);
  if (!found) {
    found = new Tree(new Tape(doc < 0 ? text : (events[doc]?.data ?? '')));
    trees.set(doc, found);
  }
  return found;
}

const bounded = (parts: Said[], room = 400_000): Said[] => {
  let left = room;
  const out: Said[] = [];
  for (const part of parts) {
    if (left <= 0 || out.length >= 2000) break;
    out.push({ ...part, text: clip(part.text, Math.min(left, 60_000)) });
    left -= part.text.length;
  }
  return out;
};

function parsed(): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What the page can ask. Everything that is answered is bounded. */
const methods = {
  async load(address: string, contentType: string): Promise<BodyInfo> {
    const response = await fetch(address, { headers: { 'x-dragoman-panel': '1' } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    text = await response.text();
    const form = formOf(contentType, text);
    events = form === 'events' ? splitEvents(text) : form === 'lines' ? splitLines(text) : [];
    trees.clear();
    info = { form, length: text.length, events: events.length, brokenAt: form === 'json' ? tree(-1).tape.brokenAt : null };
    return info;
  },
  rows: (doc: number): TreeRow[] => tree(doc).rows(),
  toggle(doc: number, id: number): TreeRow[] {
    tree(doc).toggle(id);
    return tree(doc).rows();
  },
  more(doc: number, id: number): TreeRow[] {
    tree(doc).more(id);
    return tree(doc).rows();
  },
  openAll(doc: number, on: boolean): TreeRow[] {
    if (on) tree(doc).openAll();
    else tree(doc).closeAll();
    return tree(doc).rows();
  },
  mark(doc: number, paths: string[]): { places: (number | null)[]; rows: TreeRow[] } {
    const places = tree(doc).mark(paths);
    return { places, rows: tree(doc).rows() };
  },
  /** The text of a string, as much as is asked for. */
  string: (doc: number, id: number, most: number): string => tree(doc).tape.string(id, most),
  source(doc: number, id: number): string {
    const { tape } = tree(doc);
    return tape.text.slice(tape.start(id), Math.min(tape.end(id), tape.start(id) + 5_000_000));
  },
  /** A picture as an address, when its first bytes are those of a picture that browsers draw without running anything. */
  picture(doc: number, id: number): string | null {
    const raw = tree(doc).tape.string(id, 6_000_000).replace(/^data:image\/[a-z]+;base64,/, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(raw)) return null;
    let head: string;
    try {
      head = atob(raw.slice(0, 16));
    } catch {
      return null;
    }
    const type = head.startsWith('\x89PNG\r\n\x1a\n') ? 'png' : head.startsWith('\xff\xd8\xff') ? 'jpeg' : /^GIF8[79]a/.test(head) ? 'gif' : head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP' ? 'webp' : null;
    return type ? `data:image/${type};base64,${raw}` : null;
  },
  events: (from: number, to: number): EventRow[] => events.slice(from, to).map((e, i) => ({ index: from + i, name: e.name, text: clip(e.data, 400), size: e.data.length, json: /^\s*[{[]/.test(e.data) })),
  /** What an event says, when it is no JSON. */
  event: (index: number, most: number): string => (events[index]?.data ?? '').slice(0, most),
  /** What a stream or an answer says in the end. */
  said(): { parts: Said[]; cut: boolean } {
    if (info.form === 'json') return { parts: bounded(answerOf(parsed())), cut: false };
    if (info.form === 'text') return { parts: text ? bounded([{ kind: 'text', text }]) : [], cut: false };
    const folded = fold(
      (function* () {
        for (const event of events) yield event.data;
      })(),
    );
    return { parts: bounded(folded.parts), cut: folded.cut };
  },
  messages(): { messages: Message[]; left: number } {
    const all = messagesOf(parsed());
    // The last ones are what a request is about.
    const shown = all.slice(-300);
    let room = 1_500_000;
    const out: Message[] = [];
    for (const message of shown.reverse()) {
      if (room <= 0) break;
      const parts = bounded(message.parts, Math.min(room, 200_000));
      room -= parts.reduce((sum, p) => sum + p.text.length, 0);
      out.push({ role: clip(message.role, 40), parts });
    }
    return { messages: out.reverse(), left: all.length - out.length };
  },
  raw: (from: number, to: number): string => text.slice(from, to),
};

export type BodyMethods = typeof methods;

addEventListener('message', (event: MessageEvent<{ call: number; method: keyof BodyMethods; args: unknown[] }>) => {
  const { call, method, args } = event.data;
  const run = methods[method] as (...all: unknown[]) => unknown;
  Promise.resolve()
    .then(() => run(...args))
    .then(
      (result) => postMessage({ call, result }),
      (error: unknown) => postMessage({ call, error: error instanceof Error ? error.message : String(error) }),
    );
});
