import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, Bookmark, ExternalLink } from 'lucide-react';
import { useEffect } from 'react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { clientName, type Flow, outcomeOf, protocolName, tokenParts } from '@/lib/flows';
import * as format from '@/lib/format';
import { clip } from '@/lib/text';
import { Button, IconButton } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { Dialog } from '@/ui/dialog';
import { ErrorBox } from '@/ui/error';
import { Badge, When } from '@/ui/figures';
import { Facts, Skeleton } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { reasonText } from '@/ui/reasons';
import { StatusMark } from './columns';

interface Props {
  id: string | null;
  /** The row of the list, where it is there. */
  flow: Flow | undefined;
  onClose: () => void;
  onMove: (by: 1 | -1) => void;
  onMark: (flow: Flow) => void;
}

/** A request in short, beside the list. */
export function FlowSheet({ id, flow: row, onClose, onMove, onMark }: Props) {
  const t = useTexts('requests');
  const one = useQuery({ queryKey: ['flows', 'one', id], queryFn: () => data(api.GET('/api/v1/flows/{id}', { params: { path: { id: id ?? '' } } })), enabled: id !== null && !row });
  const flow = row ?? one.data;
  useEffect(() => {
    if (id === null) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).closest?.('input, textarea, select')) return;
      if (event.key === 'j' || event.key === 'k') {
        event.preventDefault();
        event.stopPropagation();
        onMove(event.key === 'j' ? 1 : -1);
      }
    };
    addEventListener('keydown', onKey, true);
    return () => removeEventListener('keydown', onKey, true);
  }, [id, onMove]);

  return (
    <Dialog
      open={id !== null}
      onClose={onClose}
      side
      title={
        <span className="flex flex-wrap items-center gap-2">
          {flow ? <StatusMark flow={flow} t={t} /> : null}
          <Plain text={clip(flow ? flow.requested_model || flow.model || t('pages.request') : t('pages.request'), 120)} />
        </span>
      }
      footer={
        <>
          <span className="mr-auto flex gap-1">
            <IconButton label={t('next')} icon={ArrowDown} onClick={() => onMove(1)} />
            <IconButton label={t('previous')} icon={ArrowUp} onClick={() => onMove(-1)} />
          </span>
          {flow ? (
            <>
              <Button icon={Bookmark} aria-pressed={flow.bookmarked} className="aria-pressed:text-accent" onClick={() => onMark(flow)}>
                {t(flow.bookmarked ? 'unbookmark' : 'bookmark')}
              </Button>
              <Link to="/requests/$id" params={{ id: flow.id } as never} className="inline-flex min-h-8.5 items-center gap-1.5 rounded-lg bg-accent-solid px-3 py-1 font-medium text-white hover:brightness-110">
                <ExternalLink aria-hidden className="size-4" />
                {t('openWhole')}
              </Link>
            </>
          ) : null}
        </>
      }
    >
      {flow ? <Summary flow={flow} /> : one.error ? <ErrorBox error={one.error} onRetry={() => void one.refetch()} /> : <Skeleton lines={8} />}
    </Dialog>
  );
}

