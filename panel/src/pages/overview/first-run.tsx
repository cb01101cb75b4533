import { Link } from '@tanstack/react-router';
import { Check, CircleUserRound, KeyRound, LoaderCircle, Plug } from 'lucide-react';
import { clsx } from 'clsx';
import { useTexts } from '@/app/i18n';
import { Card } from '@/ui/page';

/** The way from a new gateway to the first answer: an account, a client, a request. */
export function FirstRun({ hasAccount, hasKey }: { hasAccount: boolean; hasKey: boolean }) {
  const t = useTexts('overview');
  const present = hasAccount ? 'connect' : 'account';
  const steps = [
    { id: 'account', icon: CircleUserRound, to: '/accounts/add', done: hasAccount },
    { id: 'connect', icon: Plug, to: '/connect', done: false },
    { id: 'request', icon: KeyRound, to: '/playground', done: false },
  ] as const;
  return (
    <Card className="mb-4">
      <div className="mx-auto max-w-4xl py-4">
        <h2 className="text-lg font-semibold tracking-tight">{t(hasAccount ? 'first.waiting' : 'first.title')}</h2>
        <p className="mt-1 max-w-2xl text-muted">{t(hasAccount ? 'first.waitingText' : 'first.text')}</p>
        <ol className="mt-5 grid gap-3 md:grid-cols-3">
          {steps.map((step, i) => {
            const active = step.id === present;
            return (
              <li key={step.id} className={clsx('flex flex-col rounded-xl border p-4', active ? 'border-accent bg-accent-soft/40' : 'border-line')}>
                <div className="flex items-center gap-2.5">
                  <span className={clsx('flex size-7 shrink-0 items-center justify-center rounded-full text-[13px] font-semibold', step.done ? 'bg-ok-soft text-ok' : active ? 'bg-accent-solid text-white' : 'bg-sunken text-muted')}>
                    {step.done ? <Check aria-label={t('first.done')} className="size-4" /> : i + 1}
                  </span>
                  <h3 className="font-semibold">{t(`first.${step.id}.title`)}</h3>
                </div>
                <p className="mt-2 flex-1 text-muted">{t(`first.${step.id}.text`)}</p>
                <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-1">
                  {step.id === 'request' && hasAccount ? (
                    <span role="status" className="inline-flex items-center gap-1.5 text-[13px] text-muted">
                      <LoaderCircle aria-hidden className="size-4 animate-spin" />
                      {t('first.listening')}
                    </span>
                  ) : null}
                  <Link to={step.to} className={clsx('inline-flex min-h-8.5 items-center rounded-lg font-medium', active ? 'bg-accent-solid px-3 text-white hover:brightness-110' : 'text-accent hover:underline')}>
                    {t(step.done ? `first.${step.id}.again` : `first.${step.id}.go`)}
                  </Link>
                  {step.id === 'connect' && !hasKey ? (
                    <Link to="/keys" className="text-[13px] font-medium text-accent hover:underline">
                      {t('first.connect.key')}
                    </Link>
                  ) : null}
                </div>
              </li>
            );
          })}
        </ol>
      </div>
    </Card>
  );
}
