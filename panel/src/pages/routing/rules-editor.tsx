import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, GripVertical, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { api, data, json } from '@/api/client';
import type { View } from '@/api/types';
import { useTexts } from '@/app/i18n';
import { useBeforeUnload } from '@/lib/hooks';
import { Button, IconButton } from '@/ui/button';
import { ErrorBox } from '@/ui/error';
import { Field, Input, Select } from '@/ui/field';
import { Card, Empty } from '@/ui/page';
import { Mono } from '@/ui/plain';
import { useToast } from '@/ui/toast';
import { moved, type Route, rulesOf, settingsOf } from './rules';
import { strategies } from './strategy';

/** What holds for some models only, and who stands in for whom: lists to drag, saved into the configuration. */
export function RulesEditor({ routing, version }: { routing: unknown; version: string }) {
  const t = useTexts('routing');
  const client = useQueryClient();
  const toast = useToast();
  const [rules, setRules] = useState(() => rulesOf(routing));
  const before = settingsOf(rulesOf(routing));
  const after = settingsOf(rules);
  const changes = Object.fromEntries(Object.entries(after).filter(([path, value]) => JSON.stringify(value) !== JSON.stringify(before[path])));
  const dirty = Object.keys(changes).length > 0;
  useBeforeUnload(dirty);
  const models = useQuery({ queryKey: ['models', 'all'], queryFn: () => data(api.GET('/api/v1/models')) });
  const patch = (body: Record<string, unknown>, match: string) => json<View<'SettingsChangedView'>>('PATCH', '/api/v1/settings', body, { 'if-match': match });
  const refresh = (): void => {
    for (const resource of ['settings', 'routes']) void client.invalidateQueries({ queryKey: [resource] });
  };
  const save = useMutation({
    mutationFn: () => patch(changes, version),
    onSuccess: (done) => {
      refresh();
      const old = Object.fromEntries(Object.keys(changes).map((path) => [path, before[path]]));
      toast.success(t('saved'), { run: () => void patch(old, done.version).then(refresh, toast.error) });
    },
  });
  const setRoute = (i: number, change: Partial<Route>): void => setRules({ ...rules, routes: rules.routes.map((r, n) => (n === i ? { ...r, ...change } : r)) });

  return (
    <div className="flex max-w-5xl flex-col gap-4">
      <datalist id="rule-models">
        {models.data?.models.map((m) => (
          <option key={m.id} value={m.id} />
        ))}
      </datalist>
      {save.isError ? <ErrorBox error={save.error} /> : null}
      <Card
        title={t('fallbacks')}
        actions={
          <Button small icon={Plus} onClick={() => setRules({ ...rules, fallbacks: [...rules.fallbacks, { model: '', others: [] }] })}>
            {t('addFallback')}
          </Button>
        }
      >
        <p className="mb-3 text-muted">{t('fallbacksText')}</p>
        {rules.fallbacks.length === 0 ? <Empty title={t('noFallbacks')} /> : null}
        <div className="flex flex-col gap-3">
          {rules.fallbacks.map((fallback, i) => (
            // oxlint-disable-next-line react/no-array-index-key
            <div key={i} className="grid gap-3 rounded-lg border border-line p-3 sm:grid-cols-[minmax(0,16rem)_minmax(0,1fr)_auto]">
              <Field label={t('model')}>
                {(wiring) => <Input {...wiring} list="rule-models" className="font-mono" value={fallback.model} onChange={(event) => setRules({ ...rules, fallbacks: rules.fallbacks.map((f, n) => (n === i ? { ...f, model: event.target.value } : f)) })} />}
              </Field>
              <div>
                <div className="mb-1 font-medium">{t('others')}</div>
                <Chain names={fallback.others} onChange={(others) => setRules({ ...rules, fallbacks: rules.fallbacks.map((f, n) => (n === i ? { ...f, others } : f)) })} />
              </div>
              <IconButton label={t('removeRule')} icon={Trash2} onClick={() => setRules({ ...rules, fallbacks: rules.fallbacks.filter((_, n) => n !== i) })} />
            </div>
          ))}
        </div>
      </Card>
      <Card
        title={t('routes')}
        actions={
          <Button small icon={Plus} onClick={() => setRules({ ...rules, routes: [...rules.routes, { models: [] }] })}>
            {t('addRoute')}
          </Button>
        }
      >
        <p className="mb-3 text-muted">{t('routesText')}</p>
        {rules.routes.length === 0 ? <Empty title={t('noRoutes')} /> : null}
        <Sortable items={rules.routes} onMove={(from, to) => setRules({ ...rules, routes: moved(rules.routes, from, to) })}>
          {(route, i) => (
            <div className="grid min-w-0 flex-1 gap-3 sm:grid-cols-2">
              <Field label={t('models')} hint={t('patternHint')}>
                {(wiring) => <NameList {...wiring} values={route.models} onChange={(list) => setRoute(i, { models: list })} />}
              </Field>
              <Field label={t('strategy')}>
                {(wiring) => <Select {...wiring} value={route.strategy ?? 'default'} onChange={(value) => setRoute(i, { strategy: value === 'default' ? undefined : value })} options={[{ value: 'default', label: t('asUsual') }, ...strategies.map((value) => ({ value: value as string, label: value }))]} />}
              </Field>
              <Field label={t('affinity')}>
                {(wiring) => (
                  <Select
                    {...wiring}
                    value={route['session-affinity'] === undefined ? 'default' : route['session-affinity'] ? 'on' : 'off'}
                    onChange={(value) => setRoute(i, { 'session-affinity': value === 'default' ? undefined : value === 'on' })}
                    options={[
                      { value: 'default', label: t('asUsual') },
                      { value: 'on', label: t('yes') },
                      { value: 'off', label: t('no') },
                    ]}
                  />
                )}
              </Field>
              <div>
                <div className="mb-1 font-medium">{t('others')}</div>
                <Chain names={route.fallback ?? []} onChange={(fallback) => setRoute(i, { fallback: fallback.length > 0 ? fallback : undefined })} />
              </div>
              <div className="sm:col-span-2">
                <Button small icon={Trash2} onClick={() => setRules({ ...rules, routes: rules.routes.filter((_, n) => n !== i) })}>
                  {t('removeRule')}
                </Button>
              </div>
            </div>
          )}
        </Sortable>
      </Card>
      <div className="sticky bottom-0 flex flex-wrap items-center gap-2 bg-bg py-3">
        <Button look="primary" busy={save.isPending} disabled={!dirty} onClick={() => save.mutate()}>
          {t('save')}
        </Button>
        <Button disabled={!dirty} onClick={() => setRules(rulesOf(routing))}>
          {t('discard')}
        </Button>
        {dirty ? <span className="text-muted">{t('unsaved')}</span> : null}
      </div>
    </div>
  );
}

