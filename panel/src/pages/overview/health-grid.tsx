import { useNavigate } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { type KeyboardEvent, memo, type MouseEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { UsageRow } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import { iso } from '@/lib/calendar';
import { clock, count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Card } from '@/ui/page';
import { Plain } from '@/ui/plain';
import { Segmented } from '@/ui/segmented';
import { finest, type GridRow, gridOf, spanFor, stateOf } from './cells';

type Group = 'account' | 'provider';
/** What a link to requests has in its address. */
type Search = Record<string, string>;

interface Props {
  rows: readonly UsageRow[];
  group: Group;
  onGroup: (group: Group) => void;
  nameOf: (id: string) => string;
  now: number;
}

/** How requests went over the last 24 hours, by account or provider: each cell leads to the requests behind it. */
export function HealthGrid({ rows, group, onGroup, nameOf, now }: Props) {
  const t = useTexts('overview');
  const navigate = useNavigate();
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(900);
  const [all, setAll] = useState(false);
  const [pointed, setPointed] = useState<string | null>(null);
  const [active, setActive] = useState('');
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => setWidth(element.clientWidth));
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const narrow = width < 640;
  const span = spanFor(narrow ? width : width - 176);
  // Cells move on when a new one begins, not every second.
  const step = Math.floor(now / finest);
  const { rows: shown, hidden } = useMemo(() => gridOf(rows, group, nameOf, step * finest, span, all ? 500 : 12), [rows, group, nameOf, step, span, all]);
  const first = shown[0]?.cells[0];
  const last = shown[0]?.cells.at(-1);

  const searchOf = (row: GridRow, from: number, to: number): Search => ({ [group]: row.id, from: iso(from), to: iso(to) });
  const open = (event: MouseEvent): void => {
    const link = (event.target as HTMLElement).closest('a');
    if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate({ to: '/requests', search: Object.fromEntries(new URL(link.href).searchParams) as never });
  };
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a[data-cell]')];
    const here = links.indexOf(document.activeElement as HTMLElement);
    if (here < 0) return;
    const [row, column] = ((links[here] as HTMLElement).dataset.cell ?? '0:0').split(':').map(Number) as [number, number];
    const nearest = (to: number): HTMLElement | undefined => {
      for (let r = row + to; r >= 0 && r < shown.length; r += to) {
        const others = links.filter((l) => l.dataset.cell?.startsWith(`${r}:`));
        if (others.length > 0) return others.sort((a, b) => Math.abs(Number(a.dataset.cell?.split(':')[1]) - column) - Math.abs(Number(b.dataset.cell?.split(':')[1]) - column))[0];
      }
      return undefined;
    };
    const target = { ArrowRight: links[here + 1], ArrowLeft: links[here - 1], ArrowDown: nearest(1), ArrowUp: nearest(-1), Home: links[0], End: links.at(-1) }[event.key];
    if (!target) return;
    event.preventDefault();
    setActive(target.dataset.cell ?? '');
    target.focus();
  };
  const hasActive = shown.some((row, r) => row.cells.some((c, i) => c.requests > 0 && `${r}:${i}` === active));
  const firstCell = shown.flatMap((row, r) => row.cells.flatMap((c, i) => (c.requests > 0 ? [`${r}:${i}`] : [])))[0] ?? '';

  return (
    <Card
      title={t('grid.title')}
      actions={
        <div className="flex flex-wrap items-center gap-3">
          <Legend />
          <Segmented label={t('grid.group')} value={group} onChange={onGroup} options={(['account', 'provider'] as const).map((value) => ({ value, label: t(`grid.by.${value}`) }))} />
        </div>
      }
    >
      <div ref={box}>
        {shown.length === 0 ? (
          <p className="py-6 text-center text-muted">{t('grid.none')}</p>
        ) : (
          // The keys and the pointer are those of the links inside.
          // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
          <div onClick={open} onKeyDown={move} onPointerLeave={() => setPointed(null)}>
            <div className="flex flex-col gap-1.5">
              {shown.map((row, r) => (
                <Row key={row.id} row={row} index={r} narrow={narrow} searchOf={searchOf} active={hasActive ? active : firstCell} onPoint={setPointed} onActive={setActive} />
              ))}
            </div>
            {first && last ? <Axis from={first.from} to={last.to} narrow={narrow} /> : null}
          </div>
        )}
      </div>
      <div className="mt-2 flex min-h-5 flex-wrap items-center gap-x-4 text-[13px] text-muted">
        <span className="nums min-w-0 flex-1 truncate">{pointed ?? (shown.length > 0 ? t('grid.hint', { minutes: span / 60_000 }) : '')}</span>
        {hidden > 0 || all ? (
          <button type="button" className="font-medium text-accent hover:underline" onClick={() => setAll(!all)}>
            {all ? t('grid.fewer') : t('grid.more', { count: hidden })}
          </button>
        ) : null}
      </div>
    </Card>
  );
}

