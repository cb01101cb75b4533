import { Clock, FlaskConical, Power, PowerOff, RotateCcw, Scale, Signal, Tags, Trash2, Upload, X } from 'lucide-react';
import { useTexts } from '@/app/i18n';
import { Button, IconButton } from '@/ui/button';
import { Menu } from '@/ui/menu';

/** What can be done with several accounts at once. */
export type BatchKind = 'enable' | 'disable' | 'test' | 'quota' | 'reset' | 'tags' | 'priority' | 'weight' | 'delete' | 'export';

/** What can be done with the accounts that are chosen, at the foot of the page. */
export function BatchBar({ count, onBegin, onClear }: { count: number; onBegin: (kind: BatchKind) => void; onClear: () => void }) {
  const t = useTexts('accounts');
  if (count === 0) return null;
  return (
    <div role="toolbar" aria-label={t('batch.title')} className="sticky bottom-3 z-20 mx-auto mt-3 flex w-fit max-w-full flex-wrap items-center gap-1.5 rounded-xl bg-raised px-3 py-2 shadow-pop">
      <span className="nums mr-1 font-medium">{t('chosen', { count })}</span>
      <Button small icon={Power} onClick={() => onBegin('enable')}>
        {t('act.enable')}
      </Button>
      <Button small icon={PowerOff} onClick={() => onBegin('disable')}>
        {t('act.disable')}
      </Button>
      <Button small icon={FlaskConical} onClick={() => onBegin('test')}>
        {t('act.test')}
      </Button>
      <Menu
        label={t('batch.more')}
        items={[
          { label: t('act.quota'), icon: Clock, onSelect: () => onBegin('quota') },
          { label: t('act.reset'), icon: RotateCcw, onSelect: () => onBegin('reset') },
          { label: t('act.tags'), icon: Tags, separated: true, onSelect: () => onBegin('tags') },
          { label: t('act.priority'), icon: Signal, onSelect: () => onBegin('priority') },
          { label: t('act.weight'), icon: Scale, onSelect: () => onBegin('weight') },
          { label: t('act.export'), icon: Upload, separated: true, onSelect: () => onBegin('export') },
          { label: t('delete'), icon: Trash2, danger: true, separated: true, onSelect: () => onBegin('delete') },
        ]}
      />
      <IconButton label={t('batch.clear')} icon={X} onClick={onClear} />
    </div>
  );
}
