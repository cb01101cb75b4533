import type { TFunction } from 'i18next';

/** What a cooldown follows from, in the reader's language; the gateway's own words where the code is not known. */
export const causeText = (t: TFunction, code: string | null | undefined, words: string | null | undefined): string => (code ? t(`cause.${code}`, { defaultValue: words ?? code }) : (words ?? ''));

/** Why an account stands where it does in a plan, or is left out; the gateway's own words where the code is not known. */
export function reasonText(t: TFunction, code: string | null | undefined, words: string | null | undefined, values: Record<string, string> = {}): string {
  if (!code) return words ?? '';
  return t(`why.${code === 'quota_reserved' && values.keys ? 'quota_reserved_for' : code}`, { ...values, cause: values.cause ? causeText(t, values.cause, values.cause) : '', defaultValue: words ?? code });
}
