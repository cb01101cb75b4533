import type { UsageRow } from '@/api/usage';
import { floorTo, minute } from '@/lib/calendar';

/** What happened in a span of time. */
export interface Cell {
  from: number;
  to: number;
  requests: number;
  errors: number;
}

/** A row of the health grid. */
export interface GridRow {
  id: string;
  name: string;
  cells: Cell[];
  requests: number;
  errors: number;
}

/** The finest cells: what the gateway sums. */
export const finest = 10 * minute;

/** How long a cell is so that the cells of a day fit a width, each at least as wide as can be pointed at. */
export function spanFor(width: number): number {
  for (const span of [10, 20, 30, 60, 120]) if (width / ((24 * 60) / span) >= 5) return span * minute;
  return 120 * minute;
}

/** Rows of cells over the last 24 hours, ordered by name; of many rows those with the most failures, then requests. */
export function gridOf(rows: readonly UsageRow[], group: 'account' | 'provider', nameOf: (id: string) => string, now: number, span: number, most: number): { rows: GridRow[]; hidden: number } {
  const end = floorTo(now, span) + span;
  const count = Math.round((24 * 60 * minute) / span);
  const start = end - count * span;
  const found = new Map<string, GridRow>();
  for (const row of rows) {
    const id = row[group];
    const place = row.at ? Math.floor((Date.parse(row.at) - start) / span) : -1;
    if (!id || place < 0 || place >= count) continue;
    let one = found.get(id);
    if (!one) {
      one = { id, name: nameOf(id), cells: Array.from({ length: count }, (_, i) => ({ from: start + i * span, to: start + (i + 1) * span, requests: 0, errors: 0 })), requests: 0, errors: 0 };
      found.set(id, one);
    }
    const cell = one.cells[place] as Cell;
    for (const target of [one, cell]) {
      target.requests += row.requests;
      target.errors += row.errors;
    }
  }
  const all = [...found.values()].sort((a, b) => b.errors - a.errors || b.requests - a.requests);
  const shown = all.length > most ? all.slice(0, most) : all;
  return { rows: shown.sort((a, b) => a.name.localeCompare(b.name)), hidden: all.length - shown.length };
}

/** How a span went: nothing, all well, some failed, most failed. */
export const stateOf = (cell: { requests: number; errors: number }): 'none' | 'ok' | 'warn' | 'bad' => (cell.requests === 0 ? 'none' : cell.errors === 0 ? 'ok' : cell.errors / cell.requests < 0.5 ? 'warn' : 'bad');
