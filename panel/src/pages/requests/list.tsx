import { clsx } from 'clsx';
import type { TFunction } from 'i18next';
import { ArrowUp } from 'lucide-react';
import { type KeyboardEvent, memo, type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import type { Flow } from '@/lib/flows';
import { Checkbox } from '@/ui/field';
import { useRows } from '@/ui/rows';
import type { FlowColumn } from './columns';
import type { FlowFeed, FeedState } from './feed';
import { HeaderFilter } from './filter-control';

const rowHeight = 38;
const headHeight = 38;

interface Props {
  feed: FlowFeed;
  state: FeedState;
  columns: readonly FlowColumn[];
  openId: string | null;
  onOpen: (id: string) => void;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: Set<string>) => void;
  address: Address;
  onFilter: (change: Address) => void;
  empty: ReactNode;
  foot: ReactNode;
}

/** The list: as many rows as there are, only those in sight in the document. */
export function FlowList({ feed, state, columns, openId, onOpen, chosen, onChoose, address, onFilter, empty, foot }: Props) {
  const t = useTexts('requests');
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const last = useRef<string | null>(null);
  const { rows } = feed;
  const { from, to, show } = useRows(box, rows.length, rowHeight, headHeight);
  const tracks = `2rem ${columns.map((c) => c.width).join(' ')}`;
  const least = columns.reduce((sum, c) => sum + c.least + 8, 56);

  // Who has scrolled down reads: rows do not move under their eyes.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const hold = (): void => feed.hold(element.scrollTop > rowHeight);
    hold();
    element.addEventListener('scroll', hold, { passive: true });
    return () => element.removeEventListener('scroll', hold);
  }, [feed]);
  useEffect(() => {
    if (state.ready && !state.done && !state.loading && !state.error && to >= rows.length - 40) void feed.more();
  }, [feed, to, rows.length, state]);
  useEffect(() => {
    if (!openId) return;
    setActive(openId);
    const index = rows.indexOf(openId);
    if (index >= 0) show(index);
    // Only when another one is opened.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [openId]);

  const go = (index: number): void => {
    const flow = rows.at(Math.min(rows.length - 1, Math.max(0, index)));
    if (!flow) return;
    setActive(flow.id);
    show(rows.indexOf(flow.id));
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(flow.id)}"]`)?.focus({ preventScroll: true }));
  };
  const choose = (id: string, range: boolean): void => {
    const next = new Set(chosen);
    const on = !next.has(id);
    const a = range && last.current ? rows.indexOf(last.current) : -1;
    const b = rows.indexOf(id);
    if (a >= 0 && b >= 0)
      for (let i = Math.min(a, b); i <= Math.max(a, b); i++) {
        const one = rows.at(i)?.id;
        if (one && on) next.add(one);
        else if (one) next.delete(one);
      }
    else if (on) next.add(id);
    else next.delete(id);
    last.current = id;
    onChoose(next);
  };
  const onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (target.closest('input, textarea, select, [contenteditable]') || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = active === null ? -1 : rows.indexOf(active);
    const page = Math.max(1, Math.floor(((box.current?.clientHeight ?? 600) - headHeight) / rowHeight) - 1);
    const moves: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    const move = moves[event.key];
    if (move !== undefined) go(current < 0 ? 0 : current + move);
    else if (event.key === 'Enter' && active && target.dataset.row) onOpen(active);
    else if (event.key === 'x' && active) choose(active, false);
    else if (event.key === 'Escape' && chosen.size > 0) onChoose(new Set());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // The rows are not drawn anew by what does not concern them: their calls go through one reference.
  const calls = useRef({ onOpen, choose });
  useEffect(() => {
    calls.current = { onOpen, choose };
  });
  const stable = useMemo(() => ({ open: (id: string) => calls.current.onOpen(id), choose: (id: string, range: boolean) => calls.current.choose(id, range) }), []);

  const inSight: ReactNode[] = [];
  const activeSeen = active !== null && rows.has(active);
  for (let i = from; i < to; i++) {
    const flow = rows.at(i);
    if (!flow) continue;
    inSight.push(
      <Row key={flow.id} flow={flow} index={i} columns={columns} tracks={tracks} t={t} focusable={activeSeen ? flow.id === active : i === 0} open={flow.id === openId} chosen={chosen.has(flow.id)} onFocus={setActive} calls={stable} />,
    );
  }
  const pill = state.waiting > 0 || state.missed;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div ref={box} role="grid" aria-label={t('pages.requests')} aria-rowcount={state.done ? rows.length + 1 : -1} tabIndex={rows.length === 0 ? 0 : -1} onKeyDown={onKey} data-list className="card relative min-h-0 flex-1 overflow-auto [overflow-anchor:none]">
        <div style={{ minWidth: least }}>
          <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface">
            <div role="row" aria-rowindex={1} className="grid items-center gap-x-2 px-3" style={{ gridTemplateColumns: tracks, height: headHeight }}>
              <div role="columnheader" className="flex items-center">
                <Checkbox
                  hidden
                  label={t('chooseAll')}
                  checked={chosen.size > 0 && chosen.size >= rows.length}
                  mixed={chosen.size > 0 && chosen.size < rows.length}
                  onChange={(on) => onChoose(new Set(on ? Array.from({ length: rows.length }, (_, i) => rows.at(i)?.id ?? '').filter(Boolean) : []))}
                />
              </div>
              {columns.map((c) => (
                <div key={c.id} role="columnheader" className={clsx('flex min-w-0 items-center gap-0.5 text-[13px] font-medium text-muted', c.right && 'justify-end')}>
                  <span className="truncate">{t(`col.${c.id}`)}</span>
                  {c.field ? <HeaderFilter field={c.field} address={address} onChange={onFilter} /> : null}
                </div>
              ))}
            </div>
          </div>
          <div role="rowgroup" className="relative" style={{ height: rows.length * rowHeight }}>
            {inSight}
          </div>
          {rows.length === 0 ? null : <div className="sticky left-0 w-full max-w-full px-3 py-2 text-center text-[13px] text-muted">{foot}</div>}
        </div>
        {rows.length === 0 ? (
          <div role="row" className="sticky left-0">
            <div role="gridcell">{empty}</div>
          </div>
        ) : null}
      </div>
      {pill ? (
        <button
          type="button"
          onClick={() => {
            if (box.current) box.current.scrollTop = 0;
            feed.hold(false);
            feed.release();
          }}
          className="absolute top-12 left-1/2 z-20 inline-flex -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent-solid px-3 py-1 text-[13px] font-medium text-white shadow-pop hover:brightness-110"
        >
          <ArrowUp aria-hidden className="size-3.5" />
          {state.waiting > 0 ? t('fresh', { count: state.waiting }) : t('freshSome')}
        </button>
      ) : null}
    </div>
  );
}

