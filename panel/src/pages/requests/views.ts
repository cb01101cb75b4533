import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, api, data, json } from '@/api/client';
import { usePreference } from '@/lib/hooks';
import type { Address } from '@/lib/address';

/** A view that was saved: its name, and what the address holds in it. */
export interface SavedView {
  name: string;
  address: Address;
}

interface PanelState {
  state: Record<string, unknown>;
  version: string | number;
}

const member = 'views.requests';

/** The views in what was kept, without what is none: it may be written by other programs. */
export function viewsOf(kept: unknown): SavedView[] {
  if (!Array.isArray(kept)) return [];
  return kept
    .filter((v): v is SavedView => typeof (v as SavedView)?.name === 'string' && typeof (v as SavedView).address === 'object' && (v as SavedView).address !== null)
    .map((v) => ({ name: v.name.slice(0, 100), address: Object.fromEntries(Object.entries(v.address).filter(([, value]) => typeof value === 'string')) }))
    .slice(0, 100);
}

const read = (): Promise<PanelState> => json<PanelState>('GET', '/api/v1/panel/state');

/** The saved views: kept by the gateway for every browser; in this browser where the gateway keeps none. */
export function useViews(): { views: SavedView[]; save: (views: SavedView[]) => Promise<void>; busy: boolean } {
  const client = useQueryClient();
  const [local, setLocal] = usePreference<SavedView[]>(member, []);
  const kept = useQuery({ queryKey: ['panel-state'], queryFn: read, retry: false, staleTime: 60_000 });
  const missing = kept.error instanceof ApiError && kept.error.status === 404;
  const write = useMutation({
    mutationFn: async (views: SavedView[]) => {
      for (let attempt = 0; ; attempt++) {
        // Read right before it is written: other pages keep other members in the same state.
        const now = await read();
        try {
          await data(api.PUT('/api/v1/panel/state', { body: { state: { ...now.state, [member]: views } as never }, headers: { 'if-match': etagOf(now.version) } }));
          return;
        } catch (error) {
          if (attempt >= 2 || !(error instanceof ApiError) || (error.status !== 409 && error.status !== 412)) throw error;
        }
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['panel-state'] }),
  });
  return {
    views: viewsOf(missing || !kept.data ? local : kept.data.state[member]),
    save: async (views) => {
      if (missing) setLocal(views);
      else await write.mutateAsync(views);
    },
    busy: write.isPending,
  };
}

const etagOf = (version: string | number): string => (typeof version === 'string' && version.startsWith('"') ? version : `"${version}"`);
