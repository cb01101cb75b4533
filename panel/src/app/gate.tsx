import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { onSignedOut } from '@/api/client';
import { ErrorBox } from '@/ui/error';
import { PagePending } from './fallbacks';
import { sessionQuery } from './session';

const SignIn = lazy(() => import('./sign-in'));

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
        <h1 className="mb-3 text-lg font-semibold">Dragoman</h1>
        <ErrorBox error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return (
    <Suspense fallback={<PagePending />}>
      <SignIn secretSet={session.data.secret_set} possible={session.data.can_sign_in} />
    </Suspense>
  );
}
