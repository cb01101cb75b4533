import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { usePreference } from '@/lib/hooks';
import { Checkbox } from './field';
import { Menu } from './menu';
import { nextSort, readSort, sortRows, valueOf } from './sorting';

/**
 * A column of a {@link DataTable}. Its value, by which it sorts, is `accessorFn` of a row or the member `accessorKey`; `cell` shows it. The names are those of
 * TanStack Table, which would be 14 kB for choosing and sorting.
 */
export interface Column<T> {
  /** Its name in the address; `accessorKey` when it has none. */
  id?: string;
  header: string | (() => ReactNode);
  accessorKey?: keyof T & string;
  accessorFn?: (row: T) => unknown;
  cell?: (context: { row: { original: T; id: string } }) => ReactNode;
  /** False for a column that does not sort. */
  enableSorting?: boolean;
  /** Whether the first click puts the largest first. */
  sortDescFirst?: boolean;
  meta?: {
    /** The column's width: a track of a CSS grid, such as `8rem` or `minmax(10rem, 2fr)`. */
    width?: string;
    /** Its least width in pixels, so that the table scrolls sideways rather than squeezing. 96 when it does not say. */
    least?: number;
    /** Figures stand at the right. */
    right?: boolean;
    /** The column's name where the header is not a text. */
    name?: string;
    /** Hidden until it is chosen. */
    off?: boolean;
    /** A control in the header, below the name: a filter. */
    filter?: ReactNode;
  };
}

interface Props<T> {
  /** Names the table: where its columns and sorting are kept (`<name>` in preferences). */
  name: string;
  label: string;
  rows: readonly T[];
  columns: Column<T>[];
  keyOf: (row: T) => string;
  /** What Enter or a click on a row does. */
  onOpen?: (row: T) => void;
  /** The row that is open beside the table. */
  openKey?: string | null;
  /** The rows that are chosen for a batch, by key; none for no choosing. */
  chosen?: ReadonlySet<string>;
  onChoose?: (chosen: Set<string>) => void;
  /** Whether the rows come sorted already: then headers do not sort. */
  sorted?: boolean;
  /** The last rows are near: load more. */
  onNearEnd?: () => void;
  empty?: ReactNode;
  /** The height of a row in pixels. */
  rowHeight?: number;
  /** As high as what is around it, with rows scrolling inside. Else it grows with its rows up to a screen. */
  fill?: boolean;
  /** Beside the chooser of columns, above the table. */
  toolbar?: ReactNode;
}

const idOf = <T,>(column: Column<T>): string => column.id ?? column.accessorKey ?? '';

/**
 * A list of any length: only the rows that are seen are in the document. Columns can be chosen and sorted (the sorting stands in the address); j and k or the
 * arrows go from row to row, Enter opens one, x chooses it.
 */
