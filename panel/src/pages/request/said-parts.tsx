import { clsx } from 'clsx';
import { Brain, CornerDownRight, Paperclip, TriangleAlert, Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '@/app/i18n';
import { count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Mono } from '@/ui/plain';
import type { Said } from './wire/said';

const preview = 3000;
const icons = { reasoning: Brain, call: Wrench, result: CornerDownRight, media: Paperclip, error: TriangleAlert, text: null, other: null };

/** What was said, part by part, as text. */
export function SaidParts({ parts }: { parts: readonly Said[] }) {
  return (
    <div className="flex flex-col gap-2.5">
      {parts.map((part, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <SaidPart key={i} part={part} />
      ))}
    </div>
  );
}

function SaidPart({ part }: { part: Said }) {
  const t = useTexts('request');
  const [size, setSize] = useState(preview);
  const Icon = icons[part.kind];
  const code = part.kind === 'call' || part.kind === 'result' || part.kind === 'other';
  const left = part.text.length - size;
  return (
    <div className={clsx(part.kind === 'reasoning' && 'border-l-2 border-line-strong/50 pl-3 text-muted', part.kind === 'error' && 'rounded-lg bg-bad-soft p-2 text-bad')}>
      {Icon ? (
        <div className="mb-0.5 flex min-w-0 items-center gap-1.5 text-[13px] text-muted">
          <Icon aria-hidden className="size-3.5 shrink-0" />
          <span>{t(`said.${part.kind}`)}</span>
          {part.name ? <Mono text={part.name.slice(0, 120)} className="truncate" /> : null}
        </div>
      ) : null}
      {part.text === '' ? null : (
        <bdi className={clsx('block break-words whitespace-pre-wrap [overflow-wrap:anywhere]', code && 'rounded-lg bg-sunken p-2 font-mono text-[13px]', part.kind === 'media' && 'font-mono text-[13px] text-muted')}>{visible(part.text.slice(0, size))}</bdi>
      )}
      {left > 0 ? (
        <button type="button" onClick={() => setSize((n) => n * 4)} className="mt-0.5 rounded px-1 text-[13px] text-accent hover:bg-accent-soft">
          {t('showMore', { left: count(left) })}
        </button>
      ) : null}
    </div>
  );
}
