import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { ApiError, onSignedOut } from '@/api/client';
import { events } from '@/api/events';
import { Button } from '@/ui/button';
import { describe, ErrorBox } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { PagePending } from './fallbacks';
import { useTexts } from './i18n';
import { sessionQuery, signIn } from './session';

/** Shows what is behind it to those who may see it, and the way in to others. What was on the screen when a session ends is there again after it. */
export function Gate({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  useEffect(
    () =>
      onSignedOut(() => {
        // One question at a time: the answer decides whether the way in is shown.
        if (client.getQueryState(['session'])?.fetchStatus !== 'fetching') void client.invalidateQueries({ queryKey: ['session'] });
      }),
    [client],
  );
  if (session.isPending) return <PagePending />;
  if (session.data?.authenticated) return children;
  if (!session.data) {
    return (
      <main className="mx-auto max-w-lg p-6">
        <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return <SignIn secretSet={session.data.secret_set} canBeRemote={session.data.can_be_remote} />;
}

function SignIn({ secretSet, canBeRemote }: { secretSet: boolean; canBeRemote: boolean }) {
  const t = useTexts();
  const client = useQueryClient();
  const [secret, setSecret] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const possible = secretSet && canBeRemote;
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
