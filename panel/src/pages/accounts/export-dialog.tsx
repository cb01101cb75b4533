import { useMutation } from '@tanstack/react-query';
import { Upload } from 'lucide-react';
import { useState } from 'react';
import type { Account } from '@/api/accounts';
import { ApiError, api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Checkbox, Field } from '@/ui/field';
import { Mono, Plain } from '@/ui/plain';
import { SecretInput } from '@/ui/setting-fields';
import { saveParts } from '@/lib/download';
import { fromBase64 } from './files';

const least = 12;

/** Writes accounts of the store into an encrypted file for another gateway. */
export default function ExportDialog({ accounts, initial, onClose }: { accounts: readonly Account[]; initial: readonly string[] | null; onClose: () => void }) {
  const t = useTexts('accounts');
  const [chosen, setChosen] = useState(() => new Set(initial ? accounts.filter((a) => initial.includes(a.id)).map((a) => a.id) : accounts.map((a) => a.id)));
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const make = useMutation({
    mutationFn: () => data(api.POST('/api/v1/accounts/export', { body: { passphrase, accounts: [...chosen] } as never })),
    onSuccess: (bundle) => {
      saveParts(bundle.file_name, [fromBase64(bundle.content)], 'application/octet-stream');
      setPassphrase('');
      setAgain('');
    },
  });
  const short = passphrase.length > 0 && passphrase.length < least;
  const differs = again.length > 0 && again !== passphrase;
  const param = make.error instanceof ApiError ? make.error.param : null;
  const bundle = make.data;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('export.title')}
      description={t('export.lead')}
      footer={
        bundle ? (
          <Button look="primary" onClick={onClose}>
            {t('close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button look="primary" icon={Upload} busy={make.isPending} disabled={chosen.size === 0 || passphrase.length < least || again !== passphrase} onClick={() => make.mutate()}>
              {t('export.do', { count: chosen.size })}
            </Button>
          </>
        )
      }
    >
      {bundle ? (
        <div role="status" className="flex flex-col gap-3">
          <p>
            {t('export.done', { count: bundle.accounts.length })} <Mono text={bundle.file_name} className="break-all" />
          </p>
          <p className="rounded-lg bg-warn-soft p-3">{t('export.shared')}</p>
          <ul className="flex flex-col gap-1">
            {bundle.accounts
              .filter((a) => a.warning)
              .map((a) => (
                <li key={a.id} className="break-words">
                  <span className="font-medium">
                    <Plain text={a.label} />
                  </span>
                  : <Plain text={a.warning} />
                </li>
              ))}
          </ul>
        </div>
      ) : (
        <div className="flex flex-col gap-4">
          <fieldset className="flex max-h-56 flex-col gap-1.5 overflow-y-auto rounded-lg border border-line p-3">
            <legend className="px-1 font-medium">{t('pages.accounts')}</legend>
            {accounts.map((a) => (
              <Checkbox
                key={a.id}
                label={
                  <>
                    <Plain text={a.label} /> <span className="text-muted">{visible(a.provider)}</span>
                  </>
                }
                checked={chosen.has(a.id)}
                onChange={(on) => {
                  const next = new Set(chosen);
                  if (on) next.add(a.id);
                  else next.delete(a.id);
                  setChosen(next);
                }}
              />
            ))}
          </fieldset>
          <Field label={t('passphrase')} hint={t('export.passphraseHint', { n: least })} error={short ? t('export.short', { n: least }) : param === 'passphrase' ? visible(make.error?.message ?? '') : undefined}>
            {(wiring) => <SecretInput {...wiring} name="passphrase" value={passphrase} onChange={setPassphrase} />}
          </Field>
          <Field label={t('export.again')} error={differs ? t('export.differs') : undefined}>
            {(wiring) => <SecretInput {...wiring} name="passphrase-again" value={again} onChange={setAgain} />}
          </Field>
          {make.error && param !== 'passphrase' ? <ErrorBox error={make.error} /> : null}
        </div>
      )}
    </Dialog>
  );
}
