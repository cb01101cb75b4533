import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Columns2, ImagePlus, Send, Square, Trash2, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { api, data } from '@/api/client';
import { useTexts } from '@/app/i18n';
import { useAddress } from '@/lib/address';
import * as format from '@/lib/format';
import { Button, IconButton } from '@/ui/button';
import { CodeBlock, CopyButton } from '@/ui/copy';
import { ErrorBox } from '@/ui/error';
import { Field, Input, Select, Switch, Textarea } from '@/ui/field';
import { Card, Page } from '@/ui/page';
import { Mono, Plain } from '@/ui/plain';
import { type Picture, type Protocol, protocols, type Tool, toolsOf, type Turn } from './protocols';
import { ask, type Run } from './run';

/** One question and what came of it, for each side. */
interface Exchange {
  turn: Turn;
  runs: (Run | null)[];
}

const pictureTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const mostPicture = 8_000_000;

export default function Playground() {
  const t = useTexts('playground');
  const [address, setAddress] = useAddress();
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')) });
  const known = models.data?.models ?? [];
  const first = address.model ?? known[0]?.id ?? '';
  const two = address.other !== undefined;
  const sides = two ? [first, address.other ?? ''] : [first];
  const protocol: Protocol = protocols.find((p) => p === address.protocol) ?? 'openai-chat';
  const stream = address.stream !== 'no';
  const [system, setSystem] = useState('');
  const [maxTokens, setMaxTokens] = useState('');
  const [temperature, setTemperature] = useState('');
  const [toolText, setToolText] = useState('');
  const [text, setText] = useState('');
  const [pictures, setPictures] = useState<Picture[]>([]);
  const [pictureFault, setPictureFault] = useState('');
  const [exchanges, setExchanges] = useState<Exchange[]>([]);
  const stop = useRef<AbortController | null>(null);
  const [running, setRunning] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const [tools, toolFault] = useMemo<[Tool[], string]>(() => {
    try {
      return [toolsOf(toolText), ''];
    } catch {
      return [[], t('toolsFault')];
    }
  }, [toolText, t]);
  const limit = maxTokens.trim() === '' ? null : Number(maxTokens);
  const limitFault = limit !== null && !(Number.isInteger(limit) && limit > 0) ? t('numberFault') : '';
  const heat = temperature.trim() === '' ? null : Number(temperature);
  const heatFault = heat !== null && !(heat >= 0 && heat <= 2) ? t('temperatureFault') : '';
  const ready = !running && (text.trim() !== '' || pictures.length > 0) && sides.every((s) => s !== '') && !toolFault && !limitFault && !heatFault;

  const submit = async (): Promise<void> => {
    if (!ready) return;
    const turn: Turn = { role: 'user', text, ...(pictures.length > 0 ? { pictures } : {}) };
    const at = exchanges.length;
    setExchanges([...exchanges, { turn, runs: sides.map(() => null) }]);
    setText('');
    setPictures([]);
    setRunning(true);
    const abort = new AbortController();
    stop.current = abort;
    await Promise.all(
      sides.map((model, side) => {
        const turns = [...exchanges.flatMap((e): Turn[] => [e.turn, { role: 'assistant', text: e.runs[side]?.answer.text || '…' }]), turn];
        return ask(protocol, { model, system, turns, stream, maxTokens: limit, temperature: heat, tools }, (run) => setExchanges((before) => before.map((e, i) => (i === at ? { ...e, runs: e.runs.map((r, n) => (n === side ? run : r)) } : e))), abort.signal);
      }),
    );
    setRunning(false);
    end.current?.scrollIntoView({ block: 'end' });
  };
  const addPictures = (files: FileList | null): void => {
    setPictureFault('');
    for (const file of files ?? []) {
      if (!pictureTypes.includes(file.type) || file.size > mostPicture) {
        setPictureFault(t('pictureFault'));
        continue;
      }
      const reader = new FileReader();
      reader.onload = () => setPictures((before) => [...before, { type: file.type, base64: String(reader.result).split(',')[1] ?? '' }]);
      reader.readAsDataURL(file);
    }
  };
  const modelOptions = [...new Set([...known.map((m) => m.id), ...sides].filter(Boolean))].map((value) => ({ value, label: <Mono text={value} /> }));

  return (
    <Page
      fill
      title={t('pages.playground')}
      lead={t('lead')}
      actions={
        <>
          <Button icon={two ? X : Columns2} onClick={() => setAddress({ other: two ? undefined : (known.find((m) => m.id !== first)?.id ?? first) })} disabled={running}>
            {t(two ? 'oneModel' : 'twoModels')}
          </Button>
          <Button icon={Trash2} disabled={exchanges.length === 0 || running} onClick={() => setExchanges([])}>
            {t('clear')}
          </Button>
        </>
      }
    >
      {models.isError ? (
        <div className="mb-4">
          <ErrorBox error={models.error} onRetry={() => void models.refetch()} />
        </div>
      ) : null}
      {models.isSuccess && known.length === 0 ? (
        <p role="status" className="mb-4 rounded-lg bg-warn-soft p-3">
          {t('noModels')}{' '}
          <Link to="/accounts/add" className="font-medium text-accent underline">
            {t('addAccount')}
          </Link>
        </p>
      ) : null}
      <div className="grid min-h-0 flex-1 gap-4 max-lg:auto-rows-max lg:grid-cols-[18rem_minmax(0,1fr)]">
        <Card className="lg:overflow-y-auto">
          <div className="flex flex-col gap-4">
            <Field label={t('model')}>{(w) => <Select {...w} value={first} onChange={(value) => setAddress({ model: value })} options={modelOptions} />}</Field>
            {two ? <Field label={t('otherModel')}>{(w) => <Select {...w} value={address.other ?? ''} onChange={(value) => setAddress({ other: value })} options={modelOptions} />}</Field> : null}
            <Field label={t('protocol')} hint={t('protocolHint')}>
              {(w) => <Select {...w} value={protocol} onChange={(value) => setAddress({ protocol: value === 'openai-chat' ? undefined : value })} options={protocols.map((value) => ({ value, label: value }))} />}
            </Field>
            <Switch label={t('stream')} checked={stream} onChange={(on) => setAddress({ stream: on ? undefined : 'no' })} />
            <Field label={t('system')}>{(w) => <Textarea {...w} rows={3} value={system} onChange={(event) => setSystem(event.target.value)} />}</Field>
            <div className="grid grid-cols-2 gap-3">
              <Field label={t('maxTokens')} error={limitFault || undefined}>
                {(w) => <Input {...w} inputMode="numeric" value={maxTokens} onChange={(event) => setMaxTokens(event.target.value)} />}
              </Field>
              <Field label={t('temperature')} error={heatFault || undefined}>
                {(w) => <Input {...w} inputMode="decimal" value={temperature} onChange={(event) => setTemperature(event.target.value)} />}
              </Field>
            </div>
            <Field label={t('tools')} hint={t('toolsHint')} error={toolFault || undefined}>
              {(w) => <Textarea {...w} rows={5} className="font-mono text-[13px]" placeholder={'{ "name": "weather",\n  "parameters": { … } }'} value={toolText} onChange={(event) => setToolText(event.target.value)} />}
            </Field>
          </div>
        </Card>
        <div className="flex min-h-0 min-w-0 flex-col gap-3">
          <div aria-live="polite" className="card min-h-64 flex-1 overflow-y-auto p-4">
            {exchanges.length === 0 ? <p className="py-16 text-center text-muted">{t('empty')}</p> : null}
            <div className="flex flex-col gap-6">
              {exchanges.map((exchange, i) => (
                // Exchanges are only added, or cleared all together.
                // oxlint-disable-next-line react/no-array-index-key
                <div key={i} className="flex flex-col gap-3">
                  <div className="ml-auto max-w-[85%] rounded-xl bg-accent-soft px-3 py-2 whitespace-pre-wrap">
                    <Plain text={exchange.turn.text} className="break-words" />
                    {exchange.turn.pictures ? (
                      <div className="mt-2 flex flex-wrap gap-2">
                        {exchange.turn.pictures.map((p) => (
                          <img key={p.base64.slice(-64)} src={`data:${p.type};base64,${p.base64}`} alt={t('picture')} className="max-h-40 rounded-lg" />
                        ))}
                      </div>
                    ) : null}
                  </div>
                  <div className={clsx('grid gap-3', exchange.runs.length > 1 && 'md:grid-cols-2')}>
                    {exchange.runs.map((run, side) => (
                      // oxlint-disable-next-line react/no-array-index-key
                      <AnswerView key={side} run={run} />
                    ))}
                  </div>
                </div>
              ))}
            </div>
            <div ref={end} />
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void submit();
            }}
            className="card p-2"
          >
            {pictures.length > 0 ? (
              <div className="mb-2 flex flex-wrap gap-2">
                {pictures.map((p, i) => (
                  <div key={p.base64.slice(-64)} className="relative">
                    <img src={`data:${p.type};base64,${p.base64}`} alt={t('picture')} className="h-16 rounded-lg" />
                    <IconButton label={t('removePicture')} icon={X} look="plain" className="absolute -top-2 -right-2 size-6!" onClick={() => setPictures(pictures.filter((_, n) => n !== i))} />
                  </div>
                ))}
              </div>
            ) : null}
            {pictureFault ? (
              <p role="alert" className="mb-1 text-[13px] text-bad">
                {pictureFault}
              </p>
            ) : null}
            <div className="flex items-end gap-2">
              <Textarea
                aria-label={t('message')}
                placeholder={t('messageHint')}
                rows={2}
                value={text}
                onChange={(event) => setText(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
                    event.preventDefault();
                    void submit();
                  }
                }}
                className="resize-y"
              />
              <label className="inline-flex size-8.5 shrink-0 cursor-pointer items-center justify-center rounded-lg text-muted hover:bg-sunken hover:text-text has-focus-visible:outline-2" title={t('addPicture')}>
                <ImagePlus aria-hidden className="size-4" />
                <span className="sr-only">{t('addPicture')}</span>
                <input
                  type="file"
                  accept={pictureTypes.join()}
                  multiple
                  className="sr-only"
                  onChange={(event) => {
                    addPictures(event.target.files);
                    event.target.value = '';
                  }}
                />
              </label>
              {running ? (
                <Button icon={Square} onClick={() => stop.current?.abort()}>
                  {t('stop')}
                </Button>
              ) : (
                <Button look="primary" type="submit" icon={Send} disabled={!ready}>
                  {t('send')}
                </Button>
              )}
            </div>
          </form>
        </div>
      </div>
    </Page>
  );
}

