import { useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleMinus, Clock, LoaderCircle, RotateCcw, Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Account } from '@/api/accounts';
import { useTexts } from '@/app/i18n';
import { milliseconds } from '@/lib/format';
import { visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { describe } from '@/ui/error';
import { Field, Input } from '@/ui/field';
import { Plain } from '@/ui/plain';
import { Words } from '@/ui/setting-fields';
import { Segmented } from '@/ui/segmented';
import { type BatchItem, type BatchResult, changeTags, retryFailed, runBatch } from './batch';
import type { BatchKind } from './batch-bar';
import { askQuota, changeAccount, removeAccount, resetAccount, restoreAccount, testAccount } from './calls';

/** What changes accounts of the store only. */
const storedOnly: ReadonlySet<BatchKind> = new Set(['enable', 'disable', 'tags', 'priority', 'weight', 'delete', 'export']);
/** What begins without a question. */
const atOnce: ReadonlySet<BatchKind> = new Set(['enable', 'disable', 'quota', 'reset']);
/** What can be taken back. */
const undoable: ReadonlySet<BatchKind> = new Set(['enable', 'disable', 'tags', 'priority', 'weight', 'delete']);

/** One thing done with many accounts: what will follow, then what came of each. */
export default function BatchDialog({ kind, accounts, allTags, onClose, onGone }: { kind: BatchKind; accounts: Account[]; allTags: readonly string[]; onClose: () => void; /** Which accounts are not there any more. */ onGone: (ids: string[]) => void }) {
  const t = useTexts('accounts');
  const client = useQueryClient();
  const [items, setItems] = useState<BatchItem<Account>[]>(() => accounts.map((a) => (storedOnly.has(kind) && a.origin !== 'store' ? { key: a.id, value: a, state: 'skipped', note: t(`batch.not.${a.origin}`) } : { key: a.id, value: a, state: 'waiting' })));
  const [phase, setPhase] = useState<'ask' | 'running' | 'over'>(atOnce.has(kind) ? 'running' : 'ask');
  const [mode, setMode] = useState<'add' | 'remove' | 'replace'>('add');
  const [tags, setTags] = useState<string[]>([]);
  const [number, setNumber] = useState('');
  const [undone, setUndone] = useState(false);
  const stop = useRef(new AbortController());
  const begun = useRef(false);

  const work = async (account: Account): Promise<BatchResult> => {
    switch (kind) {
      case 'enable':
      case 'disable': {
        const enabled = kind === 'enable';
        if (account.enabled === enabled) return { skip: true, note: t('batch.same') };
        await changeAccount(account, { enabled }, false);
        return {};
      }
      case 'test': {
        const result = await testAccount(account.id);
        if (!result.ok) throw new Error(result.error ?? `HTTP ${result.status}`);
        return { note: `${visible(result.model)} · ${milliseconds(result.duration_ms)}` };
      }
      case 'quota': {
        const after = await askQuota(account.id);
        if (!after.usage_page) return { skip: true, note: t('batch.noQuota') };
        if (after.usage_page.problem) throw new Error(after.usage_page.problem);
        return { note: after.usage_page.plan ? visible(after.usage_page.plan) : undefined };
      }
      case 'reset':
        await resetAccount(account.id);
        return {};
      case 'tags':
        await changeAccount(account, { tags: changeTags(account.tags, mode, tags) }, false);
        return {};
      case 'priority':
      case 'weight':
        await changeAccount(account, { [kind]: Number(number) }, false);
        return {};
      case 'delete':
        await removeAccount(account);
        return {};
      default:
        return {};
    }
  };
  const words = (error: unknown): string => {
    const { title, detail } = describe(error, t);
    return error instanceof Error && !(detail ?? '') ? visible(error.message) || title : [title, detail].filter(Boolean).join(': ');
  };
  const run = async (list: BatchItem<Account>[], what: (account: Account) => Promise<BatchResult>): Promise<void> => {
    setPhase('running');
    stop.current = new AbortController();
    const after = await runBatch(list, what, words, setItems, stop.current.signal);
    setPhase('over');
    if (kind === 'delete') onGone(after.filter((i) => i.state === 'done').map((i) => i.key));
    for (const key of ['accounts', 'quotas', 'models', 'limits']) void client.invalidateQueries({ queryKey: [key] });
  };
  useEffect(() => {
    if (!atOnce.has(kind) || begun.current) return;
    begun.current = true;
    void run(items, work);
  });

  const restore = (): void => {
    setUndone(true);
    const done = items.filter((i) => i.state === 'done').map((i): BatchItem<Account> => ({ ...i, state: 'waiting', note: undefined }));
    void run(done, async (account) => {
      if (kind === 'delete') await restoreAccount(account.id);
      else await changeAccount(account, { enabled: account.enabled, priority: account.priority, weight: account.weight, tags: account.tags }, false);
      return { note: t('batch.restored') };
    });
  };
  const failed = items.filter((i) => i.state === 'failed').length;
  const done = items.filter((i) => i.state === 'done').length;
  const able = items.filter((i) => i.state === 'waiting').length;
  const isNumber = kind === 'priority' || kind === 'weight';
  const isFine = able > 0 && (!isNumber || (/^-?\d+$/.test(number.trim()) && (kind === 'priority' || Number(number) >= 0))) && (kind !== 'tags' || tags.length > 0 || mode === 'replace');
  const close = (): void => {
    stop.current.abort();
    onClose();
  };

  return (
    <Dialog
      open
      onClose={close}
      title={t(`batch.head.${kind}`, { count: accounts.length })}
      description={phase === 'ask' ? undefined : t('batch.progress', { done: items.filter((i) => i.state !== 'waiting' && i.state !== 'running').length, count: items.length })}
      footer={
        phase === 'ask' ? (
          <>
            <Button onClick={close}>{t('cancel')}</Button>
            <Button look={kind === 'delete' ? 'danger' : 'primary'} disabled={!isFine} onClick={() => void run(items, work)}>
              {t(`batch.do.${kind}`, { count: able })}
            </Button>
          </>
        ) : (
          <>
            {phase === 'over' && undoable.has(kind) && done > 0 && !undone ? (
              <Button icon={Undo2} onClick={restore}>
                {t('undo')}
              </Button>
            ) : null}
            {phase === 'over' && failed > 0 ? (
              <Button icon={RotateCcw} onClick={() => void run(retryFailed(items), work)}>
                {t('batch.retry', { count: failed })}
              </Button>
            ) : null}
            {phase === 'running' ? (
              <Button onClick={() => stop.current.abort()}>{t('batch.stop')}</Button>
            ) : (
              <Button look="primary" onClick={close}>
                {t('close')}
              </Button>
            )}
          </>
        )
      }
    >
      {phase === 'ask' ? (
        <div className="mb-4 flex flex-col gap-3">
          {kind === 'test' || kind === 'delete' ? <p>{t(`batch.effect.${kind}`)}</p> : null}
          {kind === 'tags' ? (
            <>
              <Segmented label={t('batch.mode.title')} value={mode} onChange={setMode} options={(['add', 'remove', 'replace'] as const).map((value) => ({ value, label: t(`batch.mode.${value}`) }))} />
              <Field label={t('column.tags')}>{(wiring) => <Words {...wiring} value={tags} onChange={setTags} suggestions={allTags} placeholder={t('batch.tagsHint')} />}</Field>
            </>
          ) : null}
          {isNumber ? (
            <Field label={t(`column.${kind}`)} hint={t(`hint.${kind}`)}>
              {(wiring) => <Input {...wiring} inputMode="numeric" className="nums max-w-40" value={number} onChange={(e) => setNumber(e.target.value)} />}
            </Field>
          ) : null}
        </div>
      ) : null}
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.key} className="flex items-start gap-2.5 py-1.5">
            <Mark state={phase === 'ask' && item.state === 'waiting' ? null : item.state} word={t(`batch.state.${item.state}`)} />
            <div className="min-w-0 flex-1">
              <div className="truncate">
                <Plain text={item.value.label} />
              </div>
              {item.note ? <div className={`text-[13px] break-words ${item.state === 'failed' ? 'text-bad' : 'text-muted'}`}>{item.note}</div> : null}
            </div>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Mark({ state, word }: { state: BatchItem<unknown>['state'] | null; word: string }) {
  if (!state) return null;
  const looks = { waiting: [Clock, 'text-muted'], running: [LoaderCircle, 'animate-spin text-muted'], done: [CircleCheck, 'text-ok'], failed: [CircleAlert, 'text-bad'], skipped: [CircleMinus, 'text-muted'] } as const;
  const [Icon, look] = looks[state];
  return (
    <span className="mt-0.5 shrink-0">
      <Icon aria-hidden className={`size-4 ${look}`} />
      <span className="sr-only">{word}</span>
    </span>
  );
}
