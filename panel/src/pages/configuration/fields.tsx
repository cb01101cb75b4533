import { ArrowDown, ArrowUp, ChevronRight, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { clsx } from 'clsx';
import { useTexts } from '@/app/i18n';
import { visible } from '@/lib/text';
import { Button, IconButton } from '@/ui/button';
import { Input } from '@/ui/field';
import { Badge } from '@/ui/figures';
import { FieldRow } from './field-row';
import { useField, useForm } from './form-context';
import { valueAt } from './model/edit';
import { isMark } from './model/merge';
import { childOf, kindOf, matches, type Path, pathText, resolve, type Schema } from './model/schema';
import { ScalarInput } from './scalars';
import { titleOf, wordsOf } from './words';

/** Whether something at or below a key is searched for. */
export function isFound(name: string, schema: Schema, root: Schema, words: readonly string[], depth = 0): boolean {
  if (words.length === 0 || matches(name, schema, words)) return true;
  const here = resolve(schema, root);
  return depth < 3 && Object.entries(here.properties ?? {}).some(([key, inner]) => isFound(key, resolve(inner, root), root, words, depth + 1));
}

/** A setting of any kind. `all` shows everything below it, whatever is searched for. */
export function SettingField({ path, schema, all }: { path: Path; schema: Schema; all?: boolean }) {
  const form = useForm();
  const here = resolve(schema, form.root);
  const kind = kindOf(here, form.root);
  const key = String(path.at(-1));
  const value = valueAt(form.data, path);
  switch (kind) {
    case 'group':
      return <Group path={path} schema={here} all={all} />;
    case 'items':
      return <Items path={path} schema={here} />;
    case 'map':
      return <OwnMap path={path} schema={here} />;
    case 'texts':
    case 'text-or-texts':
      return (
        <FieldRow path={path} schema={here}>
          {(wiring) => <Texts path={path} schema={here} id={wiring.id} />}
        </FieldRow>
      );
    default:
      return (
        <FieldRow path={path} schema={here}>
          {(wiring) => <ScalarInput value={value} schema={here} kind={kind} secret={here.writeOnly === true} label={titleOf(key)} wiring={wiring} onSet={(next) => form.set(path, next)} onClear={() => form.remove(path)} />}
        </FieldRow>
      );
  }
}

/** The settings of a map that the schema names. Those that do nothing here are shown only where they are set. */
export function Settings({ path, schema, all, only }: { path: Path; schema: Schema; all?: boolean; only?: (key: string) => boolean }) {
  const form = useForm();
  return Object.entries(schema.properties ?? {})
    .map(([key, inner]) => [key, resolve(inner, form.root)] as const)
    .filter(([key, inner]) => (!inner.deprecated || valueAt(form.data, [...path, key]) !== undefined) && (all || isFound(key, inner, form.root, form.words)) && (!only || only(key)))
    .map(([key, inner]) => <SettingField key={key} path={[...path, key]} schema={inner} all={all || (form.words.length > 0 && matches(key, inner, form.words))} />);
}

function Heading({ path, schema, actions }: { path: Path; schema: Schema; actions?: ReactNode }) {
  const t = useTexts('configuration');
  const { changed, fault } = useField(path);
  const about = useForm().describe(path, schema);
  const key = String(path.at(-1));
  return (
    <div className="flex flex-wrap items-start gap-2">
      <div className="min-w-0 flex-1">
        <h3 className="flex flex-wrap items-center gap-x-2 font-medium">
          {titleOf(key)}
          <code className="text-xs font-normal text-muted" translate="no">
            {key}
          </code>
          {changed ? <Badge tone="accent">{t('form.changed')}</Badge> : null}
          {schema.deprecated ? <Badge>{t('form.old')}</Badge> : null}
        </h3>
        {about ? <p className="mt-0.5 max-w-2xl text-[13px] text-muted">{about}</p> : null}
        {fault ? (
          <p role="alert" className={clsx('mt-1 text-[13px]', fault.severity === 'error' ? 'text-bad' : 'text-warn')}>
            {wordsOf(fault, t)}
          </p>
        ) : null}
      </div>
      {actions}
    </div>
  );
}

function Group({ path, schema, all }: { path: Path; schema: Schema; all?: boolean }) {
  const form = useForm();
  const names = Object.values(schema.properties ?? {}).filter((inner) => !resolve(inner, form.root).deprecated);
  const inner = (
    <div className={path.length > 1 ? 'mt-1 border-l-2 border-line pl-4' : 'mt-1'}>
      <Settings path={path} schema={schema} all={all} />
    </div>
  );
  // A long group inside another is folded until something in it is set or searched for.
  if (path.length > 1 && names.length > 5) {
    return (
      <Fold open={valueAt(form.data, path) !== undefined || form.words.length > 0} head={<Heading path={path} schema={schema} />}>
        {inner}
      </Fold>
    );
  }
  return (
    <div className="border-b border-line py-3 last:border-b-0" data-path={pathText(path)}>
      <Heading path={path} schema={schema} />
      {inner}
    </div>
  );
}

/** Something that is opened by its head. */
function Fold({ head, open: initially, children, actions }: { head: ReactNode; open: boolean; children: ReactNode; actions?: ReactNode }) {
  const [open, setOpen] = useState(initially);
  const shown = open;
  return (
    <div className="border-b border-line py-3 last:border-b-0">
      <div className="flex items-start gap-2">
        <button type="button" aria-expanded={shown} onClick={() => setOpen(!shown)} className="flex min-w-0 flex-1 items-start gap-2 text-left">
          <ChevronRight aria-hidden className={clsx('mt-0.5 size-4 shrink-0 text-muted transition-transform', shown && 'rotate-90')} />
          <span className="min-w-0 flex-1">{head}</span>
        </button>
        {actions}
      </div>
      {shown ? <div className="pl-6">{children}</div> : null}
    </div>
  );
}

/** A list of texts, one a line. */
function Texts({ path, schema, id }: { path: Path; schema: Schema; id: string }) {
  const t = useTexts('configuration');
  const form = useForm();
  const value = valueAt(form.data, path);
  const list: unknown[] = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
  const [adding, setAdding] = useState(false);
  const item = schema.items ? resolve(schema.items, form.root) : {};
  const name = titleOf(String(path.at(-1)));
  const put = (i: number, next: unknown): void => {
    if (Array.isArray(value)) form.set([...path, i], next);
    else if (list.length === 0 || i > 0) form.set(path, [...list, next]);
    else form.set(path, next);
  };
  const take = (i: number): void => {
    if (list.length <= 1) form.remove(path);
    else form.remove([...path, i]);
  };
  return (
    <div className="flex flex-col gap-1.5">
      {list.map((one, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <div key={i} className="flex items-center gap-1">
          <div className="min-w-0 flex-1">
            <ScalarInput value={one} schema={item} kind="text" secret={schema.writeOnly === true} label={`${name} ${i + 1}`} wiring={i === 0 ? { id } : undefined} onSet={(next) => put(i, next)} onClear={() => put(i, '')} />
          </div>
          <IconButton label={t('form.removeItem', { name: `${name} ${i + 1}` })} icon={Trash2} onClick={() => take(i)} />
        </div>
      ))}
      {adding ? (
        <NewText
          id={list.length === 0 ? id : undefined}
          secret={schema.writeOnly === true}
          label={`${name} ${list.length + 1}`}
          onEnd={(text) => {
            setAdding(false);
            if (text) put(list.length, text);
          }}
        />
      ) : (
        <Button small icon={Plus} className="self-start" id={list.length === 0 ? id : undefined} onClick={() => setAdding(true)}>
          {t('form.add')}
        </Button>
      )}
    </div>
  );
}

/** A new item, which is taken when its field is left, or with Enter; Escape gives it up. */
function NewText({ id, secret, label, onEnd }: { id?: string; secret: boolean; label: string; onEnd: (text: string) => void }) {
  const [text, setText] = useState('');
  return (
    <Input
      id={id}
      aria-label={id ? undefined : label}
      type={secret ? 'password' : 'text'}
      autoComplete="new-password"
      autoFocus
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => onEnd(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') onEnd(text);
        else if (event.key === 'Escape') onEnd('');
      }}
    />
  );
}

