/** Days and spans of time in the reader's zone, as milliseconds. Days are not always 24 hours long. */

/** When the day of a time began. */
export function startOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** The same time of day some days later (or before). */
export function addDays(at: number, days: number): number {
  const date = new Date(at);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

/** When the week of a time began: on Monday. */
export function startOfWeek(at: number): number {
  const day = startOfDay(at);
  return addDays(day, -((new Date(day).getDay() + 6) % 7));
}

/** When the month of a time began. */
export function startOfMonth(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), 1).getTime();
}

/** A time down to a whole number of spans. */
export const floorTo = (at: number, span: number): number => Math.floor(at / span) * span;

export const minute = 60_000;
export const hour = 60 * minute;
export const wholeDay = 24 * hour;

/** A time as the API writes it, to the second. */
export const iso = (at: number): string => new Date(at).toISOString().replace(/\.000Z$/, 'Z');