export function DataTable<T>({ name, label, rows, columns, keyOf, onOpen, openKey, chosen, onChoose, sorted, onNearEnd, empty, rowHeight = 44, fill, toolbar }: Props<T>) {
  const t = useTexts();
  const [address, setAddress] = useAddress();
  const usual = useMemo(() => columns.filter((c) => !c.meta?.off).map(idOf), [columns]);
  const [shown, setShown] = usePreference<string[] | null>(`columns.${name}`, null);
  const visibleIds = address.columns ? address.columns.split(',') : (shown ?? usual);
  const leaf = columns.filter((c) => visibleIds.includes(idOf(c)));
  const sort = sorted ? null : readSort(address.sort);
  const by = sort ? columns.find((c) => idOf(c) === sort.id) : undefined;
  const descending = sort?.descending ?? false;
  const model = useMemo(() => (by ? sortRows(rows, (row) => valueOf(by, row), descending) : [...rows]).map((original) => ({ id: keyOf(original), original })), [rows, by, descending, keyOf]);
  const sortable = (c: Column<T>): boolean => !sorted && c.enableSorting !== false && (c.accessorFn !== undefined || c.accessorKey !== undefined);
  const box = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  const keyAt = useCallback((i: number) => model[i]?.id ?? i, [model]);
  const virtual = useVirtualizer({ count: model.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 8, getItemKey: keyAt });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (onNearEnd && last >= model.length - 20) onNearEnd();
  }, [last, model.length, onNearEnd]);

  const tracks = `${chosen ? '2.25rem ' : ''}${leaf.map((c) => c.meta?.width ?? 'minmax(6rem, 1fr)').join(' ')}`;
  const least = leaf.reduce((sum, c) => sum + (c.meta?.least ?? 96), chosen ? 36 : 0);
  const current = Math.max(0, active === null ? 0 : model.findIndex((r) => r.id === active));

  const go = (index: number): void => {
    const row = model[Math.min(model.length - 1, Math.max(0, index))];
    if (!row) return;
    setActive(row.id);
    virtual.scrollToIndex(model.indexOf(row));
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(row.id)}"]`)?.focus());
  };
  const onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    if (target.closest('input, textarea, select, [contenteditable], [role="menu"]') || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = model[current];
    const moves: Record<string, number> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -model.length, End: model.length };
    const move = moves[event.key];
    if (move !== undefined) go(active === null && Math.abs(move) === 1 ? 0 : current + move);
    else if (event.key === 'Enter' && row && onOpen && target.dataset.row) onOpen(row.original);
    else if (event.key === 'x' && row && chosen && onChoose) toggle(row.id);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose?.(next);
  };
  const nameOf = (c: Column<T>): string => c.meta?.name ?? (typeof c.header === 'string' ? c.header : idOf(c));

  return (
    <div className={clsx('flex min-h-0 min-w-0 flex-col gap-2', fill && 'flex-1')}>
      <div className="flex items-start gap-2">
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-2">{toolbar}</div>
        <Menu
          label={t('columns')}
          items={columns.map((c) => ({
            label: nameOf(c),
            checked: visibleIds.includes(idOf(c)),
            onSelect: () => {
              const id = idOf(c);
              const next = visibleIds.includes(id) ? visibleIds.filter((v) => v !== id) : columns.map(idOf).filter((v) => v === id || visibleIds.includes(v));
              if (next.length === 0) return;
              setShown(next);
              setAddress({ columns: next.join(',') === usual.join(',') ? undefined : next.join(',') });
            },
          }))}
        >
          <Columns3 aria-hidden className="size-4" />
          <span className="sr-only sm:not-sr-only">{t('columns')}</span>
        </Menu>
      </div>
      <div
        ref={box}
        role="grid"
        aria-label={label}
        aria-rowcount={model.length + 1}
        tabIndex={model.length === 0 ? 0 : -1}
        onKeyDown={onKey}
        data-list
        className={clsx('card relative min-h-0 overflow-auto', !fill && 'max-h-[max(24rem,75dvh)]')}
      >
        <div style={{ minWidth: least }}>
          <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface">
            <div role="row" className="grid items-stretch gap-x-3 px-3" style={{ gridTemplateColumns: tracks }}>
              {chosen ? (
                <div role="columnheader" className="flex items-center py-2">
                  <Checkbox
                    hidden
                    label={t('chooseAll')}
                    checked={chosen.size > 0 && chosen.size >= model.length}
                    mixed={chosen.size > 0 && chosen.size < model.length}
                    onChange={(on) => onChoose?.(new Set(on ? model.map((r) => r.id) : []))}
                  />
                </div>
              ) : null}
              {leaf.map((c) => {
                const id = idOf(c);
                const order = by === c ? (descending ? 'descending' : 'ascending') : undefined;
                const title = typeof c.header === 'function' ? c.header() : c.header;
                return (
                  <div key={id} role="columnheader" aria-sort={order} className={clsx('min-w-0 py-2 text-[13px] font-medium text-muted', c.meta?.right && 'text-right')}>
                    {sortable(c) ? (
                      <button type="button" onClick={() => setAddress({ sort: nextSort(by === c ? sort : null, id, c.sortDescFirst ?? false) })} className="inline-flex max-w-full items-center gap-1 hover:text-text">
                        <span className="truncate">{title}</span>
                        {order === 'ascending' ? <ArrowUp aria-hidden className="size-3.5" /> : order === 'descending' ? <ArrowDown aria-hidden className="size-3.5" /> : null}
                      </button>
                    ) : title === '' ? (
                      <span className="sr-only">{nameOf(c)}</span>
                    ) : (
                      <span className="block truncate">{title}</span>
                    )}
                    {c.meta?.filter ? <div className="mt-1">{c.meta.filter}</div> : null}
                  </div>
                );
              })}
            </div>
          </div>
          <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
            {items.map((item) => {
              const row = model[item.index];
              if (!row) return null;
              return (
                <div
                  key={row.id}
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={chosen ? chosen.has(row.id) : openKey === row.id ? true : undefined}
                  data-row={row.id}
                  tabIndex={item.index === current ? 0 : -1}
                  onFocus={() => setActive(row.id)}
                  onClick={(event) => {
                    if (!onOpen || (event.target as HTMLElement).closest('a, button, input, label, [role="checkbox"], [role="switch"]') || String(getSelection() ?? '') !== '') return;
                    onOpen(row.original);
                  }}
                  className={clsx('absolute inset-x-0 top-0 grid items-center gap-x-3 border-b border-line px-3 outline-none focus-visible:bg-accent-soft', onOpen && 'cursor-pointer hover:bg-sunken', openKey === row.id && 'bg-accent-soft')}
                  style={{ gridTemplateColumns: tracks, height: item.size, transform: `translateY(${item.start}px)` }}
                >
                  {chosen ? (
                    <div role="gridcell">
                      <Checkbox hidden label={t('choose')} checked={chosen.has(row.id)} onChange={() => toggle(row.id)} />
                    </div>
                  ) : null}
                  {leaf.map((c) => (
                    <div key={idOf(c)} role="gridcell" className={clsx('min-w-0 truncate', c.meta?.right && 'nums text-right')}>
                      {c.cell ? c.cell({ row }) : String(valueOf(c, row.original) ?? '')}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
        {model.length === 0 && empty ? (
          <div role="row">
            <div role="gridcell">{empty}</div>
          </div>
        ) : null}
      </div>
    </div>
  );
}
