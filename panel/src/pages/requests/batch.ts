/** What came of a batch: which went well, and what was said of the others. */
export interface BatchResult<T> {
  done: Map<string, T>;
  failed: Map<string, unknown>;
}

/** Does something for each of many, a few at a time; one that fails does not stop the others. */
export async function batch<T>(ids: readonly string[], run: (id: string) => Promise<T>, atOnce = 4, progress?: (done: number) => void): Promise<BatchResult<T>> {
  const result: BatchResult<T> = { done: new Map(), failed: new Map() };
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const id = ids[next++];
      if (id === undefined) return;
      try {
        result.done.set(id, await run(id));
      } catch (error) {
        result.failed.set(id, error);
      }
      progress?.(result.done.size + result.failed.size);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, ids.length) }, worker));
  return result;
}

/** Words separated by commas, semicolons or lines, each once. */
export function tagsOf(text: string): string[] {
  return [...new Set(text.split(/[,;\n，、]/).map((w) => w.trim()).filter(Boolean))];
}
