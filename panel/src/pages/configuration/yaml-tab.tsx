import { clsx } from 'clsx';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef } from 'react';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { visible } from '@/lib/text';
import type { EditorCompletion, EditorHandle, EditorHover } from '@/ui/editor';
import { Skeleton } from '@/ui/page';
import { parse } from './model/check';
import { completeAt, explainAt } from './model/complete';
import { choicesOf, type Schema } from './model/schema';
import type { Workbench } from './use-draft';
import { wordsOf } from './words';

const CodeEditor = lazy(() => import('@/ui/editor'));
const icons = { error: CircleAlert, warning: TriangleAlert, info: Info };

/** The document as its text, with completion, explanations and faults at their lines. */
export default function YamlTab({ bench }: { bench: Workbench }) {
  const t = useTexts('configuration');
  const [address, setAddress] = useAddress();
  const editor = useRef<EditorHandle>(null);
  const { schema, faults } = bench;
  const told = useMemo(() => faults.map((f) => ({ ...f, message: wordsOf(f, t) })), [faults, t]);
  const complete = useCallback((text: string, at: number, asked: boolean): EditorCompletion | null => (schema ? completeAt(text, at, schema, asked) : null), [schema]);
  const hover = useCallback(
    (text: string, at: number): EditorHover | null => {
      const found = schema ? explainAt(parse(text), at, schema) : null;
      return found ? { from: found.from, to: found.to, title: found.path.join('.'), text: found.known ? (found.schema.description ?? '') : t('fault.unknown', { key: found.path.at(-1) }), note: noteOf(found.schema, t) } : null;
    },
    [schema, t],
  );
  const line = address.line;
  // An address may name a line: the fault that another page has linked to.
  useEffect(() => {
    if (!line) return;
    let tries = 0;
    const timer = setInterval(() => {
      if (!editor.current && tries++ < 40) return;
      editor.current?.goTo(Number(line));
      clearInterval(timer);
      setAddress({ line: undefined });
    }, 100);
    return () => clearInterval(timer);
  }, [line, setAddress]);

  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <div className="card min-h-72 flex-1 overflow-hidden">
        <Suspense fallback={<Skeleton lines={8} className="p-4" />}>
          <CodeEditor ref={editor} label={t('yaml.label')} value={bench.draft.text} onChange={bench.write} faults={told} complete={complete} hover={hover} />
        </Suspense>
      </div>
      {told.length > 0 ? (
        <ul aria-label={t('yaml.faults')} className="card max-h-44 shrink-0 divide-y divide-line overflow-y-auto">
          {told.map((fault, i) => {
            const Icon = icons[fault.severity];
            return (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={i}>
                <button type="button" onClick={() => editor.current?.goTo(fault.line, fault.column)} className="flex w-full items-start gap-2 px-3 py-1.5 text-left hover:bg-sunken">
                  <Icon aria-label={t(`severity.${fault.severity}`)} className={clsx('mt-0.5 size-4 shrink-0', fault.severity === 'error' ? 'text-bad' : fault.severity === 'warning' ? 'text-warn' : 'text-muted')} />
                  <span className="nums w-14 shrink-0 text-muted">{t('yaml.line', { line: fault.line })}</span>
                  <span className="min-w-0 break-words">
                    {fault.path ? <code className="mr-1.5">{visible(fault.path)}</code> : null}
                    {visible(fault.message)}
                  </span>
                </button>
              </li>
            );
          })}
        </ul>
      ) : null}
      <p className="shrink-0 text-[13px] text-muted">{t('yaml.keys')}</p>
    </div>
  );
}

function noteOf(schema: Schema, t: (key: string, values?: Record<string, string>) => string): string {
  const parts: string[] = [];
  if (schema.default !== undefined && schema.default !== '') parts.push(t('form.usual', { value: String(schema.default) }));
  const choices = choicesOf(schema);
  if (choices.length > 0) parts.push(choices.join(' | '));
  if (schema.minimum !== undefined || schema.maximum !== undefined) parts.push(`${schema.minimum ?? ''} … ${schema.maximum ?? ''}`);
  return parts.join('\n');
}
