import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { useTexts } from '@/app/i18n';
import { tokensOf } from '@/api/usage';
import { change, count, milliseconds, money, percent, short } from '@/lib/format';
import { changeOf, type DaySum, type Days } from './today';

interface Measure {
  id: 'cost' | 'tokens' | 'requests' | 'failed' | 'cached' | 'firstByte';
  of: (sum: DaySum) => number | undefined;
  write: (value: number) => string;
  /** Whether the hours are added up, so that the two days can be laid over each other. */
  adds?: boolean;
  /** Whether less is better (`down`), more is better (`up`), or neither. */
  better?: 'up' | 'down';
}

const measures: readonly Measure[] = [
  { id: 'cost', of: (s) => s.cost, write: money, adds: true },
  { id: 'tokens', of: tokensOf, write: short, adds: true },
  { id: 'requests', of: (s) => s.requests, write: (v) => (v < 10_000 ? count(v) : short(v)), adds: true },
  { id: 'failed', of: (s) => (s.requests > 0 ? s.errors / s.requests : undefined), write: percent, better: 'down' },
  { id: 'cached', of: (s) => (s.input_tokens > 0 ? s.cached_tokens / s.input_tokens : undefined), write: percent, better: 'up' },
  { id: 'firstByte', of: (s) => s.first_byte_ms, write: milliseconds, better: 'down' },
];

/** Today against yesterday until the same time of day. */
export function DaysRow({ days }: { days: Days }) {
  const t = useTexts('overview');
  return (
    <section aria-label={t('days.title')} className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-6">
      {measures.map((measure) => (
        <Figure key={measure.id} measure={measure} days={days} />
      ))}
    </section>
  );
}

function Figure({ measure, days }: { measure: Measure; days: Days }) {
  const t = useTexts('overview');
  const now = measure.of(days.today);
  const before = measure.of(days.yesterday);
  const isShare = measure.id === 'failed' || measure.id === 'cached';
  const moved = now === undefined || before === undefined ? undefined : isShare ? now - before : changeOf(now, before);
  const good = moved === undefined || !measure.better || Math.abs(moved) < 0.005 ? undefined : moved > 0 === (measure.better === 'up');
  const points = (sums: readonly DaySum[]): number[] => {
    let running = 0;
    return sums.map((s) => (measure.adds ? (running += measure.of(s) ?? 0) : (measure.of(s) ?? 0)));
  };
  return (
    <Link to="/usage" search={{ range: 'today', compare: 'yes' } as never} className="card block px-4 pt-3 pb-2 hover:border-line-strong/60">
      <div className="truncate text-[13px] text-muted">{t(`days.${measure.id}`)}</div>
      <div className={clsx('nums mt-0.5 text-2xl font-semibold tracking-tight', measure.id === 'failed' && (now ?? 0) >= 0.1 && 'text-bad')}>{now === undefined ? '—' : measure.write(now)}</div>
      <div className="nums mt-0.5 truncate text-[13px] text-muted">
        {before === undefined || (measure.adds && before === 0) ? (
          t('days.noYesterday')
        ) : (
          <>
            {moved === undefined ? null : <span className={clsx('font-medium', good === true && 'text-ok', good === false && 'text-bad')}>{isShare ? t('days.points', { value: signed(moved * 100) }) : change(moved)}</span>}{' '}
            {t('days.from', { value: measure.write(before) })}
          </>
        )}
      </div>
      <Lines today={points(days.hours.today)} yesterday={points(days.hours.yesterday)} />
    </Link>
  );
}

const signed = (value: number): string => `${value > 0 ? '+' : value < 0 ? '−' : '±'}${Math.abs(value).toFixed(Math.abs(value) < 9.95 ? 1 : 0)}`;

/** Two days over each other: today as a line with its ground, yesterday dashed behind it. The figures above say the same. */
function Lines({ today, yesterday }: { today: readonly number[]; yesterday: readonly number[] }) {
  const top = Math.max(...today, ...yesterday, 1e-9);
  const at = (values: readonly number[]): string[] => values.map((v, i) => `${((i / 23) * 100).toFixed(1)},${(27 - (v / top) * 24).toFixed(1)}`);
  const line = at(today);
  return (
    <svg aria-hidden viewBox="0 0 100 28" preserveAspectRatio="none" className="mt-1.5 h-8 w-full text-accent">
      <polyline points={at(yesterday).join(' ')} fill="none" stroke="var(--color-line-strong)" strokeWidth="1" strokeDasharray="3 3" vectorEffect="non-scaling-stroke" />
      {line.length > 1 ? <polygon points={`0,28 ${line.join(' ')} ${(((line.length - 1) / 23) * 100).toFixed(1)},28`} fill="currentColor" opacity="0.12" /> : null}
      {line.length > 1 ? <polyline points={line.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.75" vectorEffect="non-scaling-stroke" strokeLinejoin="round" /> : null}
    </svg>
  );
}
