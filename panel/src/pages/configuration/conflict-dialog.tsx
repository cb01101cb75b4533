import { lazy, Suspense, useMemo, useState } from 'react';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Skeleton } from '@/ui/page';
import { Segmented } from '@/ui/segmented';
import { joined, merge3, type Side, usualSide } from './model/merge';
import type { Workbench } from './use-draft';

const MergeEditor = lazy(() => import('@/ui/editor').then((m) => ({ default: m.MergeEditor })));

/** The file was changed elsewhere while this page was changed too: what they did, what was done here, and one text of both. Nothing is saved from here. */
export function ConflictDialog({ bench, open, onClose }: { bench: Workbench; open: boolean; onClose: () => void }) {
  const t = useTexts('configuration');
  const { base, text, theirs } = bench.draft;
  const now = theirs?.text ?? base.text;
  const parts = useMemo(() => merge3(base.text, text, now), [base.text, text, now]);
  const conflicts = useMemo(() => parts.flatMap((part) => (part.conflict ? [part.conflict] : [])), [parts]);
  const [chosen, setChosen] = useState<{ of: string; sides: (Side | undefined)[] }>({ of: '', sides: [] });
  const choices = useMemo(() => conflicts.map((conflict, i) => (chosen.of === now ? chosen.sides[i] : undefined) ?? usualSide(conflict)), [conflicts, chosen, now]);
  const undecided = choices.filter((side) => side === undefined).length;
  const [edited, setEdited] = useState<{ of: string; text: string } | null>(null);
  const proposed = joined(parts, choices);
  const result = edited?.of === proposed ? edited.text : proposed;
  const [wanted, setView] = useState<'result' | 'theirs' | null>(null);
  const view = wanted ?? (undecided > 0 ? 'result' : 'theirs');

  return (
    <Dialog
      open={open && theirs !== null}
      onClose={onClose}
      full
      title={t('conflict.title')}
      description={conflicts.length > 0 ? t('conflict.both', { count: conflicts.length }) : t('conflict.apart')}
      footer={
        <>
          <Button onClick={onClose}>{t('conflict.later')}</Button>
          <Button
            onClick={() => {
              bench.decide(now);
              onClose();
            }}
          >
            {t('conflict.theirs')}
          </Button>
          <Button
            look="primary"
            disabled={undecided > 0 && edited?.of !== proposed}
            onClick={() => {
              bench.decide(result);
              onClose();
            }}
            data-merge
          >
            {t('conflict.merge')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div>
        <Segmented
          label={t('conflict.view')}
          value={view}
          onChange={setView}
          options={[
            { value: 'theirs', label: t('conflict.whatTheyDid') },
            { value: 'result', label: t('conflict.result') },
          ]}
        />
        </div>
        {view === 'result'
          ? conflicts.map((conflict, i) => (
              // oxlint-disable-next-line react/no-array-index-key
              <div key={i} className="rounded-lg border border-warn/40 bg-warn-soft/50 p-3">
                <div className="grid gap-3 sm:grid-cols-2">
                  {(['theirs', 'mine'] as const).map((side) => (
                    <div key={side} className="min-w-0">
                      <div className="mb-1 text-[13px] text-muted">{t(`conflict.side.${side}`)}</div>
                      <pre className="max-h-40 overflow-auto rounded-md bg-surface p-2 text-[13px]">{visible(conflict[side]) || t('conflict.nothing')}</pre>
                    </div>
                  ))}
                </div>
                <div className="mt-2">
                  <Segmented
                    label={t('conflict.choose')}
                    value={choices[i] ?? ''}
                    onChange={(side) => side && setChosen({ of: now, sides: Object.assign([...choices], { [i]: side }) })}
                    options={(['theirs', 'mine', 'both'] as (Side | '')[]).map((side) => ({ value: side, label: t(`conflict.take.${side}`) }))}
                  />
                </div>
              </div>
            ))
          : null}
        <div className="h-[46dvh] min-h-48 overflow-hidden rounded-lg border border-line">
          <Suspense fallback={<Skeleton lines={6} className="p-4" />}>
            {view === 'theirs' ? (
              <MergeEditor key="theirs" original={base.text} value={now} labels={{ original: t('conflict.labels.base'), value: t('conflict.labels.theirs') }} />
            ) : (
              <MergeEditor key="result" original={now} value={result} onChange={(next) => setEdited({ of: proposed, text: next })} labels={{ original: t('conflict.labels.theirs'), value: t('conflict.labels.result') }} />
            )}
          </Suspense>
        </div>
        <p className="text-[13px] text-muted">{t('conflict.note')}</p>
      </div>
    </Dialog>
  );
}
