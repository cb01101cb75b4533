import { clsx } from 'clsx';
import { RefreshCw } from 'lucide-react';
import { useTexts } from '@/app/i18n';
import { When } from './figures';

/** What a query tells of how new its data is. */
export interface Fresh {
  dataUpdatedAt: number;
  isFetching: boolean;
  isError: boolean;
  refetch: () => unknown;
}

/** How old what is shown is: the oldest of several readings; a button reads all of them again. What was known stays on the screen meanwhile. */
export function Freshness({ of }: { of: readonly Fresh[] }) {
  const t = useTexts();
  const known = of.filter((q) => q.dataUpdatedAt > 0);
  const oldest = known.length > 0 ? Math.min(...known.map((q) => q.dataUpdatedAt)) : 0;
  const failing = of.some((q) => q.isError);
  const busy = of.some((q) => q.isFetching);
  return (
    <button
      type="button"
      title={t('refresh')}
      onClick={() => {
        for (const one of of) void one.refetch();
      }}
      className={clsx('inline-flex min-h-8.5 items-center gap-1.5 rounded-lg px-2 text-[13px] hover:bg-sunken', failing ? 'text-warn' : 'text-muted hover:text-text')}
    >
      <RefreshCw aria-hidden className={clsx('size-3.5', busy && 'animate-spin')} />
      <span className="sr-only">{t('refresh')}</span>
      {oldest > 0 ? (
        <span>
          {t(failing ? 'staleAsOf' : 'asOf')} <When at={new Date(oldest).toISOString()} />
        </span>
      ) : null}
    </button>
  );
}
