import type { TFunction } from 'i18next';
import type { Account } from '@/api/accounts';
import type { Tone } from '@/ui/figures';
import { causeText, problemText, saidText } from '@/ui/reasons';

/** What the list is narrowed to. */
export interface AccountFilter {
  text?: string;
  provider?: string;
  state?: string;
  tag?: string;
  /** Only those that need somebody. */
  problem?: boolean;
}

/** The states of accounts, worst first, with how they look. */
export const states: Record<string, Tone> = { problem: 'bad', 'cooling-down': 'bad', full: 'warn', degraded: 'warn', ready: 'ok', disabled: 'muted' };

/** Whether somebody should look at it. */
export const needsAttention = (account: Account): boolean => account.status === 'problem' || account.status === 'cooling-down' || account.warnings.length > 0 || !!account.usage_page?.problem || account.health.consecutive_failures >= 3;

/** The accounts that fit. */
export function filterAccounts(accounts: readonly Account[], filter: AccountFilter, nameOf: (provider: string) => string): Account[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return accounts.filter((account) => {
    if (filter.provider && account.provider !== filter.provider) return false;
    if (filter.state && account.status !== filter.state) return false;
    if (filter.tag && !account.tags.includes(filter.tag)) return false;
    if (filter.problem && !needsAttention(account)) return false;
    if (words.length === 0) return true;
    const all = [account.id, account.label, account.provider, nameOf(account.provider), account.usage_page?.plan, account.base_url, account.identity?.account_id, account.identity?.organization_id, account.problem, ...account.tags, ...account.models.flatMap((m) => [m.name, m.alias])].join('\n').toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** How many accounts have each value, most first. */
export function countBy(accounts: readonly Account[], of: (account: Account) => readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const account of accounts) for (const value of of(account)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

/** A window of a quota as a bar. */
export interface QuotaBar {
  /** The family of models it is for; none for the account as a whole. */
  family: string | null;
  /** The window's name: `5h`, `7d`, `credits`. */
  name: string;
  used: number;
  resetsAt: string | null;
  exhaustedAt: string | null;
  /** The models that share it. */
  models: string[];
  limit: number | null;
  remaining: number | null;
}

/** The family of a model: its maker's line, such as `claude`, `gemini` or `gpt`. */
export function familyOf(model: string): string {
  const name = model.toLowerCase().split('/').at(-1) ?? '';
  const last = /(?:^|[.:])((?:claude|gemini|gpt|grok|kimi|qwen|glm|deepseek|o\d)[a-z0-9.-]*)/.exec(name)?.[1] ?? name;
  const head = /^[a-z]+/.exec(last)?.[0] ?? last;
  return head === 'o' ? 'gpt' : head;
}

/**
 * The quotas of an account as bars: its own windows first, then one bar for each family of models and window with the fullest of them. A family of one model has
 * the model's name.
 */
export function quotaBars(account: Pick<Account, 'cooldowns'>): QuotaBar[] {
  const own: QuotaBar[] = [];
  const families = new Map<string, QuotaBar>();
  for (const cooldown of account.cooldowns) {
    for (const quota of cooldown.quotas) {
      const used = typeof quota.used_fraction === 'number' ? quota.used_fraction : typeof quota.limit === 'number' && typeof quota.remaining === 'number' && quota.limit > 0 ? 1 - quota.remaining / quota.limit : null;
      if (used === null) continue;
      const bar: QuotaBar = { family: null, name: quota.name, used, resetsAt: quota.resets_at ?? null, exhaustedAt: quota.exhausted_at ?? null, models: [], limit: quota.limit ?? null, remaining: quota.remaining ?? null };
      if (!cooldown.model) {
        own.push(bar);
        continue;
      }
      const family = familyOf(cooldown.model);
      const key = `${family} ${quota.name}`;
      const present = families.get(key);
      const models = [...(present?.models ?? []), cooldown.model];
      families.set(key, { ...(present && present.used >= used ? present : bar), family, models });
    }
  }
  const shared = [...families.values()].map((bar) => (bar.models.length === 1 ? { ...bar, family: bar.models[0] ?? bar.family } : bar));
  return [...own, ...shared];
}

/** The soonest time at which something of an account comes back: the end of its cooldown, else the reset of the fullest window. */
export function nextReset(account: Pick<Account, 'cooldowns' | 'status'>, now: number): string | null {
  const later = (at: string | null | undefined): at is string => !!at && new Date(at).getTime() > now;
  const ends = account.cooldowns.filter((c) => c.cooling_down && later(c.until)).map((c) => c.until as string);
  if (ends.length > 0) return ends.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
  const bars = quotaBars(account).filter((b) => later(b.resetsAt));
  const used = bars.filter((b) => b.used > 0);
  return (used.length > 0 ? used : bars).sort((a, b) => b.used - a.used || Date.parse(a.resetsAt ?? '') - Date.parse(b.resetsAt ?? ''))[0]?.resetsAt ?? null;
}

/** Why an account is in its state. */
export function reasonOf(t: TFunction, account: Account): string | null {
  if (account.problem) return problemText(t, account);
  const cooling = account.cooldowns.filter((c) => c.cooling_down);
  const whole = cooling.find((c) => !c.model) ?? cooling[0];
  if (whole) return `${whole.model ? `${whole.model}: ` : ''}${causeText(t, whole.reason_code, whole.reason)}`;
  const notice = account.notices?.[0];
  return notice ? saidText(t, notice) : (account.usage_page?.problem ?? null);
}

/** Requests of one account in one hour. */
export interface HourCell {
  at: number;
  requests: number;
  errors: number;
}

/** The last hours of every account out of rows of usage, oldest first. */
export function stripsOf(rows: readonly { at?: string | null; account?: string | null; requests?: number; errors?: number }[], now: number, hours = 24): Map<string, HourCell[]> {
  const hour = 3_600_000;
  const first = Math.floor(now / hour) * hour - (hours - 1) * hour;
  const strips = new Map<string, HourCell[]>();
  for (const row of rows) {
    if (!row.account || !row.at) continue;
    const at = Math.floor((Date.parse(row.at) - first) / hour);
    if (at < 0 || at >= hours) continue;
    let strip = strips.get(row.account);
    if (!strip) strips.set(row.account, (strip = Array.from({ length: hours }, (_, i) => ({ at: first + i * hour, requests: 0, errors: 0 }))));
    const cell = strip[at];
    if (cell) {
      cell.requests += row.requests ?? 0;
      cell.errors += row.errors ?? 0;
    }
  }
  return strips;
}

/** What of an account somebody else has changed, as far as the form shows it. */
export function changesBetween(before: Account, after: Account): { name: string; before: string; after: string }[] {
  const shown = (account: Account): Record<string, string> => ({
    label: account.label,
    enabled: String(account.enabled),
    priority: String(account.priority),
    weight: String(account.weight),
    concurrency: String(account.concurrency ?? 0),
    tags: account.tags.join(', '),
    prefix: account.prefix ?? '',
    proxy: account.proxy ?? '',
    base_url: account.base_url ?? '',
    region: account.region ?? '',
    headers: account.headers.join(', '),
    models: account.models.map((m) => (m.alias === m.name ? m.name : `${m.name} → ${m.alias}`)).join(', '),
    excluded_models: account.excluded_models.join(', '),
    credential: `${account.credential.kind} ${account.credential.mask}`,
    settings: JSON.stringify(account.settings ?? {}),
  });
  const [a, b] = [shown(before), shown(after)];
  return Object.keys(a).filter((name) => a[name] !== b[name]).map((name) => ({ name, before: a[name] ?? '', after: b[name] ?? '' }));
}
