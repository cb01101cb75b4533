import type { QuotaWindow } from '@/api/quotas';
import type { View } from '@/api/types';
import { wholeDay } from '@/lib/calendar';

/** Something that ends, or has ended: a quota, a login, a key, a budget. */
export interface Ending {
  id: string;
  kind: 'quota' | 'login' | 'key' | 'budget';
  /** Whether it is over already: then `at` is when it comes back. */
  over: boolean;
  /** When it is used up or expires; when it comes back, if it is over. */
  at?: string;
  name: string;
  /** More of what it is: the window, the period. */
  detail?: string;
  used?: number;
  to: string;
  search?: Record<string, string>;
}

/** How long ahead logins and keys are told of. */
const ahead = 30 * wholeDay;

/** When a budget is spent at the pace of its period so far; undefined when it lasts. */
export function spentAt(budget: View<'BudgetStatusView'>, now: number): number | undefined {
  const gone = Number(budget.spent) + Number(budget.reserved);
  const limit = Number(budget.limit);
  if (limit > 0 && gone >= limit) return now;
  if (!budget.start || gone <= 0) return undefined;
  const start = Date.parse(budget.start);
  const at = now + ((limit - gone) / gone) * (now - start);
  return now > start && (!budget.end || at < Date.parse(budget.end)) ? at : undefined;
}

function ofQuota(window: QuotaWindow): Ending | null {
  const used = window.used_fraction;
  const over = used !== undefined && used >= 1;
  const at = over ? (window.resets_at ?? window.until) : window.forecast?.exhausted_at;
  // What is nearly used up is told of, even when nobody knows how fast it goes.
  if (!over && !at && (used ?? 0) < 0.9) return null;
  const detail = [window.name, window.model].filter(Boolean).join(' · ');
  return { id: `quota:${window.account_id}:${window.model ?? ''}:${window.name}`, kind: 'quota', over, at, name: window.account, detail, used, to: '/quota', search: { text: window.account } };
}

/** What runs out next: what is over first, then by when it is over. */
export function whatEnds(given: { windows: readonly QuotaWindow[]; accounts: readonly View<'AccountView'>[]; keys: readonly View<'KeyView'>[]; budgets: readonly View<'KeyStatusView'>[]; now: number }): Ending[] {
  const { now } = given;
  const found: Ending[] = [];
  for (const window of given.windows) {
    const ending = ofQuota(window);
    if (ending) found.push(ending);
  }
  for (const account of given.accounts) {
    const at = account.credential.expires_at;
    // Access tokens are renewed by the gateway: only what cannot be is told of.
    if (!at || account.credential.kind === 'oauth' || !account.enabled || Date.parse(at) - now > ahead) continue;
    found.push({ id: `login:${account.id}`, kind: 'login', over: Date.parse(at) <= now, at, name: account.label, to: '/accounts', search: { open: account.id } });
  }
  for (const key of given.keys) {
    if (!key.expires_at || key.status === 'revoked' || key.enabled === false) continue;
    const left = Date.parse(key.expires_at) - now;
    // A key that ended long ago is no news.
    if (left > ahead || left < -wholeDay) continue;
    found.push({ id: `key:${key.id}`, kind: 'key', over: left <= 0, at: key.expires_at, name: key.name, to: '/keys', search: { open: key.id } });
  }
  const names = new Map(given.keys.map((k) => [k.id, k.name]));
  for (const status of given.budgets) {
    for (const budget of status.budgets) {
      const at = spentAt(budget, now);
      const used = (Number(budget.spent) + Number(budget.reserved)) / Number(budget.limit);
      if (at === undefined && used < 0.9) continue;
      const over = used >= 1;
      found.push({
        id: `budget:${status.id}:${budget.unit}:${budget.period}`,
        kind: 'budget',
        over,
        at: over ? (budget.end ?? undefined) : at === undefined ? undefined : new Date(at).toISOString(),
        name: names.get(status.id) ?? status.id,
        detail: `${budget.unit}.${budget.period}`,
        used,
        to: '/keys',
        search: { open: status.id },
      });
    }
  }
  const time = (ending: Ending): number => (ending.at ? Date.parse(ending.at) : Number.MAX_SAFE_INTEGER);
  return found.sort((a, b) => Number(b.over) - Number(a.over) || time(a) - time(b) || (b.used ?? 0) - (a.used ?? 0));
}
