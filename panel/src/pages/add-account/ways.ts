import type { CredentialForm, LoginFlow, Provider } from '@/api/accounts';

/** A way of adding an account: signing in, or entering a credential. */
export type Way = { id: string; title: string; method: 'browser' | 'device-code' | 'import'; flow: LoginFlow } | { id: string; title: string; method: 'credential'; form: CredentialForm };

/** The ways of adding an account of a provider, the usual one first. Tokens of a login are not typed in: they come from signing in or from a file. */
export function waysOf(provider: Provider): Way[] {
  const ended = provider.third_party_use.position === 'ended';
  const flows = provider.flows.filter((flow) => !ended || flow.method === 'import').map((flow): Way => ({ id: flow.id, title: flow.title, method: flow.method, flow }));
  const forms = provider.credentials.filter((form) => form.kind !== 'oauth').map((form, i): Way => ({ id: `credential-${i}`, title: form.title, method: 'credential', form }));
  return provider.kind === 'subscription' ? [...flows, ...forms] : [...forms.filter((w) => w.method === 'credential' && w.form.kind !== 'none'), ...flows, ...forms.filter((w) => w.method === 'credential' && w.form.kind === 'none')];
}

/** The groups of the gallery, in its order. */
export const groups = ['subscription', 'api-key', 'cloud', 'custom'] as const;

/** What providers are narrowed to. */
export interface ProviderFilter {
  text?: string;
  group?: string;
  /** Only those with this way of signing in. */
  method?: string;
}

/** The providers that fit; those that can be added before those that have ended. */
export function filterProviders(providers: readonly Provider[], filter: ProviderFilter): Provider[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return providers
    .filter((p) => {
      if (filter.group && p.kind !== filter.group) return false;
      if (filter.method && !waysOf(p).some((way) => way.method === filter.method)) return false;
      const all = [p.id, p.name, p.homepage, ...p.protocols, ...(p.model_examples ?? []), ...p.base_urls, ...waysOf(p).map((way) => way.title)].join('\n').toLowerCase();
      return words.every((word) => all.includes(word));
    })
    .sort((a, b) => Number(a.third_party_use.position === 'ended') - Number(b.third_party_use.position === 'ended'));
}

/** A model of an upstream's list, as it stands in the form. */
export type ModelItem = Record<string, unknown> & { name?: string; alias?: string };

/** Takes a model into the list of those that are served, or out of it. */
export function toggleModel(models: readonly ModelItem[], name: string, on: boolean): ModelItem[] {
  if (!on) return models.filter((m) => m.name !== name);
  return models.some((m) => m.name === name) ? [...models] : [...models, { name }];
}
