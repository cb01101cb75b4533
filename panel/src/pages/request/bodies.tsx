import { Columns2 } from 'lucide-react';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import type { Flow } from '@/lib/flows';
import { clip, visible } from '@/lib/text';
import { Badge } from '@/ui/figures';
import { Segmented } from '@/ui/tabs';
import { NotRecorded } from './not-recorded';
import { BodyPane, bodyKey, type BodyView } from './body-pane';

const wide = matchMedia('(min-width: 64rem)');
const watchWide = (tell: () => void): (() => void) => {
  wide.addEventListener('change', tell);
  return () => wide.removeEventListener('change', tell);
};

/** Both wire forms side by side, or one after the other where there is no room for two; each pane shows any of the bodies. */
export function Bodies({ flow, bodies, address, setAddress }: { flow: Flow; bodies: readonly BodyView[]; address: Address; setAddress: (change: Address, push?: boolean) => void }) {
  const t = useTexts('request');
  const two = useSyncExternalStore(watchWide, () => wide.matches);
  const [side, setSide] = useState<'left' | 'right'>('left');
  const [turn, setTurn] = useState(0);
  const losses = flow.losses;
  const keys = bodies.map(bodyKey);
  const last = (kind: string): string | undefined => bodies.filter((b) => b.kind === kind).map(bodyKey).at(-1);
  const left = address.left && keys.includes(address.left) ? address.left : (last('client-request') ?? keys[0] ?? '');
  const right = address.right && keys.includes(address.right) ? address.right : (last('upstream-request') ?? keys[1] ?? keys[0] ?? '');
  const goTo = useMemo(() => (address.loss !== undefined && losses[Number(address.loss)] ? { loss: Number(address.loss), turn } : null), [address.loss, losses, turn]);
  if (bodies.length === 0) return <NotRecorded />;
  const attempts = Math.max(1, ...bodies.map((b) => b.attempt + 1));
  const pane = (which: 'left' | 'right') => (
    <BodyPane flow={flow.id} bodies={bodies} value={which === 'left' ? left : right} onChange={(value) => setAddress({ [which]: value })} attempts={attempts} losses={losses} goTo={goTo} label={t(which === 'left' ? 'leftPane' : 'rightPane')} />
  );
  const pairs: { id: string; left: string | undefined; right: string | undefined }[] = [
    { id: 'requests', left: last('client-request'), right: last('upstream-request') },
    { id: 'answers', left: last('upstream-answer'), right: last('client-answer') },
    { id: 'client', left: last('client-request'), right: last('client-answer') },
    { id: 'upstream', left: last('upstream-request'), right: last('upstream-answer') },
  ];
  const pair = pairs.find((p) => p.left === left && p.right === right)?.id ?? '';
  return (
    <div className="flex min-h-[28rem] flex-1 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Columns2 aria-hidden className="size-4 text-muted" />
        <Segmented<string>
          label={t('pair.title')}
          value={pair}
          onChange={(id) => {
            const next = pairs.find((p) => p.id === id);
            setAddress({ left: next?.left, right: next?.right });
          }}
          options={pairs.filter((p) => p.left && p.right).map((p) => ({ value: p.id, label: t(`pair.${p.id}`) }))}
        />
        {losses.length > 0 ? (
          <div className="flex min-w-0 flex-wrap items-center gap-1.5">
            <span className="text-[13px] text-muted">{t('losses')}</span>
            {losses.slice(0, 12).map((loss, i) => (
              <button
                // oxlint-disable-next-line react/no-array-index-key
                key={i}
                type="button"
                title={visible(clip(loss.reason, 300))}
                onClick={() => {
                  setAddress({ left: last('client-request'), loss: String(i) });
                  setTurn((n) => n + 1);
                }}
                className="max-w-56 truncate rounded-md hover:brightness-95"
              >
                <Badge tone="warn">
                  <bdi className="truncate font-mono">{visible(clip(loss.path, 60))}</bdi>
                </Badge>
              </button>
            ))}
          </div>
        ) : null}
      </div>
      {two ? (
        <div className="grid min-h-0 flex-1 grid-cols-2 gap-4">
          {pane('left')}
          {pane('right')}
        </div>
      ) : (
        <>
          <Segmented<'left' | 'right'>
            label={t('panes')}
            value={side}
            onChange={setSide}
            options={[
              { value: 'left', label: t('leftPane') },
              { value: 'right', label: t('rightPane') },
            ]}
          />
          <div className="flex min-h-[70dvh] flex-col">{pane(side)}</div>
        </>
      )}
    </div>
  );
}
