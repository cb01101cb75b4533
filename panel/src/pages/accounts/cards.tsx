import { clsx } from 'clsx';
import type { Account } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Checkbox } from '@/ui/field';
import { Badge, When } from '@/ui/figures';
import { Plain } from '@/ui/plain';
import { VendorMark } from '@/ui/vendor';
import type { BatchKind } from './batch-bar';
import type { HourCell } from './model';
import { AccountMenu, NextReset, QuotaBars, RecentStrip, State } from './parts';
import { TagList } from './table';

/** The accounts as cards. */
export function AccountCards({ accounts, nameOf, strips, onOpen, chosen, onChoose, onAct }: { accounts: readonly Account[]; nameOf: (provider: string) => string; strips: ReadonlyMap<string, HourCell[]>; onOpen: (account: Account) => void; chosen: ReadonlySet<string>; onChoose: (chosen: Set<string>) => void; onAct: (kind: BatchKind, account: Account) => void }) {
  const t = useTexts('accounts');
  const [, setAddress] = useAddress();
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(20rem,100%),1fr))] gap-3">
      {accounts.map((a) => (
        <li key={a.id} className={clsx('card flex flex-col gap-3 p-4', chosen.has(a.id) && 'outline-2 outline-accent', !a.enabled && 'opacity-75')}>
          <div className="flex items-start gap-2.5">
            <VendorMark name={nameOf(a.provider)} />
            <div className="min-w-0 flex-1">
              <button type="button" className="block max-w-full truncate text-left font-medium hover:underline" title={visible(a.label)} onClick={() => onOpen(a)}>
                <Plain text={a.label} />
              </button>
              <div className="truncate text-[13px] text-muted">{visible(nameOf(a.provider))}</div>
            </div>
            <Checkbox
              hidden
              label={t('chooseAccount', { name: visible(a.label) })}
              checked={chosen.has(a.id)}
              onChange={(on) => {
                const next = new Set(chosen);
                if (on) next.add(a.id);
                else next.delete(a.id);
                onChoose(next);
              }}
            />
            <AccountMenu account={a} onAct={onAct} onEdit={() => setAddress({ open: a.id, tab: 'edit' }, true)} />
          </div>
          <div className="flex min-w-0 items-start justify-between gap-2">
            <State account={a} />
            {a.usage_page?.plan ? <Badge tone="accent">{visible(a.usage_page.plan)}</Badge> : null}
          </div>
          <QuotaBars account={a} most={4} />
          <RecentStrip cells={strips.get(a.id)} />
          <dl className="mt-auto grid grid-cols-2 gap-x-4 gap-y-1 text-[13px]">
            <Small name={t('column.reset')} value={<NextReset account={a} />} />
            <Small name={t('column.used')} value={<When at={a.health.last_used_at} />} />
            <Small name={t('column.requests')} value={<span className="nums">{count(a.health.requests)}</span>} />
            <Small name={t('column.failures')} value={<span className={clsx('nums', a.health.failures > 0 && 'text-bad')}>{count(a.health.failures)}</span>} />
            {a.credential.expires_at ? <Small name={t('column.expires')} value={<When at={a.credential.expires_at} />} /> : null}
            <Small name={t('column.origin')} value={t(`origin.${a.origin}`)} />
          </dl>
          {a.tags.length > 0 ? <TagList tags={a.tags} /> : null}
        </li>
      ))}
    </ul>
  );
}

function Small({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div className="flex min-w-0 justify-between gap-2">
      <dt className="truncate text-muted">{name}</dt>
      <dd className="shrink-0">{value}</dd>
    </div>
  );
}
