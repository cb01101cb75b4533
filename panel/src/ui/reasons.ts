import type { TFunction } from 'i18next';
import { calendarDay } from '@/lib/format';

/** What a cooldown follows from, in the reader's language; the gateway's own words where the code is not known. */
export const causeText = (t: TFunction, code: string | null | undefined, words: string | null | undefined): string => (code ? t(`cause.${code}`, { defaultValue: words ?? code }) : (words ?? ''));

/** Why an account stands where it does in a plan, or is left out; the gateway's own words where the code is not known. */
export function reasonText(t: TFunction, code: string | null | undefined, words: string | null | undefined, values: Record<string, string> = {}): string {
  if (!code) return words ?? '';
  return t(`why.${code === 'quota_reserved' && values.keys ? 'quota_reserved_for' : code}`, { ...values, cause: values.cause ? causeText(t, values.cause, values.cause) : '', defaultValue: words ?? code });
}

/** Something that the gateway says in words, and as a code with what the words name. */
export interface Said {
  code?: string | null;
  text?: string | null;
  values?: Record<string, string> | null;
}

/** What the gateway says, in the reader's language; its own words where the code is not known. */
export function saidText(t: TFunction, { code, text, values }: Said): string {
  if (!code) return text ?? '';
  const { count: number, strategy, day: on, ...others } = values ?? {};
  return t(`said.${code}`, {
    ...others,
    ...(number === undefined ? {} : { count: Number(number) }),
    ...(strategy === undefined ? {} : { strategy: reasonText(t, strategy, strategy) }),
    ...(on === undefined ? {} : { day: calendarDay(on) }),
    defaultValue: text ?? code,
  });
}

/** A problem of an account, in the reader's language. */
export const problemText = (t: TFunction, account: { problem?: string | null; problem_code?: string | null; problem_values?: Record<string, string> | null }): string =>
  saidText(t, { code: account.problem_code, text: account.problem, values: account.problem_values });
