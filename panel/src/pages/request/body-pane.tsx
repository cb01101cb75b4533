import { ChevronRight, Download } from 'lucide-react';
import { clsx } from 'clsx';
import { useState } from 'react';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { download } from '@/lib/download';
import { bytes, count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Button, IconButton } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Badge } from '@/ui/figures';
import { Select } from '@/ui/field';
import { Skeleton } from '@/ui/page';
import { Segmented } from '@/ui/tabs';
import { SaidParts } from './said-parts';
import { TreeView } from './tree-view';
import { type Body, type Loaded, useAnswer, useBody } from './wire/body';

export type BodyView = View<'FlowBodyView'>;

/** The name of a body among those of its request. */
export const bodyKey = (b: BodyView): string => `${b.kind}.${b.attempt}`;

type Look = 'tree' | 'events' | 'said' | 'raw';

interface Props {
  flow: string;
  bodies: readonly BodyView[];
  value: string;
  onChange: (value: string) => void;
  attempts: number;
  losses: readonly { kind: string; path: string; reason: string }[];
  goTo: { loss: number; turn: number } | null;
  label: string;
}

/** One recorded body: which, how it is shown, and what was done to it when it was kept. */
export function BodyPane({ flow, bodies, value, onChange, attempts, losses, goTo, label }: Props) {
  const t = useTexts('request');
  const chosen = bodies.find((b) => bodyKey(b) === value);
  const address = chosen ? `/api/v1/flows/${encodeURIComponent(flow)}/bodies/${chosen.kind}?attempt=${chosen.attempt}` : null;
  const { loaded, error, again } = useBody(address, chosen?.content_type ?? '');
  const [wanted, setWanted] = useState<Look | null>(null);
  const nameOf = (b: BodyView): string => `${t(`body.${b.kind}`)}${attempts > 1 && b.kind.startsWith('upstream') ? ` · ${t('attemptNumber', { number: b.attempt + 1 })}` : ''}`;
  const form = loaded?.info.form;
  const looks: Look[] = !form ? [] : form === 'json' ? ['tree', ...(chosen?.kind.endsWith('answer') ? (['said'] as const) : []), 'raw'] : form === 'text' ? ['raw'] : ['said', 'events', 'raw'];
  const look = wanted && looks.includes(wanted) ? wanted : (looks[0] ?? 'raw');
  return (
    <section aria-label={label} className="flex min-h-0 min-w-0 flex-1 flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Select label={label} value={value} onChange={onChange} options={bodies.map((b) => ({ value: bodyKey(b), label: nameOf(b), hint: `${b.content_type} · ${bytes(b.length)}` }))} className="w-56 max-w-full" />
        {looks.length > 1 ? <Segmented<Look> label={t('look.title')} value={look} onChange={setWanted} options={looks.map((l) => ({ value: l, label: t(`look.${l}`) }))} /> : null}
        <span className="ml-auto flex items-center gap-1.5 text-[13px] text-muted">
          {chosen ? <span className="nums">{bytes(chosen.length)}</span> : null}
          {address && chosen ? <IconButton label={t('downloadRaw')} icon={Download} onClick={() => download(address, `${flow}.${chosen.kind}.${chosen.attempt}.txt`)} /> : null}
        </span>
      </div>
      {chosen && (chosen.cut || chosen.redacted || chosen.media_left_out || chosen.same_as) ? (
        <div className="flex flex-wrap gap-1.5">
          {chosen.cut ? <Badge tone="warn">{t('note.cut', { kept: bytes(chosen.kept), length: bytes(chosen.length) })}</Badge> : null}
          {chosen.redacted ? <Badge>{t('note.redacted')}</Badge> : null}
          {chosen.media_left_out ? <Badge>{t('note.media')}</Badge> : null}
          {chosen.same_as ? <Badge>{t('note.same', { name: t(`body.${chosen.same_as}`) })}</Badge> : null}
        </div>
      ) : null}
      {loaded && loaded.info.brokenAt !== null ? <p className="text-[13px] text-warn">{t('brokenAt', { place: count(loaded.info.brokenAt) })}</p> : null}
      {error ? (
        <ErrorBox error={error} onRetry={again} />
      ) : !loaded || !chosen ? (
        <Skeleton lines={8} className="rounded-lg border border-line p-3" />
      ) : look === 'tree' ? (
        <TreeView key={value} body={loaded.body} doc={-1} losses={chosen.kind === 'client-request' ? losses : undefined} goTo={chosen.kind === 'client-request' ? goTo : null} label={nameOf(chosen)} />
      ) : look === 'events' ? (
        <Events key={value} loaded={loaded} />
      ) : look === 'said' ? (
        <Folded key={value} body={loaded.body} />
      ) : (
        <Raw key={value} loaded={loaded} label={nameOf(chosen)} />
      )}
    </section>
  );
}

const eventsAtOnce = 300;

