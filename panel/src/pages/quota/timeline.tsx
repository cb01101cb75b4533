import { clsx } from 'clsx';
import { useEffect, useRef, useState } from 'react';
import type { QuotaWindow } from '@/api/quotas';
import { useTexts } from '@/app/i18n';
import { floorTo, hour, wholeDay } from '@/lib/calendar';
import { clock, dateTime, percent, weekday } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Card } from '@/ui/page';
import { Plain } from '@/ui/plain';
import { Segmented } from '@/ui/tabs';
import { keyOf, lanesOf, ticksOf } from './windows';

/** How many accounts have a lane before someone asks for all. */
const first = 10;
const spans = { day: wholeDay, week: 7 * wholeDay } as const;

/** When quotas come back: an account a line, each reset a mark that opens its window. */
export function Timeline({ windows, span, onSpan, onOpen }: { windows: readonly QuotaWindow[]; span: keyof typeof spans; onSpan: (span: keyof typeof spans) => void; onOpen: (key: string) => void }) {
  const t = useTexts('quota');
  const now = floorTo(useNow(), 60_000);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  const [all, setAll] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const narrow = width < 520;
  const room = Math.max(200, narrow ? width : width - 150);
  const long = spans[span];
  const { lanes, hidden } = lanesOf(windows, now, long, 25 / room, all ? 1000 : first);
  const ticks = ticksOf(now, long);
  const place = (at: number): string => `${((at - now) / long) * 100}%`;
  const every = Math.ceil(ticks.length / Math.max(1, Math.floor(room / 56)));
  return (
    <Card title={t('timeline.title')} actions={<Segmented label={t('timeline.span')} value={span} onChange={onSpan} options={(['day', 'week'] as const).map((value) => ({ value, label: t(`timeline.${value}`) }))} />}>
      <div ref={box}>
        {lanes.length === 0 ? <p className="py-6 text-center text-muted">{t('timeline.none')}</p> : null}
        {lanes.map((lane) => (
          <div key={lane.id} className={clsx('border-b border-line', narrow ? 'pt-1.5' : 'flex items-center gap-3')}>
            <div className={clsx('truncate text-[13px]', !narrow && 'w-[138px] shrink-0')} title={visible(lane.name)}>
              <Plain text={lane.name} />
            </div>
            <div className={clsx('relative min-w-0', narrow ? 'h-7' : 'h-10 flex-1')}>
              {ticks.map((tick) => (
                <span key={tick} aria-hidden className="absolute inset-y-0 w-px bg-line" style={{ left: place(tick) }} />
              ))}
              {lane.marks.map((mark) => {
                const used = Math.max(...mark.windows.map((w) => w.used_fraction ?? (w.cooling_down ? 1 : 0)));
                const names = mark.windows.map((w) => [w.name, w.model].filter(Boolean).join(' ')).join(', ');
                const text = t('timeline.mark', { name: visible(lane.name), windows: visible(names), at: dateTime(new Date(mark.at)), used: percent(used) });
                return (
                  <button
                    key={mark.at}
                    type="button"
                    aria-label={text}
                    title={text}
                    onClick={() => onOpen(keyOf(mark.windows[0] as QuotaWindow))}
                    className="absolute top-1/2 flex size-6 -translate-x-1/2 -translate-y-1/2 items-center justify-center rounded-full hover:bg-sunken"
                    style={{ left: `clamp(10px, ${place(mark.at)}, calc(100% - 10px))` }}
                  >
                    <Ring used={used} />
                    {mark.windows.length > 1 ? <span className="nums absolute -top-1 -right-0.5 rounded-full bg-surface px-0.5 text-[11px] leading-3 text-muted">{mark.windows.length}</span> : null}
                  </button>
                );
              })}
            </div>
          </div>
        ))}
        {lanes.length > 0 ? (
          <div aria-hidden className={clsx('nums relative mt-1 h-4 text-xs text-muted', !narrow && 'ml-[150px]')}>
            <span className="absolute left-0">{t('timeline.now')}</span>
            {ticks.map((tick, i) =>
              i % every !== 0 || tick - now < long * 0.09 || tick - now > long * 0.97 ? null : (
                <span key={tick} className="absolute -translate-x-1/2 whitespace-nowrap" style={{ left: place(tick) }}>
                  {long > 2 * 24 * hour ? weekday(tick) : clock(tick)}
                </span>
              ),
            )}
          </div>
        ) : null}
        {hidden > 0 || all ? (
          <button type="button" className="mt-2 text-[13px] font-medium text-accent hover:underline" onClick={() => setAll(!all)}>
            {all ? t('timeline.fewer') : t('timeline.more', { count: hidden })}
          </button>
        ) : null}
      </div>
    </Card>
  );
}

/** How much is used, as a ring: the more, the more of it is drawn. */
function Ring({ used }: { used: number }) {
  const length = 2 * Math.PI * 6;
  const share = Math.min(1, Math.max(0, used));
  return (
    <svg aria-hidden viewBox="0 0 16 16" className={clsx('size-4 -rotate-90', share >= 0.95 ? 'text-bad-bar' : share >= 0.75 ? 'text-warn-bar' : 'text-ok-bar')}>
      <circle cx="8" cy="8" r="6" fill="var(--color-surface)" stroke="var(--color-line-strong)" strokeWidth="1" />
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="3.5" strokeDasharray={`${share * length} ${length}`} />
    </svg>
  );
}
