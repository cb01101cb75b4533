import { Link } from '@tanstack/react-router';
import { ChevronRight, CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '@/app/i18n';
import { Countdown } from '@/ui/figures';
import { Card } from '@/ui/page';
import { Plain } from '@/ui/plain';
import { causeText, saidText } from '@/ui/reasons';
import type { Trouble } from './troubles';

/** How many stand there before someone asks for all of them. */
const first = 5;

/** What fails now, each with the way to the page that mends it. */
export function Attention({ troubles, className }: { troubles: readonly Trouble[]; className?: string }) {
  const t = useTexts('overview');
  const [all, setAll] = useState(false);
  const shown = all ? troubles : troubles.slice(0, first);
  return (
    <Card title={t('attention.title')} flush className={className}>
      {troubles.length === 0 ? (
        <div className="flex h-full min-h-24 items-center gap-3 px-4 pb-4">
          <CircleCheck aria-hidden className="size-6 shrink-0 text-ok" strokeWidth={1.5} />
          <div>
            <div className="font-medium">{t('attention.none')}</div>
            <div className="text-muted">{t('attention.noneText')}</div>
          </div>
        </div>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {shown.map((trouble) => (
            <Row key={trouble.id} trouble={trouble} />
          ))}
        </ul>
      )}
      {troubles.length > first ? (
        <button type="button" onClick={() => setAll(!all)} aria-expanded={all} className="w-full border-t border-line px-4 py-2 text-left font-medium text-accent hover:bg-sunken">
          {all ? t('attention.fewer') : t('attention.all', { count: troubles.length })}
        </button>
      ) : null}
    </Card>
  );
}

function Row({ trouble }: { trouble: Trouble }) {
  const t = useTexts('overview');
  const Icon = trouble.tone === 'bad' ? CircleAlert : TriangleAlert;
  return (
    <li>
      <Link to={trouble.to} search={trouble.search as never} className="flex items-start gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunken">
        <Icon aria-label={t(`attention.tone.${trouble.tone}`)} className={trouble.tone === 'bad' ? 'mt-0.5 size-4 shrink-0 text-bad' : 'mt-0.5 size-4 shrink-0 text-warn'} />
        <div className="min-w-0 flex-1">
          <div className="break-words">
            {trouble.name ? <Plain text={trouble.name} className="mr-1.5 font-medium" /> : null}
            <span>{t(`attention.kind.${trouble.kind}`)}</span>
            {trouble.until ? (
              <span className="text-muted">
                {' · '}
                {t('attention.for')} <Countdown to={trouble.until} />
              </span>
            ) : null}
          </div>
          {trouble.hour ? <div className="nums text-[13px] text-muted">{t('attention.hour', trouble.hour)}</div> : null}
          {trouble.detail ? (
            <div className="line-clamp-2 text-[13px] break-words text-muted">
              <Plain text={trouble.said ? saidText(t, trouble.said) : trouble.cause ? causeText(t, trouble.cause, trouble.detail) : trouble.detail} />
            </div>
          ) : null}
        </div>
        <span className="hidden shrink-0 text-[13px] text-muted sm:block">{t(`attention.mend.${trouble.kind}`)}</span>
        <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      </Link>
    </li>
  );
}