interface RowProps {
  flow: Flow;
  index: number;
  columns: readonly FlowColumn[];
  tracks: string;
  t: TFunction;
  focusable: boolean;
  open: boolean;
  chosen: boolean;
  onFocus: (id: string) => void;
  calls: { open: (id: string) => void; choose: (id: string, range: boolean) => void };
}

const Row = memo(function Row({ flow, index, columns, tracks, t, focusable, open, chosen, onFocus, calls }: RowProps) {
  const onClick = (event: MouseEvent): void => {
    const target = event.target as HTMLElement;
    if (target.closest('a, button, input, label') || String(getSelection() ?? '') !== '') return;
    calls.open(flow.id);
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      data-row={flow.id}
      tabIndex={focusable ? 0 : -1}
      onFocus={() => onFocus(flow.id)}
      onClick={onClick}
      className={clsx('absolute inset-x-0 top-0 grid cursor-pointer items-center gap-x-2 border-b border-line px-3 -outline-offset-2 hover:bg-sunken', (open || chosen) && 'bg-accent-soft')}
      style={{ gridTemplateColumns: tracks, height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
    >
      <div role="gridcell" className="h-full">
        <label className="-ml-3 flex h-full cursor-pointer items-center pl-3">
          {/* The browser's own: the list draws many of them while it scrolls. */}
          <input type="checkbox" tabIndex={-1} aria-label={t('choose')} checked={chosen} onChange={(event) => calls.choose(flow.id, (event.nativeEvent as globalThis.MouseEvent).shiftKey)} className="size-4 accent-accent-solid" />
        </label>
      </div>
      {columns.map((c) => (
        <div key={c.id} role="gridcell" className={clsx('min-w-0 truncate', c.right && 'nums text-right')}>
          {c.cell(flow, t)}
        </div>
      ))}
    </div>
  );
});
