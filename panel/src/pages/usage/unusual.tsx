import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { type UnusualHour, unusualQuery } from '@/api/usage';
import { useTexts } from '@/app/i18n';
import { hour as anHour, iso, wholeDay } from '@/lib/calendar';
import { clock, count, money, monthDay } from '@/lib/format';
import { Card } from '@/ui/page';
import { asked } from './range';
import { requestsOf, type Wanted } from './use-usage';

/** In how much time the gateway looks for unusual hours. */
const longest = 92 * wholeDay;
/** How many stand there. */
const most = 8;

/** Hours that cost or failed far more than the same hours of the days before; nothing where all is as usual. */
export function Unusual({ wanted }: { wanted: Wanted }) {
  const t = useTexts('usage');
  const found = useQuery({ ...unusualQuery({ ...wanted.filter, ...asked(wanted.range) }), enabled: wanted.range.to - wanted.range.from <= longest });
  const hours = found.data?.hours ?? [];
  if (hours.length === 0) return null;
  return (
    <Card title={t('unusual.title', { count: hours.length })}>
      <ul className="grid gap-x-6 gap-y-1.5 lg:grid-cols-2">
        {hours.slice(0, most).map((one) => (
          <li key={`${one.at} ${one.kind}`} className="flex min-w-0 items-start gap-2">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
            <Link to="/requests" search={linkOf(wanted, one) as never} className="nums min-w-0 hover:underline">
              <span className="font-medium">
                {monthDay(one.at)} {clock(one.at)}
              </span>{' '}
              <span className="text-muted">{one.kind === 'spend' ? t('unusual.spend', { value: money(one.value), usual: money(one.usual) }) : t('unusual.failures', { count: one.value, value: count(one.value), requests: count(one.requests), usual: count(one.usual) })}</span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="mt-3 text-[13px] text-muted">
        {hours.length > most ? `${t('unusual.more', { count: hours.length - most })} ` : ''}
        {t('unusual.rule')}
      </p>
    </Card>
  );
}

const linkOf = (wanted: Wanted, one: UnusualHour): Record<string, string> =>
  requestsOf(wanted, { from: one.at, to: iso(Date.parse(one.at) + anHour), ...(one.kind === 'failures' ? { status: '400-599' } : {}) });
