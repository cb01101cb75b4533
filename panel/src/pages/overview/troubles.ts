import type { View } from '@/api/types';
import type { UnusualHour } from '@/api/usage';
import { clock, count, money } from '@/lib/format';
import type { Said } from '@/ui/reasons';

/** Something that needs its owner, and the page that mends it. */
export interface Trouble {
  id: string;
  tone: 'bad' | 'warn';
  /** Which text says it. */
  kind: 'store' | 'part' | 'configuration' | 'noneReady' | 'signIn' | 'account' | 'coolingDown' | 'degraded' | 'failing' | 'warning' | 'spend' | 'failures';
  /** Whom or what it is about. */
  name?: string;
  /** What the gateway says of it. */
  detail?: string;
  /** The same as a code with what it names. */
  said?: Said;
  /** What the detail says, as the code of a cooldown's cause. */
  cause?: string;
  /** An hour that is far from usual. */
  hour?: { span: string; value: string; usual: string };
  /** When it ends by itself. */
  until?: string;
  to: string;
  search?: Record<string, string>;
}

/** A model's or an account's cooldowns that hold now. */
const cooling = (account: View<'AccountView'>) => account.cooldowns.filter((c) => c.cooling_down);

/** The time by which something is ready again: the soonest that is known. */
function soonest(times: readonly (string | null | undefined)[]): string | undefined {
  return times.filter((time): time is string => !!time).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}

function ofAccount(account: View<'AccountView'>): Trouble[] {
  const base = { name: account.label, to: '/accounts', search: { open: account.id } };
  const found: Trouble[] = [];
  const holding = cooling(account);
  if (account.status === 'problem') {
    const signIn = account.problem_code?.startsWith('sign_in');
    found.push({ ...base, id: `account:${account.id}`, tone: 'bad', kind: signIn ? 'signIn' : 'account', detail: account.problem ?? undefined, said: { code: account.problem_code, text: account.problem, values: account.problem_values } });
  } else if (account.enabled) {
    const own = holding.find((c) => !c.model);
    if (own) found.push({ ...base, id: `cooldown:${account.id}`, tone: 'warn', kind: 'coolingDown', detail: own.reason ?? undefined, cause: own.reason_code ?? undefined, until: own.until ?? undefined });
    else if (holding.length > 0) {
      found.push({ ...base, id: `cooldown:${account.id}`, tone: 'warn', kind: 'degraded', detail: holding.map((c) => c.model).join(', '), until: soonest(holding.map((c) => c.until)) });
    } else if (account.health.consecutive_failures >= 3) {
      found.push({ ...base, id: `failing:${account.id}`, tone: 'warn', kind: 'failing', detail: account.health.last_error?.message });
    }
  }
  if (account.enabled) account.notices?.forEach((said, i) => found.push({ ...base, id: `warning:${account.id}:${i}`, tone: 'warn', kind: 'warning', detail: said.text, said }));
  return found;
}

/** How long ago an unusual hour may have begun to be of now. */
const recent = 3 * 3600_000;

/** The latest unusual hour of each kind, where it is not long ago. */
function ofHours(hours: readonly UnusualHour[], now: number): Trouble[] {
  return (['spend', 'failures'] as const).flatMap((kind) => {
    const hour = hours.find((one) => one.kind === kind);
    const at = hour ? Date.parse(hour.at) : 0;
    if (!hour || now - at > recent) return [];
    const write = kind === 'spend' ? money : count;
    const search = { from: hour.at, to: new Date(at + 3600_000).toISOString(), ...(kind === 'failures' ? { status: '400-599' } : {}) };
    return [{ id: `unusual:${kind}`, tone: 'warn' as const, kind, hour: { span: `${clock(at)}–${clock(at + 3600_000)}`, value: write(hour.value), usual: write(hour.usual) }, to: '/requests', search }];
  });
}

/** Everything that needs the owner now, the worst first. */
export function findTroubles(health: View<'GatewayHealthView'> | undefined, accounts: readonly View<'AccountView'>[], unusual: readonly UnusualHour[] = [], now = 0): Trouble[] {
  const found: Trouble[] = [];
  if (health) {
    if (!health.store.healthy) found.push({ id: 'store', tone: 'bad', kind: 'store', name: health.store.engine, detail: health.store.problem ?? undefined, to: '/system' });
    else if (health.store.set_aside.length > 0) found.push({ id: 'set-aside', tone: 'warn', kind: 'store', name: health.store.engine, detail: health.store.set_aside.join(', '), to: '/system' });
    for (const [name, part] of Object.entries(health.parts)) {
      if (part.state !== 'ok') found.push({ id: `part:${name}`, tone: part.state === 'failing' ? 'bad' : 'warn', kind: 'part', name, detail: part.problem ?? undefined, to: '/system' });
    }
    health.configuration.forEach((problem, i) =>
      found.push({
        id: `configuration:${i}`,
        tone: problem.severity === 'error' ? 'bad' : 'warn',
        kind: 'configuration',
        name: problem.path || undefined,
        detail: [problem.message, problem.remedy].filter(Boolean).join(' '),
        to: '/configuration',
        search: problem.line > 0 ? { line: String(problem.line) } : undefined,
      }),
    );
  }
  const enabled = accounts.filter((a) => a.enabled);
  if (accounts.length > 0 && enabled.every((a) => a.status === 'problem' || a.status === 'cooling-down')) {
    found.push({ id: 'none-ready', tone: 'bad', kind: 'noneReady', to: '/accounts', until: soonest(enabled.flatMap((a) => (a.status === 'cooling-down' ? cooling(a).map((c) => c.until) : []))) });
  }
  for (const account of accounts) found.push(...ofAccount(account));
  found.push(...ofHours(unusual, now));
  const rank: Record<Trouble['kind'], number> = { store: 0, noneReady: 1, part: 2, configuration: 3, signIn: 4, account: 5, failing: 6, failures: 7, spend: 8, coolingDown: 9, degraded: 10, warning: 11 };
  return found.sort((a, b) => Number(a.tone === 'warn') - Number(b.tone === 'warn') || rank[a.kind] - rank[b.kind] || (a.until ?? '').localeCompare(b.until ?? ''));
}