function Summary({ flow }: { flow: Flow }) {
  const t = useTexts('requests');
  const tokens = tokenParts(flow.usage).filter((p) => p.tokens > 0);
  return (
    <div className="flex flex-col gap-5">
      {flow.error ? (
        <p className="max-h-40 overflow-y-auto rounded-lg bg-bad-soft p-3 break-words whitespace-pre-wrap text-bad">
          <Plain text={clip(flow.error, 4000)} />
        </p>
      ) : null}
      <div className="grid grid-cols-3 gap-3">
        {(
          [
            [t('col.duration'), format.milliseconds(flow.duration_ms)],
            [t('col.first_byte'), flow.first_byte_ms === null || flow.first_byte_ms === undefined ? '–' : format.milliseconds(flow.first_byte_ms)],
            [t('col.cost'), flow.cost === null || flow.cost === undefined ? '–' : format.money(flow.cost)],
          ] as const
        ).map(([name, value]) => (
          <div key={name} className="rounded-lg bg-sunken px-3 py-2">
            <div className="text-[13px] text-muted">{name}</div>
            <div className="nums font-semibold">{value}</div>
          </div>
        ))}
      </div>
      <Facts
        facts={[
          [t('col.time'), <span key="t">{format.dateTime(flow.started_at)} <span className="text-muted">(<When at={flow.started_at} />)</span></span>],
          [t('col.model'), <span key="m"><Mono text={clip(flow.requested_model, 200)} />{flow.model && flow.model !== flow.requested_model ? <> → <Mono text={clip(flow.model, 200)} /></> : null}</span>],
          flow.account ? [t('col.account'), <span key="a"><Link to="/accounts" search={{ open: flow.account_id } as never} className="text-accent underline"><Plain text={flow.account} /></Link> <span className="text-muted">{flow.provider}</span></span>] : null,
          [t('col.key'), flow.key ? <Link key="k" to="/keys" search={{ open: flow.key_id } as never} className="text-accent hover:underline"><Plain text={flow.key} /></Link> : <span key="k" className="text-muted">{t('none')}</span>],
          flow.user_agent ? [t('col.client'), <span key="c"><Plain text={clientName(flow.user_agent)} /> <span className="text-muted break-all"><Plain text={clip(flow.user_agent, 200)} /></span></span>] : null,
          [t('col.protocols'), <span key="p">{protocolName(flow.client_protocol)}{flow.upstream_protocol ? ` → ${protocolName(flow.upstream_protocol)}` : ''}{flow.mode ? <span className="text-muted"> · {t(`mode.${flow.mode}`)}</span> : null}</span>],
          flow.session ? [t('col.session'), <Link key="s" to="/requests" search={{ session: flow.session } as never} className="break-all text-accent hover:underline"><Plain text={flow.session} /></Link>] : null,
          flow.tags.length > 0 ? [t('col.tags'), <span key="g" className="flex flex-wrap gap-1">{flow.tags.map((tag) => <Badge key={tag}><Plain text={tag} /></Badge>)}</span>] : null,
          flow.note ? [t('note'), <span key="n" className="whitespace-pre-wrap"><Plain text={flow.note} /></span>] : null,
          [t('col.id'), <span key="i" className="inline-flex items-center gap-1"><Mono text={flow.id} className="break-all" /><CopyButton text={flow.id} /></span>],
        ]}
      />
      {tokens.length > 0 ? (
        <section>
          <h3 className="mb-1.5 font-medium">{t('tokens')}</h3>
          <div className="nums flex flex-wrap gap-x-5 gap-y-1">
            {tokens.map((p) => (
              <span key={p.part}>
                <span className="text-muted">{t(`part.${p.part}`)}</span> {format.count(p.tokens)}
              </span>
            ))}
          </div>
        </section>
      ) : null}
      {flow.attempts.length > 0 ? (
        <section>
          <h3 className="mb-1.5 font-medium">{t('col.attempts')}</h3>
          <ol className="flex flex-col divide-y divide-line rounded-lg border border-line">
            {flow.attempts.slice(0, 50).map((a, i) => {
              const outcome = outcomeOf(a.outcome);
              return (
                // oxlint-disable-next-line react/no-array-index-key
                <li key={i} className="px-3 py-2">
                  <div className="flex flex-wrap items-center gap-2">
                    <Plain text={a.account} className="font-medium" />
                    <Mono text={a.model} className="text-muted" />
                    <span className="nums ml-auto text-muted">{format.milliseconds(a.duration_ms)}</span>
                  </div>
                  <div className="text-[13px] break-words text-muted">
                    <Plain text={reasonText(t, a.reason_code, a.reason, a.values)} />
                    {a.reason ? ' · ' : ''}
                    <Plain text={clip(a.outcome, 500)} className={outcome.kind === 'answered' ? 'text-ok' : 'text-bad'} />
                  </div>
                </li>
              );
            })}
          </ol>
        </section>
      ) : null}
      {flow.losses.length > 0 ? (
        <section>
          <h3 className="mb-1.5 font-medium">{t('col.losses')}</h3>
          <ul className="flex flex-col gap-1">
            {flow.losses.slice(0, 50).map((loss, i) => (
              // oxlint-disable-next-line react/no-array-index-key
              <li key={i} className="break-words">
                <Badge tone={loss.kind === 'dropped' ? 'warn' : 'muted'}>{t(`loss.${loss.kind === 'dropped' ? 'dropped' : 'approximated'}`)}</Badge> <Mono text={clip(loss.path, 200)} /> <span className="text-muted"><Plain text={clip(loss.reason, 300)} /></span>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {flow.preview ? (
        <section>
          <h3 className="mb-1.5 font-medium">{t('col.preview')}</h3>
          <p className="rounded-lg bg-sunken p-3 break-words whitespace-pre-wrap">
            <Plain text={clip(flow.preview, 2000)} />
          </p>
        </section>
      ) : null}
    </div>
  );
}
