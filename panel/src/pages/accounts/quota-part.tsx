import { useMutation } from '@tanstack/react-query';
import { Gauge, RotateCcw } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import type { Account } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { count, percent } from '@/lib/format';
import { Button } from '@/ui/button';
import { useConfirm } from '@/ui/dialog';
import { Badge, Countdown, UsedBar, When } from '@/ui/figures';
import { Empty } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { causeText } from '@/ui/reasons';
import { askQuota, resetAccount } from './calls';
import { barName } from './parts';
import { quotaBars } from './model';

/** The quotas and cooldowns of an account. */
export function QuotaPart({ account, onChanged }: { account: Account; onChanged: (account: Account) => void }) {
  const t = useTexts('accounts');
  const toast = useToast();
  const confirm = useConfirm();
  const ask = useMutation({
    mutationFn: () => askQuota(account.id),
    onSuccess: (next) => {
      onChanged(next);
      if (next.usage_page?.problem) toast.error(new Error(next.usage_page.problem));
      else toast.success(t(next.usage_page ? 'done.asked' : 'batch.noQuota'));
    },
    onError: toast.error,
  });
  const reset = useMutation({
    mutationFn: () => resetAccount(account.id),
    onSuccess: (next) => {
      onChanged(next);
      toast.success(t('done.reset'));
    },
    onError: toast.error,
  });
  const bars = quotaBars(account);
  const cooling = account.cooldowns.filter((c) => c.cooling_down || c.failures > 0);
  const page = account.usage_page;
  return (
    <div className="flex flex-col gap-6">
      <section>
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <h3 className="flex-1 font-semibold">{t('tab.quota')}</h3>
          <Button small icon={Gauge} busy={ask.isPending} onClick={() => ask.mutate()}>
            {t('act.quota')}
          </Button>
        </div>
        {bars.length === 0 ? (
          <Empty icon={Gauge} title={t('quota.none')}>
            {t('quota.noneText')}
          </Empty>
        ) : (
          <ul className="flex flex-col gap-3">
            {bars.map((bar) => (
              <li key={barName(bar)}>
                <div className="mb-1 flex flex-wrap items-baseline gap-x-3">
                  <span className="font-medium">{barName(bar)}</span>
                  <span className="nums">{percent(bar.used)}</span>
                  {bar.limit !== null && bar.remaining !== null ? <span className="nums text-muted">{t('quota.left', { n: count(bar.remaining), limit: count(bar.limit) })}</span> : null}
                  <span className="ml-auto text-[13px] text-muted">
                    {bar.resetsAt ? (
                      <>
                        {t('column.reset')} <When at={bar.resetsAt} />
                      </>
                    ) : null}
                  </span>
                </div>
                <UsedBar used={bar.used} label={t('usedOf', { name: barName(bar) })} className="h-2" />
                {bar.exhaustedAt ? (
                  <div className="mt-1 text-[13px] text-warn">
                    {t('quota.exhausted')} <When at={bar.exhaustedAt} />
                  </div>
                ) : null}
                {bar.models.length > 1 ? <div className="mt-1 text-[13px] text-muted"><Mono text={bar.models.join(', ')} className="break-all" /></div> : null}
              </li>
            ))}
          </ul>
        )}
        {page ? (
          <p className="mt-3 text-[13px] text-muted">
            {page.answered_at ? <>{t('quota.answered')} <When at={page.answered_at} />{' · '}</> : null}
            {t('quota.nextAt')} <When at={page.next_at} />
            {page.problem ? (
              <span className="block break-words text-bad">
                <Plain text={page.problem} />
              </span>
            ) : null}
          </p>
        ) : null}
        <p className="mt-3">
          <Link to="/quota" className="font-medium text-accent hover:underline">
            {t('toQuota')}
          </Link>
        </p>
      </section>
      <section>
        <div className="mb-3 flex flex-wrap items-center gap-2">
          <h3 className="flex-1 font-semibold">{t('quota.cooldowns')}</h3>
          <Button
            small
            icon={RotateCcw}
            busy={reset.isPending}
            disabled={cooling.length === 0}
            onClick={() => void confirm({ title: t('act.reset'), effect: t('quota.resetEffect'), action: t('act.reset') }).then((yes) => yes && reset.mutate())}
          >
            {t('act.reset')}
          </Button>
        </div>
        {cooling.length === 0 ? (
          <p className="text-muted">{t('quota.noCooldowns')}</p>
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {cooling.map((c) => (
              <li key={c.model ?? ''} className="px-3 py-2">
                <div className="flex flex-wrap items-center gap-2">
                  {c.model ? <Mono text={c.model} className="break-all" /> : <span className="font-medium">{t('quota.whole')}</span>}
                  {c.cooling_down ? (
                    <Badge tone="bad" dot>
                      {t('state.cooling-down')}
                    </Badge>
                  ) : null}
                  {c.cooling_down && c.until ? (
                    <span className="ml-auto text-[13px]">
                      {t('quota.over')} <Countdown to={c.until} />
                    </span>
                  ) : null}
                </div>
                <div className="mt-0.5 text-[13px] text-muted">
                  {c.reason ? <Plain text={causeText(t, c.reason_code, c.reason)} /> : null}
                  {c.failures > 0 ? ` · ${t('quota.failures', { count: c.failures })}` : ''}
                  {c.cooling_down ? ` · ${t(c.is_upstream_hint ? 'quota.hint' : 'quota.guess')}` : ''}
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}
