import { useEffect, useRef, useState } from 'react';

/** How a stream is: on the way for the first time, open, or on the way back. */
export type StreamState = 'connecting' | 'live' | 'lost';

/** How a stream was opened: for the first time, going on behind the last event that came, or anew, when something may have been missed. */
export type Opening = 'first' | 'resumed' | 'anew';

/** What becomes of a stream's events. */
export interface StreamHandlers {
  /** The names of the events that are wanted. */
  kinds: readonly string[];
  onEvent: (kind: string, value: unknown, id: string) => void;
  onOpen?: (how: Opening) => void;
  onState?: (state: StreamState) => void;
  /** Whether nothing comes behind an event: the stream is closed then, before the browser takes its end for a break and asks again. */
  isLast?: (kind: string, value: unknown) => boolean;
}

/** A refusal (signed out, too many listeners) closes a stream for good: after so long it is asked for again. */
const pause = 3000;

/**
 * A stream of events that comes back. After a break the browser connects again by itself and says which event it had last, so that the gateway goes on behind it. After a
 * refusal it is opened anew, which no id can be said for: then what is shown has to be read again.
 */
export class EventStream {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private wasOpen = false;
  private hasId = false;
  private readonly address: string;
  private readonly handlers: StreamHandlers;

  constructor(address: string, handlers: StreamHandlers) {
    this.address = address;
    this.handlers = handlers;
    this.open();
  }

  /** Ends it. */
  close(): void {
    this.source?.close();
    this.source = null;
    clearTimeout(this.retry);
    this.retry = undefined;
  }

  /** Asks at once where it waits after a refusal, as after signing in. */
  hurry(): void {
    if (this.retry === undefined) return;
    clearTimeout(this.retry);
    this.open();
  }

  private open(): void {
    this.retry = undefined;
    this.hasId = false;
    const source = new EventSource(this.address);
    this.source = source;
    source.onopen = () => {
      this.handlers.onState?.('live');
      this.handlers.onOpen?.(!this.wasOpen ? 'first' : this.hasId ? 'resumed' : 'anew');
      this.wasOpen = true;
    };
    source.onerror = () => {
      if (this.source !== source) return;
      this.handlers.onState?.('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      this.source = null;
      this.retry = setTimeout(() => this.open(), pause);
    };
    for (const kind of this.handlers.kinds)
      source.addEventListener(kind, (event) => {
        if (this.source !== source) return;
        const message = event as MessageEvent<string>;
        if (message.lastEventId) this.hasId = true;
        let value: unknown;
        try {
          value = JSON.parse(message.data);
        } catch {
          return;
        }
        if (this.handlers.isLast?.(kind, value)) this.close();
        this.handlers.onEvent(kind, value, message.lastEventId);
      });
  }
}

/** A stream of events that is open while `address` is one. */
export function useStream(address: string | null, handlers: Record<string, (value: unknown, id: string) => void>, onOpen?: (how: Opening) => void): 'off' | StreamState {
  const latest = useRef({ handlers, onOpen });
  useEffect(() => {
    latest.current = { handlers, onOpen };
  });
  const names = Object.keys(handlers).join(' ');
  const [seen, setSeen] = useState<{ address: string | null; state: StreamState }>({ address: null, state: 'connecting' });
  useEffect(() => {
    if (!address) return;
    const stream = new EventStream(address, {
      kinds: names.split(' '),
      onEvent: (kind, value, id) => latest.current.handlers[kind]?.(value, id),
      onOpen: (how) => latest.current.onOpen?.(how),
      onState: (state) => setSeen({ address, state }),
    });
    return () => stream.close();
  }, [address, names]);
  return !address ? 'off' : seen.address === address ? seen.state : 'connecting';
}
