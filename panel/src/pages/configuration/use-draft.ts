import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useSettled } from '@/lib/hooks';
import { check, type Checked, faultFrom, fileQuery, schemaQuery } from './api';
import { dataOf, type Fault, faultsOf, parse, type Parsed } from './model/check';
import { type Draft, isDirty, whenDecided, whenRead } from './model/draft';
import type { Schema } from './model/schema';

/** The document that the page is about: one text, whichever tab shows it. */
export interface Workbench {
  draft: Draft;
  dirty: boolean;
  parsed: Parsed;
  /** What stands in the draft, and in the file, as data; null while it cannot be read. */
  data: unknown;
  saved: unknown;
  schema: Schema | null | undefined;
  faults: Fault[];
  /** What the gateway says of this very text; null while it has not said anything. */
  checked: Checked | null;
  write: (text: string) => void;
  decide: (text: string) => void;
  /** What was just saved is what the file has now. */
  accept: (version: string) => void;
  again: () => Promise<unknown>;
}

/** Follows the file and keeps what is being written; null while it is not there yet. */
export function useWorkbench(): { bench: Workbench | null; error: unknown; retry: () => void } {
  const client = useQueryClient();
  const file = useQuery(fileQuery);
  const schema = useQuery(schemaQuery);
  const [draft, setDraft] = useState<Draft | null>(null);
  const [seen, setSeen] = useState<unknown>(null);
  // What was read becomes part of the draft before it is shown, once for each reading.
  if (file.data && seen !== file.data) {
    setSeen(file.data);
    setDraft(whenRead(draft, file.data));
  }
  const text = draft?.text ?? '';
  const parsed = useMemo(() => parse(text), [text]);
  const data = useMemo(() => dataOf(parsed), [parsed]);
  const savedText = draft?.base.text ?? '';
  const saved = useMemo(() => dataOf(parse(savedText)), [savedText]);
  const checked = useCheck(text, draft !== null);
  const faults = useMemo(() => {
    const own = faultsOf(parsed, schema.data ?? undefined);
    if (!checked) return own;
    // The gateway knows better than a schema; what only the schema notices is a hint, where the gateway has nothing to say on the line.
    const said = checked.problems.map(faultFrom);
    const lines = new Set(said.map((f) => f.line));
    return [...said, ...own.filter((f) => f.kind === 'deprecated' && !lines.has(f.line))].sort((a, b) => a.line - b.line || a.column - b.column);
  }, [parsed, schema.data, checked]);

  if (!draft) return { bench: null, error: file.error, retry: () => void file.refetch() };
  return {
    error: null,
    retry: () => void file.refetch(),
    bench: {
      draft,
      dirty: isDirty(draft),
      parsed,
      data,
      saved,
      schema: schema.isPending ? undefined : (schema.data ?? null),
      faults,
      checked,
      write: (next) => setDraft((now) => (now ? { ...now, text: next } : now)),
      decide: (next) => setDraft((now) => (now ? whenDecided(now, next) : now)),
      accept: (version) => {
        setDraft((now) => (now ? { base: { text: now.text, version, exists: true }, text: now.text, theirs: null } : now));
        void client.invalidateQueries({ queryKey: ['settings'] });
      },
      again: () => file.refetch(),
    },
  };
}

/** Asks the gateway what it thinks of a text, a moment after it was last changed. The text stands in no key of a cache: it may hold secrets. */
function useCheck(text: string, on: boolean): Checked | null {
  const settled = useSettled(text, 500);
  const [answer, setAnswer] = useState<{ text: string; value: Checked | null } | null>(null);
  useEffect(() => {
    if (!on) return;
    const stop = new AbortController();
    check(settled, stop.signal).then(
      (value) => setAnswer({ text: settled, value }),
      () => undefined,
    );
    return () => stop.abort();
  }, [settled, on]);
  return answer?.text === text ? answer.value : null;
}
