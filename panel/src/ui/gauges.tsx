import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import * as format from '@/lib/format';
import { Countdown, UsedBar } from './figures';

interface Gauge {
  name: string;
  used: number;
  words: string;
  ends?: string | null;
}

/** How a client key stands with its rates and budgets, as bars. */
export function Gauges({ status }: { status: View<'KeyStatusView'> }) {
  const t = useTexts();
  const gauges: Gauge[] = [];
  for (const [name, rate] of [
    [t('gauge.requests'), status.requests],
    [t('gauge.tokens'), status.tokens],
  ] as const)
    if (rate) gauges.push({ name, used: rate.limit > 0 ? 1 - rate.remaining / rate.limit : 0, words: `${format.count(rate.limit - rate.remaining)} / ${format.count(rate.limit)}` });
  if (status.concurrency_limit) gauges.push({ name: t('gauge.concurrency'), used: status.open / status.concurrency_limit, words: `${format.count(status.open)} / ${format.count(status.concurrency_limit)}` });
  for (const budget of status.budgets) {
    const amount = (n: number): string => (budget.unit === 'money' ? format.money(n) : format.short(n));
    gauges.push({ name: t(`gauge.budget.${budget.period}`), used: budget.limit > 0 ? (budget.spent + budget.reserved) / budget.limit : 0, words: `${amount(budget.spent)} / ${amount(budget.limit)}`, ends: budget.end });
  }
  if (gauges.length === 0) return <p className="text-muted">{t('gauge.none')}</p>;
  return (
    <ul className="flex flex-col gap-3">
      {gauges.map((gauge, i) => (
        // Two budgets may be alike but for their limits.
        // oxlint-disable-next-line react/no-array-index-key
        <li key={i}>
          <div className="mb-1 flex items-baseline justify-between gap-3">
            <span>{gauge.name}</span>
            <span className="nums text-muted">
              {gauge.words}
              {gauge.ends ? (
                <>
                  {' · '}
                  {t('gauge.newIn')} <Countdown to={gauge.ends} />
                </>
              ) : null}
            </span>
          </div>
          <UsedBar used={gauge.used} label={`${gauge.name}: ${gauge.words}`} />
        </li>
      ))}
    </ul>
  );
}
