/** A line of the gateway's log. */
export interface LogLine {
  number: number;
  at: string;
  level: string;
  category: string;
  message: string;
  request_id?: string | null;
}

/** The newest lines, bounded by their number and by their text; each number once, in order. */
export class LogRing {
  private kept: LogLine[] = [];
  private size = 0;
  /** How many were let go at the front. */
  dropped = 0;
  /** Lines up to this one are not taken. */
  private readonly first: number;
  private readonly most: number;
  private readonly mostText: number;

  constructor(most = 10_000, mostText = 24_000_000, first = 0) {
    this.first = first;
    this.most = most;
    this.mostText = mostText;
  }

  get lines(): readonly LogLine[] {
    return this.kept;
  }

  get last(): number {
    return this.kept.at(-1)?.number ?? this.first;
  }

  /** Adds what is newer than what is there; gives how many that were. */
  add(lines: readonly LogLine[]): number {
    let last = this.last;
    const fresh: LogLine[] = [];
    for (const line of lines) {
      if (typeof line.number !== 'number' || line.number <= last) continue;
      last = line.number;
      fresh.push(line);
      this.size += line.message.length;
    }
    if (fresh.length === 0) return 0;
    const all = [...this.kept, ...fresh];
    let from = Math.max(0, all.length - this.most);
    for (let i = 0; i < from; i++) this.size -= all[i]?.message.length ?? 0;
    while (this.size > this.mostText && from < all.length - 1) this.size -= all[from++]?.message.length ?? 0;
    this.dropped += from;
    this.kept = from > 0 ? all.slice(from) : all;
    return fresh.length;
  }

  clear(): void {
    this.kept = [];
    this.size = 0;
    this.dropped = 0;
  }
}

const order = ['trace', 'debug', 'info', 'warn', 'error', 'critical'] as const;
export type Level = (typeof order)[number];
export const levels: readonly Level[] = order;

/** A level by any of the names that gateways and files give it. */
export function levelOf(name: string): Level {
  const low = name.toLowerCase();
  if (low.startsWith('crit') || low === 'fatal') return 'critical';
  if (low.startsWith('err') || low === 'fail') return 'error';
  if (low.startsWith('warn')) return 'warn';
  if (low.startsWith('info')) return 'info';
  if (low.startsWith('trace') || low === 'trce') return 'trace';
  return low.startsWith('d') ? 'debug' : 'info';
}

/** A line as a file has it. */
export const asFileLine = (line: LogLine): string => `${line.at} ${line.level} ${line.category}: ${line.message}`;

/** A message in parts: the ids of requests in it, which are links, and what is between them. Only the beginning of a long one is looked into. */
export function partsOf(message: string, requestId: string | null | undefined): { text: string; id?: string }[] {
  // A UUID of version 7 without dashes.
  const id = /(?<![0-9a-f])[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-f])/g;
  const out: { text: string; id?: string }[] = [];
  let at = 0;
  for (const found of message.matchAll(id)) {
    if (out.length > 40) break;
    if (found.index > at) out.push({ text: message.slice(at, found.index) });
    out.push({ text: found[0], id: found[0] });
    at = found.index + found[0].length;
  }
  if (at < message.length) out.push({ text: message.slice(at) });
  if (requestId && !out.some((p) => p.id === requestId)) out.push({ text: ' ' }, { text: requestId, id: requestId });
  return out;
}
