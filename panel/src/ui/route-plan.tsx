import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleSlash } from 'lucide-react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { ErrorBox } from './error';
import { Countdown } from './figures';
import { Skeleton } from './page';
import { Mono, Plain } from './plain';
import { reasonText, saidText } from './reasons';

/** Where a request for a model would go now, in which order, and why not elsewhere. Nothing is sent. */
export function RoutePlan({ model, protocol }: { model: string; protocol?: string }) {
  const t = useTexts();
  const plan = useQuery({
    queryKey: ['routes', 'explain', model, protocol],
    queryFn: () => data(api.GET('/api/v1/explain', { params: { query: { model, ...(protocol ? { protocol } : {}) } as never } })),
    enabled: model !== '',
    placeholderData: (before) => before,
  });
  if (plan.isError) return <ErrorBox error={plan.error} onRetry={() => void plan.refetch()} />;
  if (!plan.data) return model === '' ? null : <Skeleton lines={3} />;
  const { candidates, excluded, error, decisions = [] } = plan.data;
  return (
    <div className="flex flex-col gap-3">
      {error ? (
        <div className="rounded-lg bg-bad-soft px-3 py-2">
          <span className="nums font-medium">{error.status}</span> <Plain text={error.message} />
        </div>
      ) : null}
      {candidates.length > 0 ? (
        <ol aria-label={t('plan.candidates')} className="flex flex-col gap-2">
          {candidates.map((c, i) => (
            <li key={`${c.account_id} ${c.model}`} className="flex items-start gap-3 rounded-lg border border-line px-3 py-2">
              <span className="nums mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-full bg-accent-soft text-[13px] font-semibold text-accent">{i + 1}</span>
              <div className="min-w-0 flex-1">
                <div className="flex flex-wrap items-baseline gap-x-2">
                  <Link to="/accounts" search={{ open: c.account_id } as never} className="font-medium hover:underline">
                    <Plain text={c.account} />
                  </Link>
                  <span className="text-muted">
                    {c.provider} · {c.protocol} · <Mono text={c.model} />
                  </span>
                </div>
                <div className="text-[13px] text-muted">
                  <Plain text={reasonText(t, c.reason_code, c.reason, { cause: c.cooling_down_cause ?? '' })} /> · {t('plan.priority', { priority: c.priority })}
                  {c.cooling_down_until ? (
                    <>
                      {' · '}
                      {t('plan.cooling')} <Countdown to={c.cooling_down_until} />
                    </>
                  ) : null}
                </div>
              </div>
              <CircleCheck aria-hidden className="mt-1 size-4 shrink-0 text-ok" />
            </li>
          ))}
        </ol>
      ) : null}
      {excluded.length > 0 ? (
        <ul aria-label={t('plan.excluded')} className="flex flex-col gap-1.5">
          {excluded.map((e) => (
            <li key={`${e.account} ${e.model} ${e.reason}`} className="flex items-start gap-3 px-3 py-1 text-muted">
              <CircleSlash aria-hidden className="mt-0.5 size-4 shrink-0" />
              <span className="min-w-0">
                <Plain text={e.account} /> · <Plain text={reasonText(t, e.reason_code, e.reason, e.values)} />
                {e.until ? (
                  <>
                    {' · '}
                    <Countdown to={e.until} />
                  </>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      ) : null}
      {decisions.length > 0 ? (
        <details className="text-[13px] text-muted">
          <summary className="cursor-pointer">{t('plan.trace')}</summary>
          <ol className="mt-1 list-decimal pl-6">
            {decisions.map((step) => (
              <li key={step.text}>
                <Plain text={saidText(t, step)} />
              </li>
            ))}
          </ol>
        </details>
      ) : null}
    </div>
  );
}
