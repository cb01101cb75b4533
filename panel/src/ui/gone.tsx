import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from './button';
import { Dialog } from './dialog';
import { Empty } from './page';

/** Says that what an address names (`id`) is not here: an old link, or somebody else has deleted it. `found` is what it names, looked for in what the query `of` answers. */
export function Gone({ id, found, of, title, onClose }: { id: string | undefined; found: unknown; of: { isSuccess: boolean; isFetching: boolean }; title: string; onClose: () => void }) {
  return (
    <Dialog open={!!id && !found && of.isSuccess && !of.isFetching} onClose={onClose} side title={title}>
      <GoneText id={id ?? ''} onClose={onClose} />
    </Dialog>
  );
}

/** The same, within a dialog that is there already. */
export function GoneText({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useTexts();
  return (
    <Empty title={t('gone.title')} action={<Button onClick={onClose}>{t('close')}</Button>}>
      {t('gone.text', { id: visible(id) })}
    </Empty>
  );
}
