import { useEffect, useRef, useState } from 'react';

/** How a stream of its own is. */
export type LiveState = 'off' | 'connecting' | 'live' | 'lost';

/**
 * A stream of events of its own, open while `address` is one. The browser connects again by itself; a refusal is tried again later. `onOpen` tells whether it is
 * open again after a break, when something may have been missed.
 */
export function useStream(address: string | null, handlers: Record<string, (value: unknown, id: string) => void>, onOpen?: (again: boolean) => void): LiveState {
  const latest = useRef({ handlers, onOpen });
  useEffect(() => {
    latest.current = { handlers, onOpen };
  });
  const names = Object.keys(handlers).join(' ');
  const [seen, setSeen] = useState<{ address: string | null; state: LiveState }>({ address: null, state: 'off' });
  useEffect(() => {
    if (!address) return;
    const setState = (state: LiveState): void => setSeen({ address, state });
    let source: EventSource | null = null;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let opened = false;
    let last = '';
    const open = (): void => {
      const resumed = last ? `${address}${address.includes('?') ? '&' : '?'}last_event_id=${encodeURIComponent(last)}` : address;
      const one = new EventSource(resumed);
      source = one;
      one.onopen = () => {
        setState('live');
        latest.current.onOpen?.(opened);
        opened = true;
      };
      one.onerror = () => {
        setState('lost');
        if (one.readyState !== EventSource.CLOSED) return;
        one.close();
        clearTimeout(retry);
        retry = setTimeout(open, 3000);
      };
      for (const name of names.split(' '))
        one.addEventListener(name, (event) => {
          const message = event as MessageEvent<string>;
          if (message.lastEventId) last = message.lastEventId;
          let value: unknown;
          try {
            value = JSON.parse(message.data);
          } catch {
            return;
          }
          latest.current.handlers[name]?.(value, message.lastEventId);
        });
    };
    open();
    return () => {
      source?.close();
      clearTimeout(retry);
    };
  }, [address, names]);
  return !address ? 'off' : seen.address === address ? seen.state : 'connecting';
}
