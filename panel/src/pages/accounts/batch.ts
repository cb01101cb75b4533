/** How far one item of a batch is. */
export interface BatchItem<T> {
  key: string;
  value: T;
  state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped';
  /** What came of it, in words. */
  note?: string;
}

/** What came of one item: words for a success; throw for a failure; `skip` for what does not apply. */
export type BatchResult = { note?: string; skip?: boolean };

/**
 * Does one thing with many items, a few at a time, and tells after each step how all of them are. One failure does not stop the others; the signal keeps what has not
 * begun from beginning.
 */
export async function runBatch<T>(items: readonly BatchItem<T>[], work: (value: T) => Promise<BatchResult>, words: (error: unknown) => string, tell: (items: BatchItem<T>[]) => void, signal: AbortSignal, parallel = 4): Promise<BatchItem<T>[]> {
  let present = [...items];
  const set = (key: string, change: Partial<BatchItem<T>>): void => {
    present = present.map((item) => (item.key === key ? { ...item, ...change } : item));
    tell(present);
  };
  const queue = present.filter((item) => item.state === 'waiting').map((item) => item.key);
  const worker = async (): Promise<void> => {
    for (let key = queue.shift(); key !== undefined && !signal.aborted; key = queue.shift()) {
      const item = present.find((i) => i.key === key);
      if (!item) continue;
      set(key, { state: 'running', note: undefined });
      try {
        const { note, skip } = await work(item.value);
        set(key, { state: skip ? 'skipped' : 'done', note });
      } catch (error) {
        set(key, { state: 'failed', note: words(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, worker));
  return present;
}

/** The items with those that failed waiting again. */
export const retryFailed = <T>(items: readonly BatchItem<T>[]): BatchItem<T>[] => items.map((item) => (item.state === 'failed' ? { ...item, state: 'waiting', note: undefined } : item));

/** Tags after a batch: added, taken away, or replaced. */
export function changeTags(present: readonly string[], mode: 'add' | 'remove' | 'replace', tags: readonly string[]): string[] {
  if (mode === 'replace') return [...tags];
  if (mode === 'remove') return present.filter((tag) => !tags.includes(tag));
  return [...present, ...tags.filter((tag) => !present.includes(tag))];
}