/** What an item of a list is called: the first of its values that names something. */
function summaryOf(value: unknown, t: (key: string) => string): string {
  if (typeof value !== 'object' || value === null) return isMark(value) ? t('form.kept') : String(value ?? '');
  const entry = value as Record<string, unknown>;
  const parts: string[] = [];
  for (const key of ['label', 'name', 'id', 'model', 'models', 'from', 'surface', 'host', 'address', 'port', 'base-url', 'region', 'strategy', 'api-key']) {
    const one = entry[key];
    if (one === undefined || one === null || (typeof one === 'object' && !Array.isArray(one))) continue;
    parts.push(isMark(one) ? '••••••' : key === 'api-key' && !String(one).startsWith('${') ? '••••••' : Array.isArray(one) ? one.filter((x) => typeof x !== 'object').map(String).join(', ') : String(one));
    if (parts.filter(Boolean).length >= 3) break;
  }
  return parts.filter(Boolean).join(' · ');
}

/** A list of maps: accounts, listeners, routes. */
function Items({ path, schema }: { path: Path; schema: Schema }) {
  const t = useTexts('configuration');
  const form = useForm();
  const value = valueAt(form.data, path);
  const list: unknown[] = Array.isArray(value) ? value : [];
  const item = childOf(schema, 0, form.root) ?? {};
  const key = String(path.at(-1));
  const start = (): unknown => Object.fromEntries((item.required ?? []).map((needed) => [needed, '']));
  return (
    <div className="border-b border-line py-3 last:border-b-0" data-path={pathText(path)}>
      <Heading
        path={path}
        schema={schema}
        actions={
          <Button small icon={Plus} aria-label={t('form.addTo', { name: titleOf(key) })} onClick={() => form.set([...path, list.length], Object.keys(start() as object).length > 0 ? start() : { [Object.keys(item.properties ?? { name: {} })[0] ?? 'name']: '' })}>
            {t('form.add')}
          </Button>
        }
      />
      <div className={list.length > 0 ? 'mt-2 rounded-lg border border-line px-3' : ''}>
        {list.map((one, i) => (
          // oxlint-disable-next-line react/no-array-index-key
          <Item key={i} path={[...path, i]} schema={item} count={list.length} title={summaryOf(one, t) || t('form.item', { number: i + 1 })} />
        ))}
      </div>
    </div>
  );
}

