import { Dialog as Base } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Activity, CircleUserRound, KeyRound, ListTree, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { api, data } from '@/api/client';
import { useSettled } from '@/lib/hooks';
import { visible } from '@/lib/text';
import { useTexts } from './i18n';
import { pages } from './pages';

const group = '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted';

/** Ctrl-K: goes to a page, an account, a model, a key, or a request by its id. */
export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const settled = useSettled(text.trim(), 200);
  const accounts = useQuery({ queryKey: ['accounts', 'all'], queryFn: () => data(api.GET('/api/v1/accounts')), enabled: open });
  const keys = useQuery({ queryKey: ['keys', 'all'], queryFn: () => data(api.GET('/api/v1/keys')), enabled: open });
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')), enabled: open });
  const request = useQuery({
    queryKey: ['flows', 'one', settled],
    queryFn: () => data(api.GET('/api/v1/flows/{id}', { params: { path: { id: settled } } })),
    enabled: open && /^[0-9a-z_-]{12,}$/i.test(settled),
    retry: false,
  });

  const go = (to: string, search?: Record<string, string>): void => {
    onClose();
    setText('');
    void navigate({ to, search: (search ?? {}) as never });
  };
  const item = (key: string, Icon: LucideIcon | undefined, label: string, note: string, run: () => void) => (
    <Command.Item key={key} value={`${label} ${note} ${key}`} onSelect={run} className="flex cursor-default items-center gap-2 rounded-md px-2 py-1.5 data-[selected=true]:bg-accent-soft">
      {Icon ? <Icon aria-hidden className="size-4 shrink-0 text-muted" /> : null}
      <span className="truncate">{visible(label)}</span>
      <span className="ml-auto truncate text-[13px] text-muted">{visible(note)}</span>
    </Command.Item>
  );

  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-50 bg-black/40" />
        <Base.Popup aria-label={t('palette.title')} className="fixed top-[10dvh] left-1/2 z-50 w-[min(40rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-xl bg-raised shadow-pop outline-none">
          <Command label={t('palette.title')} loop>
            <Command.Input autoFocus value={text} onValueChange={setText} placeholder={t('palette.placeholder')} className="w-full border-b border-line bg-transparent px-4 py-3 outline-none placeholder:text-muted" />
            <Command.List className="max-h-[60dvh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-6 text-center text-muted">{t('palette.empty')}</Command.Empty>
              {request.data ? (
                <Command.Group heading={t('pages.request')} forceMount className={group}>
                  {item(request.data.id, Activity, request.data.model, request.data.id, () => go(`/requests/${encodeURIComponent(request.data.id)}`))}
                </Command.Group>
              ) : null}
              <Command.Group heading={t('palette.pages')} className={group}>
                {pages.filter((p) => p.group || p.id === 'add-account').map((p) => item(p.path, p.icon, t(`pages.${p.id}`), p.key ? `g ${p.key}` : '', () => go(p.path)))}
              </Command.Group>
              {text ? (
                <>
                  <Command.Group heading={t('pages.accounts')} className={group}>
                    {accounts.data?.accounts.slice(0, 500).map((a) => item(`account ${a.id}`, CircleUserRound, a.label, a.provider, () => go('/accounts', { open: a.id })))}
                  </Command.Group>
                  <Command.Group heading={t('pages.models')} className={group}>
                    {models.data?.models.slice(0, 1000).map((m) => item(`model ${m.id}`, ListTree, m.id, m.vendor ?? '', () => go('/models', { open: m.id })))}
                  </Command.Group>
                  <Command.Group heading={t('pages.keys')} className={group}>
                    {keys.data?.keys.slice(0, 500).map((k) => item(`key ${k.id}`, KeyRound, k.name, k.prefix ?? '', () => go('/keys', { open: k.id })))}
                  </Command.Group>
                </>
              ) : null}
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
