import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

let now = Date.now();
const watchers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function watchClock(tell: () => void): () => void {
  watchers.add(tell);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const one of watchers) one();
  }, 1000);
  return () => {
    watchers.delete(tell);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time, once a second, for countdowns; every component that asks is told together. */
export function useNow(): number {
  return useSyncExternalStore(watchClock, () => now);
}

/** A value that is set some time after its source has last changed: for filters that ask the gateway while someone types. */
export function useSettled<T>(value: T, wait = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const due = setTimeout(() => setSettled(value), wait);
    return () => clearTimeout(due);
  }, [value, wait]);
  return settled;
}

/** A preference of this browser (columns, density, view): nothing secret. */
export function usePreference<T>(name: string, initial: T): [T, (value: T) => void] {
  const key = `dragoman.${name}`;
  const [value, setValue] = useState<T>(() => {
    try {
      const text = localStorage.getItem(key);
      return text === null ? initial : (JSON.parse(text) as T);
    } catch {
      return initial;
    }
  });
  const keep = useCallback(
    (next: T) => {
      setValue(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // A browser that keeps nothing shows the initial one next time.
      }
    },
    [key],
  );
  return [value, keep];
}

/** Asks before leaving a page with changes that are not saved (closing the tab; see Unsaved for links). */
export function useBeforeUnload(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const stop = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', stop);
    return () => removeEventListener('beforeunload', stop);
  }, [dirty]);
}
