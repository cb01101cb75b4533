import { useMutation } from '@tanstack/react-query';
import { BookmarkPlus, Columns3, Download, Filter, Layers, X } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useTexts } from '@/app/i18n';
import type { Address } from '@/lib/address';
import { download } from '@/lib/download';
import { useSettled } from '@/lib/hooks';
import { clip, visible } from '@/lib/text';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Checkbox, Field, Input, SearchInput } from '@/ui/field';
import { Menu } from '@/ui/menu';
import { useToast } from '@/ui/toast';
import type { FlowColumn } from './columns';
import { FilterControl } from './filter-control';
import { type Field as FilterField, fields, flags, type FlowQuery, onlyFilters, queryText, ranges, setFields } from './filters';
import { useViews } from './views';

/** The search box: what is written stands in the address shortly after. */
export function TextSearch({ address, onChange }: { address: Address; onChange: (change: Address) => void }) {
  const t = useTexts('requests');
  const [text, setText] = useState(address.text ?? '');
  const settled = useSettled(text, 300);
  useEffect(() => {
    if (settled.trim() !== (address.text ?? '')) onChange({ text: settled.trim() || undefined });
    // Only what was written goes into the address; what the address says comes by the effect below.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  useEffect(() => setText((now) => (now.trim() === (address.text ?? '') ? now : (address.text ?? ''))), [address.text]);
  return <SearchInput label={t('search')} className="w-full sm:w-72" value={text} onChange={(event) => setText(event.target.value)} title={t('hint.text')} />;
}

const usualFields: readonly FilterField[] = ['model', 'account', 'provider', 'key', 'status', 'session', 'tag', 'has_losses', 'bookmarked', 'refused', 'from'];

/** All filters in one box, and what is set as chips that go away. */
export function Filters({ address, onChange, names }: { address: Address; onChange: (change: Address) => void; names: (field: FilterField, value: string) => string }) {
  const t = useTexts('requests');
  const [open, setOpen] = useState(false);
  const set = setFields(address).filter((f) => f !== 'text');
  const shown = (field: FilterField, value: string): string => {
    if (flags.includes(field)) return t(value === 'true' ? 'yes' : 'no');
    if ((ranges as readonly string[]).includes(value)) return t(`range.${value}`);
    return visible(clip(names(field, value), 60));
  };
  return (
    <>
      <Button icon={Filter} onClick={() => setOpen(true)}>
        {t('filters')}
        {set.length > 0 ? <span className="nums rounded-full bg-accent-soft px-1.5 text-[12.5px] text-accent">{set.length}</span> : null}
      </Button>
      {set.map((field) => (
        <span key={field} className="inline-flex max-w-full items-center gap-1 rounded-full bg-accent-soft py-0.5 pr-1 pl-2.5 text-[13px]">
          <span className="truncate">
            <span className="text-muted">{field === 'from' || field === 'to' ? t(`end.${field}`) : t(`field.${field}`)}</span> <bdi>{shown(field, address[field] ?? '')}</bdi>
          </span>
          <button type="button" aria-label={t('clearField', { name: t(`field.${field}`) })} onClick={() => onChange({ [field]: undefined })} className="inline-flex size-6 items-center justify-center rounded-full text-muted hover:bg-surface hover:text-text">
            <X aria-hidden className="size-3.5" />
          </button>
        </span>
      ))}
      {set.length > 1 ? (
        <Button small look="quiet" onClick={() => onChange(Object.fromEntries(fields.map((f) => [f, undefined])))}>
          {t('clearAll')}
        </Button>
      ) : null}
      <Dialog open={open} onClose={() => setOpen(false)} title={t('filters')} side footer={<Button onClick={() => onChange(Object.fromEntries(fields.map((f) => [f, undefined])))}>{t('clearAll')}</Button>}>
        <div className="flex flex-col gap-4">
          {usualFields.map((field) => (
            <div key={field} className="flex flex-col gap-1">
              <span className="font-medium">{t(`field.${field}`)}</span>
              <FilterControl field={field} address={address} onChange={onChange} />
            </div>
          ))}
        </div>
      </Dialog>
    </>
  );
}

/** The views that were saved: shown, made, taken away. */
export function Views({ address, onShow }: { address: Address; onShow: (address: Address) => void }) {
  const t = useTexts('requests');
  const toast = useToast();
  const { views, save } = useViews();
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState('');
  const kept: Address = { ...onlyFilters(address), columns: address.columns };
  const store = useMutation({ mutationFn: save, onError: toast.error });
  const present = (view: Address): string => JSON.stringify(Object.entries(view).filter(([, v]) => v).sort());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = name.trim();
    if (!wanted) return;
    const view = { name: wanted, address: JSON.parse(JSON.stringify(kept)) as Address };
    store.mutate([...views.filter((v) => v.name !== wanted), view], {
      onSuccess: () => {
        setAsking(false);
        setName('');
        toast.success(t('viewSaved', { name: visible(wanted) }));
      },
    });
  };
  return (
    <>
      <Menu
        label={t('views')}
        items={[
          ...builtIn.map((view) => ({ label: t(`view.${view.id}`), checked: present(onlyFilters(view.address)) === present(onlyFilters(address)), onSelect: () => onShow({ ...onlyFilters(view.address), columns: undefined }) })),
          ...views.map((view, i) => ({ label: <bdi>{visible(clip(view.name, 60))}</bdi>, separated: i === 0, checked: present(view.address) === present(kept), onSelect: () => onShow({ ...onlyFilters(view.address), columns: view.address.columns }) })),
          { label: t('saveView'), icon: BookmarkPlus, separated: true, onSelect: () => setAsking(true) },
          ...views.map((view, i) => ({
            label: <bdi>{t('dropView', { name: visible(clip(view.name, 40)) })}</bdi>,
            separated: i === 0,
            icon: X,
            onSelect: () => store.mutate(views.filter((v) => v.name !== view.name), { onSuccess: () => toast.success(t('viewDropped'), { run: () => store.mutate(views) }) }),
          })),
        ]}
      >
        <Layers aria-hidden className="size-4" />
        <span className="sr-only sm:not-sr-only">{t('views')}</span>
      </Menu>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t('saveView')}
        description={t('saveViewText')}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t('cancel')}</Button>
            <Button look="primary" type="submit" form="save-view" busy={store.isPending} disabled={name.trim() === ''}>
              {t('save')}
            </Button>
          </>
        }
      >
        <form id="save-view" onSubmit={submit}>
          <Field label={t('viewName')}>{(wiring) => <Input {...wiring} value={name} maxLength={100} autoFocus onChange={(event) => setName(event.target.value)} />}</Field>
        </form>
      </Dialog>
    </>
  );
}

