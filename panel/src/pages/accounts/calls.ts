import type { Account } from '@/api/accounts';
import { api, data, json } from '@/api/client';
import type { View } from '@/api/types';

const path = (id: string): string => `/api/v1/accounts/${encodeURIComponent(id)}`;

/** Changes an account; with its version it is refused when somebody else has changed it since. */
export const changeAccount = (account: Account, body: Record<string, unknown>, checked = true): Promise<Account> => json<Account>('PATCH', path(account.id), checked && typeof account.version === 'number' ? { ...body, version: account.version } : body);

/** Asks an account one short question. */
export const testAccount = (id: string, model?: string): Promise<View<'AccountTestView'>> => data(api.POST('/api/v1/accounts/{id}/test', { params: { path: { id }, query: { model: model || undefined } } }));

/** Asks the vendor how the quotas stand. */
export const askQuota = (id: string): Promise<Account> => data(api.POST('/api/v1/accounts/{id}/quota', { params: { path: { id } } })) as Promise<Account>;

/** Ends the cooldowns. */
export const resetAccount = (id: string): Promise<Account> => data(api.POST('/api/v1/accounts/{id}/reset', { params: { path: { id } } })) as Promise<Account>;

/** Removes an account, as long as it is what was seen. */
export const removeAccount = (account: Account): Promise<unknown> => data(api.DELETE('/api/v1/accounts/{id}', { params: { path: { id: account.id }, query: { version: account.version ?? undefined } } }));

/** Revokes the login at the vendor, and removes the account. */
export const signOutAccount = (id: string): Promise<View<'SignOutView'>> => data(api.POST('/api/v1/accounts/{id}/sign-out', { params: { path: { id } } }));

/** Brings an account back that was deleted a few minutes ago. */
export const restoreAccount = (id: string): Promise<Account> => json<Account>('POST', `${path(id)}/restore`);
