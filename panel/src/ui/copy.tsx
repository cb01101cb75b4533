import { clsx } from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';

/** Puts text on the clipboard; without the browser's leave (plain http of another machine) by a hidden field. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'fixed -top-96';
    (document.querySelector('[role="dialog"]') ?? document.body).append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

/** Copies a text and says that it has. */
export function CopyButton({ text, label, className, showLabel }: { text: string; label?: string; className?: string; showLabel?: boolean }) {
  const t = useTexts();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const due = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(due);
  }, [done]);
  const name = label ?? t('copy');
  return (
    <button
      type="button"
      aria-label={showLabel ? undefined : name}
      title={name}
      onClick={(event) => {
        event.stopPropagation();
        void copyText(text).then(setDone);
      }}
      className={clsx('inline-flex items-center gap-1.5 rounded-md p-1 text-muted hover:bg-sunken hover:text-text', showLabel && 'border border-line-strong/50 px-2', className)}
    >
      {done ? <Check aria-hidden className="size-4 text-ok" /> : <Copy aria-hidden className="size-4" />}
      {showLabel ? <span>{done ? t('copied') : name}</span> : null}
      <span role="status" className="sr-only">
        {done ? t('copied') : ''}
      </span>
    </button>
  );
}

/** A block of code to copy. */
export function CodeBlock({ text, label, className, wrap }: { text: string; label?: string; className?: string; wrap?: boolean }) {
  return (
    <div className={clsx('group relative min-w-0 rounded-lg border border-line bg-sunken', className)}>
      <pre tabIndex={0} aria-label={label} className={clsx('max-h-96 overflow-auto p-3 pr-10 text-[13px] leading-5', wrap ? 'break-words whitespace-pre-wrap' : '')}>
        <code>{visible(text)}</code>
      </pre>
      <CopyButton text={text} className="absolute top-1.5 right-1.5 bg-sunken" />
    </div>
  );
}

/** A unified diff, with its lines coloured. */
export function Diff({ text, label }: { text: string; label: string }) {
  return (
    <pre tabIndex={0} aria-label={label} className="max-h-[60dvh] overflow-auto rounded-lg border border-line bg-sunken py-2 text-[13px] leading-5">
      {text.split('\n').map((line, i) => (
        <div
          // oxlint-disable-next-line react/no-array-index-key
          key={i}
          className={clsx('px-3', line.startsWith('+') && !line.startsWith('+++') && 'bg-ok-soft text-ok', line.startsWith('-') && !line.startsWith('---') && 'bg-bad-soft text-bad', (line.startsWith('@@') || line.startsWith('+++') || line.startsWith('---')) && 'text-muted')}
        >
          {visible(line) || ' '}
        </div>
      ))}
    </pre>
  );
}
