/** The rules of routing as they stand in the configuration. */
export interface Rules {
  routes: Route[];
  fallbacks: Fallback[];
}

/** What holds for some models only. */
export interface Route {
  models: string[];
  strategy?: string;
  'session-affinity'?: boolean;
  fallback?: string[];
}

/** Who stands in for a model, in order. */
export interface Fallback {
  model: string;
  others: string[];
}

const names = (value: unknown): string[] => (Array.isArray(value) ? value.filter((v) => typeof v === 'string' || typeof v === 'number').map(String) : typeof value === 'string' ? [value] : []);

/** Reads the rules out of the configuration's `routing`. */
export function rulesOf(routing: unknown): Rules {
  const section = (routing ?? {}) as { routes?: unknown; fallbacks?: unknown };
  const routes = Array.isArray(section.routes) ? (section.routes as Record<string, unknown>[]) : [];
  const fallbacks = section.fallbacks && typeof section.fallbacks === 'object' ? Object.entries(section.fallbacks) : [];
  return {
    routes: routes
      .filter((r) => r && typeof r === 'object')
      .map((r) => ({
        models: names(r.models),
        ...(typeof r.strategy === 'string' ? { strategy: r.strategy } : {}),
        ...(typeof r['session-affinity'] === 'boolean' ? { 'session-affinity': r['session-affinity'] } : {}),
        ...(names(r.fallback).length > 0 ? { fallback: names(r.fallback) } : {}),
      })),
    fallbacks: fallbacks.map(([model, others]) => ({ model, others: names(others) })),
  };
}

/** The rules as the configuration takes them; null where there are none, which takes the key away. */
export function settingsOf(rules: Rules): Record<string, unknown> {
  const routes = rules.routes.filter((r) => r.models.length > 0);
  const fallbacks = rules.fallbacks.filter((f) => f.model.trim() !== '' && f.others.length > 0);
  return {
    'routing.routes': routes.length > 0 ? routes : null,
    'routing.fallbacks': fallbacks.length > 0 ? Object.fromEntries(fallbacks.map((f) => [f.model.trim(), f.others.length === 1 ? f.others[0] : f.others])) : null,
  };
}

/** The list with one item at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [item] = next.splice(from, 1);
  if (item !== undefined) next.splice(Math.max(0, Math.min(next.length, to)), 0, item);
  return next;
}
