import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { type FormEvent, useId, useMemo, useState } from 'react';
import { api, data } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import type { Flow } from '@/lib/flows';
import * as format from '@/lib/format';
import { clip, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge, toneOfStatus } from '@/ui/figures';
import { Field, Input, Select } from '@/ui/field';
import { Mono, Plain } from '@/ui/plain';
import { NotRecorded } from './not-recorded';
import { type DiffPiece, diffLines, diffWords } from './wire/diff';

type ReplayView = View<'ReplayView'>;

/** Sends a request again, as it was or to another model or account, and shows both answers side by side. */
export function Replay({ flow, recorded, open, onClose }: { flow: Flow; /** Whether the request's body is there; null where that is not known yet. */ recorded: boolean | null; open: boolean; onClose: () => void }) {
  const t = useTexts('request');
  const listId = useId();
  const [model, setModel] = useState('');
  const [account, setAccount] = useState('');
  const [stream, setStream] = useState<'same' | 'true' | 'false'>('same');
  const accounts = useQuery({ queryKey: ['accounts', 'all'], queryFn: () => data(api.GET('/api/v1/accounts')), enabled: open });
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')), enabled: open });
  const replay = useMutation({
    mutationFn: () => data(api.POST('/api/v1/flows/{id}/replay', { params: { path: { id: flow.id } }, body: { ...(model.trim() ? { model: model.trim() } : {}), ...(account ? { account } : {}), ...(stream === 'same' ? {} : { stream: stream === 'true' }) } })),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    replay.mutate();
  };
  return (
    <Dialog
      open={open}
      onClose={() => {
        onClose();
        if (!replay.isPending) replay.reset();
      }}
      title={t('replay')}
      description={t('replayText')}
      wide
      side
      footer={
        <>
          <Button onClick={onClose}>{t('close')}</Button>
          <Button look="primary" type="submit" form="replay" busy={replay.isPending} disabled={recorded === false}>
            {t(replay.data ? 'replayAgain' : 'replaySend')}
          </Button>
        </>
      }
    >
      {recorded === false ? <NotRecorded /> : null}
      <form id="replay" onSubmit={submit} className={clsx('gap-4 sm:grid-cols-3', recorded === false ? 'hidden' : 'grid')}>
        <Field label={t('fact.model')} hint={t('replayModel')}>
          {(wiring) => (
            <>
              <Input {...wiring} list={listId} value={model} placeholder={visible(clip(flow.requested_model, 80))} onChange={(event) => setModel(event.target.value)} />
              <datalist id={listId}>
                {models.data?.models.slice(0, 500).map((m) => (
                  <option key={m.id} value={m.id} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label={t('fact.account')}>
          {(wiring) => <Select {...wiring} label={t('fact.account')} value={account || 'any'} onChange={(next) => setAccount(next === 'any' ? '' : next)} options={[{ value: 'any', label: t('replayAny') }, ...(accounts.data?.accounts.slice(0, 300).map((a) => ({ value: a.id, label: visible(clip(a.label, 60)), hint: a.provider })) ?? [])]} />}
        </Field>
        <Field label={t('fact.form')}>
          {(wiring) => (
            <Select
              {...wiring}
              label={t('fact.form')}
              value={stream}
              onChange={setStream}
              options={[
                { value: 'same', label: t('replaySame') },
                { value: 'true', label: t('streamed') },
                { value: 'false', label: t('whole') },
              ]}
            />
          )}
        </Field>
      </form>
      <div className="mt-4" aria-live="polite">
        {replay.error ? <ErrorBox error={replay.error} /> : null}
        {replay.data ? <Comparison result={replay.data} /> : null}
      </div>
    </Dialog>
  );
}

const shownLines = 600;

function Comparison({ result }: { result: ReplayView }) {
  const t = useTexts('request');
  const { original, replay } = result;
  const texts = [original, replay].map((side) => [side.text ?? '', ...side.tool_calls.map((c) => `→ ${c.name}\n${c.arguments}`)].filter(Boolean).join('\n\n').slice(0, 400_000)) as [string, string];
  const rows = useMemo(() => diffLines(texts[0], texts[1]), [texts[0], texts[1]]); // oxlint-disable-line react-hooks/exhaustive-deps
  const differs = new Set(result.differences);
  const facts: [string, string, (flow: Flow) => string][] = [
    ['status', t('fact.status'), (f) => String(f.status)],
    ['model', t('fact.model'), (f) => f.model || f.requested_model],
    ['account', t('fact.account'), (f) => f.account || '–'],
    ['usage', t('tokens'), (f) => (f.usage ? `${format.count(f.usage.input ?? 0)} → ${format.count(f.usage.output ?? 0)}` : '–')],
    ['cost', t('fact.cost'), (f) => (f.cost === null || f.cost === undefined ? '–' : format.money(f.cost))],
    ['duration', t('fact.duration'), (f) => format.milliseconds(f.duration_ms)],
  ];
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{t('differs')}</span>
        {result.differences.length === 0 ? <Badge tone="ok">{t('nothingDiffers')}</Badge> : result.differences.map((d) => <Badge key={d} tone="warn">{t(`difference.${d}`, { defaultValue: d })}</Badge>)}
      </div>
      <div className="overflow-x-auto">
        <table className="w-full text-left">
          <thead>
            <tr className="text-[13px] text-muted">
              <td />
              <th scope="col" className="py-1 pr-3 font-medium">{t('original')}</th>
              <th scope="col" className="py-1 font-medium">
                {t('replayed')}{' '}
                <Link to="/requests/$id" params={{ id: replay.flow.id } as never} className="text-accent underline">
                  {t('openIt')}
                </Link>
              </th>
            </tr>
          </thead>
          <tbody className="nums">
            {facts.map(([id, name, of]) => (
              <tr key={id} className="border-t border-line">
                <th scope="row" className="py-1 pr-3 font-normal text-muted">{name}</th>
                {[original.flow, replay.flow].map((f, i) => (
                  // oxlint-disable-next-line react/no-array-index-key
                  <td key={i} className={clsx('py-1 pr-3', differs.has(id) && i === 1 && 'font-medium text-warn')}>
                    {id === 'status' ? <Badge tone={toneOfStatus(f.status)}>{of(f)}</Badge> : id === 'model' ? <Mono text={clip(of(f), 100)} /> : <Plain text={clip(of(f), 100)} />}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {replay.flow.error ? <p className="rounded-lg bg-bad-soft p-3 break-words text-bad"><Plain text={clip(replay.flow.error, 2000)} /></p> : null}
      <div role="region" aria-label={t('answers')} tabIndex={0} className="max-h-[60dvh] overflow-auto rounded-lg border border-line text-[13px] leading-5">
        <div className="sticky top-0 grid grid-cols-2 border-b border-line bg-surface text-muted">
          <div className="px-2 py-1">{t('original')}</div>
          <div className="border-l border-line px-2 py-1">{t('replayed')}</div>
        </div>
        {rows.slice(0, shownLines).map((row, i) => {
          const pieces = row.kind === 'changed' ? diffWords(row.left ?? '', row.right ?? '') : null;
          return (
            // oxlint-disable-next-line react/no-array-index-key
            <div key={i} className="grid grid-cols-2">
              <Side text={row.left} pieces={pieces?.left} own={row.kind !== 'same'} mark="−" tone="bg-bad-soft" strong="bg-bad-bar/35" />
              <Side text={row.right} pieces={pieces?.right} own={row.kind !== 'same'} mark="+" tone="bg-ok-soft" strong="bg-ok-bar/35" />
            </div>
          );
        })}
        {rows.length > shownLines ? <p className="px-2 py-1 text-muted">{t('moreLines', { count: rows.length - shownLines, shown: format.count(rows.length - shownLines) })}</p> : null}
        {original.text === undefined || original.text === null ? <p className="border-t border-line px-2 py-1 text-muted">{t('originalMissing')}</p> : null}
      </div>
    </div>
  );
}

function Side({ text, pieces, own, mark, tone, strong }: { text: string | null; pieces: DiffPiece[] | undefined; own: boolean; mark: string; tone: string; strong: string }) {
  return (
    <div className={clsx('flex min-w-0 gap-1 border-l border-line px-2 first:border-l-0', text !== null && own && tone)}>
      <span className="w-3 shrink-0 text-muted select-none">{text !== null && own ? mark : ''}</span>
      <bdi className="min-w-0 break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
        {pieces && pieces.length > 0
          ? pieces.slice(0, 500).map((p, i) => (
              // oxlint-disable-next-line react/no-array-index-key
              <span key={i} className={p.own ? strong : undefined}>
                {visible(clip(p.text, 20_000))}
              </span>
            ))
          : visible(clip(text ?? '', 20_000)) || ' '}
      </bdi>
    </div>
  );
}