function Item({ path, schema, title, count }: { path: Path; schema: Schema; title: string; count: number }) {
  const t = useTexts('configuration');
  const form = useForm();
  const [more, setMore] = useState(false);
  const { value, changed } = useField(path);
  const index = path.at(-1) as number;
  const place = pathText(path);
  const faults = form.faults.filter((f) => f.severity !== 'info' && (f.path === place || f.path.startsWith(`${place}.`) || f.path.startsWith(`${place}[`)));
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const rest = Object.entries(schema.properties ?? {}).filter(([key, inner]) => !resolve(inner, form.root).deprecated && !(isMap && Object.hasOwn(value, key)) && !schema.required?.includes(key)).length;
  const list = path.slice(0, -1);
  return (
    <Fold
      open={isMap && Object.values(value).every((v) => v === '')}
      head={
        <span className="flex flex-wrap items-center gap-2">
          <span className="min-w-0 truncate font-medium">{visible(title)}</span>
          {changed ? <Badge tone="accent">{t('form.changed')}</Badge> : null}
          {faults.length > 0 ? <Badge tone={faults.some((f) => f.severity === 'error') ? 'bad' : 'warn'}>{t('faults', { count: faults.length })}</Badge> : null}
        </span>
      }
      actions={
        <span className="-my-1 flex">
          {index > 0 ? <IconButton label={t('form.up', { name: title })} icon={ArrowUp} onClick={() => form.move(list, index, index - 1)} /> : null}
          {index < count - 1 ? <IconButton label={t('form.down', { name: title })} icon={ArrowDown} onClick={() => form.move(list, index, index + 1)} /> : null}
          <IconButton label={t('form.removeItem', { name: title })} icon={Trash2} onClick={() => (count === 1 ? form.remove(list) : form.remove(path))} />
        </span>
      }
    >
      {faults.filter((f) => f.path === place).map((f) => (
        <p key={`${f.kind} ${Object.values(f.values).join()}`} role="alert" className={clsx('mt-2 text-[13px]', f.severity === 'error' ? 'text-bad' : 'text-warn')}>
          {wordsOf(f, t)}
        </p>
      ))}
      {isMap ? (
        <>
          <Settings path={path} schema={schema} all only={(key) => more || Object.hasOwn(value, key) || schema.required?.includes(key) === true} />
          {rest > 0 ? (
            <Button small look="quiet" className="my-2" onClick={() => setMore(!more)}>
              {more ? t('form.fewer') : t('form.more', { count: rest })}
            </Button>
          ) : null}
        </>
      ) : (
        <div className="py-2">
          <ScalarInput value={value} schema={{}} kind="text" secret={form.root.writeOnly === true} label={title} onSet={(next) => form.set(path, next)} onClear={() => form.set(path, '')} />
        </div>
      )}
    </Fold>
  );
}

/** A map whose names are the owner's own. */
function OwnMap({ path, schema }: { path: Path; schema: Schema }) {
  const t = useTexts('configuration');
  const form = useForm();
  const value = valueAt(form.data, path);
  const names = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const [adding, setAdding] = useState(false);
  const inner = childOf(schema, '', form.root) ?? {};
  const kind = kindOf(inner, form.root);
  const start = kind === 'items' || kind === 'texts' ? [''] : kind === 'group' || kind === 'map' ? {} : '';
  return (
    <div className="border-b border-line py-3 last:border-b-0" data-path={pathText(path)}>
      <Heading
        path={path}
        schema={schema}
        actions={
          adding ? undefined : (
            <Button small icon={Plus} onClick={() => setAdding(true)}>
              {t('form.add')}
            </Button>
          )
        }
      />
      {adding ? (
        <div className="mt-2 max-w-sm">
          <NewText
            secret={false}
            label={t('form.newName')}
            onEnd={(name) => {
              setAdding(false);
              if (name && !names.includes(name)) form.set([...path, name], kind === 'items' ? [Object.fromEntries(Object.keys(childOf(inner, 0, form.root)?.properties ?? {}).slice(0, 2).map((k) => [k, '']))] : start);
            }}
          />
        </div>
      ) : null}
      {names.length > 0 ? (
        <div className="mt-1 border-l-2 border-line pl-4">
          {names.map((name) => (
            <SettingField key={name} path={[...path, name]} schema={{ ...inner, description: undefined }} all />
          ))}
        </div>
      ) : null}
    </div>
  );
}
