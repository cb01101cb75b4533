import { X } from 'lucide-react';
import { useState } from 'react';
import type { Account, Provider } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { visible } from '@/lib/text';
import { Button, IconButton } from '@/ui/button';
import { Field, Select } from '@/ui/field';
import { LoginBegin, LoginProgress } from '@/ui/login';

/** Signs in to the vendor once more: what comes back is put into the account that is there. A reload goes on with it (`login` in the address). */
export function SignInAgain({ account, provider, onClose }: { account: Account; provider: Provider; onClose: () => void }) {
  const t = useTexts('accounts');
  const [address, setAddress] = useAddress();
  const [way, setWay] = useState(provider.flows[0]?.id ?? '');
  const flow = provider.flows.find((f) => f.id === way) ?? provider.flows[0];
  if (!flow) return null;
  const close = (): void => {
    setAddress({ login: undefined });
    onClose();
  };
  return (
    <section aria-label={t('signInAgain')} className="mb-4 rounded-xl border border-accent/50 p-4">
      <div className="mb-3 flex items-start gap-2">
        <div className="flex-1">
          <h3 className="font-semibold">{t('signInAgain')}</h3>
          <p className="text-muted">{t('again.text', { name: visible(account.label) })}</p>
        </div>
        <IconButton label={t('close')} icon={X} onClick={close} />
      </div>
      {address.login ? (
        <LoginProgress
          id={address.login}
          onAgain={() => setAddress({ login: undefined })}
          done={(login) => (
            <div className="flex flex-wrap items-center gap-3">
              {login.account_id && login.account_id !== account.id ? <p className="w-full rounded-lg bg-warn-soft p-3">{t('again.other', { name: visible(login.account ?? '') })}</p> : null}
              <Button onClick={close}>{t('close')}</Button>
            </div>
          )}
        />
      ) : (
        <div className="@container flex flex-col gap-4">
          {provider.flows.length > 1 ? (
            <Field label={t('again.way')}>{(wiring) => <Select {...wiring} value={way} onChange={setWay} options={provider.flows.map((f) => ({ value: f.id, label: visible(f.title) }))} />}</Field>
          ) : null}
          <LoginBegin key={flow.id} provider={provider} flow={flow} label={account.label} onBegun={(login) => setAddress({ login: login.id })} />
        </div>
      )}
    </section>
  );
}
