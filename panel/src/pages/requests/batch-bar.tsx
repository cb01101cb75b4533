import { Bookmark, BookmarkX, Tag, Trash2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import type { Flow } from '@/lib/flows';
import { Button } from '@/ui/button';
import { Dialog, useConfirm } from '@/ui/dialog';
import { describe } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { useToast } from '@/ui/toast';
import { batch, tagsOf } from './batch';
import type { FlowFeed } from './feed';

type Marks = { bookmarked?: boolean; tags?: string[] };

/** Changes the marks of a flow. */
export const mark = (id: string, marks: Marks): Promise<Flow> => data(api.PATCH('/api/v1/flows/{id}', { params: { path: { id } }, body: marks }));

/** What can be done with the rows that are chosen; what went wrong is told row by row. */
export function BatchBar({ feed, chosen, onChoose }: { feed: FlowFeed; chosen: ReadonlySet<string>; onChoose: (chosen: Set<string>) => void }) {
  const t = useTexts('requests');
  const confirm = useConfirm();
  const toast = useToast();
  const [busy, setBusy] = useState<string | null>(null);
  const [tagging, setTagging] = useState(false);
  const [words, setWords] = useState('');
  const [failed, setFailed] = useState<Map<string, unknown>>(new Map());
  const ids = [...chosen];

  const run = async <T,>(work: (id: string) => Promise<T>, list = ids): Promise<Map<string, T>> => {
    setBusy(t('working', { done: 0, count: list.length }));
    const result = await batch(list, work, 4, (done) => done % 10 === 0 && setBusy(t('working', { done, count: list.length })));
    setBusy(null);
    if (result.failed.size > 0) setFailed(result.failed);
    return result.done;
  };
  const setMarks = async (marksOf: (flow: Flow) => Marks, said: (count: number) => string): Promise<void> => {
    const before = new Map<string, Flow>();
    const put = async (id: string): Promise<Flow> => {
      const flow = feed.rows.at(feed.rows.indexOf(id)) ?? (await data(api.GET('/api/v1/flows/{id}', { params: { path: { id } } })));
      before.set(id, flow);
      return mark(id, marksOf(flow));
    };
    const done = await run(put);
    for (const flow of done.values()) feed.replace(flow);
    if (done.size === 0) return;
    const undo = async (): Promise<void> => {
      const back = await run((id) => mark(id, { bookmarked: before.get(id)?.bookmarked, tags: before.get(id)?.tags }), [...done.keys()]);
      for (const flow of back.values()) feed.replace(flow);
    };
    toast.success(said(done.size), { run: () => void undo() });
  };
  const remove = async (): Promise<void> => {
    const kept = ids.filter((id) => feed.rows.at(feed.rows.indexOf(id))?.bookmarked).length;
    const sure = await confirm({ title: t('deleteTitle', { count: ids.length }), effect: `${t('deleteEffect')}${kept > 0 ? `\n\n${t('deleteKept', { count: kept })}` : ''}`, action: t('delete'), danger: true });
    if (!sure) return;
    const done = await run((id) => data(api.DELETE('/api/v1/flows/{id}', { params: { path: { id } } })).then(() => true));
    const gone = new Set(done.keys());
    feed.remove(gone);
    onChoose(new Set(ids.filter((id) => !gone.has(id))));
    if (gone.size > 0) toast.success(t('deleted', { count: gone.size }));
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const added = tagsOf(words);
    if (added.length === 0) return;
    setTagging(false);
    setWords('');
    void setMarks(
      (flow) => ({ tags: [...new Set([...flow.tags, ...added])] }),
      (count) => t('tagged', { count }),
    );
  };

  return (
    <div role="toolbar" aria-label={t('chosen', { count: chosen.size })} className="mb-2 flex flex-wrap items-center gap-2 rounded-lg bg-accent-soft px-3 py-1.5">
      <span className="nums font-medium" role="status">
        {busy ?? t('chosen', { count: chosen.size })}
      </span>
      <Button small icon={Tag} disabled={busy !== null} onClick={() => setTagging(true)}>
        {t('addTags')}
      </Button>
      <Button small icon={Bookmark} disabled={busy !== null} onClick={() => void setMarks(() => ({ bookmarked: true }), (count) => t('marked', { count }))}>
        {t('bookmark')}
      </Button>
      <Button small icon={BookmarkX} disabled={busy !== null} onClick={() => void setMarks(() => ({ bookmarked: false }), (count) => t('unmarked', { count }))}>
        {t('unbookmark')}
      </Button>
      <Button small icon={Trash2} className="text-bad" disabled={busy !== null} onClick={() => void remove()}>
        {t('delete')}
      </Button>
      <Button small look="quiet" icon={X} className="ml-auto" onClick={() => onChoose(new Set())}>
        {t('chooseNone')}
      </Button>
      <Dialog
        open={tagging}
        onClose={() => setTagging(false)}
        title={t('addTags')}
        footer={
          <>
            <Button onClick={() => setTagging(false)}>{t('cancel')}</Button>
            <Button look="primary" type="submit" form="add-tags" disabled={tagsOf(words).length === 0}>
              {t('addTags')}
            </Button>
          </>
        }
      >
        <form id="add-tags" onSubmit={submit}>
          <Field label={t('field.tag')} hint={t('tagsHint')}>
            {(wiring) => <Input {...wiring} value={words} autoFocus onChange={(event) => setWords(event.target.value)} />}
          </Field>
        </form>
      </Dialog>
      <Dialog open={failed.size > 0} onClose={() => setFailed(new Map())} title={t('someFailed', { count: failed.size })}>
        <ul className="flex flex-col divide-y divide-line">
          {[...failed].slice(0, 200).map(([id, error]) => (
            <li key={id} className="py-1.5">
              <div className="font-mono text-[0.93em]">{id}</div>
              <div className="break-words text-muted">{describe(error, t).title}</div>
            </li>
          ))}
        </ul>
      </Dialog>
    </div>
  );
}
