import { useEffect, useRef, useSyncExternalStore } from 'react';

/** How the event stream is: `live`, on the way back after a break, or not wanted yet. */
export type StreamState = 'idle' | 'live' | 'reconnecting';

type Handler = (data: unknown, id: string) => void;

const kinds = ['flow', 'change', 'health', 'missed', 'reset'] as const;
/** What the stream tells: a flow that ended, a change of the store, the health, how many were missed, and that all has to be read anew. */
export type EventKind = (typeof kinds)[number];

/**
 * The one event stream of the page. The browser connects again by itself and says which event it had last, so that the gateway goes on from there.
 * It closes when nobody listens.
 */
class LiveEvents {
  private source: EventSource | null = null;
  private readonly handlers = new Map<EventKind, Set<Handler>>();
  private readonly watchers = new Set<() => void>();
  private state: StreamState = 'idle';
  private retry: ReturnType<typeof setTimeout> | undefined;
  private last = '';

  readonly current = (): StreamState => this.state;

  readonly watch = (tell: () => void): (() => void) => {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  };

  on(kind: EventKind, handler: Handler): () => void {
    let set = this.handlers.get(kind);
    if (!set) this.handlers.set(kind, (set = new Set()));
    set.add(handler);
    if (!this.source && !this.retry) this.open();
    return () => {
      set.delete(handler);
      if ([...this.handlers.values()].every((s) => s.size === 0)) this.close();
    };
  }

  /** Connects at once, as after signing in. */
  again(): void {
    if (this.source) return;
    clearTimeout(this.retry);
    this.retry = undefined;
    if ([...this.handlers.values()].some((s) => s.size > 0)) this.open();
  }

  private open(): void {
    const source = new EventSource(`/api/v1/events${this.last ? `?last_event_id=${encodeURIComponent(this.last)}` : ''}`);
    this.source = source;
    source.onopen = () => this.become('live');
    source.onerror = () => {
      this.become('reconnecting');
      // A refusal closes it for good: ask again later by ourselves.
      if (source.readyState === EventSource.CLOSED) {
        this.source = null;
        clearTimeout(this.retry);
        this.retry = setTimeout(() => {
          this.retry = undefined;
          this.open();
        }, 3000);
      }
    };
    for (const kind of kinds) {
      source.addEventListener(kind, (event) => {
        const message = event as MessageEvent<string>;
        if (message.lastEventId) this.last = message.lastEventId;
        let value: unknown;
        try {
          value = JSON.parse(message.data);
        } catch {
          return;
        }
        for (const handler of this.handlers.get(kind) ?? []) handler(value, message.lastEventId);
      });
    }
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retry);
    this.retry = undefined;
    this.become('idle');
  }

  private become(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    for (const tell of this.watchers) tell();
  }
}

/** The page's event stream. */
export const events = new LiveEvents();

/** Calls back for every event of a kind while the component is shown. */
export function useEvent<T>(kind: EventKind, handler: (value: T) => void): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => events.on(kind, (value) => latest.current(value as T)), [kind]);
}

/** How the event stream is. */
export function useStreamState(): StreamState {
  return useSyncExternalStore(events.watch, events.current);
}
