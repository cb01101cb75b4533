import { Dialog } from '@/ui/dialog';
import { useTexts } from './i18n';
import { pages } from './pages';

/** The list of keys. */
export default function KeyHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTexts();
  const general: [string[], string][] = [
    [['Ctrl', 'K'], t('keys.palette')],
    [['?'], t('keys.help')],
    [['/'], t('keys.search')],
    [['j'], t('keys.down')],
    [['k'], t('keys.up')],
    [['Enter'], t('keys.open')],
    [['x'], t('keys.choose')],
    [['Esc'], t('keys.close')],
  ];
  return (
    <Dialog open={open} onClose={onClose} title={t('keys.title')} wide>
      <div className="grid gap-x-8 gap-y-1 sm:grid-cols-2">
        {[...general, ...pages.filter((p) => p.key).map((p) => [['g', p.key as string], t(`pages.${p.id}`)] as [string[], string])].map(([keys, text]) => (
          <div key={keys.join()} className="flex items-center justify-between gap-4 border-b border-line py-1.5">
            <span>{text}</span>
            <span className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded border border-line-strong bg-sunken px-1.5 py-0.5 text-xs">
                  {key}
                </kbd>
              ))}
            </span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}
