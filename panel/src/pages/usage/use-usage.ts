import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, data } from '@/api/client';
import { type UsageFilter, type UsageGroup, usageQuery, type UsageRow, type UsageStep } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { floorTo, minute } from '@/lib/calendar';
import { useNow } from '@/lib/hooks';
import { asked, bucketsOf, previousOf, type Range, rangeOf, stepsFor, usualStep } from './range';

/** What usage can be grouped by, in the order it is offered in. */
export const groups: readonly UsageGroup[] = ['model', 'account', 'key', 'provider', 'client'];
/** What usage can be filtered by. */
export const filters = ['key', 'account', 'provider', 'model', 'client'] as const;

/** What the address asks for. */
export interface Wanted {
  range: Range;
  steps: UsageStep[];
  step: UsageStep;
  by: UsageGroup;
  compare: boolean;
  filter: UsageFilter;
}

/** Reads the address; what it does not say is usual. */
export function useWanted(address: Address): Wanted {
  const now = floorTo(useNow(), minute);
  return useMemo(() => {
    const range = rangeOf(address, now);
    const steps = stepsFor(range);
    const step = steps.includes(address.step as UsageStep) ? (address.step as UsageStep) : usualStep(range);
    const by = groups.includes(address.by as UsageGroup) ? (address.by as UsageGroup) : 'model';
    return { range, steps, step, by, compare: address.compare === 'yes', filter: Object.fromEntries(filters.map((name) => [name, address[name] || undefined])) };
  }, [address, now]);
}

/** The sums that the page shows: by bucket and group, by group, and those of the span before. */
export function useUsage({ range, step, by, compare, filter }: Wanted) {
  const span = { ...filter, ...asked(range) };
  const before = previousOf(range);
  const earlier = { ...filter, ...asked(before) };
  const series = useQuery(usageQuery(span, by, step));
  const table = useQuery(usageQuery(span, by));
  const total = useQuery({ ...usageQuery(earlier, undefined, step), enabled: compare });
  const groupsBefore = useQuery({ ...usageQuery(earlier, by), enabled: compare });
  return {
    series,
    table,
    before: compare ? { range: before, buckets: bucketsOf(before, step), total: total.data, table: groupsBefore.data } : null,
    buckets: bucketsOf(range, step),
    queries: [series, table],
  };
}

/** The names of groups: labels of accounts, names of keys. */
export function useNames(by: UsageGroup): (row: Partial<UsageRow>) => string {
  const t = useTexts('usage');
  const accounts = useQuery({ queryKey: ['accounts'], queryFn: () => data(api.GET('/api/v1/accounts')), staleTime: 60_000 });
  const labels = useMemo(() => new Map(accounts.data?.accounts.map((a) => [a.id, a.label])), [accounts.data]);
  return useMemo(
    () => (row) => {
      const id = row[by] ?? '';
      if (by === 'account') return labels.get(id) ?? (id || t('nobody'));
      if (by === 'key') return row.key_name ?? (id || t('noKey'));
      return id || t('nobody');
    },
    [by, labels, t],
  );
}

/** The address of the requests behind a bucket or a group. */
export function requestsOf(wanted: Pick<Wanted, 'filter' | 'range'>, more: Record<string, string | undefined> = {}): Record<string, string> {
  const { from, to } = asked(wanted.range);
  return Object.fromEntries(Object.entries({ ...wanted.filter, from, to, ...more }).filter((entry): entry is [string, string] => !!entry[1]));
}
