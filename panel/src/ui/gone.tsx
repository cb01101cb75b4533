import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from './button';
import { Dialog } from './dialog';
import { Empty } from './page';

/** Says that what an address names is not here: an old link, or somebody else has deleted it. `id` is undefined while there is nothing to say. */
export function Gone({ id, title, onClose }: { id: string | undefined; title: string; onClose: () => void }) {
  return (
    <Dialog open={id !== undefined} onClose={onClose} side title={title}>
      <GoneText id={id ?? ''} onClose={onClose} />
    </Dialog>
  );
}

/** The same, within a dialog that is there already. */
export function GoneText({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTexts();
  return (
    <Empty title={t('gone.title')} action={<Button onClick={onClose}>{t('gone.close')}</Button>}>
      {t('gone.text', { id: visible(id) })}
    </Empty>
  );
}
