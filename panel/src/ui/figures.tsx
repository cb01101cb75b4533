import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { useTexts } from '@/app/i18n';
import * as format from '@/lib/format';
import { useNow } from '@/lib/hooks';

/** How something is: the colour and the word for it. */
export type Tone = 'ok' | 'warn' | 'bad' | 'accent' | 'muted';

const soft: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  accent: 'bg-accent-soft text-accent',
  muted: 'bg-sunken text-muted',
};
const solid: Record<Tone, string> = { ok: 'bg-ok-bar', warn: 'bg-warn-bar', bad: 'bg-bad-bar', accent: 'bg-accent-solid', muted: 'bg-line-strong' };

/** A word on a coloured ground. The word carries the meaning, not the colour. */
export function Badge({ tone = 'muted', children, title, dot }: { tone?: Tone; children: ReactNode; title?: string; dot?: boolean }) {
  return (
    <span title={title} className={clsx('inline-flex items-center gap-1.5 rounded-md px-1.5 py-0.5 text-[12.5px] leading-4 font-medium whitespace-nowrap', soft[tone])}>
      {dot ? <span aria-hidden className={clsx('size-1.5 rounded-full', solid[tone])} /> : null}
      {children}
    </span>
  );
}

/** How much of something is used, as a bar: amber from 75%, red from 95%. */
export function UsedBar({ used, label, className }: { used: number; label: string; className?: string }) {
  const share = Math.min(1, Math.max(0, used));
  const tone: Tone = share >= 0.95 ? 'bad' : share >= 0.75 ? 'warn' : 'ok';
  return (
    <div role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)} className={clsx('h-1.5 min-w-12 overflow-hidden rounded-full bg-line', className)}>
      <div className={clsx('h-full rounded-full', solid[tone])} style={{ width: `${Math.max(share > 0 ? 2 : 0, share * 100)}%` }} />
    </div>
  );
}

/** Values over time as small bars or dots, newest at the right; each says what it is when pointed at. */
export function Strip({ cells, label }: { cells: readonly { tone: Tone | 'none'; title: string; height?: number }[]; label: string }) {
  return (
    <div role="img" aria-label={label} className="flex h-5 items-end gap-px">
      {cells.map((cell, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={i} title={cell.title} className={clsx('min-w-0 max-w-1.5 flex-1 rounded-[2px]', cell.tone === 'none' ? 'bg-line' : solid[cell.tone])} style={{ height: `${Math.max(15, (cell.height ?? 1) * 100)}%` }} />
      ))}
    </div>
  );
}

/** A line over time, without axes. */
export function Spark({ values, label, className }: { values: readonly number[]; label: string; className?: string }) {
  const top = Math.max(...values, 1e-9);
  const step = values.length > 1 ? 100 / (values.length - 1) : 0;
  const points = values.map((v, i) => `${(i * step).toFixed(2)},${(28 - (v / top) * 26).toFixed(2)}`);
  return (
    <svg role="img" aria-label={label} viewBox="0 0 100 30" preserveAspectRatio="none" className={clsx('h-8 w-full text-accent', className)}>
      {values.length > 1 ? (
        <>
          <polygon points={`0,30 ${points.join(' ')} 100,30`} fill="currentColor" opacity="0.12" />
          <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.5" vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
        </>
      ) : null}
    </svg>
  );
}

/** A figure with its name, and what it was before. */
export function Stat({ label, value, note, tone }: { label: ReactNode; value: ReactNode; note?: ReactNode; tone?: Tone }) {
  return (
    <div className="card px-4 py-3">
      <div className="text-[13px] text-muted">{label}</div>
      <div className={clsx('nums mt-0.5 text-2xl font-semibold tracking-tight', tone === 'bad' && 'text-bad', tone === 'warn' && 'text-warn', tone === 'ok' && 'text-ok')}>{value}</div>
      {note ? <div className="nums mt-0.5 text-[13px] text-muted">{note}</div> : null}
    </div>
  );
}

/** How long ago or how far off; the whole time when pointed at. */
export function When({ at, className }: { at: string | null | undefined; className?: string }) {
  const t = useTexts();
  return at ? <Ticking at={at} className={className} /> : <span className={clsx('text-muted', className)}>{t('never')}</span>;
}

function Ticking({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={format.dateTime(at)} className={clsx('nums whitespace-nowrap', className)}>
      {format.relative(at, now)}
    </time>
  );
}

/** What is left until a time: 2 h 5 min; nothing when it is over. */
export function Countdown({ to, className }: { to: string; className?: string }) {
  const now = useNow();
  const left = (new Date(to).getTime() - now) / 1000;
  return (
    <time dateTime={to} title={format.dateTime(to)} className={clsx('nums whitespace-nowrap', className)}>
      {format.duration(Math.max(0, left))}
    </time>
  );
}

/** The tone of a status of HTTP. */
export function toneOfStatus(status: number): Tone {
  return status >= 500 || status === 0 ? 'bad' : status >= 400 ? 'warn' : 'ok';
}
