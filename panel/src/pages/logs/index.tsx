import { useVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { ArrowDown, Download, Eraser, ScrollText } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, json, query } from '@/api/client';
import { useStream } from '@/api/stream';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import { saveParts } from '@/lib/download';
import * as format from '@/lib/format';
import { usePreference, useSettled } from '@/lib/hooks';
import { clip, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { ErrorBox } from '@/ui/error';
import { Badge, type Tone } from '@/ui/figures';
import { Input, SearchInput, Select, Switch } from '@/ui/field';
import { Empty, Page, Skeleton } from '@/ui/page';
import { asFileLine, type Level, levelOf, levels, type LogLine, LogRing, partsOf } from './ring';

interface LogPage {
  lines: LogLine[];
  last: number;
  dropped: boolean;
}

/** A log that is read: the lines, and how many times they have changed. */
interface Log {
  filter: string;
  /** The number from which on lines come by the stream. */
  after: number;
  ring: LogRing;
  ready: boolean;
  error: unknown;
}

export default function Logs() {
  const t = useTexts('logs');
  const [address, setAddress] = useAddress();
  const level = levels.find((l) => l === address.level) ?? '';
  const filter = query({ level, category: address.category, text: address.text });
  const [log, setLog] = useState<Log | null>(null);
  const [turn, setTurn] = useState(0);
  const [version, setVersion] = useState(0);
  const [fresh, setFresh] = useState(0);
  const [wrap, setWrap] = usePreference('logs.wrap', true);
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const waiting = useRef<LogLine[]>([]);
  const ringNow = useRef<LogRing | null>(null);
  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    const ring = new LogRing();
    const abort = new AbortController();
    waiting.current = [];
    atEnd.current = true;
    json<LogPage>('GET', `/api/v1/logs${filter}${filter ? '&' : '?'}limit=1000`).then(
      (page) => {
        if (abort.signal.aborted) return;
        ring.add(page.lines);
        ringNow.current = ring;
        setLog({ filter, after: page.last, ring, ready: true, error: null });
        setVersion((n) => n + 1);
        setFresh(0);
      },
      (error: unknown) => !abort.signal.aborted && setLog({ filter, after: 0, ring, ready: false, error }),
    );
    return () => abort.abort();
  }, [filter, turn]);
  const mine = log?.filter === filter ? log : null;
  const missing = mine?.error instanceof ApiError && mine.error.status === 404;

  // Lines come in bursts: they are shown together, some times a second.
  const take = useCallback(() => {
    due.current = undefined;
    const lines = waiting.current;
    waiting.current = [];
    const added = ringNow.current?.add(lines) ?? 0;
    if (added > 0 && !atEnd.current) setFresh((n) => n + added);
    setVersion((n) => n + 1);
  }, []);
  useEffect(() => () => clearTimeout(due.current), []);
  const live = address.live !== 'off' && mine?.ready === true;
  // From the last line that was read; after a break from the last that came.
  const state = useStream(
    live ? `/api/v1/logs/live${filter}${filter ? '&' : '?'}after=${mine.after}` : null,
    {
      line: (value) => {
        const line = value as LogLine;
        if (typeof line?.message !== 'string') return;
        waiting.current.push(line);
        if (waiting.current.length > 10_000) waiting.current.shift();
        due.current ??= setTimeout(take, 200);
      },
    },
    (how) => {
      if (how === 'anew') setTurn((n) => n + 1);
      // A gateway that was started anew counts from one again: then all is read anew.
      if (how === 'resumed') void json<LogPage>('GET', '/api/v1/logs?limit=1').then((page) => page.last < (mine?.ring.last ?? 0) && setTurn((n) => n + 1)).catch(() => undefined);
    },
  );

  const lines = mine?.ring.lines ?? none;
  // oxlint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => 25, overscan: 10, getItemKey: (i) => lines[i]?.number ?? i });
  useEffect(() => {
    if (atEnd.current && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
    // With every change of the lines.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [version, lines.length, wrap]);
  const onScroll = (): void => {
    const element = box.current;
    if (!element) return;
    const end = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    atEnd.current = end;
    if (end && fresh > 0) setFresh(0);
  };
  const toEnd = (): void => {
    atEnd.current = true;
    setFresh(0);
    if (lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  };
  const save = (): void => {
    saveParts(`dragoman-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.log`, lines.map((l) => `${asFileLine(l)}\n`), 'text/plain');
  };

  return (
    <Page
      title={t('pages.logs')}
      fill
      actions={<Switch label={t(live && state === 'lost' ? 'liveLost' : 'live')} checked={address.live !== 'off'} onChange={(on) => setAddress({ live: on ? undefined : 'off' })} />}
    >
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <FilterText name="text" label={t('searchText')} search value={address.text ?? ''} onChange={setAddress} />
        <Select<Level | 'all'> label={t('level.title')} className="w-40" value={level || 'all'} onChange={(next) => setAddress({ level: next === 'all' ? undefined : next })} options={[{ value: 'all', label: t('level.all') }, ...levels.map((l) => ({ value: l, label: t('level.least', { level: t(`level.${l}`) }) }))]} />
        <FilterText name="category" label={t('category')} value={address.category ?? ''} onChange={setAddress} />
        <div className="ml-auto flex flex-wrap items-center gap-2">
          <Switch label={t('wrap')} checked={wrap} onChange={setWrap} />
          <Button
            icon={Eraser}
            disabled={lines.length === 0}
            onClick={() => {
              const last = mine?.ring.last ?? 0;
              // What has been seen goes from the screen; what is newer comes.
              const ring = emptyFrom(last);
              ringNow.current = ring;
              setLog((now) => (now ? { ...now, ring } : now));
              setFresh(0);
            }}
          >
            <span className="sr-only sm:not-sr-only">{t('clear')}</span>
          </Button>
          <Button icon={Download} disabled={lines.length === 0} onClick={save}>
            <span className="sr-only sm:not-sr-only">{t('download')}</span>
          </Button>
        </div>
      </div>
      {mine?.error && !missing ? (
        <ErrorBox error={mine.error} onRetry={() => setTurn((n) => n + 1)} />
      ) : missing ? (
        <Empty icon={ScrollText} title={t('missing')}>
          {t('missingText')}
        </Empty>
      ) : (
        <div className="relative flex min-h-0 flex-1 flex-col">
          <div ref={box} role="log" aria-live="off" aria-label={t('pages.logs')} tabIndex={0} onScroll={onScroll} className="card min-h-0 flex-1 overflow-auto py-1 text-[13px] leading-5 [overflow-anchor:none]">
            {!mine ? <Skeleton lines={9} className="p-4" /> : null}
            {mine?.ready && lines.length === 0 ? (
              <Empty icon={ScrollText} title={t('nothing')}>
                {t(filter ? 'nothingFits' : 'nothingText')}
              </Empty>
            ) : null}
            <div className={clsx('relative', !wrap && 'min-w-max')} style={{ height: virtual.getTotalSize() }}>
              {virtual.getVirtualItems().map((item) => {
                const line = lines[item.index];
                return line ? (
                  <div key={item.key} data-index={item.index} ref={virtual.measureElement} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${item.start}px)` }}>
                    <Line line={line} wrap={wrap} />
                  </div>
                ) : null;
              })}
            </div>
          </div>
          <div className="nums flex flex-wrap gap-x-4 pt-1 text-[12.5px] text-muted">
            <span>{t('count', { count: lines.length, shown: format.count(lines.length) })}</span>
            {(mine?.ring.dropped ?? 0) > 0 ? <span>{t('droppedLines')}</span> : null}
          </div>
          {fresh > 0 ? (
            <button type="button" onClick={toEnd} className="absolute bottom-9 left-1/2 inline-flex -translate-x-1/2 items-center gap-1.5 rounded-full bg-accent-solid px-3 py-1 text-[13px] font-medium text-white shadow-pop hover:brightness-110">
              <ArrowDown aria-hidden className="size-3.5" />
              {t('fresh', { count: fresh })}
            </button>
          ) : null}
        </div>
      )}
    </Page>
  );
}

const none: readonly LogLine[] = [];

/** An empty ring that takes what is newer than a line. */
const emptyFrom = (last: number): LogRing => new LogRing(undefined, undefined, last);

function FilterText({ name, label, value, onChange, search }: { name: string; label: string; value: string; onChange: (change: Record<string, string | undefined>) => void; search?: boolean }) {
  const [text, setText] = useState({ of: value, now: value });
  const now = text.of === value ? text.now : value;
  const settled = useSettled(now, 350);
  useEffect(() => {
    if (settled === now && settled.trim() !== value) onChange({ [name]: settled.trim() || undefined });
    // Only when someone has stopped writing.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  const props = { value: now, onChange: (event: { target: { value: string } }) => setText({ of: value, now: event.target.value }) };
  return search ? <SearchInput label={label} className="w-full sm:w-80" {...props} /> : <Input aria-label={label} placeholder={label} className="!w-40" {...props} />;
}

const tones: Record<Level, Tone> = { trace: 'muted', debug: 'muted', info: 'accent', warn: 'warn', error: 'bad', critical: 'bad' };
const preview = 2000;

const Line = memo(function Line({ line, wrap }: { line: LogLine; wrap: boolean }) {
  const t = useTexts('logs');
  const [size, setSize] = useState(preview);
  const level = levelOf(line.level);
  const left = line.message.length - size;
  return (
    <div className={clsx('group flex items-start gap-x-2 px-3 py-0.5 hover:bg-sunken', wrap && 'max-sm:flex-wrap', (level === 'error' || level === 'critical') && 'bg-bad-soft/60')}>
      <time dateTime={line.at} title={format.dateTime(line.at)} className="nums shrink-0 text-muted">
        {format.time(line.at)}
      </time>
      <span className="w-16 shrink-0">
        <Badge tone={tones[level]}>{t(`level.${level}`)}</Badge>
      </span>
      <bdi className="hidden w-32 shrink-0 truncate text-muted md:block" title={visible(clip(line.category, 200))}>
        {visible(clip(line.category, 60))}
      </bdi>
      <bdi className={clsx('min-w-0 font-mono text-[12.5px]', wrap ? 'flex-1 max-sm:basis-full break-words whitespace-pre-wrap [overflow-wrap:anywhere]' : 'whitespace-pre')}>
        {partsOf(line.message.slice(0, size), line.request_id).map((part, i) =>
          part.id ? (
            // oxlint-disable-next-line react/no-array-index-key
            <Link key={i} to="/requests/$id" params={{ id: part.id } as never} className="text-accent underline">
              {visible(part.text)}
            </Link>
          ) : (
            // oxlint-disable-next-line react/no-array-index-key
            <span key={i}>{visible(part.text)}</span>
          ),
        )}
        {left > 0 ? (
          <button type="button" onClick={() => setSize((n) => n * 5)} className="ml-1 rounded px-1 font-sans text-accent hover:bg-accent-soft">
            {t('showMore', { left: format.count(left) })}
          </button>
        ) : null}
      </bdi>
      <CopyButton text={asFileLine(line)} label={t('copyLine')} className="-my-0.5 shrink-0 opacity-0 group-hover:opacity-100 focus-visible:opacity-100" />
    </div>
  );
});
