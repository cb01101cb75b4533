import { useMemo } from 'react';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { Dialog } from '@/ui/dialog';
import { SearchInput } from '@/ui/field';
import { Badge, type Tone } from '@/ui/figures';
import { Empty } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { findRoutes, type SurfaceFace } from './listeners';

const tones: Record<string, Tone> = { GET: 'accent', DELETE: 'bad', POST: 'ok', PUT: 'warn', PATCH: 'warn' };

/** The routes of a surface, to be searched. */
export function RoutesSheet({ face, onClose }: { face: SurfaceFace | undefined; onClose: () => void }) {
  const t = useTexts('surfaces');
  const [address, setAddress] = useAddress();
  const search = address.find ?? '';
  const found = useMemo(() => findRoutes(face?.routes ?? [], search), [face, search]);
  return (
    <Dialog side wide open={face !== undefined} onClose={onClose} title={t('routesTitle', { name: face?.title ?? '' })} description={t('routesLead')}>
      <SearchInput label={t('search')} value={search} onChange={(event) => setAddress({ find: event.target.value })} />
      <p role="status" className="nums mt-2 text-[13px] text-muted">
        {t('found', { count: found.length })}
      </p>
      {found.length === 0 ? <Empty title={t(face && face.routes.length === 0 ? 'noRoutes' : 'noMatch')} /> : null}
      <ul className="mt-1 divide-y divide-line">
        {found.map((route) => (
          <li key={`${route.method} ${route.path}`} className="grid grid-cols-[4.5rem_minmax(0,1fr)] items-start gap-x-2 py-2 [content-visibility:auto]">
            <span>
              <Badge tone={tones[route.method] ?? 'muted'}>{route.method}</Badge>
            </span>
            <div className="min-w-0">
              <Mono text={route.path} className="break-all" />
              {route.summary ? (
                <p className="text-[13px] text-muted">
                  <Plain text={route.summary} />
                </p>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
