import type { TFunction } from 'i18next';
import { visible } from '@/lib/text';
import type { Fault } from './model/check';

/** A fault in words. What the text itself says in them is shown as text. */
export function wordsOf(fault: Fault, t: TFunction): string {
  const values = Object.fromEntries(Object.entries(fault.values).map(([key, value]) => [key, visible(value)]));
  const list = (text: string | undefined): string => (text ?? '').split(',').filter(Boolean).map((one) => t(`type.${one}`)).join(t('or'));
  switch (fault.kind) {
    case 'gateway':
    case 'deprecated':
      return values.text ?? '';
    case 'type':
      return t('fault.type', { expected: list(fault.values.expected) });
    case 'pattern':
      return values.examples ? t('fault.patternExamples', values) : t('fault.pattern', { ...values, expected: list(fault.values.expected) });
    case 'range':
      return values.min && values.max ? t('fault.range', values) : values.min ? t('fault.least', values) : t('fault.most', values);
    case 'unknown':
      return values.near ? t('fault.unknownNear', values) : t('fault.unknown', values);
    default:
      return t(`fault.${fault.kind}`, values);
  }
}

/** A key as people would write its name: `session-affinity` → Session affinity. */
export function titleOf(key: string): string {
  const words = key.replace(/[-_]/g, ' ').replace(/\b(url|api|tls|mb|kb|ttl|id|ids|json|http|dns|ms)\b/gi, (word) => word.toUpperCase());
  return words.charAt(0).toUpperCase() + words.slice(1);
}
