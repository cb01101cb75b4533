import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Pencil } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { pricesQuery } from '@/api/prices';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { clientName, costParts, type Flow, outcomeOf, protocolName, spansOf, tokenParts } from '@/lib/flows';
import { fits } from '@/lib/prices';
import * as format from '@/lib/format';
import { clip, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { CopyButton } from '@/ui/copy';
import { Badge, Stat, toneOfStatus, When } from '@/ui/figures';
import { Field, Input, Textarea } from '@/ui/field';
import { Card, Facts } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { reasonText } from '@/ui/reasons';
import { Timeline } from '@/ui/timeline';

interface Props {
  flow: Flow;
  /** Whether bodies were recorded; null while that is not known. */
  recorded: boolean | null;
  onMarks: (marks: View<'FlowMarksInput'>) => Promise<unknown>;
  onLoss: (loss: number) => void;
}

const link = 'text-accent underline';

/** What is known of a request without its bodies. */
export function Summary({ flow, recorded, onMarks, onLoss }: Props) {
  const t = useTexts('request');
  const usage = flow.usage;
  const speed = flow.stream && usage?.output && flow.first_byte_ms !== null && flow.first_byte_ms !== undefined && flow.duration_ms - flow.first_byte_ms > 50 ? (usage.output * 1000) / (flow.duration_ms - flow.first_byte_ms) : null;
  const replayOf = flow.tags.find((tag) => tag.startsWith('replay:'))?.slice(7);
  return (
    <div className="flex flex-col gap-4">
      {flow.error ? (
        <div role="alert" className="max-h-48 overflow-y-auto rounded-xl border border-bad/40 bg-bad-soft p-4 break-words whitespace-pre-wrap">
          <Plain text={clip(flow.error, 8000)} />
        </div>
      ) : null}
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        <Stat label={t('fact.status')} value={flow.status} tone={flow.client_left ? 'warn' : toneOfStatus(flow.status)} note={flow.client_left ? t('left') : t(flow.stream ? 'streamed' : 'whole')} />
        <Stat label={t('fact.duration')} value={format.milliseconds(flow.duration_ms)} note={speed === null ? undefined : t('speed', { speed: format.count(speed) })} />
        <Stat label={t('fact.firstByte')} value={flow.first_byte_ms === null || flow.first_byte_ms === undefined ? '–' : format.milliseconds(flow.first_byte_ms)} />
        <Stat label={t('part.input')} value={usage?.input === null || usage?.input === undefined ? '–' : format.short(usage.input)} note={usage?.cached && usage.input ? t('cachedShare', { share: format.percent(usage.cached / usage.input) }) : undefined} />
        <Stat label={t('part.output')} value={usage?.output === null || usage?.output === undefined ? '–' : format.short(usage.output)} note={usage?.reasoning ? t('reasoned', { tokens: format.short(usage.reasoning) }) : undefined} />
        <Stat label={t('fact.cost')} value={flow.cost === null || flow.cost === undefined ? '–' : format.money(flow.cost)} />
      </div>
      <div className="grid gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <TimelineCard flow={flow} />
          {usage ? <Tokens flow={flow} /> : null}
          {flow.losses.length > 0 ? (
            <Card title={t('lossesTitle', { count: flow.losses.length })}>
              <p className="mb-2 text-muted">{t('lossesText')}</p>
              <ul className="flex flex-col divide-y divide-line">
                {flow.losses.slice(0, 100).map((loss, i) => (
                  // oxlint-disable-next-line react/no-array-index-key
                  <li key={i} className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 py-1.5">
                    <Badge tone={loss.kind === 'dropped' ? 'warn' : 'muted'}>{t(`loss.${loss.kind === 'dropped' ? 'dropped' : 'approximated'}`)}</Badge>
                    {recorded ? (
                      <button type="button" title={t('showPlace')} onClick={() => onLoss(i)} className="break-all text-accent hover:underline">
                        <Mono text={clip(loss.path, 200)} />
                      </button>
                    ) : (
                      <Mono text={clip(loss.path, 200)} className="break-all" />
                    )}
                    <Plain text={clip(loss.reason, 500)} className="text-muted" />
                  </li>
                ))}
              </ul>
            </Card>
          ) : null}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <Card title={t('facts')}>
            <Facts
              facts={[
                [t('fact.id'), <span key="i" className="inline-flex max-w-full items-center gap-1"><Mono text={flow.id} className="break-all" /><CopyButton text={flow.id} /></span>],
                [t('fact.time'), <span key="t">{format.dateTime(flow.started_at)} <span className="text-muted">(<When at={flow.started_at} />)</span></span>],
                [t('fact.model'), <span key="m" className="break-all"><Mono text={clip(flow.requested_model, 200)} />{flow.model && flow.model !== flow.requested_model ? <> → <Mono text={clip(flow.model, 200)} /></> : null}</span>],
                flow.account_id ? [t('fact.account'), <span key="a"><Link to="/accounts" search={{ open: flow.account_id } as never} className={link}><Plain text={flow.account} /></Link> <Plain text={flow.provider} className="text-muted" /></span>] : null,
                [t('fact.key'), flow.key ? <Link key="k" to="/keys" search={{ open: flow.key_id } as never} className={link}><Plain text={flow.key} /></Link> : <span key="k" className="text-muted">{t('none')}</span>],
                flow.user_agent ? [t('fact.client'), <span key="c" className="break-words"><Plain text={clientName(flow.user_agent)} /> <Plain text={clip(flow.user_agent, 300)} className="text-muted" /></span>] : null,
                [t('fact.protocols'), <span key="p"><Plain text={protocolName(flow.client_protocol)} />{flow.upstream_protocol ? <> → <Plain text={protocolName(flow.upstream_protocol)} /></> : null}{flow.mode ? <span className="text-muted"> · {t(`mode.${flow.mode === 'passthrough' ? 'passthrough' : 'translated'}`)}</span> : null}</span>],
                [t('fact.surface'), <Plain key="u" text={flow.surface} />],
                flow.session ? [t('fact.session'), <Link key="s" to="/requests" search={{ session: flow.session } as never} className={clsx(link, 'break-all')}><Plain text={clip(flow.session, 200)} /></Link>] : null,
                replayOf ? [t('fact.replayOf'), <Link key="r" to="/requests/$id" params={{ id: replayOf } as never} className={clsx(link, 'break-all')}><Mono text={replayOf} /></Link>] : null,
                [t('fact.headers'), <span key="h" className="text-muted">{t('noHeaders')}</span>],
                [t('pages.logs'), <Link key="l" to="/logs" search={{ text: flow.id } as never} className={link}>{t('logs')}</Link>],
              ]}
            />
          </Card>
          <Marks key={`${flow.note}\n${flow.tags.join()}`} flow={flow} onMarks={onMarks} />
          {flow.preview ? (
            <Card title={t('preview')}>
              <p className="max-h-60 overflow-y-auto break-words whitespace-pre-wrap">
                <Plain text={clip(flow.preview, 4000)} />
              </p>
            </Card>
          ) : null}
        </div>
      </div>
    </div>
  );
}

function TimelineCard({ flow }: { flow: Flow }) {
  const t = useTexts('request');
  const spans = spansOf(flow);
  const bars = spans.map((span) => {
    const took = format.milliseconds(span.to - span.from);
    if (span.kind !== 'attempt') {
      const name = t(span.kind === 'wait' ? (flow.attempts.length === 0 ? 'span.gateway' : 'span.wait') : 'span.stream');
      return { label: name as ReactNode, from: span.from, to: span.to, tone: span.kind === 'wait' ? ('muted' as const) : ('accent' as const), title: `${name}: ${took}` };
    }
    const attempt = flow.attempts[span.attempt ?? 0];
    const outcome = outcomeOf(attempt?.outcome ?? '');
    const good = outcome.kind === 'answered';
    return {
      label: <><Plain text={attempt?.account} className="font-medium" /> <Mono text={clip(attempt?.model ?? '', 80)} className="text-muted" />{attempt?.transport === 'websocket' || attempt?.transport === 'http-fallback' ? <span className="text-muted"> · {t(`transport.${attempt.transport}`)}</span> : null}</>,
      note: <span className="break-words"><Plain text={clip(reasonText(t, attempt?.reason_code, attempt?.reason, attempt?.values), 200)} />{attempt?.reason ? ' · ' : ''}{good ? <span className="text-ok">{t('answered')}</span> : <span className="text-bad">{outcome.status ? `${outcome.status} ` : ''}<Plain text={clip(outcome.detail || outcome.kind, 300)} /></span>}</span>,
      from: span.from,
      to: span.to,
      tone: good ? ('ok' as const) : ('bad' as const),
      title: visible(`${attempt?.account}: ${clip(attempt?.outcome ?? '', 300)}, ${took}`),
    };
  });
  const marks = [...(flow.first_byte_ms === null || flow.first_byte_ms === undefined ? [] : [{ at: flow.first_byte_ms, label: t('fact.firstByte') }]), { at: flow.duration_ms, label: t('span.end') }];
  return (
    <Card title={t('timeline')}>
      <Timeline label={t('timeline')} bars={bars} end={flow.duration_ms} marks={marks} />
    </Card>
  );
}

const partColours: Record<string, string> = { input: 'bg-series-1', cached: 'bg-series-2', cache_write: 'bg-series-6', reasoning: 'bg-series-4', output: 'bg-series-3' };

function Tokens({ flow }: { flow: Flow }) {
  const t = useTexts('request');
  const prices = useQuery(pricesQuery);
  const parts = tokenParts(flow.usage);
  const total = parts.reduce((sum, p) => sum + p.tokens, 0);
  const found = prices.data?.prices.filter((p) => fits(p.model, flow.model) && (!p.provider || p.provider === flow.provider)) ?? [];
  const rates = (found.find((p) => p.provider) ?? found[0])?.rates;
  // Where one price does not explain the cost (a long prompt's tier), the next does not either: the whole is shown only.
  const costs = found.map((p) => costParts(flow.usage, flow.cost, p.rates)).find(Boolean) ?? costParts(flow.usage, flow.cost, rates);
  return (
    <Card title={t('tokensAndCost')}>
      {total > 0 ? (
        <div aria-hidden className="mb-3 flex h-3 gap-px overflow-hidden rounded-full bg-sunken">
          {parts.filter((p) => p.tokens > 0).map((p) => (
            <div key={p.part} title={`${t(`part.${p.part}`)}: ${format.count(p.tokens)}`} className={partColours[p.part]} style={{ flexGrow: p.tokens, minWidth: 3 }} />
          ))}
        </div>
      ) : null}
      <table className="nums w-full">
        <thead>
          <tr className="text-left text-[13px] text-muted">
            <th scope="col" className="py-1 font-medium">{t('fact.part')}</th>
            <th scope="col" className="py-1 text-right font-medium">{t('tokens')}</th>
            <th scope="col" className="py-1 text-right font-medium">{t('fact.share')}</th>
            <th scope="col" className="py-1 text-right font-medium">{t('fact.cost')}</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((p) => (
            <tr key={p.part} className="border-t border-line">
              <th scope="row" className="py-1 text-left font-normal">
                <span aria-hidden className={clsx('mr-2 inline-block size-2.5 rounded-sm', partColours[p.part])} />
                {t(`part.${p.part}`)}
              </th>
              <td className="py-1 text-right">{format.count(p.tokens)}</td>
              <td className="py-1 text-right text-muted">{total > 0 ? format.percent(p.tokens / total) : '–'}</td>
              <td className="py-1 text-right">{costs ? format.money(costs[p.part] ?? 0) : '–'}</td>
            </tr>
          ))}
          <tr className="border-t border-line font-medium">
            <th scope="row" className="py-1 text-left">{t('sum')}</th>
            <td className="py-1 text-right">{format.count(total)}</td>
            <td />
            <td className="py-1 text-right">{flow.cost === null || flow.cost === undefined ? '–' : format.money(flow.cost)}</td>
          </tr>
        </tbody>
      </table>
    </Card>
  );
}

