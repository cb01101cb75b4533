import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { ApiError } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge } from '@/ui/figures';
import { Skeleton } from '@/ui/page';
import { useToast } from '@/ui/toast';
import { save } from './api';
import { tally } from './model/merge';
import type { Workbench } from './use-draft';
import { wordsOf } from './words';

const MergeEditor = lazy(() => import('@/ui/editor').then((m) => ({ default: m.MergeEditor })));

/** What is about to be saved, beside what stands there; saved only from here. */
export function SaveDialog({ bench, open, onClose, onConflict }: { bench: Workbench; open: boolean; onClose: () => void; onConflict: () => void }) {
  const t = useTexts('configuration');
  const toast = useToast();
  const { base, text } = bench.draft;
  const saving = useMutation({
    mutationFn: () => save(text, base.version),
    onSuccess: (changed) => {
      bench.accept(changed.version);
      onClose();
      toast.success(changed.needs_restart.length > 0 ? t('save.doneRestart') : t('save.done'), base.exists ? { run: () => undo(changed.version) } : undefined);
    },
    onError: (error) => {
      // Somebody else was faster, or the gateway has other marks now: read the file, and decide.
      if (error instanceof ApiError && (error.status === 412 || error.status === 409 || error.code === 'unknown_mark')) void bench.again();
      if (error instanceof ApiError && error.status === 412) {
        onClose();
        onConflict();
      }
    },
  });
  const undo = (version: string): void => {
    save(base.text, version).then(
      () => void bench.again(),
      (error: unknown) => toast.error(error),
    );
  };
  const { added, removed } = useMemo(() => (open ? tally(base.text, text) : { added: 0, removed: 0 }), [open, base.text, text]);
  // What stands in a list is told by the list.
  const restart = [...new Set((bench.checked?.needs_restart ?? []).map((key) => key.replace(/\[\d+\].*$/, '')))];
  const errors = bench.faults.filter((f) => f.severity === 'error');
  const refused = bench.checked ? !bench.checked.usable : errors.length > 0;

  return (
    <Dialog
      open={open}
      onClose={onClose}
      full
      title={t('save.title')}
      description={
        <span className="nums flex flex-wrap gap-2">
          <Badge tone="ok">{t('save.added', { count: added })}</Badge>
          <Badge tone="bad">{t('save.removed', { count: removed })}</Badge>
        </span>
      }
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" busy={saving.isPending} disabled={refused || !bench.dirty} onClick={() => saving.mutate()} data-save>
            {t('common:save')}
          </Button>
        </>
      }
    >
      <div className="flex h-full min-h-0 flex-col gap-3">
        {saving.error ? <ErrorBox error={saving.error} /> : null}
        {refused ? (
          <div role="alert" className="rounded-lg bg-bad-soft p-3">
            <p className="font-medium">{t('save.refused')}</p>
            <ul className="mt-1 list-disc pl-5">
              {errors.slice(0, 8).map((f) => (
                <li key={`${f.line}:${f.column} ${f.path} ${f.kind}`} className="break-words">
                  {t('yaml.line', { line: f.line })} {f.path ? <code>{visible(f.path)}</code> : null} {visible(wordsOf(f, t))}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        {!refused && restart.length > 0 ? (
          <p className="rounded-lg bg-warn-soft p-3">
            {t('save.restart')} <code className="break-words">{visible(restart.join(', '))}</code>
          </p>
        ) : null}
        <div className="h-[50dvh] min-h-48 overflow-hidden rounded-lg border border-line">
          <Suspense fallback={<Skeleton lines={6} className="p-4" />}>
            <MergeEditor original={base.text} value={text} labels={{ original: t('save.before'), value: t('save.after') }} />
          </Suspense>
        </div>
      </div>
    </Dialog>
  );
}