/** A stream's events in their order; each opens to its data. */
function Events({ loaded }: { loaded: Loaded }) {
  const t = useTexts('request');
  const [shown, setShown] = useState(eventsAtOnce);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const rows = useAnswer(loaded.body, 'events', 0, shown);
  const toggle = (index: number): void =>
    setOpen((now) => {
      const next = new Set(now);
      if (!next.delete(index)) next.add(index);
      return next;
    });
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-1.5">
      <p className="text-[13px] text-muted">{t('events', { count: loaded.info.events, shown: count(loaded.info.events) })}</p>
      <ol tabIndex={0} aria-label={t('look.events')} className="min-h-0 flex-1 overflow-auto rounded-lg border border-line">
        {(rows ?? []).map((row) => (
          <li key={row.index} className="border-b border-line last:border-b-0 [content-visibility:auto] [contain-intrinsic-size:auto_2rem]">
            <button type="button" aria-expanded={open.has(row.index)} onClick={() => toggle(row.index)} className="flex w-full items-center gap-2 px-2 py-1 text-left hover:bg-sunken">
              <ChevronRight aria-hidden className={clsx('size-3.5 shrink-0 text-muted transition-transform', open.has(row.index) && 'rotate-90')} />
              <span className="nums w-10 shrink-0 text-right text-[12.5px] text-muted">{row.index + 1}</span>
              {row.name ? <Badge tone="accent">{visible(row.name.slice(0, 60))}</Badge> : null}
              <bdi className="min-w-0 flex-1 truncate font-mono text-[12.5px] text-muted">{visible(row.text)}</bdi>
              <span className="nums shrink-0 text-[12.5px] text-muted">{bytes(row.size)}</span>
            </button>
            {open.has(row.index) ? (
              <div className="flex flex-col px-2 pb-2">
                {row.json ? <TreeView body={loaded.body} doc={row.index} inner label={t('eventNumber', { number: row.index + 1 })} /> : <EventText body={loaded.body} index={row.index} />}
              </div>
            ) : null}
          </li>
        ))}
        {loaded.info.events > shown ? (
          <li className="p-2 text-center">
            <Button small onClick={() => setShown((n) => n + eventsAtOnce * 2)}>
              {t('showMore', { left: count(loaded.info.events - shown) })}
            </Button>
          </li>
        ) : null}
      </ol>
    </div>
  );
}

function EventText({ body, index }: { body: Body; index: number }) {
  const text = useAnswer(body, 'event', index, 20_000);
  return <pre className="max-h-60 overflow-auto rounded-lg bg-sunken p-2 text-[13px] break-words whitespace-pre-wrap">{visible(text ?? '')}</pre>;
}

/** What the events say together. */
function Folded({ body }: { body: Body }) {
  const t = useTexts('request');
  const said = useAnswer(body, 'said');
  if (!said) return <Skeleton lines={5} />;
  return (
    <div tabIndex={0} role="region" aria-label={t('look.said')} className="min-h-0 flex-1 overflow-auto rounded-lg border border-line p-3">
      {said.parts.length === 0 ? <p className="text-muted">{t('saidNothing')}</p> : <SaidParts parts={said.parts} />}
      {said.cut ? <p className="mt-2 text-[13px] text-warn">{t('saidCut')}</p> : null}
    </div>
  );
}

const rawStep = 60_000;
const rawMost = 1_200_000;

/** The body as it is, from its beginning, more as it is asked for. */
function Raw({ loaded, label }: { loaded: Loaded; label: string }) {
  const t = useTexts('request');
  const [size, setSize] = useState(rawStep);
  const blocks = Math.ceil(Math.min(size, loaded.info.length) / rawStep);
  return (
    <div tabIndex={0} role="region" aria-label={label} className="min-h-0 flex-1 overflow-auto rounded-lg border border-line bg-sunken p-3">
      {Array.from({ length: blocks }, (_, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <RawBlock key={i} body={loaded.body} from={i * rawStep} />
      ))}
      {loaded.info.length === 0 ? <p className="text-muted">{t('emptyBody')}</p> : null}
      {loaded.info.length > size ? (
        size < rawMost ? (
          <Button small className="mt-2" onClick={() => setSize((n) => n * 2)}>
            {t('showMore', { left: count(loaded.info.length - size) })}
          </Button>
        ) : (
          <p className="mt-2 text-[13px] text-muted">{t('rawRest', { left: count(loaded.info.length - size) })}</p>
        )
      ) : null}
    </div>
  );
}

function RawBlock({ body, from }: { body: Body; from: number }) {
  const text = useAnswer(body, 'raw', from, from + rawStep);
  return <div className="font-mono text-[13px] leading-5 break-words whitespace-pre-wrap [contain-intrinsic-size:auto_60rem] [content-visibility:auto] [overflow-wrap:anywhere]">{visible(text ?? '')}</div>;
}
