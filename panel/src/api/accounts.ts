import { queryOptions } from '@tanstack/react-query';
import type { SettingField } from '@/lib/fields';
import { ApiError, api, data, json } from './client';
import type { View } from './types';

/** An account as the API shows it; newer gateways also tell its settings that are no secrets. */
export type Account = View<'AccountView'> & { settings?: Record<string, unknown> | null };

/** A login that is under way, or over. */
export type Login = View<'LoginView'>;

/** A way of signing in to a provider. */
export type LoginFlow = View<'LoginFlowView'>;

/** What a vendor says about use by other programs. */
export type ThirdPartyUse = View<'ThirdPartyUse'>;

/** One way in which an account can authenticate. */
export interface CredentialForm {
  kind: string;
  title: string;
  fields: SettingField[];
}

/** A provider: what it is, and what an account of it is made of. */
export interface Provider {
  id: string;
  name: string;
  kind: 'api-key' | 'cloud' | 'subscription' | 'custom';
  homepage?: string | null;
  keys_page?: string | null;
  section?: string;
  base_urls: string[];
  protocols: string[];
  credentials: CredentialForm[];
  fields: SettingField[];
  flows: LoginFlow[];
  third_party_use: ThirdPartyUse;
  defaults_as_of?: string | null;
  discovers_models: boolean;
  accounts: number;
  model_examples?: string[] | null;
}

/** All accounts. */
export const accountsQuery = queryOptions({ queryKey: ['accounts', 'all'], queryFn: () => data(api.GET('/api/v1/accounts')) as Promise<{ accounts: Account[] }> });

/** All providers. A gateway that does not describe them tells at least which have a login. */
export const providersQuery = queryOptions({
  queryKey: ['providers'],
  staleTime: 300_000,
  queryFn: async (): Promise<Provider[]> => {
    try {
      return (await json<{ providers: Provider[] }>('GET', '/api/v1/providers')).providers;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      const { providers } = await data(api.GET('/api/v1/logins'));
      return providers.map((p) => ({ ...p, kind: 'subscription', base_urls: [], protocols: [], credentials: [], fields: [], discovers_models: false, accounts: 0 }));
    }
  },
});
