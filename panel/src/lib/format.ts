import { currentLanguage } from '@/app/language';

/** Numbers, times and sizes as people of the chosen language write them. Formatters are dear to make, so that they are kept. */
const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function keep<T extends Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>(name: string, make: (language: string) => T): T {
  const key = `${currentLanguage()}|${name}`;
  let found = kept.get(key) as T | undefined;
  if (!found) kept.set(key, (found = make(currentLanguage())));
  return found;
}

/** A whole number with groups: 12,345. */
export const count = (value: number): string => keep('count', (l) => new Intl.NumberFormat(l, { maximumFractionDigits: 0 })).format(value);

/** An amount that need not be whole: 12.34. */
export const amount = (value: number): string => keep('amount', (l) => new Intl.NumberFormat(l, { maximumFractionDigits: 2 })).format(value);

/** A large number in three digits: 1.23M. */
export const short = (value: number): string => keep('short', (l) => new Intl.NumberFormat(l, { notation: 'compact', maximumSignificantDigits: 3 })).format(value);

/** A share of one as a percentage: 0.123 → 12%; below ten per cent with one digit. */
export function percent(share: number): string {
  const digits = share > 0 && share < 0.0995 ? 1 : 0;
  return keep(`percent${digits}`, (l) => new Intl.NumberFormat(l, { style: 'percent', maximumFractionDigits: digits })).format(share);
}

/** US dollars: two digits, and more where it is less than a cent. */
export function money(value: number): string {
  const small = value !== 0 && Math.abs(value) < 0.1;
  return keep(`money${small}`, (l) => new Intl.NumberFormat(l, small ? { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumSignificantDigits: 2 } : { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' })).format(value);
}

/** Bytes: 1.5 kB, 20 MB. */
export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return keep(`bytes${unit}`, (l) => new Intl.NumberFormat(l, { style: 'unit', unit: units[unit], unitDisplay: unit === 0 ? 'narrow' : 'short', maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })).format(value);
}

/** Milliseconds: 12ms, 1.2s, 2m 5s. */
export function milliseconds(value: number): string {
  if (value < 1000) return keep('ms', (l) => new Intl.NumberFormat(l, { style: 'unit', unit: 'millisecond', unitDisplay: 'narrow', maximumFractionDigits: 0 })).format(value);
  if (value < 60_000) return keep('s', (l) => new Intl.NumberFormat(l, { style: 'unit', unit: 'second', unitDisplay: 'narrow', maximumFractionDigits: 1 })).format(value / 1000);
  return duration(value / 1000);
}

/** Seconds in the two largest units: 2 d 3 h, 4 h 5 min, 6 min 7 s. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86400), 'day'],
    [Math.floor((whole % 86400) / 3600), 'hour'],
    [Math.floor((whole % 3600) / 60), 'minute'],
    [whole % 60, 'second'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  const shown = first < 0 ? parts.slice(3) : parts.slice(first, first + 2).filter(([n], i) => n > 0 || i === 0);
  return shown.map(([n, unit]) => keep(`unit.${unit}`, (l) => new Intl.NumberFormat(l, { style: 'unit', unit, unitDisplay: 'narrow' })).format(n)).join(' ');
}

/** How far a time is from now: in 3 hours, 5 minutes ago. */
export function relative(at: Date | string, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = keep('relative', (l) => new Intl.RelativeTimeFormat(l, { numeric: 'auto', style: 'narrow' }));
  const size = Math.abs(seconds);
  if (size < 45) return format.format(Math.round(seconds), 'second');
  if (size < 45 * 60) return format.format(Math.round(seconds / 60), 'minute');
  if (size < 22 * 3600) return format.format(Math.round(seconds / 3600), 'hour');
  return format.format(Math.round(seconds / 86400), 'day');
}

/** Date and time to the second, in the reader's zone. */
export const dateTime = (at: Date | string): string => keep('dateTime', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium', timeStyle: 'medium' })).format(new Date(at));

/** The time of day to the second. */
export const time = (at: Date | string): string => keep('time', (l) => new Intl.DateTimeFormat(l, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })).format(new Date(at));

/** The day. */
export const day = (at: Date | string): string => keep('day', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium' })).format(new Date(at));

/** A day of the calendar that is of no zone (`2026-12-01`). */
export const calendarDay = (on: string): string => keep('calendarDay', (l) => new Intl.DateTimeFormat(l, { dateStyle: 'medium', timeZone: 'UTC' })).format(new Date(on));

/** The time of day to the minute: 14:05. */
export const clock = (at: Date | string | number): string => keep('clock', (l) => new Intl.DateTimeFormat(l, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })).format(new Date(at));

/** The day without its year: 30 Nov. */
export const monthDay = (at: Date | string | number): string => keep('monthDay', (l) => new Intl.DateTimeFormat(l, { month: 'short', day: 'numeric' })).format(new Date(at));

/** The day of the week with its day: Mon 30. */
export const weekday = (at: Date | string | number): string => keep('weekday', (l) => new Intl.DateTimeFormat(l, { weekday: 'short', day: 'numeric' })).format(new Date(at));

/** A change as a percentage with its sign: +12%. */
export const change = (share: number): string => keep('change', (l) => new Intl.NumberFormat(l, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' })).format(share);
