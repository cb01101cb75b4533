import { FlaskConical, Gauge, Pencil, Power, PowerOff, RotateCcw, Tags, Trash2, Upload } from 'lucide-react';
import type { Account } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { dateTime, percent, time } from '@/lib/format';
import { useNow } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { Badge, Strip, UsedBar, When } from '@/ui/figures';
import { Menu, type MenuItem } from '@/ui/menu';
import type { BatchKind } from './batch-bar';
import { type HourCell, nextReset, quotaBars, type QuotaBar, reasonOf, states } from './model';

/** The state of an account as a badge. */
export function StateBadge({ account }: { account: Account }) {
  const t = useTexts('accounts');
  return (
    <Badge tone={states[account.status] ?? 'muted'} dot>
      {account.status in states ? t(`state.${account.status}`) : visible(account.status)}
    </Badge>
  );
}

/** The state with its reason below. */
export function State({ account }: { account: Account }) {
  const t = useTexts('accounts');
  const reason = reasonOf(t, account);
  return (
    <div className="min-w-0">
      <StateBadge account={account} />
      {reason ? (
        <div className="mt-0.5 truncate text-[12.5px] text-muted" title={visible(reason)}>
          {visible(reason)}
        </div>
      ) : null}
    </div>
  );
}

/** What a bar is about: `5h`, or `claude · 5h` for a family of models. */
export const barName = (bar: QuotaBar): string => visible(bar.family ? `${bar.family} · ${bar.name}` : bar.name);

/** The quotas of an account as small bars with their names. */
export function QuotaBars({ account, most = 3 }: { account: Account; most?: number }) {
  const t = useTexts('accounts');
  const bars = quotaBars(account);
  if (bars.length === 0) return <span className="text-muted">–</span>;
  // The fullest ones, in their own order.
  const kept = new Set([...bars].sort((a, b) => b.used - a.used).slice(0, bars.length > most ? most - 1 : most));
  const shown = bars.filter((b) => kept.has(b));
  return (
    <div className="grid min-w-0 grid-cols-[minmax(1.75rem,max-content)_minmax(2.5rem,1fr)_2.4rem] items-center gap-x-2 gap-y-0.5 text-[12.5px] leading-4">
      {shown.map((bar) => {
        const name = barName(bar);
        return (
          <div key={name} className="contents" title={`${name}: ${percent(bar.used)}${bar.resetsAt ? ` · ${t('resets', { at: dateTime(bar.resetsAt) })}` : ''}${bar.models.length > 1 ? `\n${bar.models.map(visible).join(', ')}` : ''}`}>
            <span className="max-w-24 truncate text-muted">{name}</span>
            <UsedBar used={bar.used} label={t('usedOf', { name })} />
            <span className="nums text-right">{percent(bar.used)}</span>
          </div>
        );
      })}
      {bars.length > shown.length ? <span className="col-span-3 text-muted">{t('moreQuotas', { count: bars.length - shown.length })}</span> : null}
    </div>
  );
}

/** When the account has something back. */
export function NextReset({ account }: { account: Account }) {
  const now = useNow();
  const at = nextReset(account, now);
  return at ? <When at={at} /> : <span className="text-muted">–</span>;
}

/** The requests of the last day, an hour a bar: as high as they were many, red where some failed. */
export function RecentStrip({ cells }: { cells?: readonly HourCell[] }) {
  const t = useTexts('accounts');
  if (!cells) return <span className="text-muted">–</span>;
  const top = Math.max(1, ...cells.map((c) => c.requests));
  const total = cells.reduce((sum, c) => sum + c.requests, 0);
  const errors = cells.reduce((sum, c) => sum + c.errors, 0);
  return (
    <Strip
      label={t('strip', { requests: total, errors })}
      cells={cells.map((c) => ({
        tone: c.requests === 0 ? 'none' : c.errors === 0 ? 'ok' : c.errors * 2 >= c.requests ? 'bad' : 'warn',
        height: c.requests === 0 ? 0.15 : 0.3 + (0.7 * c.requests) / top,
        title: `${time(new Date(c.at)).slice(0, 5)}: ${t('strip', { requests: c.requests, errors: c.errors })}`,
      }))}
    />
  );
}

/** What can be done with one account from a list. */
export function AccountMenu({ account, onAct, onEdit }: { account: Account; onAct: (kind: BatchKind, account: Account) => void; onEdit: () => void }) {
  const t = useTexts('accounts');
  const stored = account.origin === 'store';
  const items: (MenuItem | false)[] = [
    { label: t('act.test'), icon: FlaskConical, onSelect: () => onAct('test', account) },
    { label: t('act.quota'), icon: Gauge, onSelect: () => onAct('quota', account) },
    { label: t('act.reset'), icon: RotateCcw, onSelect: () => onAct('reset', account) },
    stored && (account.enabled ? { label: t('act.disable'), icon: PowerOff, separated: true, onSelect: () => onAct('disable', account) } : { label: t('act.enable'), icon: Power, separated: true, onSelect: () => onAct('enable', account) }),
    stored && { label: t('edit'), icon: Pencil, onSelect: onEdit },
    stored && { label: t('act.tags'), icon: Tags, onSelect: () => onAct('tags', account) },
    stored && { label: t('act.export'), icon: Upload, onSelect: () => onAct('export', account) },
    stored && { label: t('delete'), icon: Trash2, danger: true, separated: true, onSelect: () => onAct('delete', account) },
  ];
  return <Menu small label={t('actionsOf', { name: visible(account.label) })} items={items} />;
}

