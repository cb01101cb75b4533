import { kindOf, resolve, type Schema } from './schema';

/** A part of the form. */
export interface Section {
  id: string;
  keys: string[];
}

/** Which keys of the file belong together, in the order of the form. What is not here finds its place by its shape. */
const known: readonly (readonly [string, readonly string[]])[] = [
  ['listening', ['host', 'port', 'listeners', 'trusted-proxies', 'tls', 'drain-timeout-seconds']],
  ['access', ['api-keys', 'remote-management', 'surfaces']],
  ['routing', ['routing', 'request-retry', 'max-retry-credentials', 'max-retry-interval', 'force-model-prefix', 'disable-cooling', 'transient-error-cooldown-seconds', 'oauth-request-scoped-errors']],
  ['traffic', ['proxy-url', 'passthrough-headers', 'streaming', 'nonstream-keepalive-interval', 'limits', 'responses', 'payload', 'telemetry']],
  ['models', ['models', 'prices', 'budgets', 'oauth-excluded-models', 'oauth-model-alias']],
  ['recording', ['flows', 'request-log', 'debug', 'error-logs-max-files', 'redis-usage-queue-retention-seconds', 'logging-to-file', 'logs-max-total-size-mb']],
  ['storage', ['store']],
  ['accounts', []],
  ['providers', ['providers', 'ampcode']],
  ['other', []],
  ['old', []],
];

/** The sections of a schema that have keys. */
export function sectionsOf(root: Schema): Section[] {
  const keys = new Map<string, string[]>(known.map(([id]) => [id, []]));
  const place = new Map(known.flatMap(([id, names]) => names.map((name) => [name, id] as const)));
  for (const [name, schema] of Object.entries(root.properties ?? {})) {
    const here = resolve(schema, root);
    keys.get(here.deprecated ? 'old' : (place.get(name) ?? byShape(name, here, root)))?.push(name);
  }
  for (const [id, names] of known) keys.get(id)?.sort((a, b) => rank(names, a) - rank(names, b));
  return known.map(([id]) => ({ id, keys: keys.get(id) ?? [] })).filter((section) => section.keys.length > 0);
}

const rank = (names: readonly string[], name: string): number => (names.includes(name) ? names.indexOf(name) : names.length);

function byShape(name: string, schema: Schema, root: Schema): string {
  const kind = kindOf(schema, root);
  if (kind === 'items' || /-api-key$|-keys?$/.test(name)) return 'accounts';
  // A group that only holds keys of another system does nothing here.
  if (kind === 'group' && Object.values(schema.properties ?? {}).every((one) => resolve(one, root).deprecated)) return 'old';
  return 'other';
}

/** Which section a key of the file stands in. */
export const sectionOf = (sections: readonly Section[], key: string | number | undefined): string | undefined => sections.find((s) => s.keys.includes(String(key)))?.id;
