import type { TFunction } from 'i18next';
import { Bookmark, MessageSquareText, Repeat2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { clientName, type Flow, protocolName } from '@/lib/flows';
import * as format from '@/lib/format';
import { clip, visible } from '@/lib/text';
import { Badge, toneOfStatus } from '@/ui/figures';
import { Plain } from '@/ui/plain';
import type { Field } from './filters';

/** A column of the list of requests. */
export interface FlowColumn {
  id: string;
  width: string;
  least: number;
  right?: boolean;
  off?: boolean;
  /** The filter in its header. */
  field?: Field;
  cell: (flow: Flow, t: TFunction) => ReactNode;
}

const none = <span className="text-muted">–</span>;
const figure = (value: number | null | undefined, show: (value: number) => string): ReactNode => (value === null || value === undefined ? none : show(value));
const text = (value: string, className?: string): ReactNode => (value === '' ? none : <Plain text={clip(value, 200)} className={className} />);
const titled = (value: string, shown = value): ReactNode => (value === '' ? none : <span title={visible(clip(value, 500))}>{text(shown)}</span>);

/** The time of day, with the day where that is another. */
function timeCell(at: string): ReactNode {
  const date = new Date(at);
  const today = new Date().toDateString() === date.toDateString();
  return (
    <time dateTime={at} title={format.dateTime(at)} className="nums">
      {today ? format.time(at) : <><span className="text-muted">{format.monthDay(at)}</span> {format.clock(at)}</>}
    </time>
  );
}

/** The status that the client got, in figures and in a word where they are not enough. */
export function StatusMark({ flow, t }: { flow: Flow; t: TFunction }) {
  return (
    <Badge tone={flow.client_left ? 'muted' : toneOfStatus(flow.status)} title={flow.error ? visible(clip(flow.error, 500)) : undefined} dot>
      <span className="nums">{flow.status}</span>
      {flow.client_left ? <span className="font-normal">{t('left')}</span> : null}
    </Badge>
  );
}

function modelCell(flow: Flow): ReactNode {
  const asked = flow.requested_model;
  const used = flow.model;
  return (
    <span title={visible(clip(asked === used || used === '' ? asked : `${asked} → ${used}`, 300))}>
      {text(asked || used)}
      {used !== '' && asked !== '' && used !== asked ? (
        <span className="text-muted">
          {' → '}
          {text(used)}
        </span>
      ) : null}
    </span>
  );
}

function marksCell(flow: Flow, t: TFunction): ReactNode {
  return (
    <span className="inline-flex items-center gap-1.5 align-middle">
      {flow.bookmarked ? <Bookmark aria-label={t('bookmarked')} className="size-3.5 fill-current text-accent" /> : null}
      {flow.note ? <MessageSquareText aria-label={t('hasNote')} className="size-3.5 text-muted" /> : null}
      {flow.attempts.length > 1 ? (
        <span title={t('tries', { count: flow.attempts.length })} className="nums inline-flex items-center gap-0.5 text-[12.5px] text-warn">
          <Repeat2 aria-hidden className="size-3.5" />
          {flow.attempts.length}
        </span>
      ) : null}
    </span>
  );
}

/** Every column, in its order. */
export const flowColumns: readonly FlowColumn[] = [
  { id: 'time', width: '6rem', least: 96, field: 'from', cell: (f) => timeCell(f.started_at) },
  { id: 'status', width: '4.75rem', least: 76, field: 'status', cell: (f, t) => <StatusMark flow={f} t={t} /> },
  { id: 'model', width: 'minmax(8rem, 2fr)', least: 128, field: 'model', cell: modelCell },
  { id: 'account', width: 'minmax(6rem, 1.3fr)', least: 96, field: 'account', cell: (f) => titled(f.account) },
  { id: 'provider', width: 'minmax(6rem, 0.8fr)', least: 100, off: true, field: 'provider', cell: (f) => text(f.provider) },
  { id: 'key', width: 'minmax(5.75rem, 1.2fr)', least: 92, field: 'key', cell: (f) => titled(f.key) },
  { id: 'client', width: 'minmax(5.25rem, 1fr)', least: 84, field: 'client', cell: (f) => titled(f.user_agent, clientName(f.user_agent)) },
  { id: 'input', width: '3.5rem', least: 56, right: true, cell: (f) => figure(f.usage?.input, format.short) },
  { id: 'output', width: '3.75rem', least: 60, right: true, cell: (f) => figure(f.usage?.output, format.short) },
  { id: 'cached', width: '4.5rem', least: 72, right: true, off: true, cell: (f) => figure(f.usage?.cached, format.short) },
  { id: 'reasoning', width: '5.5rem', least: 88, right: true, off: true, cell: (f) => figure(f.usage?.reasoning, format.short) },
  { id: 'cost', width: '5rem', least: 80, right: true, cell: (f) => figure(f.cost, format.money) },
  { id: 'first_byte', width: '5rem', least: 80, right: true, off: true, cell: (f) => figure(f.first_byte_ms, format.milliseconds) },
  { id: 'duration', width: '4.5rem', least: 72, right: true, cell: (f, t) => <span title={f.first_byte_ms === null || f.first_byte_ms === undefined ? undefined : `${t('col.first_byte')}: ${format.milliseconds(f.first_byte_ms)}`}>{format.milliseconds(f.duration_ms)}</span> },
  { id: 'attempts', width: '5rem', least: 80, right: true, off: true, cell: (f) => f.attempts.length },
  { id: 'losses', width: '4.75rem', least: 76, right: true, field: 'has_losses', cell: (f) => (f.losses.length === 0 ? none : f.losses.length) },
  { id: 'marks', width: '4.25rem', least: 68, field: 'bookmarked', cell: marksCell },
  { id: 'session', width: 'minmax(7rem, 1fr)', least: 112, off: true, field: 'session', cell: (f) => titled(f.session) },
  {
    id: 'protocols',
    width: 'minmax(9rem, 1.2fr)',
    least: 150,
    off: true,
    cell: (f) => (
      <>
        {text(protocolName(f.client_protocol))}
        {f.upstream_protocol ? <span className="text-muted"> → {text(protocolName(f.upstream_protocol))}</span> : null}
      </>
    ),
  },
  { id: 'mode', width: '7rem', least: 104, off: true, cell: (f, t) => (f.mode ? t(`mode.${f.mode}`) : none) },
  { id: 'surface', width: '6rem', least: 96, off: true, cell: (f) => text(f.surface) },
  { id: 'tags', width: 'minmax(7rem, 1fr)', least: 112, off: true, field: 'tag', cell: (f) => titled(f.tags.join(', ')) },
  { id: 'preview', width: 'minmax(10rem, 2fr)', least: 180, off: true, field: 'text', cell: (f) => titled(f.preview) },
  { id: 'error', width: 'minmax(10rem, 2fr)', least: 180, off: true, cell: (f) => titled(f.error ?? '') },
  { id: 'id', width: '10rem', least: 160, off: true, cell: (f) => <span className="font-mono text-[0.93em]">{text(f.id)}</span> },
];
