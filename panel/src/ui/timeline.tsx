import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { milliseconds } from '@/lib/format';
import type { Tone } from './figures';

/** A bar of a {@link Timeline}. */
export interface TimelineBar {
  label: ReactNode;
  from: number;
  to: number;
  tone: Tone;
  /** Below the label: why, and what came of it. */
  note?: ReactNode;
  /** For who only hears: the whole in words. */
  title: string;
}

const bars: Record<Tone, string> = { ok: 'bg-ok-bar', warn: 'bg-warn-bar', bad: 'bg-bad-bar', accent: 'bg-accent-solid', muted: 'bg-line-strong/50' };

/** Spans of time below each other on one scale, with moments as lines through them. Times are milliseconds from the beginning. */
export function Timeline({ bars: spans, end, marks, label }: { bars: readonly TimelineBar[]; end: number; marks: readonly { at: number; label: string }[]; label: string }) {
  const whole = Math.max(end, 0.001);
  const share = (at: number): number => Math.min(100, Math.max(0, (at / whole) * 100));
  return (
    <div role="list" aria-label={label} className="flex flex-col">
      {spans.map((bar, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} role="listitem" title={bar.title} className="grid items-center gap-x-4 gap-y-1 border-b border-line py-2 last:border-b-0 sm:grid-cols-[minmax(10rem,16rem)_minmax(0,1fr)_5rem]">
          <div className="min-w-0">
            <div className="truncate">{bar.label}</div>
            {bar.note ? <div className="text-[13px] text-muted">{bar.note}</div> : null}
          </div>
          <div aria-hidden className="relative h-5 overflow-hidden rounded bg-sunken">
            <div className={clsx('absolute inset-y-0.5 min-w-0.5 rounded-sm', bars[bar.tone])} style={{ left: `min(${share(bar.from)}%, calc(100% - 2px))`, width: `${share(bar.to) - share(bar.from)}%` }} />
            {marks.map((mark) => (
              <div key={mark.label} className="absolute inset-y-0 w-px bg-text/60" style={{ left: `min(${share(mark.at)}%, calc(100% - 1px))` }} />
            ))}
          </div>
          <div className="nums text-[13px] text-muted sm:text-right">{milliseconds(bar.to - bar.from)}</div>
        </div>
      ))}
      <div className="nums flex flex-wrap gap-x-6 gap-y-1 pt-2 text-[13px] text-muted">
        {marks.map((mark) => (
          <span key={mark.label}>
            {mark.label}: <span className="text-text">{milliseconds(mark.at)}</span>
          </span>
        ))}
      </div>
    </div>
  );
}