const builtIn: readonly { id: string; address: Address }[] = [
  { id: 'all', address: {} },
  { id: 'failed', address: { status: '400-599' } },
  { id: 'limited', address: { status: '429' } },
  { id: 'refused', address: { refused: 'true' } },
  { id: 'losses', address: { has_losses: 'true' } },
  { id: 'bookmarked', address: { bookmarked: 'true' } },
];

/** Which columns are seen. */
export function ColumnChooser({ columns, shown, onChange }: { columns: readonly FlowColumn[]; shown: readonly string[]; onChange: (shown: string[]) => void }) {
  const t = useTexts('requests');
  return (
    <Menu
      label={t('columns')}
      items={columns.map((c) => ({
        label: t(`col.${c.id}`),
        checked: shown.includes(c.id),
        onSelect: () => {
          const next = columns.map((o) => o.id).filter((id) => (id === c.id ? !shown.includes(id) : shown.includes(id)));
          if (next.length > 0) onChange(next);
        },
      }))}
    >
      <Columns3 aria-hidden className="size-4" />
      <span className="sr-only sm:not-sr-only">{t('columns')}</span>
    </Menu>
  );
}

/** Saves what the filters leave, as a file. */
export function ExportMenu({ query }: { query: FlowQuery }) {
  const t = useTexts('requests');
  const [asking, setAsking] = useState(false);
  const [bodies, setBodies] = useState(false);
  const take = (format: string): void => {
    setAsking(false);
    download(`/api/v1/flows/export${queryText(query, { format, ...(bodies && (format === 'json' || format === 'jsonl') ? { bodies: 'true' } : {}) })}`);
  };
  return (
    <>
      <Button icon={Download} onClick={() => setAsking(true)}>
        <span className="sr-only sm:not-sr-only">{t('export')}</span>
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={t('export')} description={t('exportText')}>
        <div className="flex flex-col gap-4">
          <Checkbox checked={bodies} onChange={setBodies} label={t('withBodies')} />
          <div className="flex flex-wrap gap-2">
            {(['json', 'jsonl', 'har', 'markdown'] as const).map((format) => (
              <Button key={format} onClick={() => take(format)}>
                {t(`format.${format}`)}
              </Button>
            ))}
          </div>
        </div>
      </Dialog>
    </>
  );
}
