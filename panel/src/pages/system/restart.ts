import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useToast } from '@/ui/toast';

/** How long a restart may take: open requests finish first. */
const patience = 120_000;
const pause = 500;

/** Restarts the gateway and ends when it is back, and everything shown was asked for anew. */
export function useRestart() {
  const t = useTexts('system');
  const toast = useToast();
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => restart(client),
    onSuccess: () => {
      void client.invalidateQueries();
      toast.success(t('restart.done'));
    },
    onError: toast.error,
  });
}

async function restart(client: QueryClient): Promise<void> {
  const before = (await client.fetchQuery({ queryKey: ['health'], queryFn: () => data(api.GET('/api/v1/health')) })).started_at;
  await data(api.POST('/api/v1/restart'));
  for (let waited = 0; waited < patience; waited += pause) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      if ((await data(api.GET('/api/v1/health'))).started_at !== before) return;
    } catch (error) {
      // Away, or refusing while open requests finish. Who is signed out is back at the door.
      if (error instanceof ApiError && error.status === 401) return;
    }
  }
  throw new ApiError(0, 'offline', 'offline');
}
