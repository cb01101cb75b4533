import { api, data } from '@/api/client';
import type { Flow } from '@/lib/flows';
import type { FlowQuery } from './filters';

/** Rows of flows, newest first, flat and bounded: the page that was read first, what ended since before it, older pages behind it. */
export class FlowRows {
  /** Ended since the first page was read, newest last, so that another one costs nothing. */
  private fresh: Flow[] = [];
  private read: Flow[] = [];
  private readonly ids = new Set<string>();
  private readonly most: number;
  /** Whether older rows were let go to make room for newer ones. */
  full = false;

  constructor(most = 50_000) {
    this.most = most;
  }

  get length(): number {
    return this.fresh.length + this.read.length;
  }

  at(index: number): Flow | undefined {
    return index < this.fresh.length ? this.fresh[this.fresh.length - 1 - index] : this.read[index - this.fresh.length];
  }

  has(id: string): boolean {
    return this.ids.has(id);
  }

  indexOf(id: string): number {
    if (!this.ids.has(id)) return -1;
    const fresh = this.fresh.findIndex((f) => f.id === id);
    return fresh >= 0 ? this.fresh.length - 1 - fresh : this.fresh.length + this.read.findIndex((f) => f.id === id);
  }

  /** An older page, newest first. */
  append(page: readonly Flow[]): void {
    for (const flow of page) if (this.keep(flow)) this.read.push(flow);
    this.trim();
  }

  /** What has ended, oldest first. */
  prepend(flows: readonly Flow[]): number {
    let added = 0;
    for (const flow of flows)
      if (this.keep(flow)) {
        this.fresh.push(flow);
        added++;
      }
    this.trim();
    return added;
  }

  replace(flow: Flow): void {
    const index = this.indexOf(flow.id);
    if (index < 0) return;
    if (index < this.fresh.length) this.fresh[this.fresh.length - 1 - index] = flow;
    else this.read[index - this.fresh.length] = flow;
  }

  remove(gone: ReadonlySet<string>): void {
    this.fresh = this.fresh.filter((f) => !gone.has(f.id));
    this.read = this.read.filter((f) => !gone.has(f.id));
    for (const id of gone) this.ids.delete(id);
  }

  private keep(flow: Flow): boolean {
    if (this.ids.has(flow.id)) return false;
    this.ids.add(flow.id);
    return true;
  }

  private trim(): void {
    while (this.length > this.most) {
      const gone = this.read.pop() ?? this.fresh.shift();
      if (gone) this.ids.delete(gone.id);
      this.full = true;
    }
  }
}

/** What is seen of a feed. */
export interface FeedState {
  /** Grows with every change of the rows. */
  version: number;
  loading: boolean;
  /** Whether the first page has come. */
  ready: boolean;
  /** Whether there is nothing older. */
  done: boolean;
  error: unknown;
  /** How many have ended that are not shown yet. */
  waiting: number;
  /** Whether some that ended were not told: they are found by reading again. */
  missed: boolean;
}

const mostWaiting = 2000;

/** The flows of a query: read page by page, followed as they end. */
export class FlowFeed {
  readonly rows: FlowRows;
  private state: FeedState = { version: 0, loading: false, ready: false, done: false, error: null, waiting: 0, missed: false };
  private readonly watchers = new Set<() => void>();
  private next: string | undefined;
  private abort = new AbortController();
  private waiting: Flow[] = [];
  private held = false;
  private due: ReturnType<typeof setTimeout> | undefined;
  private readonly query: FlowQuery;
  private readonly fetchPage: typeof fetchFlows;

  constructor(query: FlowQuery, most?: number, fetchPage = fetchFlows) {
    this.query = query;
    this.rows = new FlowRows(most);
    this.fetchPage = fetchPage;
  }

  readonly watch = (tell: () => void): (() => void) => {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  };

  readonly current = (): FeedState => this.state;

  start(): void {
    this.abort = new AbortController();
    if (!this.state.ready) void this.more();
  }

  stop(): void {
    this.abort.abort();
    clearTimeout(this.due);
    this.due = undefined;
    if (this.state.loading) this.become({ loading: false });
  }

  /** Reads the next page, unless one is on its way or there is none. */
  readonly more = async (): Promise<void> => {
    if (this.state.loading || this.state.done) return;
    const { signal } = this.abort;
    this.become({ loading: true, error: null });
    try {
      const page = await this.fetchPage(this.query, this.next, this.state.ready ? 500 : 100, signal);
      if (signal.aborted) return;
      this.rows.append(page.flows);
      this.next = page.next ?? undefined;
      this.become({ loading: false, ready: true, done: !page.next || this.rows.full, version: this.state.version + 1 });
    } catch (error) {
      if (!signal.aborted) this.become({ loading: false, error });
    }
  };

  /** A flow that has ended. It is shown soon, or when the list is let go. */
  add(flow: Flow): void {
    if (this.rows.has(flow.id)) return;
    this.waiting.push(flow);
    if (this.waiting.length > mostWaiting) {
      this.waiting.shift();
      if (!this.state.missed) this.become({ missed: true });
    }
    this.due ??= setTimeout(() => {
      this.due = undefined;
      if (this.held) this.become({ waiting: this.waiting.length });
      else this.release();
    }, 250);
  }

  /** Some were lost on the way. */
  miss(): void {
    this.become({ missed: true });
  }

  /** Keeps what ends from moving the rows that someone reads. */
  hold(held: boolean): void {
    if (this.held === held) return;
    this.held = held;
    if (!held) this.release();
  }

  /** Shows what has ended; reads what was missed. */
  release(): void {
    const ended = this.waiting;
    this.waiting = [];
    const added = this.state.ready ? this.rows.prepend(ended) : 0;
    if (added > 0 || this.state.waiting > 0) this.become({ waiting: 0, version: this.state.version + 1 });
    if (this.state.missed) void this.catchUp();
  }

  /** Reads the newest page again, as after a break, for what was not told. */
  async catchUp(): Promise<void> {
    if (!this.state.ready) return;
    const { signal } = this.abort;
    try {
      const page = await this.fetchPage(this.query, undefined, 500, signal);
      if (signal.aborted) return;
      const added = this.rows.prepend(page.flows.filter((f) => !this.rows.has(f.id)).reverse());
      this.become({ missed: false, version: this.state.version + (added > 0 ? 1 : 0) });
    } catch {
      // The next break or event tries again.
    }
  }

  replace(flow: Flow): void {
    this.rows.replace(flow);
    this.become({ version: this.state.version + 1 });
  }

  remove(ids: ReadonlySet<string>): void {
    this.rows.remove(ids);
    this.become({ version: this.state.version + 1 });
  }

  private become(change: Partial<FeedState>): void {
    this.state = { ...this.state, ...change };
    for (const tell of this.watchers) tell();
  }
}

function fetchFlows(query: FlowQuery, after: string | undefined, limit: number, signal: AbortSignal) {
  return data(api.GET('/api/v1/flows', { params: { query: { ...query, after, limit } }, signal }));
}
