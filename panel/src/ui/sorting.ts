/** By which column a list is sorted. */
export interface Sort {
  id: string;
  descending: boolean;
}

/** Reads the sorting out of the address: `name`, or `-name` for the largest first. */
export function readSort(text: string | undefined): Sort | null {
  return text ? { id: text.replace(/^-/, ''), descending: text.startsWith('-') } : null;
}

/** What the address says after a click on a column's header: one way, the other way, and no more. */
export function nextSort(now: Sort | null, id: string, descendingFirst: boolean): string | undefined {
  if (now?.id !== id) return descendingFirst ? `-${id}` : id;
  if (now.descending === descendingFirst) return descendingFirst ? id : `-${id}`;
  return undefined;
}

/** The value of a row by which a column sorts. */
export function valueOf<T>(column: { accessorFn?: (row: T) => unknown; accessorKey?: keyof T & string }, row: T): unknown {
  return column.accessorFn ? column.accessorFn(row) : column.accessorKey ? row[column.accessorKey] : undefined;
}

let names: Intl.Collator | undefined;

/** Compares two values: numbers as numbers, text as people sort it (with the numbers in it as numbers). */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  names ??= new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return names.compare(String(a), String(b));
}

/** The rows in order; those without a value stand last either way, and equals keep their order. */
export function sortRows<T>(rows: readonly T[], of: (row: T) => unknown, descending: boolean): T[] {
  const keyed = rows.map((row) => ({ row, value: of(row) }));
  const missing = (value: unknown): boolean => value === undefined || value === null || (typeof value === 'number' && Number.isNaN(value));
  keyed.sort((a, b) => {
    const [noA, noB] = [missing(a.value), missing(b.value)];
    if (noA || noB) return Number(noA) - Number(noB);
    const order = compare(a.value, b.value);
    return descending ? -order : order;
  });
  return keyed.map((k) => k.row);
}
