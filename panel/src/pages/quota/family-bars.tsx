import { clsx } from 'clsx';
import { useTexts } from '@/app/i18n';
import { count, percent } from '@/lib/format';
import { Countdown } from '@/ui/figures';
import { Card } from '@/ui/page';
import type { Family } from './windows';

/** The sorts of windows, each as a bar with a piece for every window; a click shows only those. */
export function FamilyBars({ families, chosen, onChoose }: { families: readonly Family[]; chosen?: string; onChoose: (family?: string) => void }) {
  const t = useTexts('quota');
  return (
    <Card title={t('families.title')}>
      <ul className="flex flex-col gap-1">
        {families.map((one) => (
          <li key={one.family}>
            <button
              type="button"
              aria-pressed={chosen === one.family}
              onClick={() => onChoose(chosen === one.family ? undefined : one.family)}
              className="-mx-2 block w-[calc(100%+1rem)] rounded-lg px-2 py-1.5 text-left hover:bg-sunken aria-pressed:bg-accent-soft"
            >
              <span className="flex items-baseline gap-2">
                <span className="min-w-0 flex-1 truncate font-medium">{t(`family.${one.family}`, { defaultValue: one.family })}</span>
                <span className="nums text-[13px] text-muted">{one.left === undefined ? t('families.unknown') : t('families.left', { share: percent(one.left) })}</span>
              </span>
              <span aria-hidden className="mt-1 flex h-2 gap-px overflow-hidden rounded-full bg-line">
                {one.shares.slice(0, 60).map((share, i) => (
                  // Windows without a name of their own here: their place is all they have.
                  // oxlint-disable-next-line react/no-array-index-key
                  <span key={i} className="flex flex-1 bg-line">
                    <span className={clsx('h-full', share <= 0.05 ? 'bg-bad-bar' : share <= 0.25 ? 'bg-warn-bar' : 'bg-ok-bar')} style={{ width: `${Math.max(share > 0 ? 4 : 0, share * 100)}%` }} />
                  </span>
                ))}
              </span>
              <span className="nums mt-1 flex flex-wrap gap-x-3 text-[13px] text-muted">
                <span>{t('families.ready', { ready: count(one.ready), count: one.windows })}</span>
                {one.used > 0 ? <span className="text-bad">{t('families.used', { count: one.used })}</span> : null}
                {one.resets_at ? (
                  <span>
                    {t('families.resets')} <Countdown to={one.resets_at} />
                  </span>
                ) : null}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
