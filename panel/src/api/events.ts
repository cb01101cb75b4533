import { useEffect, useRef, useSyncExternalStore } from 'react';
import { EventStream } from './stream';

/** How the event stream is: `live`, on the way back after a break, or not wanted yet. */
export type LiveState = 'idle' | 'live' | 'reconnecting';

type Handler = (data: unknown, id: string) => void;

const kinds = ['flow', 'change', 'health', 'missed', 'reset'] as const;
/** What the stream tells: a flow that ended, a change of the store, the health, how many were missed, and that all has to be read anew. */
export type EventKind = (typeof kinds)[number];

/** The one event stream of the page. It closes when nobody listens. */
export class LiveEvents {
  private stream: EventStream | null = null;
  private readonly handlers = new Map<EventKind, Set<Handler>>();
  private readonly watchers = new Set<() => void>();
  private state: LiveState = 'idle';

  readonly current = (): LiveState => this.state;

  readonly watch = (tell: () => void): (() => void) => {
    this.watchers.add(tell);
    return () => this.watchers.delete(tell);
  };

  on(kind: EventKind, handler: Handler): () => void {
    let set = this.handlers.get(kind);
    if (!set) this.handlers.set(kind, (set = new Set()));
    set.add(handler);
    this.stream ??= new EventStream('/api/v1/events', {
      kinds,
      onEvent: (name, value, id) => this.tell(name as EventKind, value, id),
      // What happened meanwhile is not told again: as if the gateway had said so.
      onOpen: (how) => how === 'anew' && this.tell('reset', {}, ''),
      onState: (state) => this.become(state === 'live' ? 'live' : 'reconnecting'),
    });
    return () => {
      set.delete(handler);
      if ([...this.handlers.values()].every((s) => s.size === 0)) this.close();
    };
  }

  /** Connects at once, as after signing in. */
  again(): void {
    this.stream?.hurry();
  }

  private tell(kind: EventKind, value: unknown, id: string): void {
    for (const handler of this.handlers.get(kind) ?? []) handler(value, id);
  }

  private close(): void {
    this.stream?.close();
    this.stream = null;
    this.become('idle');
  }

  private become(state: LiveState): void {
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
export function useStreamState(): LiveState {
  return useSyncExternalStore(events.watch, events.current);
}
