import { queryOptions, useQuery } from '@tanstack/react-query';
import { ApiError, json } from '@/api/client';

/** Who looks at the panel, and by what right. */
export interface Session {
  authenticated: boolean;
  /** `local`: a program on the gateway's machine, which no secret is asked of; `session`: signed in; `none`: not yet. */
  method: 'local' | 'session' | 'secret' | 'none';
  secret_required: boolean;
  secret_set: boolean;
  can_be_remote: boolean;
  /** Whether the secret would let in who asks: one is set, and this is the gateway's machine or others may manage it. */
  can_sign_in: boolean;
  session_id?: string;
  expires_at?: string;
  idle_expires_at?: string;
  version?: string;
}

/** The present session. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => json<Session>('GET', '/api/v1/session'),
  staleTime: 60_000,
  refetchOnWindowFocus: 'always',
  retry: (times, error) => times < 2 && error instanceof ApiError && error.status >= 500,
});

/** The present session; undefined while it is asked for. */
export const useSession = (): Session | undefined => useQuery(sessionQuery).data;

/** Signs in with the management secret. */
export const signIn = (secret: string): Promise<Session> => json<Session>('POST', '/api/v1/session', { secret });

/** Ends the session of this browser. */
export const signOut = (): Promise<void> => json<void>('DELETE', '/api/v1/session');
