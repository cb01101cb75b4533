import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ListTree } from 'lucide-react';
import { useState } from 'react';
import type { Account } from '@/api/accounts';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { SearchInput } from '@/ui/field';
import { ErrorBox } from '@/ui/error';
import { Empty, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';

/** The models that clients have from an account. */
export const modelsQuery = { queryKey: ['models', 'all'], queryFn: (): Promise<View<'ModelListView'>> => data(api.GET('/api/v1/models')) };

/** Which of all models an account serves. */
export const servedBy = (account: Account, models: readonly View<'ModelView'>[]): View<'ModelView'>[] => models.filter((m) => m.servers.some((s) => s.account_id === account.id));

/** The models that an account serves, and those that it does not. */
export function ModelsServed({ account }: { account: Account }) {
  const t = useTexts('accounts');
  const models = useQuery(modelsQuery);
  const [text, setText] = useState('');
  if (models.isPending) return <Skeleton />;
  if (models.error) return <ErrorBox error={models.error} onRetry={() => void models.refetch()} />;
  const served = servedBy(account, models.data.models);
  const shown = served.filter((m) => `${m.id} ${m.display_name ?? ''}`.toLowerCase().includes(text.trim().toLowerCase()));
  const upstream = new Map(account.models.map((m) => [m.alias, m.name]));
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted">{t(account.models.length > 0 ? 'models.configured' : 'models.catalog', { count: served.length })}</p>
      {served.length > 8 ? <SearchInput label={t('search')} value={text} onChange={(e) => setText(e.target.value)} /> : null}
      {served.length === 0 ? (
        <Empty icon={ListTree} title={t('models.none')}>
          {t('models.noneText')}
        </Empty>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {shown.map((m) => {
            const name = upstream.get(m.id);
            return (
              <li key={m.id} className="flex flex-wrap items-baseline gap-x-3 px-3 py-1.5">
                <Link to="/models" search={{ open: m.id } as never} className="hover:underline">
                  <Mono text={m.id} className="break-all" />
                </Link>
                {name && name !== m.id ? (
                  <span className="text-[13px] text-muted">
                    → <Mono text={name} className="break-all" />
                  </span>
                ) : null}
                {m.display_name ? <span className="ml-auto text-[13px] text-muted"><Plain text={m.display_name} /></span> : null}
              </li>
            );
          })}
        </ul>
      )}
      {account.excluded_models.length > 0 ? (
        <section>
          <h3 className="mb-1 font-semibold">{t('models.excluded')}</h3>
          <p>
            <Mono text={account.excluded_models.join(', ')} className="break-all" />
          </p>
        </section>
      ) : null}
    </div>
  );
}