function Marks({ flow, onMarks }: { flow: Flow; onMarks: Props['onMarks'] }) {
  const t = useTexts('request');
  const [editing, setEditing] = useState(false);
  const [note, setNote] = useState(flow.note);
  const [tags, setTags] = useState(flow.tags.join(', '));
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await onMarks({ note: note.trim(), tags: [...new Set(tags.split(/[,，;\n]/).map((w) => w.trim()).filter(Boolean))] });
      setEditing(false);
    } catch {
      // It has been told; what was written stays.
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card title={t('marks')} actions={editing ? undefined : <Button small icon={Pencil} onClick={() => setEditing(true)}>{t('edit')}</Button>}>
      {editing ? (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3">
          <Field label={t('noteLabel')}>{(wiring) => <Textarea {...wiring} rows={3} value={note} autoFocus onChange={(event) => setNote(event.target.value)} />}</Field>
          <Field label={t('tagsLabel')} hint={t('tagsHint')}>
            {(wiring) => <Input {...wiring} value={tags} onChange={(event) => setTags(event.target.value)} />}
          </Field>
          <div className="flex justify-end gap-2">
            <Button
              onClick={() => {
                setNote(flow.note);
                setTags(flow.tags.join(', '));
                setEditing(false);
              }}
            >
              {t('cancel')}
            </Button>
            <Button look="primary" type="submit" busy={busy}>
              {t('save')}
            </Button>
          </div>
        </form>
      ) : flow.note || flow.tags.length > 0 ? (
        <div className="flex flex-col gap-2">
          {flow.note ? <p className="break-words whitespace-pre-wrap"><Plain text={clip(flow.note, 8000)} /></p> : null}
          {flow.tags.length > 0 ? (
            <div className="flex flex-wrap gap-1.5">
              {flow.tags.map((tag) => (
                <Link key={tag} to="/requests" search={{ tag } as never}>
                  <Badge tone="accent"><Plain text={clip(tag, 80)} /></Badge>
                </Link>
              ))}
            </div>
          ) : null}
        </div>
      ) : (
        <p className="text-muted">{t('noMarks')}</p>
      )}
    </Card>
  );
}
