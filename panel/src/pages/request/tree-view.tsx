import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { ChevronRight, Image as ImageIcon } from 'lucide-react';
import { memo, useEffect, useRef, useState } from 'react';
import { useTexts } from '@/app/i18n';
import { bytes, count } from '@/lib/format';
import { visible } from '@/lib/text';
import { Badge } from '@/ui/figures';
import { copyText } from '@/ui/copy';
import { Button } from '@/ui/button';
import type { Body } from './wire/body';
import type { TreeRow } from './wire/tree';

interface Props {
  body: Body;
  /** -1 for the body itself, else the place of an event. */
  doc: number;
  /** What the translation could not carry, marked at its place. */
  losses?: readonly { kind: string; path: string; reason: string }[];
  /** The loss to go to; grows with each wish. */
  goTo?: { loss: number; turn: number } | null;
  /** Whether it scrolls in itself. */
  inner?: boolean;
  /** The tools of the tree stand at the page's place for them. */
  label: string;
}

const noLosses: NonNullable<Props['losses']> = [];

/** JSON as a tree: only the rows in sight are in the document, long strings are previews. */
export function TreeView({ body, doc, losses = noLosses, goTo, inner, label }: Props) {
  const t = useTexts('request');
  const [rows, setRows] = useState<TreeRow[] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const places = useRef<(number | null)[]>([]);
  const paths = JSON.stringify(losses.map((l) => l.path));
  useEffect(() => {
    let gone = false;
    const marked = JSON.parse(paths) as string[];
    void (marked.length > 0 ? body.ask('mark', doc, marked) : body.ask('rows', doc).then((r) => ({ rows: r, places: [] as (number | null)[] }))).then((result) => {
      if (gone) return;
      places.current = result.places;
      setRows(result.rows);
    });
    return () => {
      gone = true;
    };
  }, [body, doc, paths]);
  const all = rows ?? [];
  // oxlint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({ count: all.length, getScrollElement: () => box.current, estimateSize: () => 24, overscan: 12, getItemKey: (i) => `${all[i]?.id}${all[i]?.kind === 'more' ? '+' : ''}` });
  useEffect(() => {
    if (!goTo || !rows) return;
    const place = places.current[goTo.loss];
    const index = rows.findIndex((r) => r.id === place);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'center' });
    // Once for each wish, when the rows are there.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [goTo, rows === null]);

  const change = (next: Promise<TreeRow[]>): void => void next.then(setRows);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex gap-1 pb-1.5">
        <Button small look="quiet" onClick={() => change(body.ask('openAll', doc, true))}>
          {t('openAll')}
        </Button>
        <Button small look="quiet" onClick={() => change(body.ask('openAll', doc, false))}>
          {t('closeAll')}
        </Button>
      </div>
      <div ref={box} role="region" aria-label={label} tabIndex={0} className={clsx('min-h-0 overflow-auto rounded-lg border border-line bg-sunken py-1.5 font-mono text-[13px] leading-5', inner ? 'max-h-80' : 'flex-1')}>
        <div className="relative min-w-max" style={{ height: virtual.getTotalSize(), minWidth: '100%' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = all[item.index];
            return row ? (
              <div key={item.key} data-index={item.index} ref={virtual.measureElement} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${item.start}px)` }}>
                <TreeLine row={row} body={body} doc={doc} losses={losses} onToggle={() => change(body.ask('toggle', doc, row.id))} onMore={() => change(body.ask('more', doc, row.id))} />
              </div>
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}

const colours: Partial<Record<TreeRow['kind'], string>> = { string: 'text-ok', number: 'text-accent', true: 'text-warn', false: 'text-warn', null: 'text-muted' };

const TreeLine = memo(
  function TreeLine({ row, body, doc, losses, onToggle, onMore }: { row: TreeRow; body: Body; doc: number; losses: NonNullable<Props['losses']>; onToggle: () => void; onMore: () => void }) {
    const t = useTexts('request');
    const [full, setFull] = useState<string | null>(null);
    const [picture, setPicture] = useState<string | null | undefined>(undefined);
    const container = row.kind === 'object' || row.kind === 'array';
    const shown = full ?? row.text;
    const left = row.size - shown.length;
    const marked = row.losses !== undefined;
    const indent = { paddingLeft: `${0.75 + Math.min(row.depth, 30) * 1}rem` };
    if (row.kind === 'more')
      return (
        <div style={indent} className="py-0.5">
          <button type="button" onClick={onMore} className="ml-5 rounded px-1.5 font-sans text-accent hover:bg-accent-soft">
            {t('moreMembers', { count: row.size, shown: count(row.size) })}
          </button>
        </div>
      );
    return (
      <div style={indent} className={clsx('group flex items-start gap-1 pr-3', marked && 'bg-warn-soft')}>
        {container && row.size > 0 ? (
          <button type="button" aria-expanded={row.open} aria-label={t(row.open ? 'closeNode' : 'openNode', { name: String(row.key ?? '') })} onClick={onToggle} className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded text-muted hover:bg-line hover:text-text">
            <ChevronRight aria-hidden className={clsx('size-3.5 transition-transform', row.open && 'rotate-90')} />
          </button>
        ) : (
          <span className="w-4 shrink-0" />
        )}
        <div className="min-w-0 max-w-[min(70rem,calc(100vw-6rem))] break-words whitespace-pre-wrap [overflow-wrap:anywhere]">
          {row.depth > 30 ? <span className="text-muted">{row.depth}· </span> : null}
          {row.key === null ? null : (
            <>
              <bdi className={typeof row.key === 'number' ? 'text-muted' : 'text-text'}>{typeof row.key === 'number' ? row.key : visible(row.key)}</bdi>
              <span className="text-muted">: </span>
            </>
          )}
          {container ? (
            <button type="button" tabIndex={-1} onClick={onToggle} className="text-muted">
              {row.kind === 'object' ? (row.open || row.size === 0 ? '{' : '{…') : row.open || row.size === 0 ? '[' : '[…'}
              {row.size === 0 || !row.open ? (row.kind === 'object' ? '}' : ']') : ''}
              {row.size > 0 ? <span className="ml-1.5 text-[12px]">{count(row.size)}</span> : null}
            </button>
          ) : (
            <bdi className={colours[row.kind]}>{row.kind === 'string' ? `"${visible(shown)}${full === null && row.cut ? '' : '"'}` : visible(shown)}</bdi>
          )}
          {row.kind === 'string' && (row.cut || (full !== null && left > 0)) && left > 0 ? (
            <span className="font-sans">
              {' '}
              <button type="button" onClick={() => void body.ask('string', doc, row.id, shown.length * 4 > 200_000 ? shown.length + 200_000 : Math.max(8000, shown.length * 4)).then(setFull)} className="rounded px-1 text-accent hover:bg-accent-soft">
                {t('showMore', { left: count(left) })}
              </button>
              <button type="button" onClick={() => void body.ask('source', doc, row.id).then(copyText)} className="rounded px-1 text-accent hover:bg-accent-soft">
                {t('copyWhole')}
              </button>
            </span>
          ) : null}
          {row.picture ? (
            <span className="font-sans">
              {' '}
              <button type="button" onClick={() => (picture ? setPicture(undefined) : void body.ask('picture', doc, row.id).then(setPicture))} className="inline-flex items-center gap-1 rounded px-1 text-accent hover:bg-accent-soft">
                <ImageIcon aria-hidden className="size-3.5" />
                {t(picture ? 'hidePicture' : 'showPicture')}
              </button>
              {picture === null ? <span className="text-muted">{t('noPicture')}</span> : null}
            </span>
          ) : null}
          {picture ? <img src={picture} alt={t('picture', { size: bytes((picture.length * 3) / 4) })} className="my-1 block max-h-80 max-w-full rounded border border-line bg-surface" /> : null}
          {row.losses?.map((i) => {
            const loss = losses[i];
            return loss ? (
              <span key={i} className="ml-2 font-sans">
                <Badge tone="warn">{t(`loss.${loss.kind === 'dropped' ? 'dropped' : 'approximated'}`)}</Badge> <span className="text-warn">{visible(loss.reason)}</span>
              </span>
            ) : null;
          })}
        </div>
      </div>
    );
  },
  (a, b) => a.row === b.row && a.body === b.body && a.losses === b.losses,
);
