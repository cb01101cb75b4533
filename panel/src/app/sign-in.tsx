import { useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError } from '@/api/client';
import { events } from '@/api/events';
import { Button } from '@/ui/button';
import { describe } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { useTexts } from './i18n';
import { signIn } from './session';

/** The way in: the management secret, or why nobody gets in from here. */
export default function SignIn({ secretSet, possible }: { secretSet: boolean; possible: boolean }) {
  const t = useTexts();
  const client = useQueryClient();
  const [secret, setSecret] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${t('signIn')} · Dragoman`;
  }, [t]);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const session = await signIn(secret);
      setSecret('');
      client.setQueryData(['session'], session);
      await client.invalidateQueries({ predicate: (q) => q.queryKey[0] !== 'session' });
      events.again();
    } catch (ex) {
      setError(ex);
    } finally {
      setBusy(false);
    }
  };
  const wrong = error instanceof ApiError && error.status === 401;

  return (
    <main className="flex min-h-full items-center justify-center p-4">
      <form onSubmit={(event) => void submit(event)} className="card w-full max-w-sm p-6">
        <div className="mb-4 flex items-center gap-3">
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" className="size-9" />
          <div>
            <h1 className="text-lg font-semibold">Dragoman</h1>
            <p className="text-muted">{t('signInLead')}</p>
          </div>
        </div>
        {possible ? (
          <div className="flex flex-col gap-4">
            <Field label={t('secret')} hint={t('secretHint')} error={error ? (wrong ? t('secretWrong') : describe(error, t).title) : undefined}>
              {(wiring) => <Input {...wiring} type="password" autoComplete="current-password" value={secret} onChange={(event) => setSecret(event.target.value)} autoFocus required />}
            </Field>
            <Button look="primary" type="submit" icon={KeyRound} busy={busy} disabled={secret === ''}>
              {t('signIn')}
            </Button>
          </div>
        ) : (
          <p className="rounded-lg bg-warn-soft p-3">{t(secretSet ? 'onlyLocal' : 'noSecret')}</p>
        )}
      </form>
    </main>
  );
}
