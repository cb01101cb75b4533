import { Link } from '@tanstack/react-router';
import { CircleUserRound, Gauge, Hourglass, KeyRound, type LucideIcon, Wallet } from 'lucide-react';
import { useTexts } from '@/app/i18n';
import { percent } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { Badge, Countdown, type Tone, UsedBar } from '@/ui/figures';
import { Card, Empty } from '@/ui/page';
import { Plain } from '@/ui/plain';
import type { Ending } from './ends';

const icons: Record<Ending['kind'], LucideIcon> = { quota: Gauge, login: CircleUserRound, key: KeyRound, budget: Wallet };

/** What is used up or expires next. */
export function EndsCard({ endings }: { endings: readonly Ending[] }) {
  const t = useTexts('overview');
  return (
    <Card
      title={t('ends.title')}
      flush
      actions={
        <Link to="/quota" className="text-[13px] font-medium text-accent hover:underline">
          {t('ends.more')}
        </Link>
      }
    >
      {endings.length === 0 ? (
        <Empty icon={Hourglass} title={t('ends.none')}>
          {t('ends.noneText')}
        </Empty>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {endings.slice(0, 8).map((ending) => (
            <Row key={ending.id} ending={ending} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Row({ ending }: { ending: Ending }) {
  const t = useTexts('overview');
  const now = useNow();
  const Icon = icons[ending.kind];
  const left = ending.at ? Date.parse(ending.at) - now : undefined;
  const soon = left !== undefined && left < (ending.kind === 'quota' || ending.kind === 'budget' ? 2 * 3600e3 : 3 * 86400e3);
  const tone: Tone = ending.over ? 'bad' : soon ? 'warn' : 'muted';
  const [unit, period] = ending.kind === 'budget' ? (ending.detail ?? '').split('.') : [];
  const detail = unit ? `${t(`ends.unit.${unit}`)} ${t(`ends.period.${period}`)}` : ending.detail;
  return (
    <li>
      <Link to={ending.to} search={ending.search as never} className="flex items-center gap-3 px-4 py-2.5 -outline-offset-2 hover:bg-sunken">
        <Icon aria-hidden className="size-4 shrink-0 text-muted" />
        <div className="min-w-0 flex-1">
          <div className="truncate">
            <Plain text={ending.name} className="font-medium" />
          </div>
          <div className="truncate text-[13px] text-muted">
            {t(`ends.kind.${ending.kind}`)}
            {detail ? ' · ' : null}
            {detail ? <Plain text={detail} /> : null}
          </div>
        </div>
        {ending.used !== undefined ? (
          <div className="hidden w-28 shrink-0 items-center gap-2 sm:flex">
            <UsedBar used={ending.used} label={t('ends.used', { name: ending.name })} className="flex-1" />
            <span className="nums w-9 text-right text-[13px] text-muted">{percent(Math.min(1, ending.used))}</span>
          </div>
        ) : null}
        <div className="shrink-0 text-right sm:w-40">
          <Badge tone={tone}>
            {t(ending.over ? (left !== undefined && left > 0 ? 'ends.backIn' : 'ends.over') : left === undefined ? 'ends.nearly' : 'ends.in')}
            {left !== undefined && left > 0 ? <Countdown to={ending.at as string} /> : null}
          </Badge>
        </div>
      </Link>
    </li>
  );
}