/** Names in a line, kept as text while they are written. */
function NameList({ values, onChange, ...wiring }: { values: string[]; onChange: (values: string[]) => void; id: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }) {
  const [text, setText] = useState(values.join(', '));
  return (
    <Input
      {...wiring}
      className="font-mono"
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(event.target.value.split(/[\s,]+/).filter(Boolean));
      }}
    />
  );
}

/** Models in the order in which they are tried. */
function Chain({ names, onChange }: { names: string[]; onChange: (names: string[]) => void }) {
  const t = useTexts('routing');
  const [next, setNext] = useState('');
  const add = (): void => {
    if (next.trim() === '') return;
    onChange([...names, next.trim()]);
    setNext('');
  };
  return (
    <div className="flex flex-col gap-1.5">
      <Sortable items={names} onMove={(from, to) => onChange(moved(names, from, to))} dense>
        {(name, i) => (
          <>
            <Mono text={name} className="min-w-0 flex-1 truncate" />
            <IconButton label={t('removeModel', { model: name })} icon={Trash2} onClick={() => onChange(names.filter((_, n) => n !== i))} />
          </>
        )}
      </Sortable>
      <div className="flex gap-2">
        <Input
          aria-label={t('addModel')}
          placeholder={t('addModel')}
          list="rule-models"
          className="font-mono"
          value={next}
          onChange={(event) => setNext(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              add();
            }
          }}
          onBlur={add}
        />
        <IconButton label={t('addModel')} icon={Plus} onClick={add} />
      </div>
    </div>
  );
}

/** A list that is put in order by dragging, or by the arrows of each item. */
function Sortable<T>({ items, onMove, children, dense }: { items: readonly T[]; onMove: (from: number, to: number) => void; children: (item: T, index: number) => ReactNode; dense?: boolean }) {
  const t = useTexts('routing');
  const [dragged, setDragged] = useState<number | null>(null);
  const [over, setOver] = useState<number | null>(null);
  return (
    <ol className="flex flex-col gap-1.5">
      {items.map((item, i) => (
        <li
          // oxlint-disable-next-line react/no-array-index-key
          key={i}
          onDragOver={(event) => {
            if (dragged === null) return;
            event.preventDefault();
            setOver(i);
          }}
          onDrop={(event) => {
            event.preventDefault();
            if (dragged !== null) onMove(dragged, i);
            setDragged(null);
            setOver(null);
          }}
          className={`flex items-start gap-1 rounded-lg border bg-surface ${over === i && dragged !== i ? 'border-accent' : 'border-line'} ${dense ? 'items-center px-1' : 'p-3'} ${dragged === i ? 'opacity-50' : ''}`}
        >
          <span
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', String(i));
              setDragged(i);
            }}
            onDragEnd={() => {
              setDragged(null);
              setOver(null);
            }}
            title={t('drag')}
            className="flex size-8 shrink-0 cursor-grab items-center justify-center text-muted"
          >
            <GripVertical aria-hidden className="size-4" />
          </span>
          {children(item, i)}
          <span className={dense ? 'flex' : 'flex flex-col'}>
            <IconButton label={t('up')} icon={ArrowUp} disabled={i === 0} onClick={() => onMove(i, i - 1)} />
            <IconButton label={t('down')} icon={ArrowDown} disabled={i === items.length - 1} onClick={() => onMove(i, i + 1)} />
          </span>
        </li>
      ))}
    </ol>
  );
}