interface RowProps {
  row: GridRow;
  index: number;
  narrow: boolean;
  searchOf: (row: GridRow, from: number, to: number) => Search;
  active: string;
  onPoint: (text: string | null) => void;
  onActive: (cell: string) => void;
}

const Row = memo(
  function Row({ row, index, narrow, searchOf, active, onPoint, onActive }: RowProps) {
    const t = useTexts('overview');
    const link = (search: Search): string => `${import.meta.env.BASE_URL}requests?${new URLSearchParams(search)}`;
    const first = row.cells[0]?.from ?? 0;
    const last = row.cells.at(-1)?.to ?? 0;
    return (
      <div role="group" aria-label={visible(row.name)} className={narrow ? 'flex flex-col gap-0.5' : 'flex items-center gap-3'}>
        <a href={link(searchOf(row, first, last))} title={visible(row.name)} className={clsx('flex items-baseline justify-between gap-1.5 text-[13px] hover:underline', narrow ? '' : 'w-41 shrink-0')}>
          <Plain text={row.name} className="min-w-0 truncate" />
          {row.errors > 0 ? <span className="nums shrink-0 text-xs text-bad">{t('grid.failed', { count: row.errors })}</span> : null}
        </a>
        <div className={clsx('grid h-5 min-w-0 grid-flow-col gap-px', !narrow && 'flex-1')} style={{ gridTemplateColumns: `repeat(${row.cells.length}, minmax(0, 1fr))` }}>
          {row.cells.map((cell, i) => {
            const state = stateOf(cell);
            if (state === 'none') return <span key={cell.from} className="rounded-[2px] bg-line/60" />;
            const text = `${visible(row.name)} · ${clock(cell.from)}–${clock(cell.to)} · ${t('grid.requests', { count: cell.requests, number: count(cell.requests) })}${cell.errors > 0 ? ` · ${t('grid.failed', { count: cell.errors })}` : ''}`;
            const id = `${index}:${i}`;
            return (
              <a
                key={cell.from}
                href={link(searchOf(row, cell.from, cell.to))}
                data-cell={id}
                tabIndex={id === active ? 0 : -1}
                aria-label={text}
                onPointerEnter={() => onPoint(text)}
                onFocus={() => {
                  onPoint(text);
                  onActive(id);
                }}
                className={clsx('flex flex-col justify-end overflow-hidden rounded-[2px] hover:brightness-125 focus-visible:outline-offset-1', state === 'bad' ? 'bg-bad-bar' : 'bg-ok-bar')}
              >
                {state === 'warn' ? <span className="block w-full bg-warn-bar" style={{ height: `${Math.max(35, (cell.errors / cell.requests) * 100)}%` }} /> : null}
              </a>
            );
          })}
        </div>
      </div>
    );
  },
  // The functions only change with what the row shows.
  (a, b) => a.row === b.row && a.narrow === b.narrow && a.index === b.index && (a.active === b.active || (!a.active.startsWith(`${a.index}:`) && !b.active.startsWith(`${b.index}:`))),
);

function Legend() {
  const t = useTexts('overview');
  const marks = { ok: 'bg-ok-bar', warn: 'bg-linear-to-t from-warn-bar from-45% to-ok-bar to-45%', bad: 'bg-bad-bar', none: 'bg-line' };
  return (
    <ul className="hidden items-center gap-3 text-[13px] text-muted lg:flex">
      {(['ok', 'warn', 'bad', 'none'] as const).map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <span aria-hidden className={clsx('h-3.5 w-1.5 rounded-[2px]', marks[state])} />
          {t(`grid.state.${state}`)}
        </li>
      ))}
    </ul>
  );
}

/** The hours below the cells. */
function Axis({ from, to, narrow }: { from: number; to: number; narrow: boolean }) {
  const every = narrow ? 6 : 3;
  const marks: number[] = [];
  const start = new Date(from);
  start.setMinutes(0, 0, 0);
  for (let at = start.getTime(); at < to; at += 3600e3) if (at >= from && new Date(at).getHours() % every === 0) marks.push(at);
  return (
    <div aria-hidden className={clsx('nums relative mt-1 h-4 text-xs text-muted', narrow ? '' : 'ml-44')}>
      {marks.map((at) => {
        const place = (at - from) / (to - from);
        return place > 0.97 ? null : (
          <span key={at} className={clsx('absolute', place > 0.02 && '-translate-x-1/2')} style={{ left: `${place * 100}%` }}>
            {clock(at)}
          </span>
        );
      })}
    </div>
  );
}