function AnswerView({ run }: { run: Run | null }) {
  const t = useTexts('playground');
  if (!run) return <div className="rounded-xl border border-line px-3 py-2 text-muted">…</div>;
  const { answer } = run;
  const facts = [
    run.first !== null && t('fact.first', { time: format.milliseconds(run.first - run.started) }),
    run.ended !== null && t('fact.total', { time: format.milliseconds(run.ended - run.started) }),
    answer.input !== null && t('fact.input', { amount: format.count(answer.input) }),
    answer.cached ? t('fact.cached', { amount: format.count(answer.cached) }) : false,
    answer.output !== null && t('fact.output', { amount: format.count(answer.output) }),
    answer.finish,
  ].filter(Boolean);
  return (
    <div className="min-w-0 rounded-xl border border-line px-3 py-2">
      {answer.reasoning ? (
        <details className="mb-2 text-muted">
          <summary className="cursor-pointer text-[13px]">{t('reasoning')}</summary>
          <Plain text={answer.reasoning} className="break-words whitespace-pre-wrap" />
        </details>
      ) : null}
      <Plain text={answer.text} className="block break-words whitespace-pre-wrap" />
      {answer.calls.map((call) => (
        <div key={`${call.id} ${call.name}`} className="mt-2">
          <div className="text-[13px] text-muted">
            {t('call')} <Mono text={call.name} />
          </div>
          <CodeBlock text={call.arguments} label={call.name} wrap />
        </div>
      ))}
      {answer.error ? (
        <p role="alert" className="mt-2 rounded-lg bg-bad-soft px-3 py-2">
          <Plain text={answer.error} className="break-words" />
        </p>
      ) : null}
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line pt-1.5 text-[13px] text-muted">
        <span className="nums">{facts.join(' · ')}</span>
        {run.account ? <Plain text={run.account} /> : null}
        <span className="ml-auto flex items-center gap-2">
          {run.flow ? (
            <Link to="/requests/$id" params={{ id: run.flow } as never} className="text-accent underline">
              {t('pages.request')}
            </Link>
          ) : null}
          {answer.text ? <CopyButton text={answer.text} /> : null}
        </span>
      </div>
      {run.ended !== null && run.raw ? (
        <details className="mt-1 text-[13px] text-muted">
          <summary className="cursor-pointer">{t('raw')}</summary>
          <CodeBlock text={run.raw} label={t('raw')} className="mt-1" wrap />
        </details>
      ) : null}
    </div>
  );
}
