import { Link } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { Badge, toneOfStatus, When } from '@/ui/figures';
import { Card, Empty } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';

/** The last requests that failed, with their cause. */
export function Failures({ flows }: { flows: readonly View<'FlowView'>[] }) {
  const t = useTexts('overview');
  return (
    <Card
      title={t('failures.title')}
      flush
      actions={
        <Link to="/requests" search={{ status: '400-599' } as never} className="text-[13px] font-medium text-accent hover:underline">
          {t('failures.more')}
        </Link>
      }
    >
      {flows.length === 0 ? (
        <Empty icon={ShieldCheck} title={t('failures.none')} />
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {flows.map((flow) => (
            <li key={flow.id}>
              <Link to="/requests/$id" params={{ id: flow.id } as never} className="flex items-start gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunken">
                <span className="w-10 shrink-0 pt-px">
                  <Badge tone={toneOfStatus(flow.status)}>{flow.status || '—'}</Badge>
                </span>
                <div className="min-w-0 flex-1">
                  <div className="line-clamp-2 break-words">
                    <Plain text={flow.error ?? t('failures.noCause')} />
                  </div>
                  <div className="truncate text-[13px] text-muted">
                    {flow.requested_model ? <Mono text={flow.requested_model} /> : null}
                    {flow.requested_model && flow.account ? ' · ' : null}
                    <Plain text={flow.account} />
                    {!flow.requested_model && !flow.account ? <Plain text={flow.user_agent} /> : null}
                  </div>
                </div>
                <When at={flow.started_at} className="shrink-0 text-[13px] text-muted" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
